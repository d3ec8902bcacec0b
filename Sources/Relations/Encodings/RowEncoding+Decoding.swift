/// Encoded rows back into columns, one column at a time for a block of rows. Bytes from a store are not trusted: whatever
/// an encoder would not have written throws, so that one row never has two encodings.
extension RowEncoding {
  /// The rows as a batch. Its text stays where it is: the columns share the encoded rows' buffer as their heap.
  ///
  /// - Precondition: the rows take less than 4 GiB.
  public func decode(_ rows: EncodedRows) throws(EncodingError) -> Batch {
    precondition(rows.storage.count <= UInt32.max, "a batch holds less than 4 GiB of text")
    var columns = types.map { ColumnDecoder($0, count: rows.count) }
    var cursors = [Int](repeating: 0, count: ColumnDecoder.blockSize)
    for start in stride(from: 0, to: rows.count, by: ColumnDecoder.blockSize) {
      let block = start..<min(start + ColumnDecoder.blockSize, rows.count)
      for row in block { cursors[row - start] = rows.range(of: row).lowerBound }
      for field in columns.indices {
        if let failure = columns[field].read(rows, block, &cursors) {
          throw EncodingError(failure.reason, row: failure.row, field: field)
        }
      }
      for row in block where cursors[row - start] != rows.ends[row] {
        throw EncodingError(.excess, row: row, field: types.count)
      }
    }
    return Batch(columns.map { $0.finish(heap: rows.storage) }, count: rows.count)
  }

  /// One row, boxed.
  public func decode(_ row: some Collection<UInt8>) throws(EncodingError) -> [Value] {
    var rows = EncodedRows()
    rows.append(row)
    return try decode(rows)[0]
  }
}

/// Collects one column of encoded rows, block by block.
private struct ColumnDecoder {
  static let blockSize = 256

  private let type: SQLType
  private let layout: Layout
  private let count: Int
  private var nulls: [UInt64]
  /// The codes of the block that is being read; zero for null.
  private var codes = [UInt64](repeating: 0, count: blockSize)

  // One of these is in use, with a place for every row.
  private var bits: [UInt64] = []
  private var integers: [Int64] = []
  private var floats: [Double] = []
  private var uuids: [UInt128] = []
  private var intervals: [Interval] = []
  private var slots: [ByteColumn.Slot] = []
  /// The scale that all numerics so far share, which are in `integers`, until one comes that does not.
  private var scale: Int?
  private var numerics: [Numeric]?

  struct Failure {
    let reason: EncodingError.Reason
    let row: Int
  }

  init(_ type: SQLType, count: Int) {
    self.type = type
    self.count = count
    layout = type.id.layout
    nulls = Array(repeating: 0, count: Bitmap.words(for: count))
    switch layout {
    case .bits: bits = nulls
    case .integers, .numerics: integers = Array(repeating: 0, count: count)
    case .floats: floats = Array(repeating: 0, count: count)
    case .uuids: uuids = Array(repeating: 0, count: count)
    case .intervals: intervals = Array(repeating: .zero, count: count)
    case .bytes: slots = Array(repeating: .empty, count: count)
    }
  }

  func finish(heap: [UInt8]) -> Column {
    let storage: Column.Storage =
      switch layout {
      case .bits: .bits(Bitmap(words: bits, count: count))
      case .integers: .integers(integers)
      case .floats: .floats(floats)
      case .numerics: numerics.map { .numerics($0) } ?? .decimals(integers, scale: scale ?? 0)
      case .uuids: .uuids(uuids)
      case .intervals: .intervals(intervals)
      case .bytes: .bytes(ByteColumn(slots: slots, heap: heap))
      }
    return Column(type, storage, nulls: Bitmap(words: nulls, count: count))
  }
}

// MARK: - Reading a block

extension ColumnDecoder {
  /// Reads the field of each row at its cursor, and moves the cursor behind it.
  mutating func read(_ rows: EncodedRows, _ block: Range<Int>, _ cursors: inout [Int]) -> Failure? {
    rows.storage.withUnsafeBytes { bytes in
      if let failure = readCodes(bytes.baseAddress!, rows.ends, block, &cursors) { return failure }
      return switch layout {
      case .bits: takeBits(block)
      case .integers: takeIntegers(block)
      case .floats: takeFloats(block)
      case .numerics: takeNumerics(rows, block, &cursors)
      case .uuids: takeWide(bytes.baseAddress!, rows.ends, block, &cursors) { $0.uuids[$1] = $2 }
      case .intervals: takeWide(bytes.baseAddress!, rows.ends, block, &cursors) { $0.intervals[$1] = Interval(bits: $2) }
      case .bytes: takeBytes(bytes.baseAddress!, rows.ends, block, &cursors)
      }
    }
  }

  private mutating func readCodes(
    _ bytes: UnsafeRawPointer, _ ends: [Int], _ block: Range<Int>, _ cursors: inout [Int]
  ) -> Failure? {
    for row in block {
      let i = row &- block.lowerBound
      let (number, length) = FieldNumber.read(bytes + cursors[i])
      cursors[i] &+= length
      if cursors[i] > ends[row] { return Failure(reason: .truncated, row: row) }
      if !FieldNumber.isCanonical(number, length: length) { return Failure(reason: .malformed, row: row) }
      let isNull = number == 0 && length == 1
      codes[i] = isNull ? 0 : number &- 1
      if isNull { nulls[row &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: row & 63) }
    }
    return nil
  }

  private func isNull(_ row: Int) -> Bool { nulls.withUnsafeBufferPointer { $0.isSet(row) } }

  private mutating func takeBits(_ block: Range<Int>) -> Failure? {
    for row in block {
      let code = codes[row &- block.lowerBound]
      if code > 1 { return Failure(reason: .malformed, row: row) }
      bits[row &>> 6] |= code &<< UInt64(truncatingIfNeeded: row & 63)
    }
    return nil
  }

  private mutating func takeIntegers(_ block: Range<Int>) -> Failure? {
    let range = type.id.integers
    for row in block {
      let integer = RowField.unzigzag(codes[row &- block.lowerBound])
      if !range.contains(integer) { return Failure(reason: .malformed, row: row) }
      if type.id == .timetz && !ZonedTime(packed: integer).isValid { return Failure(reason: .malformed, row: row) }
      integers[row] = integer
    }
    return nil
  }

  private mutating func takeFloats(_ block: Range<Int>) -> Failure? {
    for row in block {
      let code = codes[row &- block.lowerBound]
      let float = Double(bitPattern: code.byteSwapped)
      if RowField.code(float) != code { return Failure(reason: .malformed, row: row) }
      if type.id == .float4 && !float.isFloat4 { return Failure(reason: .malformed, row: row) }
      floats[row] = float
    }
    return nil
  }

  /// Sixteen bytes a row.
  @inline(__always)
  private mutating func takeWide(
    _ bytes: UnsafeRawPointer, _ ends: [Int], _ block: Range<Int>, _ cursors: inout [Int],
    _ put: (inout ColumnDecoder, Int, UInt128) -> Void
  ) -> Failure? {
    for row in block where !isNull(row) {
      let i = row &- block.lowerBound
      if codes[i] != 0 { return Failure(reason: .malformed, row: row) }
      if ends[row] &- cursors[i] < 16 { return Failure(reason: .truncated, row: row) }
      put(&self, row, UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: cursors[i], as: UInt128.self)))
      cursors[i] &+= 16
    }
    return nil
  }

  private mutating func takeBytes(
    _ bytes: UnsafeRawPointer, _ ends: [Int], _ block: Range<Int>, _ cursors: inout [Int]
  ) -> Failure? {
    for row in block {
      let i = row &- block.lowerBound
      let length = codes[i]
      if length > UInt64(ends[row] &- cursors[i]) { return Failure(reason: .truncated, row: row) }
      slots[row] = .at(cursors[i], length: Int(length), in: bytes)
      cursors[i] &+= Int(length)
    }
    return nil
  }
}

// MARK: - Numerics

extension ColumnDecoder {
  private mutating func takeNumerics(_ rows: EncodedRows, _ block: Range<Int>, _ cursors: inout [Int]) -> Failure? {
    for row in block where !isNull(row) {
      let i = row &- block.lowerBound
      let scale = Int(codes[i] & 15)
      let coefficient = RowField.unzigzag(codes[i] &>> 4)
      if scale > RowField.maximumSmallScale {
        guard codes[i] == RowField.largeNumeric else { return Failure(reason: .malformed, row: row) }
        guard let numeric = largeNumeric(rows, row, &cursors[i]) else { return Failure(reason: .malformed, row: row) }
        spread(to: row)
        numerics![row] = numeric
      } else if numerics == nil && scale == self.scale ?? scale {
        self.scale = scale
        integers[row] = coefficient
      } else {
        spread(to: row)
        numerics![row] = Numeric(coefficient: Int128(coefficient), scale: scale)
      }
    }
    return nil
  }

  /// From here on each numeric has a scale of its own.
  private mutating func spread(to row: Int) {
    if numerics != nil { return }
    numerics = Array(repeating: .zero, count: count)
    for earlier in 0..<row where !isNull(earlier) {
      numerics![earlier] = Numeric(coefficient: Int128(integers[earlier]), scale: scale ?? 0)
    }
  }

  private func largeNumeric(_ rows: EncodedRows, _ row: Int, _ cursor: inout Int) -> Numeric? {
    var rest = rows.storage[cursor..<rows.ends[row]]
    guard let numeric = Numeric(representation: &rest), RowField.code(numeric) == nil else { return nil }
    cursor = rest.startIndex
    return numeric
  }
}

extension RowField {
  @inline(__always)
  static func unzigzag(_ code: UInt64) -> Int64 {
    Int64(bitPattern: code &>> 1) ^ (0 &- Int64(bitPattern: code & 1))
  }
}

extension TypeID {
  /// The whole numbers that a value of the type can be.
  var integers: ClosedRange<Int64> {
    switch self {
    case .int2: Int64(Int16.min)...Int64(Int16.max)
    case .int4, .date: Int64(Int32.min)...Int64(Int32.max)
    case .time: 0...TimeRange.last
    default: Int64.min...Int64.max
    }
  }
}

extension Double {
  /// Whether it is the value of a `float4`.
  @inline(__always)
  var isFloat4: Bool { isNaN || Double(Float(self)) == self }
}

extension ByteColumn.Slot {
  /// The slot of a value that lies on a heap already, of which eight bytes can be read from anywhere.
  @inline(__always)
  static func at(_ offset: Int, length: Int, in heap: UnsafeRawPointer) -> ByteColumn.Slot {
    let word = UInt64(bigEndian: heap.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    return ByteColumn.Slot(
      offset: UInt32(truncatingIfNeeded: offset), length: UInt32(truncatingIfNeeded: length),
      prefix: word & ~(UInt64.max >> (8 * UInt64(min(length, 8)))))
  }
}
