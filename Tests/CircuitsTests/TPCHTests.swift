import Queries
import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// A benchmark's questions, over ten thousands of rows.
@Suite struct TPCHTests {
  @Test func `all 22 answers equal PostgreSQL's`() throws {
    guard let tpch = try TPCH(scale: "0.01") else {
      print("==> SKIPPED: TPC-H is not compared, because PyPI, where its data come from, is out of reach")
      return
    }
    let cluster = try Cluster.shared()
    let namespace = try cluster.schema()
    var session = try cluster.connect()
    try session.execute("SET search_path = \(namespace)")
    try tpch.load(&session)
    var comparison = try AnswerComparison(tpch.schema, tpch.snapshot, session)
    for (number, text) in tpch.texts.enumerated() {
      if let difference = comparison.difference(text) { Issue.record("question \(number + 1): \(difference)") }
    }
    #expect(comparison.tally.compared == 22, "\(comparison.tally)")
  }

  @Test func `all 22 are stepped through changes of every table`() throws {
    guard let tpch = try TPCH(scale: "0.01") else {
      print("==> SKIPPED: TPC-H is not stepped, because PyPI, where its data come from, is out of reach")
      return
    }
    var random = SplitMix64(seed: 7)
    let tables = IndexedSnapshot(tpch.snapshot)
    var before = tpch.snapshot
    let circuits = try tpch.texts.map { Circuit(try Binder(tpch.schema).query($0)) }
    var answers = circuits.map { answer(to: $0.query, on: before) }
    var tally = SteppedCase.Tally()
    for _ in 0..<3 {
      let changes = tpch.schema.allTables.reduce(into: [:]) { $0[$1.id] = Self.changes(before.tables[$1.id]!, using: &random) }
      let current = SteppedCase(before, changes)
      for (place, circuit) in circuits.enumerated() {
        let outcome = circuit.step(on: tables, by: changes)
        tally.asked += 1
        guard case .rows(let old) = answers[place] else { continue }
        if let fault = current.fault(circuit.query, old, outcome, &tally) { Issue.record("question \(place + 1): \(fault)") }
        answers[place] = answer(to: circuit.query, on: current.after)
      }
      try tables.apply(changes)
      before = current.after
    }
    #expect(tally.stepped >= 60, "\(tally)")
  }

  /// Rows that go, rows that get a value of another row, and rows that come with a key of their own.
  private static func changes(_ batches: [Batch], using random: inout SplitMix64) -> ZSet {
    let rows = Batch.concatenating(batches)
    let count = max(1, min(30, rows.count / 20))
    var changed: [(row: [Value], weight: Int64)] = []
    var taken: Set<Int> = []
    for number in 0..<count {
      let place = Int.random(in: 0..<rows.count, using: &random)
      guard taken.insert(place).inserted else { continue }
      var row = rows[place]
      if number % 3 < 2 { changed.append((row, -1)) }
      if number % 3 == 0 { continue }
      if number % 3 == 1 {
        let column = Int.random(in: 1..<row.count, using: &random)
        row[column] = rows[Int.random(in: 0..<rows.count, using: &random)][column]
      } else if case .integer(let key) = row[0] {
        row[0] = .integer(key + 10_000_000)
      }
      changed.append((row, 1))
    }
    return ZSet(rows.types, changed)
  }
}
