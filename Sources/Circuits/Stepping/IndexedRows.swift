import Relations
import Synchronization

/// Rows, how often each is there, and an index for every key that was ever asked for: shared by all who ask, on whatever thread.
///
/// An index is made at the first look-up by its columns and costs a pass over the rows; a look-up then costs what it finds. Made for states
/// that do not change: what changes them is another one of these, laid over.
public final class IndexedRows: Sendable {
  public let rows: ZSet
  private let indexes = Mutex<[[Int]: RowIndex]>([:])

  public init(_ rows: ZSet) { self.rows = rows }

  public var count: Int { rows.count }

  /// The rows whose key equals, by equality class, one of some values.
  public func found(_ key: [Int], among values: Batch) -> ZSet {
    let found = numbers(key, among: values)
    return ZSet(rows.rows.picking(found).compacted, weights: found.map { rows.weights[Int($0)] })
  }

  /// The same, each as often as it is there, with some of their columns.
  public func found(_ key: [Int], among values: Batch, columns: [Int]) -> Batch {
    let found = numbers(key, among: values)
    let listed =
      found.allSatisfy { rows.weights[Int($0)] == 1 }
      ? found : found.flatMap { Array(repeating: $0, count: Int(rows.weights[Int($0)])) }
    return rows.rows.projecting(columns).picking(listed).compacted
  }

  private func numbers(_ key: [Int], among values: Batch) -> [Int32] {
    if key.isEmpty { return (0..<Int32(rows.count)).map { $0 } }
    let index = indexes.withLock { indexes in
      if let known = indexes[key] { return known }
      let made = RowIndex(Batch(key.map { rows.rows.columns[$0].asKey }, count: rows.count))
      indexes[key] = made
      return made
    }
    var found: [Int32] = []
    index.pairs(with: Batch(values.columns.map(\.asKey), count: values.count).distinctRows) { found += $0.right }
    return found
  }
}
