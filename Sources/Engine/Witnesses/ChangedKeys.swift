import Relations
import Storage

/// Which row each changed image of a table is of, and when it was touched last: found once for all reads that want witnesses.
///
/// In a table with a key a row is its key; in one without, it is its content.
struct ChangedKeys {
  /// For each image of the difference, the number of its row.
  let rows: [Int32]
  /// For each row, its images before and after; -1 where there is none.
  let pairs: [(before: Int32, after: Int32)]
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
    rows = table.names(of: delta.rows).map { name in
      let number = numbers[name] ?? Int32(numbers.count)
      numbers[name] = number
      return number
    }
    var pairs = [(before: Int32, after: Int32)](repeating: (-1, -1), count: numbers.count)
    for (image, row) in rows.enumerated() {
      if delta.weights[image] < 0 { pairs[Int(row)].before = Int32(image) } else { pairs[Int(row)].after = Int32(image) }
    }
    self.pairs = pairs
    var touches = [Position](repeating: .start, count: numbers.count)
    if let span {
      for (image, name) in table.names(of: span.images).enumerated() {
        if let number = numbers[name] { touches[Int(number)] = span.positions[image] }
      }
    }
    self.touches = touches
  }
}

extension Table {
  /// Bytes for each image that are the same for images of the same row: its key, or all of it where there is none.
  func names(of images: Batch) -> [[UInt8]] {
    let encoded = comparableKey.map { images.keys(columns: $0) } ?? images.encoded()
    return (0..<images.count).map { Array(encoded[$0]) }
  }
}
