/// All types that PostgreSQL 15 brings and that a column or an expression can have, by number and by name.
///
/// The table is generated text (`BuiltInTypes.swift`), read once, when first asked.
public enum BuiltInTypes {
  /// PostgreSQL numbers the types it brings below this.
  static let limit: UInt32 = 10_000

  /// All of them, by ascending number.
  public static var all: [TypeFacts] { index.facts }

  /// What is known of a type; nil if PostgreSQL does not bring it.
  public static func facts(of type: TypeID) -> TypeFacts? {
    guard let place = index.place(of: type) else { return nil }
    return index.facts[place]
  }

  /// The type of a name as it stands in `pg_type`, such as `int4` or `_text`; SQL's own names (`integer`) are `TypeName`'s business.
  public static func type(named name: String) -> TypeID? { index.byName[name] }

  private static let index = Index()

  private struct Index: Sendable {
    var facts: [TypeFacts] = []
    var byName: [String: TypeID] = [:]
    /// One more than the place in `facts`, at the type's number; 0 where there is no type.
    private var places = [UInt8](repeating: 0, count: Int(limit))

    init() {
      var table = GeneratedLines(BuiltInTypes.text)
      var multiranges: [TypeID: TypeID] = [:]
      while !table.isAtEnd {
        let type = Self.line(&table)
        if let range = type.range { multiranges[range] = type.id }
        facts.append(type)
      }
      precondition(facts.count < 256, "places are bytes")
      for (place, type) in facts.enumerated() {
        if let multirange = multiranges[type.id] { facts[place] = type.with(multirange: multirange) }
        places[Int(type.id.oid)] = UInt8(place + 1)
        byName[type.name] = type.id
      }
    }

    func place(of type: TypeID) -> Int? {
      guard type.oid < limit else { return nil }
      let place = Int(places[Int(type.oid)])
      return place == 0 ? nil : place - 1
    }

    private static func line(_ table: inout GeneratedLines) -> TypeFacts {
      let id = TypeID(table.number())
      let name = table.field()
      let kind = table.field()
      let category = table.field()
      let element = table.number()
      let array = table.number()
      let related = table.number()
      let collation = table.number()
      table.endLine()
      guard let kind = TypeKind(rawValue: table.bytes[kind.lowerBound]) else { preconditionFailure("a kind that is none") }
      return TypeFacts(
        id: id, name: String(decoding: table.bytes[name], as: UTF8.self), kind: kind,
        category: TypeCategory(table.bytes[category.lowerBound]), isPreferred: category.count > 1,
        element: element == 0 ? nil : TypeID(element), array: array == 0 ? nil : TypeID(array),
        related: related == 0 ? nil : TypeID(related), collation: collation == 0 ? nil : collation)
    }
  }
}

extension TypeFacts {
  fileprivate func with(multirange: TypeID) -> TypeFacts {
    TypeFacts(
      id: id, name: name, kind: kind, category: category, isPreferred: isPreferred, element: element, array: array,
      related: related, baseModifier: baseModifier, multirange: multirange, collation: collation)
  }
}
