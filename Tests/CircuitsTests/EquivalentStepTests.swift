import Expressions
import Queries
import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// Questions that mean the same change by the same, and changes that say the same change answers alike.
@Suite struct EquivalentStepTests {
  @Test(arguments: Cases.seeds(8)) func `the order of operands does not matter`(seed: UInt64) throws {
    try compare(seed) { query, current, _ in (query.with(query.plan.withOperandsSwapped), current.changes) }
  }

  @Test(arguments: Cases.seeds(8)) func `redundant columns do not matter`(seed: UInt64) throws {
    try compare(seed) { query, current, _ in (query.with(query.plan.withRedundantColumns), current.changes) }
  }

  @Test(arguments: Cases.seeds(8)) func `irrelevant changes do not matter`(seed: UInt64) throws {
    try compare(seed) { query, current, random in
      (query, try current.withIrrelevantChanges(query.plan.usedColumns, using: &random))
    }
  }

  private func compare(
    _ seed: UInt64,
    _ other: (Query, SteppedCase, inout SplitMix64) throws -> (query: Query, changes: [TableID: ZSet])
  ) throws {
    var random = SplitMix64(seed: seed)
    var generator = QueryGenerator(seed: seed)
    let binder = Binder(SmallTables.schema)
    var (compared, changed) = (0, 0)
    for number in 0..<200 {
      let text = number % 3 == 0 ? generator.joins() : number % 3 == 1 ? generator.sets() : generator.certified()
      guard let query = try? binder.query(text) else { continue }
      let current = try SteppedCase.small(using: &random)
      let other = try other(query, current, &random)
      guard case .delta(let one) = step(query, on: IndexedSnapshot(current.before), by: current.changes),
        case .delta(let same) = step(other.query, on: IndexedSnapshot(current.before), by: other.changes)
      else { continue }
      compared += 1
      if !one.rows.isEmpty { changed += 1 }
      #expect(one.rows == same.rows, "\(text)\n  \(one.rows.text), and then \(same.rows.text)\n\(Cases.replay(seed))")
    }
    if environmentAsksForTallies { print(compared, changed) }
    #expect(compared > 60 && changed > 20, "\(compared) compared, \(changed) changed\n\(Cases.replay(seed))")
  }
}

extension Query {
  fileprivate func with(_ plan: Plan) -> Query { Query(plan, columns: columns) }
}

extension Plan {
  /// With something else in the place of what is below.
  private func replacingInputs(_ replace: (Plan) -> Plan) -> Plan {
    switch self {
    case .filter(let input, let condition): .filter(replace(input), condition)
    case .project(let input, let expressions): .project(replace(input), expressions)
    case .aggregate(let input, let aggregation): .aggregate(replace(input), aggregation)
    case .sort(let input, let keys): .sort(replace(input), keys)
    case .limit(let input, let limit): .limit(replace(input), limit)
    case .distinct(let input): .distinct(replace(input))
    case .join(let join) where !join.isLateral:
      .join(Join(join.kind, replace(join.left), replace(join.right), on: join.condition))
    case .combine(let operation):
      .combine(SetOperation(operation.kind, all: operation.isAll, replace(operation.left), replace(operation.right)))
    default: self
    }
  }

  /// What is left of something is right of it.
  fileprivate var withOperandsSwapped: Plan {
    let plan = replacingInputs(\.withOperandsSwapped)
    switch plan {
    case .join(let join) where !join.isLateral:
      let (left, right) = (join.left.types.count, join.right.types.count)
      let condition = join.condition.replacingColumns { .column($0 < left ? $0 + right : $0 - left, $1) }
      let kind: Join.Kind = join.kind == .left ? .right : join.kind == .right ? .left : join.kind
      let places = (0..<left).map { $0 + right } + (0..<right)
      return .project(
        .join(Join(kind, join.right, join.left, on: condition)), zip(places, plan.types).map { .column($0, $1) })
    case .combine(let operation) where operation.kind != .except:
      return .combine(SetOperation(operation.kind, all: operation.isAll, operation.right, operation.left))
    default: return plan
    }
  }

  /// Columns beside that nobody asks for.
  fileprivate var withRedundantColumns: Plan {
    let plan = replacingInputs(\.withRedundantColumns)
    let columns = plan.types.enumerated().map { Expression.column($0, $1) }
    switch plan {
    case .scan, .join:
      let first = columns.last.map { [$0] } ?? []
      return .project(.project(plan, columns + first + [.constant(.integer(7), .int4)]), columns)
    default: return plan
    }
  }
}

extension SteppedCase {
  /// With rows that come and go at once, and others that change where nobody looks.
  fileprivate func withIrrelevantChanges(
    _ used: [TableID: [Int]], using random: inout SplitMix64
  ) throws -> [TableID: ZSet] {
    var all = changes
    for table in SmallTables.schema.allTables {
      var rows: [(row: [Value], weight: Int64)] = []
      let passing = try SmallTables.values(of: SmallTables.row(500, &random))
      rows += [(passing, 1), (passing, -1)]
      let known = Set((changes[table.id]?.rows.rows ?? []).map { "\($0)" })
      let unused = SmallTables.types.indices.filter { !(used[table.id] ?? []).contains($0) }
      for row in before.tables[table.id]!.flatMap(\.rows)
      where Int.random(in: 0..<3, using: &random) == 0 && !known.contains("\(row)") {
        guard let place = unused.randomElement(using: &random) else { break }
        var other = row
        other[place] = try SmallTables.values(of: SmallTables.row(600, &random))[place]
        rows += [(row, -1), (other, 1)]
      }
      let own = ZSet(SmallTables.types, rows)
      all[table.id] = all[table.id].map { $0 + own } ?? own
    }
    return all
  }
}
