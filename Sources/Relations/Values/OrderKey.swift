/// Arrays, ranges and documents as bytes that are equal exactly if the values are, and order as PostgreSQL orders them.
///
/// Their stored forms are finer than equality (`{1.0}` and `{1.00}`, `{"a": 1}` and `{"a": 1.0}`) and in no order. So whoever groups,
/// joins or sorts by them takes these bytes instead, which are text to everything that follows.
///
///     range       1 empty, 2 else; then each bound: 0 or 2 without a value, 1 with one, its key, and 0 or 1 for just before or behind it
///     network     4 or 6; 1 or 2 for each bit of the network; 0; the address
///     multirange  its ranges; 0
///     array       each element's key, null being 255; 0; the number of dimensions; of each its length and lower bound
///     document    0x10 null, 0x20 string, 0x30 number, 0x40 false or true, 0x50 array, 0x60 object; then the key of a string or number,
///                 or the number of elements or members and each of them. An empty array that is the whole document is 0x05.
enum OrderKey {
  private static let endOfArray: UInt8 = 0

  static func append(_ stored: UnsafeBufferPointer<UInt8>, as type: SQLType, to key: inout [UInt8]) {
    if type.id == .jsonb {
      // Nested more deeply than we read: the same as itself alone.
      guard let document = try? Document(parsing: stored) else { return key += [0x70] + stored }
      if case .array(let elements) = document, elements.isEmpty { return key.append(0x05) }
      append(document, to: &key)
    } else if type.id == .inet || type.id == .cidr {
      if let value = try? NetworkValue(stored: stored) { value.appendOrderKey(to: &key) }
    } else if let element = type.id.rangeElement.map({ SQLType($0) }) {
      if let range = try? RangeValue(stored: stored, of: element) { append(range, element, to: &key) }
    } else if let element = type.id.rangedElement.map({ SQLType($0) }) {
      guard let value = try? MultirangeValue(stored: stored, of: element) else { return }
      for range in value.ranges { append(range, element, to: &key) }
      key.append(0)
    } else if let array = try? ArrayValue(stored: stored, as: type), let element = type.arrayElement {
      append(array, element, to: &key)
    }
  }

  private static func append(_ range: RangeValue, _ element: SQLType, to key: inout [UInt8]) {
    guard let bounds = range.bounds else { return key.append(1) }
    key.append(2)
    append(bounds.lower, element, to: &key)
    append(bounds.upper, element, to: &key)
  }

  /// A bound that is not at its value is behind it, if it is a lower one, and before it, if it is an upper one.
  private static func append(_ bound: RangeBound, _ element: SQLType, to key: inout [UInt8]) {
    guard let value = bound.value else { return key.append(bound.isLower ? 0 : 2) }
    key.append(1)
    KeyEncoding.append(value, element, .ascending, to: &key)
    key.append(bound.isInclusive == bound.isLower ? 0 : 1)
  }

  static func append(_ array: ArrayValue, _ element: SQLType, to key: inout [UInt8]) {
    for value in array.elements { KeyEncoding.append(value, element, .ascending, to: &key) }
    key.append(endOfArray)
    key.append(UInt8(array.bounds.count))
    for bounds in array.bounds { append(UInt32(bounds.count), to: &key) }
    for bounds in array.bounds { append(UInt32(bitPattern: Int32(truncatingIfNeeded: bounds.lower)) ^ 1 << 31, to: &key) }
  }

  private static func append(_ document: Document, to key: inout [UInt8]) {
    switch document {
    case .null: key.append(0x10)
    case .string(let string):
      key.append(0x20)
      KeyEncoding.append(.bytes(string), .text, .ascending, to: &key)
    case .number(let number):
      key.append(0x30)
      KeyEncoding.append(.numeric(number), .numeric, .ascending, to: &key)
    case .bool(let bit): key += [0x40, bit ? 1 : 0]
    case .array(let elements):
      key.append(0x50)
      append(UInt32(elements.count), to: &key)
      for element in elements { append(element, to: &key) }
    case .object(let members):
      key.append(0x60)
      append(UInt32(members.count), to: &key)
      for member in members {
        KeyEncoding.append(.bytes(member.name), .text, .ascending, to: &key)
        append(member.value, to: &key)
      }
    }
  }

  private static func append(_ number: UInt32, to key: inout [UInt8]) {
    for shift in [24, 16, 8, 0] as [UInt32] { key.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }
}

extension TypeID {
  /// Whether values are compared by `OrderKey`: arrays, ranges, networks and `jsonb`.
  public var isComposed: Bool {
    switch self {
    case .bool, .int2, .int4, .int8, .text, .varchar, .bpchar, .numeric, .date, .timestamptz: false
    case .jsonb, .inet, .cidr: true
    default: layout == .bytes && (arrayElement != nil || rangedElement != nil)
    }
  }
}

extension Column {
  /// The column by which equality and order are asked: itself, or the order keys as text.
  public func comparable() -> Column {
    guard type.id.isComposed else { return self }
    if case .coded(let codes, let dictionary) = storage {
      return Column(.text, .bytes(dictionary.orderKeys(type).picking(codes.map { Int32(bitPattern: $0) })), nulls: nulls)
    }
    return Column(.text, .bytes(storage.asBytes.orderKeys(type)), nulls: nulls)
  }
}

extension ByteColumn {
  fileprivate func orderKeys(_ type: SQLType) -> ByteColumn {
    withView { view in
      var keys = ByteColumn()
      keys.slots.reserveCapacity(view.count)
      var key: [UInt8] = []
      for row in 0..<view.count {
        key.removeAll(keepingCapacity: true)
        OrderKey.append(view[row], as: type, to: &key)
        keys.append(key)
      }
      return keys
    }
  }

  fileprivate func picking(_ rows: [Int32]) -> ByteColumn { ByteColumn(slots: rows.map { slots[Int($0)] }, heap: heap) }
}

extension Value {
  /// The bytes by which a value of a composed type is compared.
  func orderKey(as type: SQLType) -> [UInt8] {
    guard case .bytes(let stored) = self else { return [] }
    var key: [UInt8] = []
    stored.withUnsafeBufferPointer { OrderKey.append($0, as: type, to: &key) }
    return key
  }
}
