import Formats
import Glibc
import Relations
import SQL
import TestKit
import Testing

@testable import premise

/// The demo's month of changes as other formats write it, compressed or not: the verdicts are the same, or doubtful where a format is
/// silent.
@Suite struct ForeignFormatTests {
  private let schema: Schema
  private let transactions: [Transaction]

  init() throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(Shop.schema)
    schema = loader.schema
    let changes = try #require(AliceStory().files.first { $0.name == "changes.ndjson" })
    var log = ChangeLogReader([MemorySource("changes", changes.text.utf8)], schema: schema)
    var transactions: [Transaction] = []
    while let item = try log.next() {
      if case .transactions(let batch) = item { transactions += batch.transactions.boxed }
    }
    self.transactions = transactions
  }

  @Test func `test_decoding tells everything`() throws {
    let own = try verdicts(nil)
    #expect(own.count > 250)
    #expect(try verdicts(testDecoding) == own)
    #expect(try verdicts(testDecoding, compressedBy: "gzip -c") == own)
  }

  @Test func `wal2json does not tell NULL from NaN`() throws {
    let own = try verdicts(nil)
    for (read, verdict) in try verdicts(wal2json, compressedBy: "gzip -c") {
      #expect(verdict == own[read] || verdict == "doubtful", "\(read)")
    }
    #expect(try verdicts(wal2json, ["--finite-numbers"]) == own)
  }

  @Test func `reads come from the server's log`() throws {
    let head =
      "2026-05-01 10:00:00.000 UTC,\"alice\",\"shop\",12,\"[local]\",6812.c,9,\"SELECT\",2026-05-01 09:00:00 UTC,3/4,0,LOG,00000,"
    let tail = ",,,,,,,,\"psql\",\"client backend\",,0\n"
    let log =
      head + "\"statement: SELECT count(*) FROM orders WHERE total > 100\"," + tail + head
      + "\"execute <unnamed>: SELECT name FROM customers WHERE id = $1\",\"parameters: $1 = '7'\"" + tail
    try DemoFiles.inDirectory { directory in
      try TextFile.write(log, to: "\(directory)/log.csv")
      let status = try Audit.run([
        "--schema", "\(directory)/schema.sql", "--base", "\(directory)/base.ndjson", "--reads", "\(directory)/log.csv", "--changes",
        "\(directory)/changes.ndjson", "--output", "\(directory)/report", "--format", "ndjson",
      ])
      #expect(status == 1)
      let report = try TextFile.read("\(directory)/report").split(separator: "\n")
      #expect(report.count == 2 && report[0].contains("\"verdict\":\"stale\"") && report[1].contains("\"verdict\":\"holds\""))
    }
  }
}

// MARK: - Auditing

extension ForeignFormatTests {
  /// By the reads' names.
  private func verdicts(
    _ changes: String?, _ further: [String] = [], compressedBy command: String? = nil
  ) throws -> [String: String] {
    try DemoFiles.inDirectory { directory in
      var file = "\(directory)/changes.ndjson"
      if let changes {
        file = "\(directory)/changes"
        try TextFile.write(changes, to: file)
      }
      if let command {
        _ = try RunningProgram.shell("\(command) \(file) > \(file).packed").end()
        file += ".packed"
      }
      _ = try Audit.run(
        [
          "--schema", "\(directory)/schema.sql", "--base", "\(directory)/base.ndjson", "--reads", "\(directory)/reads.ndjson",
          "--branch-writes", "\(directory)/writes.ndjson", "--changes", file, "--output", "\(directory)/report", "--format",
          "ndjson",
        ] + further)
      var verdicts: [String: String] = [:]
      for line in try TextFile.read("\(directory)/report").split(separator: "\n") {
        let fields = line.split(separator: "\"").map(String.init)
        let verdict = try #require(fields.firstIndex(of: "verdict"))
        verdicts[fields[3]] = fields[verdict + 2]
      }
      return verdicts
    }
  }
}

// MARK: - Writing

extension ForeignFormatTests {
  private func moment(_ transaction: Transaction) -> String {
    Value.integer(transaction.header.committedAt ?? 0).text(as: .timestamptz, style: TextStyle()) ?? ""
  }

  private var testDecoding: String {
    transactions.enumerated().map { index, transaction in
      let head = "\(transaction.position)|\(700 + index)|"
      let changes = transaction.changes.map { change in
        let table = schema[change.table]!
        let operation =
          switch change.operation {
          case .insert(let after): "INSERT:\(literals(after, table, hasNulls: true))"
          case .delete(let before): "DELETE:\(literals(before, table, hasNulls: false))"
          case .update(let before, let after):
            "UPDATE: old-key:\(literals(before, table, hasNulls: false)) new-tuple:\(literals(after, table, hasNulls: true))"
          case .truncate: "TRUNCATE: (no-flags)"
          }
        return "\(head)table \(table.name): \(operation)\n"
      }
      return "\(head)BEGIN \(700 + index)\n\(changes.joined())\(head)COMMIT \(700 + index) (at \(moment(transaction)))\n"
    }.joined()
  }

  private func literals(_ image: RowImage, _ table: Table, hasNulls: Bool) -> String {
    zip(table.columns, image.columns).map { column, value in
      guard let value, hasNulls || !value.isNull else { return "" }
      let text = value.text(as: column.type, style: TextStyle())
      let literal = text.map { "'\($0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'" } ?? "null"
      return " \(column.name)[\(column.type)]:\(literal)"
    }.joined()
  }

  private var wal2json: String {
    transactions.map { transaction in
      let boundary = "\"timestamp\":\"\(moment(transaction))\",\"nextlsn\":\"\(transaction.position)\"}\n"
      let changes = transaction.changes.map { change in
        let table = schema[change.table]!
        let letter = change.after == nil ? change.before == nil ? "T" : "D" : change.before == nil ? "I" : "U"
        let after = change.after.map { ",\"columns\":[\(columns($0, table, hasNulls: true))]" } ?? ""
        let before = change.before.map { ",\"identity\":[\(columns($0, table, hasNulls: false))]" } ?? ""
        return
          "{\"action\":\"\(letter)\",\"schema\":\"\(table.name.namespace!.text)\",\"table\":\"\(table.name.name.text)\"\(after)\(before)}\n"
      }
      return "{\"action\":\"B\",\(boundary)\(changes.joined()){\"action\":\"C\",\(boundary)"
    }.joined()
  }

  private func columns(_ image: RowImage, _ table: Table, hasNulls: Bool) -> String {
    zip(table.columns, image.columns).compactMap { column, value in
      guard let value, hasNulls || !value.isNull else { return nil }
      let text = value.text(as: column.type, style: TextStyle()).map { Scalar.text($0).description } ?? "null"
      return "{\"name\":\"\(column.name.text)\",\"type\":\"\(column.type)\",\"value\":\(text)}"
    }.joined(separator: ",")
  }
}
