/// Quick hashes of rows for tables in memory: 64 bits, salted, not secret and not stable between versions.
///
/// Column by column: a row's hash so far is combined with the column's value by one multiplication to 128 bits, the halves
/// of which are folded. Rows that are the same hash equally, however their columns are stored: numerics by what they
/// would lie inline as, codes by the values they stand for, each of which is hashed once.
extension Batch {
  /// A hash of each row of a projection to the given columns, or all.
  ///
  /// - Parameter salt: random where an adversary could choose the values.
  /// - Precondition: for `.equality`, values of the columns' types are understood.
  public func hashes(columns: [Int]? = nil, _ identity: RowIdentity, salt: UInt64) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: count) { hashes, filled in
      hashes.update(repeating: salt)
      filled = count
      for index in columns ?? Array(self.columns.indices) {
        ColumnHasher(self.columns[index], identity, salt).combine(into: UnsafeMutableBufferPointer(rebasing: hashes[..<count]))
      }
    }
  }
}

/// Combines one column with the hashes of the rows so far.
private struct ColumnHasher {
  let column: Column
  let identity: RowIdentity
  let salt: UInt64

  /// Digits of π, without a pattern.
  private static let null: UInt64 = 0x082E_FA98_EC4E_6C89
  private static let rows: UInt64 = 0x9216_D5D9_8979_FB1B
  private static let numerics: UInt64 = 0x2FFD_72DB_D01A_DFB7

  init(_ column: Column, _ identity: RowIdentity, _ salt: UInt64) {
    precondition(identity == .representation || column.type.id.isEvaluated, "equality is known for types that are evaluated")
    self.column = identity == .equality ? column.comparable() : column
    self.identity = identity
    self.salt = salt
  }

  func combine(into hashes: UnsafeMutableBufferPointer<UInt64>) {
    switch column.storage {
    case .bits(let bits):
      bits.words.withUnsafeBufferPointer { bits in combine(into: hashes) { bits.isSet($0) ? 1 : 0 } }
    case .integers(let integers):
      integers.withUnsafeBufferPointer { integers in combine(into: hashes) { UInt64(bitPattern: integers[$0]) } }
    case .floats(let floats):
      floats.withUnsafeBufferPointer { combine($0, into: hashes) }
    case .decimals(let coefficients, let scale):
      coefficients.withUnsafeBufferPointer { combine($0, scale, into: hashes) }
    case .numerics(let numerics):
      numerics.withUnsafeBufferPointer { numerics in combine(into: hashes) { hash(numerics[$0]) } }
    case .uuids(let uuids):
      uuids.withUnsafeBufferPointer { uuids in combine(into: hashes) { hash(uuids[$0]) } }
    case .intervals(let intervals):
      intervals.withUnsafeBufferPointer { combine($0, into: hashes) }
    case .bytes(let bytes):
      bytes.withView { bytes in combine(into: hashes) { hash(bytes, $0) } }
    case .coded(let codes, let dictionary):
      codes.withUnsafeBufferPointer { codes in dictionary.withView { combine(codes, $0, into: hashes) } }
    }
  }

  @inline(__always)
  private func combine(into hashes: UnsafeMutableBufferPointer<UInt64>, _ word: (Int) -> UInt64) {
    guard let nulls = column.nulls else {
      for row in 0..<hashes.count { hashes[row] = folded(hashes[row] ^ word(row), Self.rows) }
      return
    }
    nulls.words.withUnsafeBufferPointer { nulls in
      for row in 0..<hashes.count {
        hashes[row] = folded(hashes[row] ^ (nulls.isSet(row) ? Self.null : word(row)), Self.rows)
      }
    }
  }
}

/// The two halves of a product, one upon the other: every bit of it depends on every bit of both factors.
@inline(__always)
private func folded(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let (high, low) = a.multipliedFullWidth(by: b)
  return high ^ low
}

// MARK: - Numbers

extension ColumnHasher {
  private func combine(_ floats: UnsafeBufferPointer<Double>, into hashes: UnsafeMutableBufferPointer<UInt64>) {
    switch identity {
    case .equality: combine(into: hashes) { KeyWriter.position(floats[$0]) }
    case .representation: combine(into: hashes) { RowField.code(floats[$0]) }
    }
  }

  private func combine(_ intervals: UnsafeBufferPointer<Interval>, into hashes: UnsafeMutableBufferPointer<UInt64>) {
    switch identity {
    case .equality: combine(into: hashes) { hash(intervals[$0].orderKey) }
    case .representation: combine(into: hashes) { hash(intervals[$0].bits) }
    }
  }

  @inline(__always)
  private func hash(_ bits: UInt128) -> UInt64 { folded(bits.highWord ^ salt, Self.rows) ^ bits.lowWord }

  private func combine(
    _ coefficients: UnsafeBufferPointer<Int64>, _ scale: Int, into hashes: UnsafeMutableBufferPointer<UInt64>
  ) {
    if identity == .representation || scale == 0 { return combine(into: hashes) { hash(coefficients[$0], scale) } }
    combine(into: hashes) { hashTrimmed(coefficients[$0], scale) }
  }

  /// Zeros behind the point do not count.
  @inline(__always)
  private func hashTrimmed(_ coefficient: Int64, _ scale: Int) -> UInt64 {
    var rest = coefficient
    var places = scale
    while places > 0 && rest % 10 == 0 {
      rest /= 10
      places &-= 1
    }
    return hash(rest, places)
  }

  @inline(__always)
  private func hash(_ coefficient: Int64, _ scale: Int) -> UInt64 {
    hash(UInt64(bitPattern: coefficient), UInt64(bitPattern: coefficient &>> 63), scale)
  }

  @inline(__always)
  private func hash(_ low: UInt64, _ high: UInt64, _ scale: Int) -> UInt64 {
    folded(low ^ salt, Self.numerics &+ 2 &* (high &<< 20 ^ high &>> 44 ^ UInt64(truncatingIfNeeded: scale)))
  }

  private func hash(_ numeric: Numeric) -> UInt64 {
    if identity == .equality, case .inline(let number) = numeric.form, let coefficient = number.word {
      return hashTrimmed(coefficient, Int(number.scale))
    }
    let counted = identity == .equality ? numeric.trimmedScale : numeric
    switch counted.form {
    case .inline(let number): return hash(number.low, number.high, Int(number.scale))
    default:
      var bytes: [UInt8] = []
      counted.appendRepresentation(to: &bytes)
      return bytes.withUnsafeBufferPointer { hash($0, prefix: ByteColumn.Slot.prefix(of: $0)) }
    }
  }
}

// MARK: - Text

extension ColumnHasher {
  /// Hashes the dictionary instead of the rows, if it is the smaller of the two.
  private func combine(
    _ codes: UnsafeBufferPointer<UInt32>, _ dictionary: ByteView, into hashes: UnsafeMutableBufferPointer<UInt64>
  ) {
    if dictionary.count == 0 { return combine(into: hashes) { _ in 0 } }
    if dictionary.count > hashes.count { return combine(into: hashes) { hash(dictionary, Int(codes[$0])) } }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: dictionary.count) { words in
      for index in 0..<dictionary.count { words.initializeElement(at: index, to: hash(dictionary, index)) }
      combine(into: hashes) { words[Int(codes[$0])] }
    }
  }

  @inline(__always)
  private func hash(_ text: ByteView, _ index: Int) -> UInt64 {
    let bytes = text[index]
    let prefix = text.slots[index].prefix
    guard column.type.id == .bpchar && identity == .equality else { return hash(bytes, prefix: prefix) }
    let counted = bytes.withoutTrailingBlanks
    return hash(counted, prefix: counted.count < 8 ? ByteColumn.Slot.prefix(of: counted) : prefix)
  }

  /// Sixteen bytes a step; the last step ends where the text does, overlapping what came before.
  @inline(__always)
  private func hash(_ bytes: UnsafeBufferPointer<UInt8>, prefix: UInt64) -> UInt64 {
    let count = bytes.count
    var hash = salt ^ UInt64(truncatingIfNeeded: count) &* Self.null
    if count <= 8 { return folded(prefix ^ salt, hash ^ Self.numerics) }
    let start = UnsafeRawPointer(bytes.baseAddress!)
    var at = 0
    while at &+ 16 < count {
      hash = folded(start.word(at) ^ salt, start.word(at &+ 8) ^ hash)
      at &+= 16
    }
    return folded(start.word(max(count &- 16, 0)) ^ salt, start.word(count &- 8) ^ hash ^ Self.numerics)
  }
}

extension UnsafeRawPointer {
  @inline(__always)
  fileprivate func word(_ offset: Int) -> UInt64 { loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
}
