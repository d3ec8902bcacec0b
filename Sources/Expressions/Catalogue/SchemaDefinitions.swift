import Relations

/// What a schema adds to the built-in catalogue: plain values that whoever reads the schema fills in.
public struct SchemaDefinitions: Sendable {
  /// Enums, domains, ranges, composites, and the array types over them.
  public var types: [TypeFacts] = []
  /// The labels of its enums, in the order of the values.
  public var labels: [TypeID: [String]] = [:]
  /// Functions and aggregates.
  public var functions: [FunctionDefinition] = []
  /// Operators, prefix and infix.
  public var operators: [OperatorDefinition] = []
  /// Casts from or to its types.
  public var casts: [Cast] = []

  /// Nothing yet.
  public init() {}
}

/// A function or an aggregate that a schema defines.
public struct FunctionDefinition: Sendable {
  /// Its number in the system tables.
  public var id: FunctionID
  /// Its name, without the schema.
  public var name: String
  /// The declared types.
  public var arguments: [TypeID]
  /// The type of what comes out.
  public var result: TypeID
  /// What a call does.
  public var kind = Function.Kind.function
  /// How much the result may change; PostgreSQL's default if the schema is silent.
  public var volatility = Function.Volatility.volatile
  /// Whether the result is null whenever an argument is.
  public var isStrict = false
  /// Whether a call gives any number of values.
  public var returnsSet = false
  /// What a variadic last argument is an array of.
  public var variadicElement: TypeID?
  /// How many of the last arguments have a default.
  public var defaultCount = 0
  /// The names of the arguments; empty if they have none.
  public var argumentNames: [String] = []
  /// What tells aggregates apart; nil for what is none.
  public var aggregate: AggregateFacts?

  /// A function with none of the rarer traits.
  public init(id: FunctionID, name: String, arguments: [TypeID], result: TypeID) {
    self.id = id
    self.name = name
    self.arguments = arguments
    self.result = result
  }
}

/// An operator that a schema defines.
public struct OperatorDefinition: Sendable {
  /// Its number in the system tables.
  public var id: OperatorID
  /// Its name, without the schema.
  public var name: String
  /// Nil for a prefix operator.
  public var left: TypeID?
  /// The type of the right operand.
  public var right: TypeID
  /// The type of what comes out.
  public var result: TypeID
  /// What computes it.
  public var function: FunctionID
  /// `a op b` is `b commutator a`.
  public var commutator: OperatorID?
  /// `a op b` is `NOT (a negator b)`.
  public var negator: OperatorID?

  /// An operator without opposites.
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
