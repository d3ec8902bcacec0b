/// Collects values of one type into a column.
///
/// For loaders, tests and everything that has its values one at a time. The storage is chosen as values come: decimals stay
/// scaled integers for as long as they share a scale and fit 64 bits.
public struct ColumnBuilder {
  public let type: SQLType
  private let layout: Layout
  public private(set) var count = 0

  // One of these is in use. They are fields, not cases of an enum, because appending in place through an enum's payload copies.
  private var bits = Bitmap(repeating: false, count: 0)
  private var integers: [Int64] = []
  private var floats: [Double] = []
  private var numerics = NumericColumnBuilder()
  private var uuids: [UInt128] = []
  private var intervals: [Interval] = []
  private var bytes = ByteColumn()
  private var nulls = Bitmap(repeating: false, count: 0)

  public init(_ type: SQLType) {
    self.type = type
    layout = type.id.layout
  }

  /// - Precondition: the value is null or lies as the type does.
  public mutating func append(_ value: Value) {
    count += 1
    nulls.append(value.isNull)
    switch (layout, value) {
    case (.bits, .bool(let bit)): bits.append(bit)
    case (.integers, .integer(let integer)): integers.append(integer)
    case (.floats, .float(let float)): floats.append(float)
    case (.numerics, .numeric(let numeric)): numerics.append(numeric)
    case (.uuids, .uuid(let uuid)): uuids.append(uuid)
    case (.intervals, .interval(let interval)): intervals.append(interval)
    case (.bytes, .bytes(let text)): bytes.append(text)
    case (_, .null): appendPlaceholder()
    default: preconditionFailure("\(value) does not lie as type \(type) does")
    }
  }

  private mutating func appendPlaceholder() {
    switch layout {
    case .bits: bits.append(false)
    case .integers: integers.append(0)
    case .floats: floats.append(0)
    case .numerics: numerics.appendPlaceholder()
    case .uuids: uuids.append(0)
    case .intervals: intervals.append(.zero)
    case .bytes: bytes.slots.append(.empty)
    }
  }

  public consuming func finish() -> Column {
    let storage: Column.Storage =
      switch layout {
      case .bits: .bits(bits)
      case .integers: .integers(integers)
      case .floats: .floats(floats)
      case .numerics: numerics.storage
      case .uuids: .uuids(uuids)
      case .intervals: .intervals(intervals)
      case .bytes: .bytes(bytes)
      }
    return Column(type, storage, nulls: nulls)
  }
}

extension Column {
  public init(_ type: SQLType, _ values: some Sequence<Value>) {
    var builder = ColumnBuilder(type)
    for value in values { builder.append(value) }
    self = builder.finish()
  }
}

/// Keeps decimals as scaled integers until one comes that does not fit among them.
private struct NumericColumnBuilder {
  private var coefficients: [Int64] = []
  private var scale: Int?
  private var numerics: [Numeric]?

  mutating func append(_ value: Numeric) {
    if numerics != nil {
      numerics!.append(value)
    } else if let own = value.scale, own == scale ?? own, let coefficient = value.scaled(to: own) {
      scale = own
      coefficients.append(coefficient)
    } else {
      numerics = Column.Storage.decimals(coefficients, scale: scale ?? 0).asNumerics + [value]
    }
  }

  mutating func appendPlaceholder() {
    if numerics != nil { numerics!.append(.zero) } else { coefficients.append(0) }
  }

  var storage: Column.Storage { numerics.map { .numerics($0) } ?? .decimals(coefficients, scale: scale ?? 0) }
}
