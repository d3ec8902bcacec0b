import Relations

/// PostgreSQL 15's own functions, operators and casts. The table is generated text (`BuiltIns.swift`); this reads it, once.
enum BuiltIns {
  static let definitions = read()

  static func read() -> Definitions {
    var table = GeneratedLines(text)
    var lists = DefinitionLists()
    lists.bytes = table.bytes
    let functions = section(&table)
    lists.functions.reserveCapacity(functions)
    lists.argumentTypes.reserveCapacity(functions * 2)
    for _ in 0..<functions { readFunction(&table, &lists) }
    let operators = section(&table)
    lists.operators.reserveCapacity(operators)
    for _ in 0..<operators { readOperator(&table, &lists) }
    let casts = section(&table)
    lists.casts.reserveCapacity(casts)
    for _ in 0..<casts { readCast(&table, &lists) }
    for _ in 0..<section(&table) { readClass(&table, &lists) }
    assert(table.isAtEnd)
    return Definitions(lists)
  }

  /// A section's first line: its name, and the number of lines that follow.
  private static func section(_ table: inout GeneratedLines) -> Int {
    _ = table.field()
    let count = Int(table.number())
    table.endLine()
    return count
  }

  private static func readFunction(_ table: inout GeneratedLines, _ lists: inout DefinitionLists) {
    let bytes = lists.bytes
    let name = TextSlice(table.field())
    let oid = table.number()
    let traits = table.field()
    let result = TypeID(table.number())
    let firstArgument = lists.argumentTypes.count
    readArguments(bytes, table.field(), &lists.argumentTypes)
    let symbol = TextSlice(table.field())
    let flags = bytes[traits.dropFirst(2)]
    guard let kind = Function.Kind(rawValue: bytes[traits.lowerBound]),
      let volatility = Function.Volatility(rawValue: bytes[traits.lowerBound + 1])
    else { preconditionFailure("the traits of a generated function are none") }
    var entry = FunctionEntry(
      oid: oid, name: name, symbol: Self.symbol(symbol, of: name, bytes), result: result, firstArgument: UInt32(firstArgument),
      argumentCount: UInt8(lists.argumentTypes.count - firstArgument), kind: kind, volatility: volatility,
      isStrict: flags.contains(UInt8(ascii: "!")), returnsSet: flags.contains(UInt8(ascii: "*")))
    if table.hasField {
      entry.extras = Int32(lists.extras.count)
      lists.extras.append(readExtras(&table, bytes))
    }
    table.endLine()
    lists.functions.append(entry)
  }

  private static func readArguments(_ bytes: [UInt8], _ field: Range<Int>, _ arguments: inout [TypeID]) {
    if bytes[field.lowerBound] == UInt8(ascii: "-") { return }
    var start = field.lowerBound
    for i in field where bytes[i] == UInt8(ascii: ",") {
      arguments.append(TypeID(GeneratedLines.number(bytes, start..<i)))
      start = i + 1
    }
    arguments.append(TypeID(GeneratedLines.number(bytes, start..<field.upperBound)))
  }

  /// `=` stands for the function's own name, `-` for no symbol.
  private static func symbol(_ field: TextSlice, of name: TextSlice, _ bytes: [UInt8]) -> TextSlice {
    guard field.count == 1 else { return field }
    switch bytes[Int(field.start)] {
    case UInt8(ascii: "="): return name
    case UInt8(ascii: "-"): return TextSlice()
    default: return field
    }
  }

  private static func readExtras(_ table: inout GeneratedLines, _ bytes: [UInt8]) -> FunctionExtras {
    var extras = FunctionExtras()
    while table.hasField {
      let field = table.field()
      let value = field.dropFirst(2)
      switch bytes[field.lowerBound] {
      case UInt8(ascii: "v"): extras.variadic = TypeID(GeneratedLines.number(bytes, value))
      case UInt8(ascii: "d"):
        extras.defaults = TextSlice(value)
        extras.defaultCount = 1 + UInt8(bytes[value].count { $0 == UInt8(ascii: "|") })
      case UInt8(ascii: "a"):
        guard let kind = AggregateFacts.Kind(rawValue: bytes[value.lowerBound]) else {
          preconditionFailure("an aggregate of no kind")
        }
        extras.aggregate = AggregateFacts(kind: kind, directArguments: Int(GeneratedLines.number(bytes, value.dropFirst())))
      case UInt8(ascii: "n"): extras.names = TextSlice(value)
      case UInt8(ascii: "o"): extras.columns = TextSlice(value)
      default: preconditionFailure("an extra that is none")
      }
    }
    return extras
  }

  private static func readOperator(_ table: inout GeneratedLines, _ lists: inout DefinitionLists) {
    let bytes = lists.bytes
    let name = TextSlice(table.field())
    var entry = OperatorEntry(
      oid: table.number(), name: name, left: TypeID(table.number()), right: TypeID(table.number()), result: TypeID(table.number()),
      function: table.number(), commutator: table.number(), negator: table.number(), canMerge: false, canHash: false,
      families: 0..<0)
    let flags = bytes[table.field()]
    entry.canMerge = flags.contains(UInt8(ascii: "m"))
    entry.canHash = flags.contains(UInt8(ascii: "h"))
    let start = lists.families.count
    while table.hasField { lists.families.append(membership(bytes, table.field())) }
    entry.families = start..<lists.families.count
    table.endLine()
    lists.operators.append(entry)
  }

  /// `b3:1976`: a method, a strategy, a family. A hash has one strategy only, which is equality.
  private static func membership(_ bytes: [UInt8], _ field: Range<Int>) -> FamilyMembership {
    let strategy = bytes[field.lowerBound + 1] - UInt8(ascii: "0")
    guard let method = OperatorFamily.Method(rawValue: bytes[field.lowerBound]),
      let comparison = method == .hash ? Comparison.equal : Comparison(rawValue: strategy)
    else { preconditionFailure("an operator's part in a family is none") }
    return FamilyMembership(
      family: OperatorFamily(method, GeneratedLines.number(bytes, field.dropFirst(3))), comparison: comparison)
  }

  private static func readCast(_ table: inout GeneratedLines, _ lists: inout DefinitionLists) {
    let bytes = lists.bytes
    let source = TypeID(table.number())
    let target = TypeID(table.number())
    let traits = table.field()
    let function = FunctionID(table.number())
    table.endLine()
    guard let context = CoercionContext(rawValue: bytes[traits.lowerBound + 1]) else { preconditionFailure("a cast in no context") }
    let method: Cast.Method =
      switch bytes[traits.lowerBound] {
      case UInt8(ascii: "f"): .function(function)
      case UInt8(ascii: "i"): .inputOutput
      default: .relabel
      }
    lists.casts[TypePair(source: source, target: target)] = Cast(source: source, target: target, method: method, context: context)
  }

  private static func readClass(_ table: inout GeneratedLines, _ lists: inout DefinitionLists) {
    guard let method = OperatorFamily.Method(rawValue: lists.bytes[table.field().lowerBound]) else {
      preconditionFailure("an operator class of no method")
    }
    let type = TypeID(table.number())
    lists.classes.append(OperatorClass(type: type, family: OperatorFamily(method, table.number())))
    table.endLine()
  }
}
