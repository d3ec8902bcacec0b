import PostgreSQL
import Relations
import TestKit
import Testing

@testable import Circuits

/// The written and random questions that binding is tested with have PostgreSQL's answers, too.
@Suite struct SelectAnswerTests {
  @Test(arguments: Cases.seeds(4)) func `written questions`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rows = Shop.rows(4 + Int(seed % 5), using: &random)
    try compare(Shop.schema, Shop.definition + rows, SelectCorpus.ending, seed, atLeast: 200)
  }

  @Test(arguments: Cases.seeds(6)) func `random questions`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let tables = SampleTables(rows: 5, using: &random)
    var selects = RandomSelects(seed: seed)
    try compare(SampleTables.schema, tables.definition, (0..<120).map { _ in selects.next() }, seed, atLeast: 30)
  }

  private func compare(
    _ schema: Schema, _ definition: String, _ texts: [String], _ seed: UInt64, atLeast: Int
  ) throws {
    var comparison = try AnswerComparison(schema, definition) { session in try Self.snapshot(schema, &session) }
    for text in texts {
      if let difference = comparison.difference(text) {
        Issue.record("\(text)\n  \(difference)\n\(Cases.replay(seed))")
      }
    }
    if environmentAsksForTallies { print(comparison.tally) }
    #expect(comparison.tally.compared >= atLeast, "\(comparison.tally)\n\(Cases.replay(seed))")
  }

  /// The rows of all tables, as PostgreSQL has them.
  static func snapshot(_ schema: Schema, _ session: inout Connection) throws -> MemorySnapshot {
    var snapshot = MemorySnapshot()
    for table in schema.allTables where table.kind == .table {
      let names = table.columns.map { "\($0.name)" }.joined(separator: ", ")
      var rows: [[Value]] = []
      for row in try session.query("SELECT \(names) FROM ONLY \(table.name.name)").rows {
        rows.append(
          try zip(row, table.types).map { text, type in
            try text.map { try Value(parsing: $0, as: type, style: TextStyle()) } ?? .null
          })
      }
      snapshot.tables[table.id] = [Batch(table.types, rows: rows)]
    }
    return snapshot
  }
}
