import Queries
import Relations

/// A branch's own writes to one table, up to some place on its timeline: what is laid over main's rows for its reads.
///
/// Shaped for the hundreds of rows that a branch writes, not for the millions that main has: rows are boxed, and found by the bytes
/// of their key.
struct TableOverlay {
  let table: Table
  /// The writes by the bytes of the key; none of a table without a key that we can compare.
  private(set) var writes: [[UInt8]: KeyedWrite] = [:]
  /// Of a table without a key: rows, to be added.
  private(set) var bag: [(row: [Value], weight: Int64)] = []
  /// Whether the table was emptied before these writes: then no row of the fork is left that is not among them.
  private(set) var isEmptied = false
  /// Why nothing exact can be said of the table under this overlay.
  private(set) var doubt: DoubtReason?

  private let keyColumns: [Int]?

  init(_ table: Table) {
    self.table = table
    keyColumns = table.comparableKey
  }

  /// The keys of the rows that were written, in their order.
  var keys: [[UInt8]] { writes.keys.sorted { $0.lexicographicallyPrecedes($1) } }

  var isEmpty: Bool { writes.isEmpty && bag.isEmpty && !isEmptied && doubt == nil }

  /// What was done to a row; nil if nothing.
  func write(_ key: [UInt8]) -> KeyedWrite? { writes[key] ?? (isEmptied ? .emptied : nil) }

  /// Of a table without a key: whether the branch took away a row that main took away too, so that it is there less than never.
  func clashes(with net: ZSet) -> Bool {
    if isEmptied { return (net + ZSet(net.types, bag)).consolidated().weights.contains { $0 < 0 } }
    let taken = bag.filter { $0.weight < 0 }.map(\.row)
    return (0..<net.count).contains { row in net.weights[row] < 0 && taken.contains { $0.isIdentical(to: net.rows[row]) } }
  }
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
    var truncations = changes.truncations.filter { transactions.contains(Int($0.transaction)) }[...]
    var before: Int?
    for row in 0..<changes.count where transactions.contains(Int(changes.transactions[row])) {
      let place = (changes.transactions[row], changes.ordinals[row])
      while let truncation = truncations.first, (truncation.transaction, truncation.ordinal) < place {
        empty()
        truncations = truncations.dropFirst()
      }
      switch changes.kinds[row] {
      case .insert: insert(changes, row)
      case .delete: delete(changes, row)
      case .before: before = row
      case .after: update(changes, before!, row)
      }
    }
    if !truncations.isEmpty { empty() }
  }

  /// Whatever was written before has gone, and what was not known of it.
  private mutating func empty() {
    self = TableOverlay(table)
    isEmptied = true
  }

  private mutating func insert(_ changes: TableChanges, _ row: Int) {
    guard let values = complete(changes, row) else { return }
    guard let key = key(changes, row) else { return bag.append((values, 1)) }
    switch write(key) {
    case .emptied, .refilled: writes[key] = .refilled(values)
    // A row that is put in the place of another one sets all of its columns.
    case .delete, .update:
      writes[key] = .update(Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0, $1) }), perhaps: [])
    case .insert, nil: writes[key] = .insert(values)
    }
  }

  private mutating func delete(_ changes: TableChanges, _ row: Int) {
    guard let key = key(changes, row) else {
      guard let values = complete(changes, row) else { return }
      return bag.append((values, -1))
    }
    switch write(key) {
    case .insert, .refilled: writes[key] = nil
    // A row that is not there: the branch's log contradicts itself.
    case .emptied: doubt = doubt ?? .contested
    case .update, .delete, nil: writes[key] = .delete
    }
  }

  private mutating func update(_ changes: TableChanges, _ before: Int, _ after: Int) {
    guard let new = key(changes, after) else {
      delete(changes, before)
      insert(changes, after)
      return
    }
    // Where the log tells nothing of the row before, its key is what it is after.
    guard let old = isUnknown(changes, before) ? new : key(changes, before), old == new else {
      delete(changes, before)
      insert(changes, after)
      return
    }
    // What is computed from other columns has changed with them, and nobody says to what.
    if table.columns.indices.contains(where: { table.columns[$0].isGenerated && changes.isAbsent(after, $0) }) {
      doubt = doubt ?? .missingColumn
    }
    let values = table.columns.indices.filter { !changes.isAbsent(after, $0) }.map { ($0, changes.images.columns[$0][after]) }
    switch write(old) {
    case .insert(let row):
      writes[old] = .insert(KeyedWrite.update(Dictionary(uniqueKeysWithValues: values), perhaps: []).applied(to: row)!)
    case .refilled(let row):
      writes[old] = .refilled(KeyedWrite.update(Dictionary(uniqueKeysWithValues: values), perhaps: []).applied(to: row)!)
    case .emptied: doubt = doubt ?? .contested
    case .update(let known, let perhaps): update(old, known, perhaps, values, before, changes)
    case .delete, nil: update(old, [:], [], values, before, changes)
    }
  }

  /// - Parameters:
  ///   - known: what was set already.
  ///   - perhaps: columns of which that is not certain.
  private mutating func update(
    _ key: [UInt8], _ known: [Int: Value], _ perhaps: Set<Int>, _ values: [(Int, Value)], _ before: Int, _ changes: TableChanges
  ) {
    var (known, perhaps) = (known, perhaps)
    for (column, value) in values {
      let earlier = changes.isAbsent(before, column) ? known[column] : changes.images.columns[column][before]
      if let earlier, earlier.isIdentical(to: value) { continue }
      if earlier == nil { perhaps.insert(column) } else { perhaps.remove(column) }
      known[column] = value
    }
    // An update that sets nothing is no write, and stands in nobody's way.
    if !known.isEmpty { writes[key] = .update(known, perhaps: perhaps) }
  }

  private func isUnknown(_ changes: TableChanges, _ row: Int) -> Bool {
    table.columns.indices.allSatisfy { changes.isAbsent(row, $0) }
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
