import Relations

/// The order of many cuts.
enum CutOrder {
  /// The places of keys, ascending.
  static func sorted(_ keys: [UInt128]) -> [Int32] {
    let high = keys.map { Int64(bitPattern: UInt64(truncatingIfNeeded: $0 &>> 64)) }
    let low = keys.map { Int64(bitPattern: UInt64(truncatingIfNeeded: $0) ^ 1 << 63) }
    let batch = Batch([Column(.int8, .integers(high)), Column(.int8, .integers(low))])
    return batch.sortedRows(by: SortOrder(columns: [0, 1]))
  }
}
