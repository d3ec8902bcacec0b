/// Rows as bytes, by representation: two rows have the same bytes exactly if no query could tell them apart.
///
/// The one encoding for what is hashed into fingerprints and for what the store keeps, so that the two cannot disagree:
/// injective, self-delimiting given the types, and small, because a shorter row is also hashed faster.
/// `Specs/encodings.md` describes it byte for byte.
public struct RowEncoding: Sendable {
  /// The types of the columns.
  public let types: [SQLType]

  /// The encoding of rows with these types.
  public init(_ types: [SQLType]) { self.types = types }
}

// MARK: - Single rows

extension RowEncoding {
  /// The bytes of one row.
  ///
  /// - Precondition: the row has a value for each type, which is null or lies as the type does.
  public func encode(_ row: [Value]) -> [UInt8] {
    precondition(row.count == types.count, "a row has a value for each column")
    var bytes: [UInt8] = []
    for (value, type) in zip(row, types) { Self.append(value, type, to: &bytes) }
    return bytes
  }

  private static func append(_ value: Value, _ type: SQLType, to bytes: inout [UInt8]) {
    switch (type.id.layout, value) {
    case (_, .null): bytes.appendField(0, isNull: true)
    case (.bits, .bool(let bit)): bytes.appendField(bit ? 1 : 0)
    case (.integers, .integer(let integer)): bytes.appendField(RowField.zigzag(integer))
    case (.floats, .float(let float)): bytes.appendField(RowField.code(float))
    case (.numerics, .numeric(let numeric)): append(numeric, to: &bytes)
    case (.uuids, .uuid(let uuid)): bytes.appendWide(uuid)
    case (.intervals, .interval(let interval)): bytes.appendWide(interval.bits)
    case (.bytes, .bytes(let text)):
      bytes.appendField(UInt64(text.count))
      bytes.append(contentsOf: text)
    default: preconditionFailure("\(value) does not lie as type \(type) does")
    }
  }

  private static func append(_ numeric: Numeric, to bytes: inout [UInt8]) {
    if let code = RowField.code(numeric) { return bytes.appendField(code) }
    bytes.appendField(RowField.largeNumeric)
    numeric.appendRepresentation(to: &bytes)
  }
}

extension [UInt8] {
  fileprivate mutating func appendWide(_ bits: UInt128) {
    appendField(0)
    Swift.withUnsafeBytes(of: bits.bigEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func appendField(_ value: UInt64, isNull: Bool = false) {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { field in
      let length = FieldNumber.write(value, isNull: isNull, at: field.baseAddress!)
      append(contentsOf: field[..<length])
    }
  }
}

// MARK: - Batches

extension Batch {
  /// The rows of a projection in the row encoding: the given rows, or all, with the given columns, or all.
  public func encoded(rows: [Int32]? = nil, columns: [Int]? = nil) -> EncodedRows {
    let fields = (columns ?? Array(self.columns.indices)).map { RowField(column: self.columns[$0]) }
    return encoded(rows, fields)
  }

  func encoded<Field: BlockField>(_ rows: [Int32]?, _ fields: [Field]) -> EncodedRows {
    let count = rows?.count ?? self.count
    var encoded = EncodedRows(minimumCapacity: count)
    forEachBlock(of: rows, fields) { block, start, _ in
      encoded.append(block)
      // The other rows will be much like these; growing by doubling costs more than all the encoding.
      if start == 0 { encoded.reserve(bytes: encoded.byteCount * count / block.count * 9 / 8) }
    }
    return encoded
  }
}
