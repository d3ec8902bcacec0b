/// Collects one column of row images: typed values, nulls and holes.
///
/// Shaped for decoders: a value is one append to a typed array. Nulls and holes are rare, or a whole column of them, and are kept as
/// row numbers until the end.
public struct ImageColumnBuilder: Sendable {
  public let type: SQLType
  /// How many images have passed.
  public private(set) var count = 0

  // One of these is in use, as the type's layout says. They are fields, not cases of an enum, because appending in place
  // through an enum's payload copies.
  private var bits: [Bool] = []
  private var integers: [Int64] = []  // `integers`, and decimals for as long as they share a scale.
  private var scale: Int?
  private var floats: [Double] = []
  private var numerics: [Numeric]?
  private var uuids: [UInt128] = []
  private var intervals: [Interval] = []
  private var bytes = ByteColumn()

  private var nulls: [Int32] = []
  private var holes: [Int32] = []
  private let layout: Layout

  /// An empty column of a type, whose layout says which of the appends fits.
  public init(_ type: SQLType) {
    self.type = type
    layout = type.id.layout
  }
}

// MARK: - Appending

extension ImageColumnBuilder {
  /// Appends a `bool`.
  public mutating func append(bool: Bool) {
    precondition(layout == .bits)
    bits.append(bool)
    count &+= 1
  }

  /// A whole number, a date's days, a time's or a moment's microseconds, what `ZonedTime` packs.
  public mutating func append(integer: Int64) {
    precondition(layout == .integers)
    integers.append(integer)
    count &+= 1
  }

  /// Appends a `float8`, or the value of a `float4`.
  public mutating func append(float: Double) {
    precondition(layout == .floats)
    floats.append(float)
    count &+= 1
  }

  /// The numeric `coefficient` × 10^-`scale`, printed with `scale` digits after the point.
  public mutating func append(decimal coefficient: Int64, scale: Int) {
    precondition(layout == .numerics)
    if numerics == nil, scale == self.scale ?? scale {
      self.scale = scale
      integers.append(coefficient)
      count &+= 1
    } else {
      append(numeric: Numeric(coefficient: Int128(coefficient), scale: scale))
    }
  }

  /// Appends any numeric, NaN and infinities included.
  public mutating func append(numeric: Numeric) {
    precondition(layout == .numerics)
    if numerics == nil, let own = numeric.scale, own == scale ?? own, let coefficient = numeric.scaled(to: own) {
      return append(decimal: coefficient, scale: own)
    }
    if numerics == nil { numerics = Column.Storage.decimals(integers, scale: scale ?? 0).asNumerics }
    numerics!.append(numeric)
    count &+= 1
  }

  /// Appends a `uuid`, most significant byte first.
  public mutating func append(uuid: UInt128) {
    precondition(layout == .uuids)
    uuids.append(uuid)
    count &+= 1
  }

  /// Appends an `interval`.
  public mutating func append(interval: Interval) {
    precondition(layout == .intervals)
    intervals.append(interval)
    count &+= 1
  }

  /// Text, or the printed form of a type that is not evaluated.
  public mutating func append(bytes value: UnsafeBufferPointer<UInt8>) {
    precondition(layout == .bytes)
    bytes.append(value)
    count &+= 1
  }

  /// Appends NULL, which is a value that is known.
  public mutating func appendNull() {
    nulls.append(Int32(count))
    appendPlaceholder()
  }

  /// Says that the log does not tell the value.
  public mutating func appendAbsent() {
    holes.append(Int32(count))
    appendPlaceholder()
  }

  /// For tests and small tables.
  ///
  /// - Precondition: the value, if there is one, is null or lies as the type does.
  public mutating func append(_ value: Value?) {
    switch value {
    case nil: appendAbsent()
    case .null: appendNull()
    case .bool(let bool): append(bool: bool)
    case .integer(let integer): append(integer: integer)
    case .float(let float): append(float: float)
    case .numeric(let numeric): append(numeric: numeric)
    case .uuid(let uuid): append(uuid: uuid)
    case .interval(let interval): append(interval: interval)
    case .bytes(let bytes): bytes.withUnsafeBufferPointer { append(bytes: $0) }
    }
  }

  private mutating func appendPlaceholder() {
    switch layout {
    case .bits: bits.append(false)
    case .integers: integers.append(0)
    case .floats: floats.append(0)
    case .numerics: if numerics != nil { numerics!.append(.zero) } else { integers.append(0) }
    case .uuids: uuids.append(0)
    case .intervals: intervals.append(.zero)
    case .bytes: bytes.slots.append(.empty)
    }
    count &+= 1
  }
}

// MARK: - Finishing

extension ImageColumnBuilder {
  /// Fills after-images from the before-images in front of them, and closes the column. What stays absent is null in it.
  mutating func finish(_ kinds: [TableChanges.Kind]) -> (column: Column, absent: Bitmap?) {
    precondition(count == kinds.count, "an image has a value or a hole for each column")
    var null = Bitmap(repeating: false, count: nulls.isEmpty && holes.isEmpty ? 0 : count)
    for row in nulls { null[Int(row)] = true }
    var absent = Bitmap(repeating: false, count: holes.isEmpty ? 0 : count)
    for row in holes { absent[Int(row)] = true }
    for row in holes.map(Int.init) where kinds[row] == .after && !absent[row - 1] {
      absent[row] = false
      null[row] = null[row - 1]
      repeatValue(of: row - 1, at: row)
    }
    if !holes.isEmpty { null = null | absent }
    let hasHoles = !holes.isEmpty && !absent.isAllFalse
    return (Column(type, storage, nulls: null.count == count ? null : nil), hasHoles ? absent : nil)
  }

  private mutating func repeatValue(of row: Int, at other: Int) {
    switch layout {
    case .bits: bits[other] = bits[row]
    case .integers: integers[other] = integers[row]
    case .floats: floats[other] = floats[row]
    case .numerics: if numerics != nil { numerics![other] = numerics![row] } else { integers[other] = integers[row] }
    case .uuids: uuids[other] = uuids[row]
    case .intervals: intervals[other] = intervals[row]
    case .bytes: bytes.slots[other] = bytes.slots[row]
    }
  }

  private var storage: Column.Storage {
    switch layout {
    case .bits: .bits(Bitmap(count: bits.count) { bits[$0] })
    case .integers: .integers(integers)
    case .floats: .floats(floats)
    case .numerics: numerics.map { .numerics($0) } ?? .decimals(integers, scale: scale ?? 0)
    case .uuids: .uuids(uuids)
    case .intervals: .intervals(intervals)
    case .bytes: .bytes(bytes)
    }
  }
}
