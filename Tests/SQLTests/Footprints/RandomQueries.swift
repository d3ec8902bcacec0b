import Expressions
import Relations
import TestKit

/// Random one-table questions over the sample table.
struct RandomQueries {
  private var generator: TermGenerator

  init(seed: UInt64) { generator = TermGenerator(columns: SampleTable.types, seed: seed) }

  mutating func next() -> String {
    switch pick(5) {
    case 0: return "SELECT count(*) FROM sample\(condition())"
    case 1: return "SELECT \(aggregate()), \(aggregate()) FROM sample AS s\(condition())"
    case 2:
      let key = term(depth: 1)
      return "SELECT \(key) AS k, \(aggregate()) FROM sample\(condition()) GROUP BY 1"
    case 3:
      let key = column()
      return "SELECT \(aggregate()), \(key) FROM sample\(condition()) GROUP BY \(key) HAVING \(aggregate()) IS NOT NULL"
    default: return "SELECT \(term(depth: 2)), \(column()) FROM public.sample\(condition())"
    }
  }

  private mutating func condition() -> String {
    pick(8) == 0 ? "" : " WHERE \(generator.term(of: .bool, 2).sql(SampleTable.names))"
  }

  private mutating func term(depth: Int) -> String { generator.term(depth: depth).sql(SampleTable.names) }
  private mutating func column() -> String { SampleTable.names.randomElement(using: &generator.random)! }

  /// None of those whose answer depends on the order of rows.
  private mutating func aggregate() -> String {
    let filter = pick(5) == 0 ? " FILTER (WHERE \(generator.term(of: .bool, 1).sql(SampleTable.names)))" : ""
    let distinct = pick(4) == 0 ? "DISTINCT " : ""
    let argument = generator.term(of: [.int4, .int8, .numeric, .int2].randomElement(using: &generator.random)!, 1).sql(
      SampleTable.names)
    return ["count", "sum", "min", "max", "avg"].randomElement(using: &generator.random)! + "(\(distinct)\(argument))\(filter)"
  }

  private mutating func pick(_ outOf: Int) -> Int { Int.random(in: 0..<outOf, using: &generator.random) }
}
