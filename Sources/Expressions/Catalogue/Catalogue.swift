import Relations

/// What names mean: types, functions, operators and casts, PostgreSQL's own and what a schema adds.
///
/// The binder asks it a few times per query; nothing asks it per row. Built-in names are looked up first, as PostgreSQL's search
/// path does, and cost the same with additions as without. The rules by which an operator, a function or a coercion is chosen are
/// extensions of it, in `Resolution`.
public struct Catalogue: Sendable {
  let builtIns: Definitions
  let additions: Additions?

  /// PostgreSQL 15 as it comes, without extensions.
  public static let builtIn = Catalogue(builtIns: BuiltIns.definitions, additions: nil)

  /// This catalogue's built-ins with what a schema defines, in place of earlier additions.
  public func with(_ schema: SchemaDefinitions) -> Catalogue { Catalogue(builtIns: builtIns, additions: Additions(schema)) }

  /// What a schema defines, indexed.
  final class Additions: Sendable {
    let types: [TypeID: TypeFacts]
    let typeNames: [String: TypeID]
    let definitions: Definitions
    let memo = OperatorMemo()

    init(_ schema: SchemaDefinitions) {
      types = Dictionary(schema.types.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      typeNames = Dictionary(schema.types.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
      definitions = Definitions(DefinitionLists(schema))
    }
  }
}

/// Looking up.
extension Catalogue {
  /// The function of a number.
  public func function(_ id: FunctionID) -> Function? {
    each { definitions in definitions.function(id).map { Function(definitions: definitions, place: $0) } }
  }

  /// All functions, aggregates and window functions of a name.
  public func functions(named name: String) -> [Function] {
    all { definitions in definitions.functions(named: name).map { Function(definitions: definitions, place: $0) } }
  }

  /// Whether there is a function of a name, asked often and without making any.
  public func hasFunctions(named name: String) -> Bool {
    !builtIns.functions(named: name).isEmpty || !(additions?.definitions.functions(named: name).isEmpty ?? true)
  }

  /// Whether there is an operator of a name.
  public func hasOperators(named name: String) -> Bool {
    !builtIns.operators(named: name).isEmpty || !(additions?.definitions.operators(named: name).isEmpty ?? true)
  }

  /// The operator of a number.
  public func `operator`(_ id: OperatorID) -> Operator? {
    each { definitions in definitions.operatorPlace(id).map { Operator(definitions: definitions, place: $0) } }
  }

  /// All operators of a name, prefix and infix.
  public func operators(named name: String) -> [Operator] {
    all { definitions in definitions.operators(named: name).map { Operator(definitions: definitions, place: $0) } }
  }

  /// The cast that is declared between two types, if one is; what else coerces is `coercion`'s business.
  public func cast(from source: TypeID, to target: TypeID) -> Cast? {
    let pair = TypePair(source: source, target: target)
    return each { $0.casts[pair] }
  }

  /// The cast between two types that a schema adds.
  func addedCast(from source: TypeID, to target: TypeID) -> Cast? {
    additions?.definitions.casts[TypePair(source: source, target: target)]
  }

  /// Every function, built in or added.
  public var functions: [Function] {
    all { definitions in definitions.functions.indices.map { Function(definitions: definitions, place: $0) } }
  }

  /// Every operator, built in or added.
  public var operators: [Operator] {
    all { definitions in definitions.operators.indices.map { Operator(definitions: definitions, place: $0) } }
  }

  private func each<R>(_ find: (Definitions) -> R?) -> R? { find(builtIns) ?? additions.flatMap { find($0.definitions) } }

  private func all<R>(_ find: (Definitions) -> [R]) -> [R] {
    let builtIn = find(builtIns)
    return additions.map { builtIn + find($0.definitions) } ?? builtIn
  }
}
