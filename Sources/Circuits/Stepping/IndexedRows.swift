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
    if key.isEmpty { return rows }
    let index = indexes.withLock { indexes in
      if let known = indexes[key] { return known }
      let made = RowIndex(Batch(key.map { rows.rows.columns[$0].asKey }, count: rows.count))
      indexes[key] = made
      return made
    }
    var found: [Int32] = []
    index.pairs(with: Batch(values.columns.map(\.asKey), count: values.count).distinctRows) { found += $0.right }
    return ZSet(rows.rows.picking(found).compacted, weights: found.map { rows.weights[Int($0)] })
  }
}
