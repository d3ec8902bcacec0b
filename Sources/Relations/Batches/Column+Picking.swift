/// Rows picked out of columns, and columns put one after the other.
extension Column {
  /// The given rows in the given order; a row may come more than once.
  public func picking(_ rows: [Int32]) -> Column {
    Column(type, storage.picking(rows), nulls: nulls.map { nulls in Bitmap(count: rows.count) { nulls[Int(rows[$0])] } })
  }

  /// The same value in every row.
  public static func repeating(_ value: Value, _ type: SQLType, count: Int) -> Column {
    var builder = ColumnBuilder(type)
    builder.append(value)
    return builder.finish().picking(Array(repeating: 0, count: count))
  }

  /// All rows of one column, then all rows of the next.
  ///
  /// - Precondition: the columns have one type, and there is at least one.
  public static func concatenating(_ columns: [Column]) -> Column {
    precondition(columns.allSatisfy { $0.type.id == columns[0].type.id }, "only columns of one type are put together")
    if columns.count == 1 { return columns[0] }
    return Column(columns[0].type, .concatenating(columns.map(\.storage)), nulls: concatenatedNulls(columns))
  }

  private static func concatenatedNulls(_ columns: [Column]) -> Bitmap? {
    if columns.allSatisfy({ $0.nulls == nil }) { return nil }
    var all = Bitmap(repeating: false, count: 0)
    for column in columns { all.append(column.nulls ?? Bitmap(repeating: false, count: column.count)) }
    return all
  }
}

extension Column.Storage {
  func picking(_ rows: [Int32]) -> Column.Storage {
    switch self {
    case .bits(let bits): .bits(Bitmap(count: rows.count) { bits[Int(rows[$0])] })
    case .integers(let integers): .integers(picked(integers, rows))
    case .floats(let floats): .floats(picked(floats, rows))
    case .decimals(let coefficients, let scale): .decimals(picked(coefficients, rows), scale: scale)
    case .numerics(let numerics): .numerics(rows.map { numerics[Int($0)] })
    case .uuids(let uuids): .uuids(picked(uuids, rows))
    case .intervals(let intervals): .intervals(picked(intervals, rows))
    case .bytes(let bytes): .bytes(ByteColumn(slots: picked(bytes.slots, rows), heap: bytes.heap))
    case .coded(let codes, let dictionary): .coded(picked(codes, rows), dictionary: dictionary)
    }
  }

  /// - Precondition: the storages belong to columns of one type.
  static func concatenating(_ parts: [Column.Storage]) -> Column.Storage {
    switch parts[0] {
    case .bits:
      var all = Bitmap(repeating: false, count: 0)
      for case .bits(let bits) in parts { all.append(bits) }
      return .bits(all)
    case .integers: return .integers(parts.flatMap(\.integersOnly))
    case .floats: return .floats(parts.flatMap(\.floatsOnly))
    case .uuids: return .uuids(parts.flatMap(\.uuidsOnly))
    case .intervals: return .intervals(parts.flatMap(\.intervalsOnly))
    case .decimals(_, let scale) where parts.allSatisfy { $0.decimalScale == scale }:
      return .decimals(parts.flatMap(\.coefficientsOnly), scale: scale)
    case .decimals, .numerics: return .numerics(parts.flatMap(\.asNumerics))
    case .bytes, .coded: return .bytes(joined(parts.map(\.asBytes)))
    }
  }

  /// Text as slots and heap, codes looked up.
  ///
  /// - Precondition: the layout is `bytes`.
  public var asBytes: ByteColumn {
    switch self {
    case .bytes(let bytes): return bytes
    case .coded(let codes, let dictionary):
      return ByteColumn(slots: codes.map { dictionary.slots[Int($0)] }, heap: dictionary.heap)
    default: preconditionFailure("only text is stored as bytes")
    }
  }

  /// Decimals one by one.
  ///
  /// - Precondition: the layout is `numerics`.
  public var asNumerics: [Numeric] {
    switch self {
    case .decimals(let coefficients, let scale): return coefficients.map { Numeric(coefficient: Int128($0), scale: scale) }
    case .numerics(let numerics): return numerics
    default: preconditionFailure("only numeric is stored as numerics")
    }
  }

  private var decimalScale: Int? { if case .decimals(_, let scale) = self { scale } else { nil } }
  private var coefficientsOnly: [Int64] { if case .decimals(let part, _) = self { part } else { [] } }
  private var integersOnly: [Int64] { if case .integers(let part) = self { part } else { [] } }
  private var floatsOnly: [Double] { if case .floats(let part) = self { part } else { [] } }
  private var uuidsOnly: [UInt128] { if case .uuids(let part) = self { part } else { [] } }
  private var intervalsOnly: [Interval] { if case .intervals(let part) = self { part } else { [] } }
}

@inline(__always)
private func picked<Element: BitwiseCopyable>(_ elements: [Element], _ rows: [Int32]) -> [Element] {
  [Element](unsafeUninitializedCapacity: rows.count) { out, filled in
    elements.withUnsafeBufferPointer { elements in
      for i in 0..<rows.count {
        precondition(UInt32(bitPattern: rows[i]) < elements.count, "a picked row is in the column")
        out[i] = elements[Int(rows[i])]
      }
    }
    filled = rows.count
  }
}

/// Byte columns behind each other. Columns that share a heap keep sharing it; other heaps are appended.
private func joined(_ columns: [ByteColumn]) -> ByteColumn {
  var all = columns[0]
  for column in columns.dropFirst() {
    if column.heap.sharesStorage(with: all.heap) {
      all.slots += column.slots
      continue
    }
    precondition(all.heap.count + column.heap.count <= UInt32.max, "a batch holds less than 4 GiB of text")
    let base = UInt32(all.heap.count)
    all.heap += column.heap
    all.slots += column.slots.map { .init(offset: $0.offset + base, length: $0.length, prefix: $0.prefix) }
  }
  return all
}

extension [UInt8] {
  fileprivate func sharesStorage(with other: [UInt8]) -> Bool {
    count == other.count && withUnsafeBufferPointer { a in other.withUnsafeBufferPointer { b in a.baseAddress == b.baseAddress } }
  }
}
