/// Encoded rows or keys, one behind the other in one buffer.
public struct EncodedRows: Sendable {
  /// The rows without gaps, then `padding` zeros, so that whole words can be read at any byte of a row.
  private(set) var storage: [UInt8]
  /// Where each row ends and the next one begins.
  public private(set) var ends: [Int]

  static let padding = 16

  /// No rows, with room for some.
  public init(minimumCapacity rows: Int = 0, bytes: Int = 0) {
    storage = []
    storage.reserveCapacity(bytes + Self.padding)
    ends = []
    ends.reserveCapacity(rows)
    pad()
  }

  /// Rows that lie one behind the other already.
  ///
  /// - Precondition: ends ascend, and the last one is the end of the bytes.
  public init(_ bytes: consuming [UInt8], ends: [Int]) {
    precondition(bytes.count == ends.last ?? 0 && zip(ends, ends.dropFirst()).allSatisfy(<=), "rows fill their bytes")
    storage = bytes
    self.ends = ends
    pad()
  }

  /// Makes room for that many bytes in all.
  mutating func reserve(bytes: Int) { storage.reserveCapacity(bytes + Self.padding) }

  private mutating func pad() { storage.append(contentsOf: repeatElement(0, count: Self.padding)) }
}

extension EncodedRows {
  /// How many rows there are.
  public var count: Int { ends.count }

  /// How many bytes all rows take together.
  public var byteCount: Int { storage.count - Self.padding }

  /// Where a row lies among the bytes of all rows.
  public func range(of row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

  /// The bytes of one row.
  public subscript(row: Int) -> ArraySlice<UInt8> { storage[range(of: row)] }

  /// Lends the bytes of all rows.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try storage.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0.dropLast(Self.padding))) }
  }
}

// MARK: - Adding rows

extension EncodedRows {
  /// Adds a row that was encoded elsewhere, such as one read from a store.
  public mutating func append(_ row: some Collection<UInt8>) {
    storage.removeLast(Self.padding)
    storage.append(contentsOf: row)
    ends.append(storage.count)
    pad()
  }

  /// Adds the rows of a block.
  mutating func append(_ block: borrowing RowBlock) {
    storage.removeLast(Self.padding)
    var end = storage.count
    for row in 0..<block.count {
      end &+= block.length(row)
      ends.append(end)
    }
    storage.append(contentsOf: block.compacted())
    pad()
  }
}
