import Relations

/// What types are.
extension Catalogue {
  /// What is known of a type; nil if there is no such type.
  public func facts(of type: TypeID) -> TypeFacts? { BuiltInTypes.facts(of: type) ?? additions?.types[type] }

  /// Whether a schema added types.
  public var hasTypesOfItsOwn: Bool { additions.map { !$0.types.isEmpty } ?? false }

  /// The type of a name as it stands in `pg_type`.
  public func type(named name: String, schema: String? = nil) -> TypeID? {
    let builtIn = schema == nil || schema == "pg_catalog" ? BuiltInTypes.type(named: name) : nil
    return builtIn ?? (schema == "pg_catalog" ? nil : additions?.typeNames[name])
  }

  /// The type that SQL names. Throws as `TypeName.resolved` does.
  public func type(_ name: TypeName) throws(SQLError) -> SQLType {
    try name.resolved(find: { type(named: $1, schema: $0) }, facts: facts)
  }

  /// As messages name a type: `integer`, `text[]`.
  public func name(of type: TypeID) -> String { type.description(facts) }

  /// As a column is declared: `numeric(10,2)`.
  public func name(of type: SQLType) -> String { type.description(facts) }

  /// What a domain is made of, in the end, with the modifier that is on it there; any other type is its own base.
  public func base(of type: SQLType) -> SQLType {
    var type = type
    while type.id >= .firstUserDefined, let base = additions?.types[type.id]?.base { type = base }
    return type
  }

  /// What a domain is made of, in the end; any other type is its own base.
  public func base(of type: TypeID) -> TypeID { type < .firstUserDefined ? type : base(of: SQLType(type)).id }

  /// An array's element; nil for what is no array. A domain over an array is none.
  public func element(of type: TypeID) -> TypeID? { facts(of: type)?.arrayElement }

  /// The array over a type.
  public func array(of type: TypeID) -> TypeID? { facts(of: type)?.array }

  func category(of type: TypeID) -> TypeCategory { facts(of: type)?.category ?? .user }
  func isPreferred(_ type: TypeID, in category: TypeCategory) -> Bool {
    guard let facts = facts(of: type) else { return false }
    return facts.category == category && facts.isPreferred
  }
  func kind(of type: TypeID) -> TypeKind? { facts(of: type)?.kind }

  /// Whether values are rows of a declared shape, by themselves or as a domain.
  func isComposite(_ type: TypeID) -> Bool { kind(of: base(of: type)) == .composite }
}
