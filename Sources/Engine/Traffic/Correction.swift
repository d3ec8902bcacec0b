import Queries
import Relations
import Storage

/// What the difference that a read can see is beside main's traffic: for rows that its branch wrote as well, main's part is taken out and
/// what landing would leave is put in. Most often nothing.
struct Correction {
  let branch: ZSet
  /// Where main's way of a contested key is taken; nil if none is contested.
  let main: ZSet?
}

/// What stands between a read's fork and main's present, in one table.
enum TableSight {
  /// Main's traffic from a row on, and what corrects it.
  case traffic(from: Int32, Correction?)
  /// The traffic does not tell it: the table was truncated, rows are not known, or the writes over it are not.
  case unclear
}

extension TableTraffic {
  /// - Parameters:
  ///   - columns: those that somebody looks at.
  ///   - overlay: what the branch did before the read; nil if nothing.
  func sight(of columns: [Int], since fork: Position, under overlay: TableOverlay?) -> TableSight {
    let first = firstRow(after: fork)
    if isTruncated(after: fork) { return .unclear }
    // Whatever the branch wrote: main did nothing to it.
    if Int(first) == span.count { return .traffic(from: first, nil) }
    guard isKnown(columns, from: first) else { return .unclear }
    guard let overlay, !overlay.isEmpty else { return .traffic(from: first, nil) }
    guard overlay.doubt == nil, let key = table.comparableKey, isKnown(key, from: first) else { return .unclear }
    // Where the branch emptied the table, what main did to any row may be another thing for it.
    let rows = overlay.isEmptied ? Array(first..<Int32(span.count)) : rows(of: overlay.keys, from: first)
    if rows.isEmpty { return .traffic(from: first, nil) }
    let touched = span.picking(rows)
    let delta = TableDelta(table, touched, under: overlay)
    if delta.doubt != nil { return .unclear }
    let net = touched.changes
    return .traffic(
      from: first,
      Correction(branch: (delta.branch - net).consolidated(), main: delta.main.map { ($0 - net).consolidated() }))
  }
}
