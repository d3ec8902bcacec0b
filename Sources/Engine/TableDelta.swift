import Queries
import Relations
import Storage

/// How a table differs between two states that a branch could have seen: the one at its fork and the one to be judged by, both under
/// the branch's own writes.
struct TableDelta {
  /// The difference on balance, where the branch's way of a contested key is taken.
  let branch: ZSet
  /// The same where main's way is taken; nil if no key is contested.
  let main: ZSet?
  /// What passed, not on balance, for columns of which not all values are known.
  let traffic: ZSet
  /// Columns of which not all values are known.
  let unknown: [Int: DoubtReason]
  /// Why nothing exact can be said.
  let doubt: DoubtReason?
}

extension TableDelta {
  /// - Parameters:
  ///   - span: what main did to the table in between; nil if nothing.
  ///   - overlay: what the branch did before the read; nil if nothing.
  init(_ table: Table, _ span: TableSpan?, under overlay: TableOverlay?) {
    guard let span else {
      self.init(branch: ZSet(table.types), main: nil, traffic: ZSet(table.types), unknown: [:], doubt: nil)
      return
    }
    let net = span.changes.consolidated()
    let unknown = Dictionary(
      uniqueKeysWithValues: table.columns.indices.compactMap { column in span.unknown(column).map { (column, $0) } })
    var doubt = span.truncations.isEmpty ? overlay?.doubt : .noBase
    guard let overlay, !overlay.isEmpty, doubt == nil else {
      self.init(branch: net, main: nil, traffic: span.changes, unknown: unknown, doubt: doubt)
      return
    }
    let laid = LaidOver(net, table, overlay)
    if !unknown.isEmpty, laid.overlaps || !overlay.bag.isEmpty || overlay.isEmptied {
      doubt = unknown.values.contains(.noBeforeImage) ? .noBeforeImage : .missingColumn
    }
    if doubt == nil { doubt = laid.doubt }
    self.init(
      branch: doubt == nil ? laid.branch : net, main: doubt == nil ? laid.main : nil, traffic: span.changes, unknown: unknown,
      doubt: doubt)
  }
}

/// Main's net changes of a table, corrected for the rows that the branch wrote too.
private struct LaidOver {
  private let net: ZSet
  private let untouched: [Int32]
  private var corrections: (branch: [(row: [Value], weight: Int64)], main: [(row: [Value], weight: Int64)]) = ([], [])
  private(set) var isContested = false
  private(set) var overlaps = false
  private(set) var doubt: DoubtReason?

  init(_ net: ZSet, _ table: Table, _ overlay: TableOverlay) {
    self.net = net
    guard let key = table.comparableKey else {
      untouched = Array(0..<Int32(net.count))
      overlaps = overlay.clashes(with: net)
      if overlaps { doubt = .noKey }
      return
    }
    var untouched: [Int32] = []
    var touched: [[UInt8]: (old: [Int], new: [Int])] = [:]
    let keys = net.rows.keys(columns: key)
    for row in 0..<net.count {
      let bytes = Array(keys[row])
      guard overlay.write(bytes) != nil else {
        untouched.append(Int32(row))
        continue
      }
      if net.weights[row] < 0 { touched[bytes, default: ([], [])].old.append(row) }
      if net.weights[row] > 0 { touched[bytes, default: ([], [])].new.append(row) }
    }
    self.untouched = untouched
    overlaps = !touched.isEmpty
    for (bytes, rows) in touched.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      guard let write = overlay.write(bytes) else { continue }
      correct(rows.old, rows.new, write)
    }
  }

  private mutating func correct(_ old: [Int], _ new: [Int], _ write: KeyedWrite) {
    // A key has one row. More of them is a log that is not of this table.
    guard old.count <= 1, new.count <= 1, (old + new).allSatisfy({ abs(net.weights[$0]) == 1 }) else {
      doubt = .noKey
      return
    }
    let (old, new) = (old.first.map { net.rows[$0] }, new.first.map { net.rows[$0] })
    let seen: [Value]?
    switch write {
    case .insert(let row), .refilled(let row): seen = row
    case .delete, .emptied: seen = nil
    case .update: seen = old.flatMap { write.applied(to: $0) }
    }
    let results: (branch: [Value]?, main: [Value]?)
    switch write.landing(over: old, new) {
    case .merged(let row): results = (row, row)
    case .contested(let branch, let main):
      isContested = true
      results = (branch, main)
    }
    if let seen {
      corrections.branch.append((seen, -1))
      corrections.main.append((seen, -1))
    }
    if let row = results.branch { corrections.branch.append((row, 1)) }
    if let row = results.main { corrections.main.append((row, 1)) }
  }

  private func with(_ corrections: [(row: [Value], weight: Int64)]) -> ZSet {
    (net.picking(untouched) + ZSet(net.types, corrections)).consolidated()
  }

  var branch: ZSet { overlaps ? with(corrections.branch) : net }
  var main: ZSet? { isContested ? with(corrections.main) : nil }
}
