import Relations
import Storage

/// Which row each changed image of a table is of, and when it was touched last: found once for all reads that want witnesses.
///
/// In a table with a key a row is its key; in one without, it is its content.
struct ChangedKeys {
  /// For each image of the difference, the number of its row.
  let rows: [Int32]
  /// For each row, the last transaction that touched it.
  let touches: [Position]
  /// Whether a row has at most two images, one before and one after.
  let isKeyed: Bool

  /// - Parameters:
  ///   - delta: the table's difference on balance.
  ///   - span: what main did to the table to make that difference; nil if nothing.
  init(_ table: Table, _ delta: ZSet, _ span: TableSpan?) {
    isKeyed = table.comparableKey != nil
    var numbers: [[UInt8]: Int32] = [:]
    rows = Self.names(of: delta.rows, table).map { name in
      let number = numbers[name] ?? Int32(numbers.count)
      numbers[name] = number
      return number
    }
    var touches = [Position](repeating: .start, count: numbers.count)
    if let span {
      for (image, name) in Self.names(of: span.images, table).enumerated() {
        if let number = numbers[name] { touches[Int(number)] = span.positions[image] }
      }
    }
    self.touches = touches
  }

  /// Bytes that are the same for images of the same row.
  private static func names(of images: Batch, _ table: Table) -> [[UInt8]] {
    if let key = table.comparableKey {
      let encoded = images.keys(columns: key)
      return (0..<images.count).map { Array(encoded[$0]) }
    }
    let encoded = images.encoded()
    return (0..<images.count).map { Array(encoded[$0]) }
  }
}
