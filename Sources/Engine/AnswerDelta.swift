import Relations

/// What came into a stale answer and what left it.
public struct AnswerDelta: Sendable {
  public let types: [SQLType]
  public let content: Content

  public enum Content: Sendable {
    /// Rows, as often as they came or went; not all of them if it is truncated.
    case rows(added: [[Value]], removed: [[Value]], isTruncated: Bool)
    /// By how much each column changed: a count, or what the rows that came add up to less those that went; nil where that is not known.
    case totals([Numeric?])
  }
}

extension AnswerDelta {
  /// More rows than anybody reads.
  static let mostRows = 100

  /// Of rows on balance.
  init(_ net: ZSet) { self.init(net.types, (0..<net.count).lazy.map { (net.rows[$0], net.weights[$0]) }) }

  /// Of rows on balance, with the weights by which they came.
  private init(_ types: [SQLType], _ rows: some Sequence<(row: [Value], weight: Int64)>) {
    var added: [[Value]] = []
    var removed: [[Value]] = []
    var isTruncated = false
    for (row, weight) in rows {
      let room = UInt64(Self.mostRows - added.count - removed.count)
      isTruncated = weight.magnitude > room
      let copies = repeatElement(row, count: Int(min(weight.magnitude, room)))
      if weight > 0 { added += copies } else { removed += copies }
      if isTruncated { break }
    }
    self.types = types
    content = .rows(added: added, removed: removed, isTruncated: isTruncated)
  }

  /// Between two answers; nil where both are one row, which says it all, or where either is an error, which has no rows.
  init?(was: AnswerRows, now: AnswerRows) {
    guard let old = was.rows, let new = now.rows, old.count != 1 || new.count != 1 else { return nil }
    self.init(now.types, was: old, now: new)
  }

  private init(_ types: [SQLType], was: [[Value]], now: [[Value]]) {
    var weights: [[PrintedValue]: Int64] = [:]
    for row in was { weights[row.map(PrintedValue.init), default: 0] -= 1 }
    for row in now { weights[row.map(PrintedValue.init), default: 0] += 1 }
    // Each row as it is shown, in the order in which it first comes.
    var changed: [(row: [Value], weight: Int64)] = []
    for row in now + was {
      guard let weight = weights.removeValue(forKey: row.map(PrintedValue.init)), weight != 0 else { continue }
      changed.append((row, weight))
    }
    self.init(types, changed)
  }
}
