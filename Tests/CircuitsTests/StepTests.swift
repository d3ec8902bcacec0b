import Expressions
import Queries
import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// An answer after a change is the answer before and the step.
@Suite struct StepTests {
  @Test(arguments: Cases.seeds(8)) func `one table`(seed: UInt64) throws { try check(seed, 400) { $0.simple() } }
  @Test(arguments: Cases.seeds(8)) func `joins`(seed: UInt64) throws { try check(seed, 400) { $0.joins() } }
  @Test(arguments: Cases.seeds(8)) func `subqueries`(seed: UInt64) throws { try check(seed, 400) { $0.subqueries() } }
  @Test(arguments: Cases.seeds(8)) func `set operations`(seed: UInt64) throws { try check(seed, 400) { $0.sets() } }
  @Test(arguments: Cases.seeds(8)) func `order, limits and distinct rows`(seed: UInt64) throws {
    try check(seed, 400) { $0.ordered() }
  }
  @Test(arguments: Cases.seeds(8)) func `window functions`(seed: UInt64) throws { try check(seed, 300) { $0.windows() } }
  @Test(arguments: Cases.seeds(8)) func `further questions`(seed: UInt64) throws { try check(seed, 300) { $0.further() } }
  @Test(arguments: Cases.seeds(4)) func `questions that may raise`(seed: UInt64) throws {
    try check(seed, 200, atLeast: 0.05) { $0.risks() }
  }

  @Test(arguments: Cases.seeds(8)) func `any SELECT`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var selects = RandomSelects(seed: seed)
    let binder = Binder(SampleTables.schema)
    var tally = SteppedCase.Tally()
    var current = try SteppedCase.samples(using: &random)
    for number in 0..<300 {
      if number % 10 == 9 { current = try SteppedCase.samples(using: &random) }
      let text = selects.next()
      guard let query = try? binder.query(text) else { continue }
      let form = SteppedCase.Form.allCases[number % 3]
      if let fault = current.fault(query, form, &tally, isTraced: number % 4 == 0) {
        Issue.record("\(text)\n  \(form): \(fault)\n\(Cases.replay(seed))")
      }
    }
    if environmentAsksForTallies { print(tally) }
    #expect(Double(tally.stepped) >= 0.3 * Double(tally.asked), "\(tally)\n\(Cases.replay(seed))")
  }

  @Test(arguments: Cases.seeds(8)) func `time goes on`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var generator = QueryGenerator(seed: seed)
    let binder = Binder(SmallTables.schema)
    var tally = SteppedCase.Tally()
    for number in 0..<150 {
      let text = generator.timed()
      guard let query = try? binder.query(text) else { continue }
      var current = try SteppedCase.small(using: &random)
      if number % 2 == 0 { current = SteppedCase(current.before, [:]) }
      // From the end of 2023 until March 2024.
      let day: Int64 = 86_400_000_000
      current.context.clock = (8_760 + Int64.random(in: 0..<40, using: &random)) * day
      current.clock = current.context.clock! + Int64.random(in: 0..<60, using: &random) * day / 2
      let form = SteppedCase.Form.allCases[number % 3]
      if let fault = current.fault(query, form, &tally, isTraced: number % 4 == 0) {
        Issue.record("\(text)\n  \(form): \(fault)\n\(Cases.replay(seed))")
      }
    }
    if environmentAsksForTallies { print(tally) }
    #expect(Double(tally.stepped) >= 0.5 * Double(tally.asked), "\(tally)\n\(Cases.replay(seed))")
  }

  @Test(arguments: Cases.seeds(8)) func `a circuit that is stepped again and again`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var generator = QueryGenerator(seed: seed)
    let binder = Binder(SmallTables.schema)
    var tally = SteppedCase.Tally()
    for number in 0..<150 {
      let text =
        switch number % 4 {
        case 0: generator.running()
        case 1: generator.subqueries()
        case 2: generator.ordered()
        default: generator.certified()
        }
      guard let query = try? binder.query(text) else { continue }
      let circuit = Circuit(query)
      var current = try SteppedCase.small(using: &random)
      let tables = IndexedSnapshot(current.before)
      for _ in 0..<5 {
        // Its state may go at any time.
        if Int.random(in: 0..<6, using: &random) == 0 { circuit.forget() }
        let outcome = circuit.step(on: tables, by: current.changes)
        tally.asked += 1
        if case .rows(let old) = answer(to: query, on: current.before), old.doubts.isEmpty {
          if let fault = current.fault(query, old, outcome, &tally) {
            Issue.record("\(text)\n  \(fault)\n\(Cases.replay(seed))")
            break
          }
        } else {
          circuit.forget()
        }
        try tables.apply(current.changes)
        current = try current.next(using: &random)
      }
    }
    if environmentAsksForTallies { print(tally) }
    #expect(Double(tally.stepped) >= 0.5 * Double(tally.asked), "\(tally)\n\(Cases.replay(seed))")
  }

  @Test(arguments: Cases.seeds(8)) func `one batch is the same split into many`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var generator = QueryGenerator(seed: seed)
    let binder = Binder(SmallTables.schema)
    for number in 0..<80 {
      let text = number % 2 == 0 ? generator.joins() : generator.sets()
      let current = try SteppedCase.small(using: &random)
      guard let query = try? binder.query(text), case .delta(let whole) = step(query, on: current.before, by: current.changes)
      else {
        continue
      }
      let tables = IndexedSnapshot(current.before)
      var sum = ZSet(query.plan.types)
      for part in current.parts(using: &random) {
        guard case .delta(let delta) = step(query, on: tables, by: part) else {
          sum = whole.rows
          break
        }
        sum = sum + delta.rows
        try tables.apply(part)
      }
      #expect(sum == whole.rows, "\(text)\n\(Cases.replay(seed))")
    }
  }

  @Test(arguments: Cases.seeds(8)) func `one step for all constants is a step for each`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var generator = QueryGenerator(seed: seed)
    let binder = Binder(SmallTables.schema)
    var (stepped, changed) = (0, 0)
    for number in 0..<120 {
      let text = number % 3 == 0 ? generator.joins() : number % 3 == 1 ? generator.subqueries() : generator.simple()
      guard let query = try? binder.query(text) else { continue }
      let (template, own) = query.template
      if own.isEmpty { continue }
      // Constants of one type in each other's places.
      let rows = (0..<4).map { _ in
        template.parameters.map { type in
          zip(template.parameters, own).filter { $0.0 == type }.map(\.1).randomElement(using: &random)!
        }
      }
      let current = try SteppedCase.small(using: &random)
      let constants = Batch(template.parameters, rows: rows)
      guard case .delta(let all) = step(template.query, for: constants, on: IndexedSnapshot(current.before), by: current.changes)
      else { continue }
      stepped += 1
      for (place, row) in rows.enumerated() {
        let context = EvaluationContext(parameters: row)
        guard case .delta(let one) = step(template.query, on: current.before, by: current.changes, context) else { continue }
        if !one.rows.isEmpty { changed += 1 }
        let asker = all.rows.rows.columns[0]
        let part = all.rows.filtered(by: Bitmap(count: all.rows.count) { asker[$0].isIdentical(to: .integer(Int64(place))) })
        #expect(
          part.projecting(Array(1..<all.rows.types.count)) == one.rows,
          "\(text) with \(row): \(part.text), alone \(one.rows.text)\n\(Cases.replay(seed))")
      }
    }
    #expect(stepped > 30 && changed > 30, "\(stepped) stepped, \(changed) changed\n\(Cases.replay(seed))")
  }

  private func check(
    _ seed: UInt64, _ questions: Int, atLeast share: Double = 0.4, _ next: (inout QueryGenerator) -> String
  ) throws {
    var random = SplitMix64(seed: seed)
    var generator = QueryGenerator(seed: seed)
    let binder = Binder(SmallTables.schema)
    var tally = SteppedCase.Tally()
    var current = try SteppedCase.small(using: &random)
    for number in 0..<questions {
      if number % 10 == 9 { current = try SteppedCase.small(using: &random) }
      let text = next(&generator)
      guard let query = try? binder.query(text) else { continue }
      let form = SteppedCase.Form.allCases[number % 3]
      if let fault = current.fault(query, form, &tally, isTraced: number % 4 == 0) {
        Issue.record("\(text)\n  \(form): \(fault)\n\(Cases.replay(seed))")
      }
    }
    if environmentAsksForTallies { print(tally) }
    #expect(Double(tally.stepped) >= share * Double(tally.asked), "\(tally)\n\(Cases.replay(seed))")
  }
}

extension SteppedCase {
  /// Small tables, and a few changes of some of them.
  static func small(using random: inout SplitMix64) throws(Failure) -> SteppedCase {
    let before = try SmallTables(rows: Int.random(in: 0...14, using: &random), using: &random).snapshot()
    var changes: [TableID: ZSet] = [:]
    for table in SmallTables.schema.allTables where Int.random(in: 0..<3, using: &random) > 0 {
      changes[table.id] = try Self.changes(before.tables[table.id]!, using: &random)
    }
    return SteppedCase(before, changes)
  }

  /// The state after, and changes of it.
  func next(using random: inout SplitMix64) throws(Failure) -> SteppedCase {
    var changes: [TableID: ZSet] = [:]
    for table in SmallTables.schema.allTables where Int.random(in: 0..<3, using: &random) > 0 {
      changes[table.id] = try Self.changes(after.tables[table.id]!, using: &random)
    }
    return SteppedCase(after, changes)
  }

  /// The changes one after the other, a row going before another comes in its place.
  func parts(using random: inout SplitMix64) -> [[TableID: ZSet]] {
    var parts: [[TableID: ZSet]] = []
    for (table, change) in changes.sorted(by: { $0.key < $1.key }) {
      var row = 0
      while row < change.count {
        let end = min(change.count, row + Int.random(in: 1...3, using: &random))
        parts.append([table: change.picking((Int32(row)..<Int32(end)).map { $0 })])
        row = end
      }
    }
    return parts
  }

  /// The sample tables, and a few changes of some of them.
  static func samples(using random: inout SplitMix64) throws(Failure) -> SteppedCase {
    func rows(_ count: Int, from first: Int64) throws(Failure) -> Batch {
      let batch = try SampleTable(rows: count, using: &random).batch(TextStyle())
      let ordinals = Column(.int4, .integers((0..<Int64(count)).map { first + $0 }))
      return Batch([ordinals] + batch.columns, count: count)
    }
    var tables: [TableID: [Batch]] = [:]
    var changes: [TableID: ZSet] = [:]
    for table in SampleTables.schema.allTables {
      let batch = try rows(Int.random(in: 1...8, using: &random), from: 0)
      tables[table.id] = [batch]
      if Int.random(in: 0..<3, using: &random) == 0 { continue }
      let going = (0..<Int32(batch.count)).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
      let coming = try rows(Int.random(in: 0...2, using: &random), from: 100)
      changes[table.id] = ZSet(batch.picking(going), weight: -1) + ZSet(coming)
    }
    return SteppedCase(MemorySnapshot(tables), changes)
  }

  private static func changes(_ batches: [Batch], using random: inout SplitMix64) throws(Failure) -> ZSet {
    var rows: [(row: [Value], weight: Int64)] = []
    for row in batches.flatMap(\.rows) {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: rows.append((row, -1))
      case 1:
        rows.append((row, -1))
        var changed = row
        let place = Int.random(in: 1..<row.count, using: &random)
        changed[place] = try SmallTables.values(of: SmallTables.row(0, &random))[place]
        rows.append((changed, 1))
      default: break
      }
    }
    for number in 0..<Int.random(in: 0..<4, using: &random) {
      rows.append((try SmallTables.values(of: SmallTables.row(100 + number, &random)), 1))
    }
    return ZSet(SmallTables.types, rows)
  }
}
