/// One column of a batch: values of one type, side by side, and a map of the nulls among them.
///
/// Two columns of one type may be stored differently (prices as scaled integers or as exact numbers of any size, states
/// as codes or as bytes); kernels choose by the storage they meet. Under a null lies some harmless value, which nothing
/// may look at.
public struct Column: Sendable {
  public let type: SQLType
  public private(set) var storage: Storage
  /// Set where the value is null; nil when none is, which is common and worth a fast path.
  public private(set) var nulls: Bitmap?

  public init(_ type: SQLType, _ storage: Storage, nulls: Bitmap? = nil) {
    precondition(nulls == nil || nulls!.count == storage.count, "a null map has one bit per row")
    assert(storage.fits(type.id.layout), "storage follows the type's layout")
    self.type = type
    self.storage = storage.withValuesUnderNulls
    self.nulls = nulls.flatMap { $0.isAllFalse ? nil : $0 }
  }

  public enum Storage: Sendable {
    case bits(Bitmap)
    case integers([Int64])
    case floats([Double])
    /// Exact decimals that share one display scale: value = coefficient × 10^-scale.
    case decimals([Int64], scale: Int)
    /// Exact decimals of any size and scale, NaN and infinities.
    case numerics([Numeric])
    case uuids([UInt128])
    case intervals([Interval])
    case bytes(ByteColumn)
    /// Few distinct values: `codes` are rows of `dictionary`, whose values are all different. Also the code under a null is one.
    case coded([UInt32], dictionary: ByteColumn)
  }
}

extension Column {
  public var count: Int { storage.count }

  public func isNull(_ row: Int) -> Bool { nulls?[row] ?? false }

  /// The value at a row, boxed.
  public subscript(row: Int) -> Value { isNull(row) ? .null : storage[row] }

  /// All values, boxed: for tests, small tables and printing.
  public var values: [Value] { (0..<count).map { self[$0] } }

  /// The same values under another type of the same layout.
  public func relabeled(_ type: SQLType) -> Column { Column(type, storage, nulls: nulls) }
}

extension Column.Storage {
  public var count: Int {
    switch self {
    case .bits(let bits): bits.count
    case .integers(let integers): integers.count
    case .floats(let floats): floats.count
    case .decimals(let coefficients, _): coefficients.count
    case .numerics(let numerics): numerics.count
    case .uuids(let uuids): uuids.count
    case .intervals(let intervals): intervals.count
    case .bytes(let bytes): bytes.count
    case .coded(let codes, _): codes.count
    }
  }

  fileprivate subscript(row: Int) -> Value {
    switch self {
    case .bits(let bits): .bool(bits[row])
    case .integers(let integers): .integer(integers[row])
    case .floats(let floats): .float(floats[row])
    case .decimals(let coefficients, let scale): .numeric(Numeric(coefficient: Int128(coefficients[row]), scale: scale))
    case .numerics(let numerics): .numeric(numerics[row])
    case .uuids(let uuids): .uuid(uuids[row])
    case .intervals(let intervals): .interval(intervals[row])
    case .bytes(let bytes): .bytes(bytes[row])
    case .coded(let codes, let dictionary): .bytes(dictionary[Int(codes[row])])
    }
  }

  /// A dictionary of nothing, as a loader makes of a column of nulls, gets an entry for the codes to mean.
  fileprivate var withValuesUnderNulls: Column.Storage {
    guard case .coded(let codes, let dictionary) = self else { return self }
    assert(dictionary.count == 0 || codes.allSatisfy { $0 < dictionary.count }, "each code is a row of the dictionary")
    return dictionary.count > 0 ? self : .coded(Array(repeating: 0, count: codes.count), dictionary: ByteColumn([[]]))
  }

  fileprivate func fits(_ layout: Layout) -> Bool {
    switch (self, layout) {
    case (.bits, .bits), (.integers, .integers), (.floats, .floats), (.decimals, .numerics), (.numerics, .numerics),
      (.uuids, .uuids), (.intervals, .intervals), (.bytes, .bytes), (.coded, .bytes):
      true
    default: false
    }
  }
}
