import Expressions
import Queries
import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// The small tables with a few rows.
struct FewRows {
  private(set) var snapshot: MemorySnapshot
  let indexed: IndexedSnapshot

  init(_ rows: [String: [String]]) {
    var tables: [TableID: [Batch]] = [:]
    for table in SmallTables.schema.allTables {
      tables[table.id] = [Batch(SmallTables.types, rows: (rows["\(table.name.name)"] ?? []).map { Self.row($0) })]
    }
    snapshot = MemorySnapshot(tables)
    indexed = IndexedSnapshot(snapshot)
  }

  mutating func rows(_ name: String, columns: [String], _ rows: [String]) {
    let places = columns.map { column in SmallTables.columns.firstIndex { $0.name == column }! }
    let made = rows.map { text -> [Value] in
      var row = [Value](repeating: .null, count: SmallTables.types.count)
      for (place, part) in zip(places, text.split(separator: " ", maxSplits: columns.count - 1)) {
        row[place] = (try? Value(parsing: String(part), as: SmallTables.types[place], style: TextStyle())) ?? .null
      }
      return row
    }
    snapshot.tables[Self.id(name)] = [Batch(SmallTables.types, rows: made)]
  }

  private static func id(_ name: String) -> TableID {
    SmallTables.schema.table(QualifiedName("public", Identifier(name)), .standard())!.id
  }

  private static func row(_ text: some StringProtocol) -> [Value] {
    var row = [Value](repeating: .null, count: SmallTables.types.count)
    let places = [0, 1, SmallTables.columns.firstIndex { $0.name == "w" }!]
    for (place, part) in zip(places, text.split(separator: " ")) {
      row[place] = place < 2 ? .integer(Int64(part)!) : .bytes(Array(part.utf8))
    }
    return row
  }

  func query(_ text: String) throws -> Query { try Binder(SmallTables.schema).query(text) }

  /// `+id k w` for a row that comes, `-id k w` for one that goes.
  func changes(_ texts: [String: [String]]) -> [TableID: ZSet] {
    var changes: [TableID: ZSet] = [:]
    for (name, rows) in texts {
      changes[Self.id(name)] = ZSet(
        SmallTables.types, rows.map { (row: Self.row($0.dropFirst()), weight: $0.hasPrefix("+") ? 1 : -1) })
    }
    return changes
  }

  mutating func apply(_ texts: [String: [String]]) { snapshot = SteppedCase(snapshot, changes(texts)).after }

  /// Steps, compares with evaluations of both sides, and goes on.
  mutating func step(_ circuit: Circuit, _ texts: [String: [String]]) throws -> [String] {
    let changes = changes(texts)
    let outcome = circuit.step(on: indexed, by: changes)
    let current = SteppedCase(snapshot, changes)
    var tally = SteppedCase.Tally()
    if case .rows(let old) = answer(to: circuit.query, on: snapshot), let fault = current.fault(circuit.query, old, outcome, &tally)
    {
      Issue.record("\(fault)")
    }
    try indexed.apply(changes)
    snapshot = current.after
    guard case .delta(let delta) = outcome else { return ["\(outcome)"] }
    // Going before coming, then by text.
    return delta.text.sorted { ($0.hasPrefix("+") ? 1 : 0, $0) < ($1.hasPrefix("+") ? 1 : 0, $1) }
  }

  static func text(_ row: some Sequence<Value>) -> String {
    row.map { value in
      switch value {
      case .null: "NULL"
      case .integer(let number): "\(number)"
      case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
      case .numeric(let number): "\(number)"
      default: "\(value)"
      }
    }.joined(separator: "|")
  }
}

extension AnswerDelta {
  /// A line for each row that comes or goes.
  var text: [String] {
    zip(rows.rows.rows, rows.weights).flatMap { row, weight in
      Array(repeating: (weight > 0 ? "+ " : "- ") + FewRows.text(row), count: Int(abs(weight)))
    }
  }
}

/// Records that something went wrong, where a test ends by it.
func failed(_ text: String) { Issue.record("\(text)") }
