/// Rows as keys, by equality class: `memcmp` orders the bytes as PostgreSQL orders the rows, and they are the same exactly
/// for rows that it calls equal.
///
/// For primary keys, groups, joins and indexes. What equality does not see is not there: the scale of a numeric, the blanks
/// at the end of a `char(n)`, the sign of a zero. Text sorts by its bytes (collation C). `Specs/encodings.md` describes it byte
/// for byte.
public struct KeyEncoding: Sendable {
  /// The types of the columns.
  public let types: [SQLType]
  /// How each column sorts.
  public let orders: [KeyOrder]

  /// - Parameter orders: one per type; all ascending when left out.
  /// - Precondition: values of the types are understood (`TypeID.isEvaluated`).
  public init(_ types: [SQLType], orders: [KeyOrder]? = nil) {
    precondition(types.allSatisfy(\.id.isEvaluated), "only values of a type that is evaluated have a key")
    precondition(orders == nil || orders!.count == types.count, "a column of a key has an order")
    self.types = types
    self.orders = orders ?? types.map { _ in .ascending }
  }
}

extension Batch {
  /// The rows of a projection in the key encoding: the given rows, or all, with the given columns, or all.
  ///
  /// - Parameter orders: one per column; all ascending when left out.
  /// - Precondition: values of the columns' types are understood (`TypeID.isEvaluated`).
  public func keys(rows: [Int32]? = nil, columns: [Int]? = nil, orders: [KeyOrder]? = nil) -> EncodedRows {
    let columns = columns ?? Array(self.columns.indices)
    precondition(orders == nil || orders!.count == columns.count, "a column of a key has an order")
    return encoded(rows, columns.indices.map { KeyField(self.columns[columns[$0]], orders?[$0] ?? .ascending) })
  }
}

// MARK: - Single rows

extension KeyEncoding {
  /// The bytes of one row.
  ///
  /// - Precondition: the row has a value for each type, which is null or lies as the type does.
  public func encode(_ row: [Value]) -> [UInt8] {
    precondition(row.count == types.count, "a row has a value for each column")
    var bytes: [UInt8] = []
    for field in types.indices { Self.append(row[field], types[field], orders[field], to: &bytes) }
    return bytes
  }

  static func append(_ value: Value, _ type: SQLType, _ order: KeyOrder, to bytes: inout [UInt8]) {
    switch (type.id.layout, value) {
    case (_, .null): bytes.append(order.null)
    case (.bits, .bool(let bit)): bytes.append(9, order) { $0.write(bit) }
    case (.integers, .integer(let integer)): bytes.append(9, order) { $0.write(integer) }
    case (.floats, .float(let float)): bytes.append(9, order) { $0.write(float) }
    case (.numerics, .numeric(let numeric)): bytes.append(KeyField.width(numeric), order) { $0.write(numeric) }
    case (.uuids, .uuid(let uuid)): bytes.append(17, order) { $0.write(uuid) }
    case (.intervals, .interval(let interval)): bytes.append(17, order) { $0.write(interval.orderKey) }
    case (.bytes, .bytes) where type.id.isComposed: append(.bytes(value.orderKey(as: type)), .text, order, to: &bytes)
    case (.bytes, .bytes(let text)):
      text.withUnsafeBufferPointer { text in
        let counted = type.id == .bpchar ? text.withoutTrailingBlanks : text
        bytes.append(2 * counted.count + 1, order) { $0.write(counted, prefix: ByteColumn.Slot.prefix(of: counted)) }
      }
    default: preconditionFailure("\(value) does not lie as type \(type) does")
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ width: Int, _ order: KeyOrder, _ write: (KeyWriter) -> Int) {
    withUnsafeTemporaryAllocation(byteCount: width + RowBlock.slack, alignment: 8) { field in
      let length = write(KeyWriter(order.flip, field.baseAddress!))
      append(contentsOf: field[..<length])
    }
  }
}
