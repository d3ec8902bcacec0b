import Queries
import Relations

/// A branch's own writes to one table, up to some place on its timeline: what is laid over main's rows for its reads.
///
/// Shaped for the hundreds of rows that a branch writes, not for the millions that main has: rows are boxed, and found by the bytes
/// of their key.
struct TableOverlay {
  let table: Table
  /// The writes by key, in the order of first touch; nil for a table without a key that we can compare.
  private(set) var keys: [[UInt8]] = []
  private(set) var writes: [[UInt8]: KeyedWrite] = [:]
  /// Of a table without a key: rows, to be added.
  private(set) var bag: [(row: [Value], weight: Int64)] = []
  /// Why nothing exact can be said of the table under this overlay.
  private(set) var doubt: DoubtReason?

  private let keyColumns: [Int]?

  init(_ table: Table) {
    self.table = table
    keyColumns = table.comparableKey
  }

  var isEmpty: Bool { writes.isEmpty && bag.isEmpty && doubt == nil }
}

extension Table {
  /// The places of the key's columns, if there is a key and its values can be compared.
  var comparableKey: [Int]? {
    guard let key, !key.isEmpty, key.allSatisfy({ columns[$0].stored.id.isEvaluated }) else { return nil }
    return key
  }
}

// MARK: - Collecting

extension TableOverlay {
  /// Lays further writes over those that are there.
  mutating func add(_ changes: TableChanges, transactions: Range<Int>) {
    if changes.truncations.contains(where: { transactions.contains(Int($0.transaction)) }) { doubt = doubt ?? .noBase }
    var before: Int?
    for row in 0..<changes.count where transactions.contains(Int(changes.transactions[row])) {
      switch changes.kinds[row] {
      case .insert: insert(changes, row)
      case .delete: delete(changes, row)
      case .before: before = row
      case .after: update(changes, before!, row)
      }
    }
  }

  private mutating func insert(_ changes: TableChanges, _ row: Int) {
    guard let values = complete(changes, row) else { return }
    guard let key = key(changes, row) else { return bag.append((values, 1)) }
    switch writes[key] {
    // A row that is put in the place of another one sets all of its columns.
    case .delete, .update: set(key, .update(Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0, $1) })))
    case .insert, nil: set(key, .insert(values))
    }
  }

  private mutating func delete(_ changes: TableChanges, _ row: Int) {
    guard let key = key(changes, row) else {
      guard let values = complete(changes, row) else { return }
      return bag.append((values, -1))
    }
    if case .insert = writes[key] { writes[key] = nil } else { set(key, .delete) }
  }

  private mutating func update(_ changes: TableChanges, _ before: Int, _ after: Int) {
    guard let old = key(changes, before), let new = key(changes, after) else {
      delete(changes, before)
      insert(changes, after)
      return
    }
    guard old == new else {
      delete(changes, before)
      insert(changes, after)
      return
    }
    var values: [Int: Value] = [:]
    for column in table.columns.indices where !changes.isAbsent(after, column) {
      let value = changes.images.columns[column][after]
      let isSame = !changes.isAbsent(before, column) && changes.images.columns[column][before].isIdentical(to: value)
      if !isSame { values[column] = value }
    }
    // An update that sets nothing is no write, and stands in nobody's way.
    if values.isEmpty { return }
    switch writes[old] {
    case .insert(let row): set(old, .insert(KeyedWrite.update(values).applied(to: row)!))
    case .update(let earlier): set(old, .update(earlier.merging(values) { $1 }))
    case .delete, nil: set(old, .update(values))
    }
  }

  private mutating func set(_ key: [UInt8], _ write: KeyedWrite) {
    if writes.updateValue(write, forKey: key) == nil { keys.append(key) }
  }

  /// The whole row; a hole in it makes the table doubtful.
  private mutating func complete(_ changes: TableChanges, _ row: Int) -> [Value]? {
    if let hole = table.columns.indices.first(where: { changes.isAbsent(row, $0) }) {
      doubt = doubt ?? (table.columns[hole].isGenerated || changes.kinds[row].weight > 0 ? .missingColumn : .noBeforeImage)
      return nil
    }
    return changes.images[row]
  }

  private mutating func key(_ changes: TableChanges, _ row: Int) -> [UInt8]? {
    guard let keyColumns else { return nil }
    if keyColumns.contains(where: { changes.isAbsent(row, $0) }) {
      doubt = doubt ?? .noBeforeImage
      return nil
    }
    return Array(changes.images.keys(rows: [Int32(row)], columns: keyColumns)[0])
  }
}
