import Relations

/// What a schema adds to the built-in catalogue: plain values that whoever reads the schema fills in.
public struct SchemaDefinitions: Sendable {
  /// Enums, domains, ranges, composites, and the array types over them.
  public var types: [TypeFacts] = []
  public var functions: [FunctionDefinition] = []
  public var operators: [OperatorDefinition] = []
  public var casts: [Cast] = []

  public init() {}
}

/// A function or an aggregate that a schema defines.
public struct FunctionDefinition: Sendable {
  public var id: FunctionID
  public var name: String
  public var arguments: [TypeID]
  public var result: TypeID
  public var kind = Function.Kind.function
  public var volatility = Function.Volatility.volatile
  public var isStrict = false
  public var returnsSet = false
  /// What a variadic last argument is an array of.
  public var variadicElement: TypeID?
  /// How many of the last arguments have a default.
  public var defaultCount = 0
  /// The names of the arguments; empty if they have none.
  public var argumentNames: [String] = []
  public var aggregate: AggregateFacts?

  public init(id: FunctionID, name: String, arguments: [TypeID], result: TypeID) {
    self.id = id
    self.name = name
    self.arguments = arguments
    self.result = result
  }
}

/// An operator that a schema defines.
public struct OperatorDefinition: Sendable {
  public var id: OperatorID
  public var name: String
  /// Nil for a prefix operator.
  public var left: TypeID?
  public var right: TypeID
  public var result: TypeID
  public var function: FunctionID
  public var commutator: OperatorID?
  public var negator: OperatorID?

  public init(id: OperatorID, name: String, left: TypeID?, right: TypeID, result: TypeID, function: FunctionID) {
    self.id = id
    self.name = name
    self.left = left
    self.right = right
    self.result = result
    self.function = function
  }
}

extension DefinitionLists {
  init(_ schema: SchemaDefinitions) {
    // By bytes, because names that differ in bytes are different names, whatever Unicode says.
    for function in schema.functions.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) { append(function) }
    for definition in schema.operators.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) { append(definition) }
    for cast in schema.casts { casts[TypePair(source: cast.source, target: cast.target)] = cast }
  }

  private mutating func append(_ text: String) -> TextSlice {
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    return TextSlice(start..<bytes.count)
  }

  private mutating func append(_ function: FunctionDefinition) {
    precondition(function.arguments.count <= 100, "PostgreSQL takes no more arguments")
    var entry = FunctionEntry(
      oid: function.id.oid, name: append(function.name), symbol: TextSlice(), result: function.result,
      firstArgument: UInt32(argumentTypes.count), argumentCount: UInt8(function.arguments.count), kind: function.kind,
      volatility: function.volatility, isStrict: function.isStrict, returnsSet: function.returnsSet)
    argumentTypes += function.arguments
    var extra = FunctionExtras()
    extra.variadic = function.variadicElement ?? TypeID(0)
    extra.defaultCount = UInt8(function.defaultCount)
    extra.names = append(function.argumentNames.joined(separator: "|"))
    extra.aggregate = function.aggregate
    entry.extras = Int32(extras.count)
    extras.append(extra)
    functions.append(entry)
  }

  private mutating func append(_ definition: OperatorDefinition) {
    operators.append(
      OperatorEntry(
        oid: definition.id.oid, name: append(definition.name), left: definition.left ?? TypeID(0), right: definition.right,
        result: definition.result, function: definition.function.oid, commutator: definition.commutator?.oid ?? 0,
        negator: definition.negator?.oid ?? 0, canMerge: false, canHash: false, families: 0..<0))
  }
}
