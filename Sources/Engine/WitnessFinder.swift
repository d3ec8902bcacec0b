import Relations
import Storage

/// Pairs net changes of rows into changes of keys, and says when each was touched last.
struct WitnessFinder {
  private let table: Table
  private let span: TableSpan?

  init(_ table: Table, _ span: TableSpan?) {
    self.table = table
    self.span = span
  }

  /// In the order of their last touch.
  ///
  /// - Parameter columns: those that the question looks at: a change of others is no witness.
  func witnesses(_ inside: ZSet, _ columns: [Int]) -> [Witness] {
    guard let key = table.comparableKey else { return bag(inside) }
    var order: [[UInt8]] = []
    var rows: [[UInt8]: (before: [Value]?, after: [Value]?)] = [:]
    let encoded = inside.rows.keys(columns: key)
    for row in 0..<inside.count {
      let bytes = Array(encoded[row])
      if rows[bytes] == nil { order.append(bytes) }
      if inside.weights[row] < 0 { rows[bytes, default: (nil, nil)].before = inside.rows[row] }
      if inside.weights[row] > 0 { rows[bytes, default: (nil, nil)].after = inside.rows[row] }
    }
    let touches = lastTouches(key)
    return order.compactMap { bytes -> Witness? in
      let (before, after) = rows[bytes]!
      if let before, let after, columns.allSatisfy({ before[$0].isIdentical(to: after[$0]) }) { return nil }
      return Witness(table: table.id, before: before, after: after, position: touches[bytes] ?? .start)
    }.sorted { $0.position < $1.position }
  }

  private func lastTouches(_ key: [Int]) -> [[UInt8]: Position] {
    guard let span else { return [:] }
    let encoded = span.images.keys(columns: key)
    var touches: [[UInt8]: Position] = [:]
    for row in 0..<span.count { touches[Array(encoded[row])] = span.positions[row] }
    return touches
  }

  private func bag(_ net: ZSet) -> [Witness] {
    var witnesses: [Witness] = []
    for row in 0..<net.count {
      let values = net.rows[row]
      let position = span.flatMap { span in
        (0..<span.count).last { span.images[$0].isIdentical(to: values) }.map { span.positions[$0] }
      }
      for _ in 0..<min(abs(net.weights[row]), 1_000) {
        witnesses.append(
          Witness(
            table: table.id, before: net.weights[row] < 0 ? values : nil, after: net.weights[row] > 0 ? values : nil,
            position: position ?? .start))
      }
    }
    return witnesses.sorted { $0.position < $1.position }
  }
}
