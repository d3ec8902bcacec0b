import Expressions
import Queries
import Relations
import SQL
import Storage
import TestKit

@testable import Sentry

/// A read of a numbered history that follows from its number and its branch's fork, so that two processes agree on it without talking:
/// of one of several templates, which the sentry looks up in different ways.
struct NumberedQuestion {
  let kind: Int
  let constants: [Value]

  init(_ number: Int, fork: UInt64) {
    var random = SplitMix64(seed: UInt64(number) &* 7919 &+ fork &* 104_729)
    func any(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    kind = any(0...4)
    switch kind {
    case 0:
      let lower = any(0...299)
      constants = [.integer(Int64(lower)), .integer(Int64(lower + any(1...4)))]
    case 1: constants = [.integer(Int64(any(0...299)))]
    case 2: constants = [.integer(Int64(any(20...90))), .integer(Int64(any(1...19)))]
    case 3: constants = [.integer(Int64(any(0...299))), .integer(Int64(any(0...299)))]
    default: constants = [.text("%\(any(10...99))7")]
    }
  }

  init(_ record: ReadRecord) throws {
    guard let kind = Self.kinds.firstIndex(where: { $0.text == record.template }) else {
      throw StoreError.unknown("template '\(record.template)'")
    }
    self.kind = kind
    constants = try RowEncoding(record.types).decode(record.constants)
  }

  var record: ReadRecord {
    let kind = Self.kinds[kind]
    return ReadRecord(template: kind.text, types: kind.types, constants: RowEncoding(kind.types).encode(constants))
  }

  /// A column for each parameter.
  var columns: [Column] { Batch(Self.kinds[kind].types, rows: [constants]).columns }
}

// MARK: - Templates

extension NumberedQuestion {
  struct Kind: Sendable {
    let text: String
    let types: [SQLType]
    let footprint: Footprint
    let sums: [Expression]
  }

  /// A range, an equality, what is looked at row by row, an alternative with a sum, a pattern.
  static let kinds: [Kind] = [
    bound("SELECT * FROM numbered WHERE id >= 5 AND id < 9"),
    bound("SELECT note FROM numbered WHERE id = 5"),
    bound("SELECT count(*) FROM numbered WHERE writer % 50 = 3"),
    bound("SELECT sum(writer) FROM numbered WHERE id = 4 OR id = 9", sums: [.column(1, .int8)]),
    bound("SELECT writer FROM numbered WHERE note LIKE '%17'"),
  ]

  private static func bound(_ text: String, sums: [Expression] = []) -> Kind {
    var schema = Schema(collation: "C")
    let columns = zip(["id", "writer", "note"], NumberedHistory.types).enumerated().map { place, column in
      TableColumn(ColumnID(Int16(place + 1)), Identifier(column.0), column.1)
    }
    schema.add(Table(schema.newTableID(), QualifiedName("public", "numbered"), columns: columns))
    guard let (template, _) = try? Binder(schema).query(text).template else { preconditionFailure("'\(text)' binds") }
    let footprint = template.query.footprints[0]
    precondition(footprint.table == NumberedHistory.table, "it is the history's table")
    return Kind(text: text, types: template.parameters, footprint: footprint, sums: sums)
  }
}

extension NumberedHistory {
  /// What has changed since an earlier state, with all columns.
  func changes(since: NumberedHistory) -> ZSet {
    ZSet(
      NumberedHistory.types,
      changedKeys(since: since).flatMap { key in
        [since.row(key).map { (row: $0, weight: -1 as Int64) }, row(key).map { (row: $0, weight: 1) }].compactMap { $0 }
      })
  }
}
