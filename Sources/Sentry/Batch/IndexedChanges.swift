import Relations
import Synchronization

/// Changes of a table against which many requests are answered, and what these share: orders and hashes of the rows.
///
/// Shaped for a handful of templates over the same hundred thousands of rows: each is sorted by a column once, and hashed for a
/// projection once. Nothing is computed before somebody needs it; who needs it meanwhile waits.
public final class IndexedChanges: Sendable {
  public let changes: ZSet
  let key: FingerprintKey
  private let orders = Mutex<[Int: [Int32]]>([:])
  private let hashes = Mutex<[[Int]: [Fingerprint]]>([:])

  /// - Parameters:
  ///   - changes: net or raw, with all columns of the table.
  ///   - key: the store's secret.
  public init(_ changes: ZSet, key: FingerprintKey) {
    self.changes = changes
    self.key = key
  }
}

extension IndexedChanges {
  /// All rows by a column's values, ascending.
  func order(by column: Int) -> [Int32] {
    orders.withLock { orders in
      if let known = orders[column] { return known }
      let order = changes.rows.sortedRows(by: SortOrder(columns: [column]))
      orders[column] = order
      return order
    }
  }

  func hasOrder(by column: Int) -> Bool { orders.withLock { $0[column] != nil } }

  /// The hashes of some rows of a projection.
  func hashes(of rows: [Int32], projected: [Int]) -> [Fingerprint] {
    // Picking rows one by one costs more than going through them in their order.
    let all = hashes.withLock { hashes -> [Fingerprint]? in
      if hashes[projected] == nil, rows.count >= changes.count / 3 {
        hashes[projected] = changes.rows.fingerprints(columns: projected, key: key)
      }
      return hashes[projected]
    }
    guard let all else { return changes.rows.fingerprints(of: rows, columns: projected, key: key) }
    return [Fingerprint](unsafeUninitializedCapacity: rows.count) { out, filled in
      all.withUnsafeBufferPointer { all in
        for place in rows.indices { out.initializeElement(at: place, to: all[Int(rows[place])]) }
      }
      filled = rows.count
    }
  }
}
