import Expressions
import Relations
import TestKit
import Testing

@Suite struct ResolutionFunctionsTests {
  @Test(arguments: Cases.seeds(2))
  func `functions are PostgreSQL's choice`(seed: UInt64) throws {
    var oracle = try ResolutionOracle.open(columns: ResolutionTypes.all)
    try oracle.makeTable(.builtIn)
    var random = SplitMix64(seed: seed)
    try compareFunctions(.builtIn, &oracle, 8_000, &random, Cases.replay(seed))
  }

  @Test(arguments: Cases.seeds(1))
  func `functions are PostgreSQL's choice among what a schema adds`(seed: UInt64) throws {
    let (catalogue, open) = try ResolutionSchema.open()
    var random = SplitMix64(seed: seed)
    try compareFunctions(catalogue, &open.oracle, 8_000, &random, Cases.replay(seed))
    try compareOperators(catalogue, &open.oracle, 4_000, &random, Cases.replay(seed))
  }
}

/// A call, as we would make it.
private struct Call {
  var name: String
  var arguments: [(type: TypeID, sql: String)]
  var names: [String?] = []
  var isSpread = false

  func resolved(_ catalogue: Catalogue) -> Result<CallMeaning, SQLError> {
    Result { () throws(SQLError) in
      try catalogue.resolveFunction(name, arguments.map(\.type), names: names, isSpread: isSpread)
    }
  }

  /// - Parameter function: what was chosen, if that is known, because aggregates and window functions need more than parentheses.
  func sql(_ function: Function?, _ catalogue: Catalogue) -> String {
    var list = arguments.indices.map { place in
      (names.isEmpty ? nil : names[place]).map { "\"\($0)\" => \(arguments[place].sql)" } ?? arguments[place].sql
    }
    if isSpread, let last = list.popLast() { list.append("VARIADIC " + last) }
    if let aggregate = function?.aggregate, aggregate.kind == .orderedSet {
      // A column there would have to be grouped by.
      let direct = arguments.prefix(aggregate.directArguments).map {
        $0.type == .unknown ? "NULL" : "CAST(NULL AS \(catalogue.name(of: $0.type)))"
      }
      let ordered = list.dropFirst(aggregate.directArguments)
      return "\"\(name)\"(\(direct.joined(separator: ", "))) WITHIN GROUP (ORDER BY \(ordered.joined(separator: ", ")))"
    }
    if list.isEmpty, function?.kind == .aggregate { list = ["*"] }
    return "\"\(name)\"(\(list.joined(separator: ", ")))" + (function?.kind == .window ? " OVER ()" : "")
  }
}

/// A call near to one of a declared function: some arguments of other types, some literals, too many or too few, with names.
private func randomCall(
  _ function: Function, _ oracle: borrowing ResolutionOracle, _ random: inout SplitMix64
) -> Call {
  var call = Call(name: function.name, arguments: [])
  for declared in function.arguments {
    let exact = oracle.expression(of: declared).map { (type: declared, sql: $0) }
    let takesOther = Int.random(in: 0..<3, using: &random) == 0
    if let exact, !takesOther { call.arguments.append(exact) } else { call.arguments.append(oracle.operand(using: &random)) }
  }
  let names = function.argumentNames
  if names.count == call.arguments.count, !names.contains(""), !names.isEmpty, Bool.random(using: &random) {
    let named = Int.random(in: 0..<names.count, using: &random)
    let order = Array(0..<named) + (named..<names.count).shuffled(using: &random)
    call.arguments = order.map { call.arguments[$0] }
    call.names = order.enumerated().map { $0.offset < named ? nil : names[$0.element] }
    if Bool.random(using: &random) {
      _ = call.arguments.popLast()
      _ = call.names.popLast()
    }
    return call
  }
  switch Int.random(in: 0..<8, using: &random) {
  case 0: _ = call.arguments.popLast()
  case 1: call.arguments.append(oracle.operand(using: &random))
  case 2 where function.variadicElement != nil:
    for _ in 0..<Int.random(in: 1...3, using: &random) { call.arguments.append(oracle.operand(using: &random)) }
  case 2: call.isSpread = function.kind == .function && !call.arguments.isEmpty
  default: break
  }
  return call
}

private func compareFunctions(
  _ catalogue: Catalogue, _ oracle: inout ResolutionOracle, _ count: Int, _ random: inout SplitMix64, _ replay: String
) throws {
  // What only the server itself can call takes or gives `internal`; releases of PostgreSQL 15 differ in how they refuse a literal there.
  let uncallable = catalogue.functions.filter { ($0.arguments + [$0.result]).contains(TypeID(2281)) }
  let names = Set(catalogue.functions.map(\.name)).subtracting(uncallable.map(\.name)).sorted()
  // What a schema has is little beside the built-ins, and asked for as often.
  let own = catalogue.functions.filter { $0.id.oid >= 16384 }
  var asked: [(sql: String, ours: Result<CallMeaning, SQLError>, function: Function?)] = []
  while asked.count < count {
    let function =
      (Bool.random(using: &random) ? own.randomElement(using: &random) : nil)
      ?? catalogue.functions(named: names.randomElement(using: &random) ?? "").randomElement(using: &random)
    guard let function else { continue }
    let call = randomCall(function, oracle, &random)
    let ours = call.resolved(catalogue)
    // Nothing is chosen if it is refused; but a window function is refused for want of OVER first.
    let isWindow = catalogue.functions(named: call.name).allSatisfy { $0.kind == .window }
    var chosen = isWindow ? function : nil
    if case .success(.call(let choice)) = ours {
      chosen = catalogue.function(choice.function)
      // What stands in WITHIN GROUP is sorted, and unified with what is asked about: that is more than resolution.
      guard chosen?.aggregate?.kind != .hypotheticalSet, isSortable(choice, chosen, catalogue), isReadable(call, choice) else {
        continue
      }
      if call.isSpread, chosen?.kind != .function { continue }
    }
    // What is refused of an aggregate that sorts is refused for want of WITHIN GROUP first.
    if case .failure = ours, function.aggregate.map({ $0.kind != .normal }) ?? false { continue }
    asked.append((call.sql(chosen, catalogue), ours, chosen))
  }
  let answers = try oracle.answers(
    asked.map { .init(sql: $0.sql, isAggregate: $0.function?.kind == .aggregate, isRefused: (try? $0.ours.get()) == nil) })
  var differences: [String] = []
  for ((sql, ours, function), theirs) in zip(asked, answers) {
    switch (ours, theirs) {
    case (.failure(let error), .error(let state)) where error.state == SQLState(state): continue
    case (.success(.call(let choice)), .tree(let tree)):
      if let difference = difference(choice, function, tree) { differences.append("\(sql): \(difference)") }
    case (.success(.cast(let type)), .tree(let tree)):
      if tree.type != type.oid || ["FUNCEXPR", "AGGREF"].contains(tree.label) {
        differences.append("\(sql): cast to \(type), not \(tree.label) \(tree.type)")
      }
    default: differences.append("\(sql): \(ours), not \(theirs)")
    }
  }
  let failures = asked.count { (try? $0.ours.get()) == nil }
  #expect(failures > count / 20 && failures < count * 19 / 20, "the questions are all of one kind: \(failures) of \(count) refused")
  #expect(differences.isEmpty, "\(differences.count) of \(count), \(replay)\n\(differences.prefix(20).joined(separator: "\n"))")
}

private func isSortable(_ choice: FunctionChoice, _ function: Function?, _ catalogue: Catalogue) -> Bool {
  guard let aggregate = function?.aggregate, aggregate.kind == .orderedSet else { return true }
  return choice.arguments.dropFirst(aggregate.directArguments).allSatisfy { catalogue.comparison(.less, of: $0) != nil }
}

/// Whether the literals among the arguments can be read. There are functions that take what only the server itself can make, and a
/// literal for that is refused when it is read, which is after the function was chosen.
private func isReadable(_ call: Call, _ choice: FunctionChoice) -> Bool {
  zip(call.arguments, choice.arguments).allSatisfy { given, wanted in
    given.type != .unknown || wanted == .unknown || BuiltInTypes.facts(of: wanted).map { $0.kind != .pseudo } ?? true
      || BuiltInTypes.facts(of: wanted)?.name == "cstring"
  }
}

/// What PostgreSQL does otherwise; nil if nothing.
private func difference(_ choice: FunctionChoice, _ function: Function?, _ tree: ResolutionNode) -> String? {
  var expected = choice.arguments.map(\.oid)
  if case .gathered(let from, let array) = choice.variadic { expected = expected.prefix(from) + [array.oid] }
  let theirs: (function: UInt32, arguments: [UInt32])
  switch tree.label {
  case "AGGREF": theirs = (tree.number("aggfnoid"), tree.words("aggargtypes").dropFirst().map { UInt32($0) ?? 0 })
  case "WINDOWFUNC": theirs = (tree.number("winfnoid"), tree.nodes("args").map(\.type))
  default: theirs = (tree.number("funcid"), tree.nodes("args").map(\.type))
  }
  let parameters = tree.nodes("args").enumerated().map { place, node in
    node.label == "NAMEDARGEXPR" ? Int(node.number("argnumber")) : place
  }
  if theirs.function == choice.function.oid, theirs.arguments == expected, tree.type == choice.result.oid,
    tree.label == "AGGREF" || Array(choice.parameters.prefix(parameters.count)) == parameters
  {
    return nil
  }
  return "\(choice), not \(tree.label) \(theirs.function)\(theirs.arguments) \(parameters) -> \(tree.type)"
}
