import Expressions
import Relations
import TestKit
import Testing

@Suite struct ResolutionCommonTypeTests {
  @Test(arguments: Cases.seeds(2))
  func `the common type of a list is PostgreSQL's`(seed: UInt64) throws {
    let (catalogue, open) = try ResolutionSchema.open()
    var random = SplitMix64(seed: seed)
    try compare(catalogue, &open.oracle, &random, 4_000, Cases.replay(seed))
  }

  private func compare(
    _ catalogue: Catalogue, _ oracle: inout ResolutionOracle, _ random: inout SplitMix64, _ count: Int, _ replay: String
  ) throws {
    let byCategory = Dictionary(grouping: oracle.columns.indices) { place in
      catalogue.facts(of: catalogue.base(of: oracle.columns[place].id))?.category
    }
    let categories = byCategory.values.map(Array.init).sorted { $0[0] < $1[0] }
    var asked: [(sql: String, ours: Result<TypeID, SQLError>)] = []
    for _ in 0..<count {
      // Mostly of one category, because others are refused soon.
      let category = categories.randomElement(using: &random) ?? []
      let operands = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        let operand = oracle.operand(using: &random)
        guard operand.type != .unknown, Int.random(in: 0..<8, using: &random) > 0,
          let place = category.randomElement(using: &random)
        else { return operand }
        return (oracle.columns[place].id, "c\(place)")
      }
      let ours = Result { () throws(SQLError) in try catalogue.commonType(of: operands.map(\.0), in: "COALESCE") }
      asked.append(("COALESCE(\(operands.map(\.1).joined(separator: ", ")))", ours))
    }
    let answers = try oracle.answers(asked.map { .init(sql: $0.sql, isRefused: (try? $0.ours.get()) == nil) })
    var differences: [String] = []
    for ((sql, ours), theirs) in zip(asked, answers) {
      switch (ours, theirs) {
      case (.failure(let error), .error(let state)) where error.state == SQLState(state): continue
      case (.success(let type), .tree(let tree)) where tree.type == type.oid: continue
      default: differences.append("\(sql): \(ours), not \(theirs)")
      }
    }
    let refused = asked.count { (try? $0.ours.get()) == nil }
    #expect(refused > count / 20 && refused < count * 19 / 20)
    #expect(differences.isEmpty, "\(differences.count) of \(count), \(replay)\n\(differences.prefix(20).joined(separator: "\n"))")
  }
}
