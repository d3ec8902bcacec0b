import TestKit

@testable import Relations

/// Values, rows and batches for which an encoding could go wrong: extremes, neighbours, equal values that are not identical,
/// and few different ones, so that many coincide.
struct EncodingCases {
  var numbers: NumericCases
  var texts: ValueCases

  init(seed: UInt64) {
    numbers = NumericCases(seed: seed)
    texts = ValueCases(seed: seed)
  }

  /// Every full type, and one that is not evaluated.
  static let types = ValueCases.types + [SQLType(TypeID(829))]

  mutating func below(_ limit: Int) -> Int { numbers.below(limit) }

  mutating func values(_ count: Int, of type: SQLType) throws -> [Value] {
    try (0..<count).map { _ in below(8) == 0 ? .null : try value(of: type) }
  }

  mutating func value(of type: SQLType) throws -> Value {
    switch type.id.layout {
    case .bits: .bool(below(2) == 0)
    case .integers where type.id == .timetz: .integer(ZonedTime(local: texts.time(), west: texts.offset()).packed)
    case .integers: .integer(integer(type.id.integers))
    case .floats: .float(type.id == .float4 ? Double(Float(float())) : float())
    case .numerics: .numeric(try numeric())
    case .uuids: .uuid(UInt128(UInt64.random(in: 0...3, using: &texts.dates.random)) << UInt128(below(126)))
    case .intervals: .interval(texts.interval())
    case .bytes: .bytes(bytes())
    }
  }

  /// Around zero, the ends and the powers of two, where lengths change.
  private mutating func integer(_ range: ClosedRange<Int64>) -> Int64 {
    let bits = below(64)
    let power = (Int64.max >> Int64(bits)) &+ Int64(below(5)) &- 2
    let integer = [power, ~power, Int64(below(9)) - 4, range.lowerBound, range.upperBound, range.upperBound - 1][below(6)]
    if range.contains(integer) { return integer }
    let short = Int64(truncatingIfNeeded: Int16(truncatingIfNeeded: integer))
    return range.contains(short) ? short : ~short
  }

  private mutating func float() -> Double {
    below(3) == 0 ? numbers.double() : [0, -0.0, .nan, -.nan, Double(bitPattern: 0x7FF0_0000_0000_0001), 1, 1.5, -1.5][below(8)]
  }

  private mutating func numeric() throws -> Numeric {
    switch below(4) {
    case 0: return try Numeric(numbers.text(digits: 80))
    case 1: return try Numeric(["0", "0.00", "1", "1.0", "1.00", "-1.0", "NaN", "Infinity", "-Infinity", "100", "1e30"][below(11)])
    case 2:
      // Where the small form ends, and where 64 bits do.
      let bits = [59, 60, 63, 64][below(4)]
      return Numeric(coefficient: (Int128(1) << Int128(bits) + Int128(below(5) - 2)) * (below(2) == 0 ? 1 : -1), scale: below(17))
    default: return Numeric(coefficient: Int128(below(2_000) - 1_000), scale: below(5))
    }
  }

  private mutating func bytes() -> [UInt8] {
    let alphabet: [UInt8] = below(2) == 0 ? Array("ab ".utf8) : [0, 1, 2, 3, 0x20, 0x61, 0x80, 0xFD, 0xFE, 0xFF]
    let length = below(4) == 0 ? below(40) : below(5)
    // Long values often begin alike.
    return Array("same prefix ".utf8.prefix(below(3) == 0 ? 12 : 0)) + (0..<length).map { _ in alphabet[below(alphabet.count)] }
  }
}

// MARK: - Storages

extension Column {
  /// The same column in every way that it can be stored.
  var everyStorage: [Column] {
    switch storage {
    case .decimals: [self, withOtherNulls, Column(type, .numerics(storage.asNumerics), nulls: nulls)]
    case .bytes(let bytes): [self, withOtherNulls, coded(bytes)]
    default: [self, withOtherNulls]
    }
  }

  /// The same column with what another row has under each null, which nobody may see.
  private var withOtherNulls: Column {
    let rows = (0..<Int32(count)).map { isNull(Int($0)) ? ($0 &* 7) % Int32(count) : $0 }
    return Column(type, Column(type, storage).picking(rows).storage, nulls: nulls)
  }

  private func coded(_ bytes: ByteColumn) -> Column {
    var places: [[UInt8]: UInt32] = [:]
    var dictionary = ByteColumn()
    let codes = (0..<count).map { row in
      if isNull(row) { return 0 as UInt32 }
      if let place = places[bytes[row]] { return place }
      places[bytes[row]] = UInt32(dictionary.count)
      dictionary.append(bytes[row])
      return UInt32(dictionary.count - 1)
    }
    return Column(type, .coded(codes, dictionary: dictionary), nulls: nulls)
  }
}

// MARK: - Identity and order, the slow way

func isIdentical(_ a: [Value], _ b: [Value]) -> Bool { zip(a, b).allSatisfy { $0.isIdentical(to: $1) } }

/// As `ORDER BY` compares two values.
func compare(_ a: Value, _ b: Value, _ type: SQLType, _ order: KeyOrder) -> Int {
  switch (a.isNull, b.isNull) {
  case (true, true): 0
  case (true, false): order.nullsFirst ? -1 : 1
  case (false, true): order.nullsFirst ? 1 : -1
  case (false, false): Value.compare(a, b, as: type).signum() * (order.isDescending ? -1 : 1)
  }
}

func compare(_ a: [Value], _ b: [Value], _ types: [SQLType], _ orders: [KeyOrder]) -> Int {
  for i in types.indices {
    let order = compare(a[i], b[i], types[i], orders[i])
    if order != 0 { return order }
  }
  return 0
}

/// As `memcmp` compares two keys.
func compare(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Int {
  a.elementsEqual(b) ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
}

extension KeyOrder {
  static let all = [
    ascending, descending, KeyOrder(isDescending: false, nullsFirst: true), KeyOrder(isDescending: true, nullsFirst: false),
  ]
}
