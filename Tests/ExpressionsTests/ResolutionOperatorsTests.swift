import Expressions
import Relations
import TestKit
import Testing

@Suite struct ResolutionOperatorsTests {
  @Test(arguments: Cases.seeds(2))
  func `operators are PostgreSQL's choice among common types`(seed: UInt64) throws {
    let types = try ResolutionTypes.common.map { try SQLType(parsing: $0) }
    try compare(types, 12_000, seed)
  }

  @Test(arguments: Cases.seeds(1))
  func `operators are PostgreSQL's choice among all types`(seed: UInt64) throws {
    try compare(ResolutionTypes.all, 6_000, seed &+ 1000)
  }

  private func compare(_ types: [SQLType], _ count: Int, _ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let catalogue = Catalogue.builtIn
    var oracle = try ResolutionOracle.open(columns: types)
    try oracle.makeTable(catalogue)
    try compareOperators(catalogue, &oracle, count, &random, Cases.replay(seed))
  }

  @Test(arguments: Cases.seeds(1))
  func `operators with the elements of an array are PostgreSQL's choice`(seed: UInt64) throws {
    let (catalogue, open) = try ResolutionSchema.open()
    var random = SplitMix64(seed: seed)
    let names = ["=", "<>", "<", ">=", "~~", "!~~", "~*", "&&", "+", "||", "@>", "*="]
    let arrays = open.oracle.columns.indices.filter { catalogue.element(of: catalogue.base(of: open.oracle.columns[$0].id)) != nil }
    var asked: [(sql: String, ours: Result<OperatorChoice, SQLError>)] = []
    for _ in 0..<4_000 {
      let (left, leftSQL) = open.oracle.operand(using: &random)
      var (right, rightSQL) = open.oracle.operand(using: &random)
      if Int.random(in: 0..<8, using: &random) > 0, let array = arrays.randomElement(using: &random) {
        (right, rightSQL) = (open.oracle.columns[array].id, "c\(array)")
      }
      let name = names.randomElement(using: &random) ?? ""
      let ours = Result { () throws(SQLError) in try catalogue.resolveArrayOperator(name, left: left, array: right) }
      asked.append(("\(leftSQL) \(name) ANY (\(rightSQL))", ours))
    }
    try compareChoices(asked, &open.oracle, Cases.replay(seed))
  }
}

/// Asks for random operators over the oracle's types, and for every one of them between types for which it is declared.
func compareOperators(
  _ catalogue: Catalogue, _ oracle: inout ResolutionOracle, _ count: Int, _ random: inout SplitMix64, _ replay: String
) throws {
  let operators = catalogue.operators
  let names = Set(operators.map(\.name)).sorted()
  var asked: [(sql: String, ours: Result<OperatorChoice, SQLError>)] = []
  while asked.count < count {
    var (left, leftSQL): (TypeID?, String) = oracle.operand(using: &random)
    var (right, rightSQL) = oracle.operand(using: &random)
    var name = names.randomElement(using: &random) ?? ""
    switch Int.random(in: 0..<8, using: &random) {
    case 0: (left, leftSQL) = (nil, "")
    case 1, 2, 3:
      // Most random questions are refused: near to a declared operator, most are not.
      guard let declared = operators.randomElement(using: &random) else { continue }
      name = declared.name
      if let sql = oracle.expression(of: declared.right) { (right, rightSQL) = (declared.right, sql) }
      if let type = declared.left, let sql = oracle.expression(of: type), Bool.random(using: &random) {
        (left, leftSQL) = (type, sql)
      }
    default: break
    }
    let ours = Result { () throws(SQLError) in try catalogue.resolveOperator(name, left: left, right: right) }
    asked.append(("\(leftSQL) OPERATOR(\(name)) \(rightSQL)", ours))
  }
  try compareChoices(asked, &oracle, replay)
}

private func compareChoices(
  _ asked: [(sql: String, ours: Result<OperatorChoice, SQLError>)], _ oracle: inout ResolutionOracle, _ replay: String
) throws {
  let answers = try oracle.answers(asked.map { .init(sql: $0.sql, isRefused: (try? $0.ours.get()) == nil) })
  var differences: [String] = []
  for ((sql, ours), theirs) in zip(asked, answers) {
    switch (ours, theirs) {
    case (.failure(let error), .error(let state)) where error.state == SQLState(state): continue
    case (.success(let choice), .tree(let tree)):
      let operands = tree.nodes("args").map(\.type)
      if tree.number("opno") == choice.operator.oid, tree.number("opfuncid") == choice.function.oid, tree.type == choice.result.oid,
        operands == choice.operands.map(\.oid)
      {
        continue
      }
      differences.append("\(sql): \(choice), not \(tree.number("opno"))\(operands) -> \(tree.type)")
    default: differences.append("\(sql): \(ours), not \(theirs)")
    }
  }
  let refused = asked.count { (try? $0.ours.get()) == nil }
  #expect(refused > asked.count / 20 && refused < asked.count * 19 / 20, "the questions are all of one kind: \(refused) refused")
  #expect(
    differences.isEmpty, "\(differences.count) of \(asked.count), \(replay)\n\(differences.prefix(20).joined(separator: "\n"))")
}
