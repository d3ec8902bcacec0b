/// A type as SQL names it, taken apart but not looked up: `timestamp(3) with time zone` is the name `timestamptz` with modifier 3.
///
/// The names are the catalogue's (`int4`, not `integer`), as PostgreSQL's parser yields them; `init(parsing:)` reads SQL's own.
public struct TypeName: Hashable, Sendable {
  /// The schema, if one was named.
  public var schema: String?
  /// The name within the schema.
  public var name: String
  /// What stood in the parentheses. `interval`'s come as the parser gives them: a mask of fields, then the precision.
  public var modifiers: [Int]
  /// How many pairs of brackets followed. More than one make no other type than one does.
  public var dimensions: Int

  /// A name from its parts.
  public init(schema: String? = nil, name: String, modifiers: [Int] = [], dimensions: Int = 0) {
    self.schema = schema
    self.name = name
    self.modifiers = modifiers
    self.dimensions = dimensions
  }
}

extension TypeName {
  /// The built-in type of this name.
  ///
  /// - Throws: 42704 if there is none, 42601 if it takes no modifier, 22023 or 22003 if the modifier is out of range.
  public func resolved() throws(SQLError) -> SQLType {
    try resolved(
      find: { schema, name in
        guard schema == nil || schema == "pg_catalog" else { return nil }
        return BuiltInTypes.type(named: name)
      }, facts: BuiltInTypes.facts)
  }

  /// The type of this name among those that the caller knows by schema and name.
  public func resolved(
    find: (_ schema: String?, _ name: String) -> TypeID?, facts: (TypeID) -> TypeFacts?
  ) throws(SQLError) -> SQLType {
    guard var found = find(schema, name).flatMap(facts) else { throw undefined }
    if dimensions > 0 {
      guard let array = found.array.flatMap(facts) else { throw undefined }
      found = array
    }
    if modifiers.isEmpty { return SQLType(found.id) }
    // An array takes the modifiers of its elements; the two "vectors" take none.
    let single = found.name.utf8.first == UInt8(ascii: "_") ? found.arrayElement ?? found.id : found.id
    return SQLType(found.id, modifier: try TypeModifier.pack(modifiers, for: single, named: printed))
  }

  private var undefined: SQLError { SQLError(.undefinedObject, "type \"\(printed)\" does not exist") }

  /// As messages name it: not looked up, hence without quotes and aliases.
  private var printed: String { (schema.map { $0 + "." } ?? "") + name + (dimensions > 0 ? "[]" : "") }
}
