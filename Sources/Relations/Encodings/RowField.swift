/// One column's fields in the row encoding (`Specs/encodings.md`, rows): NULL, or a number and what it announces.
///
///     bool                0 or 1
///     int, date, moment   the number, zigzag; a time's microseconds; what `ZonedTime` packs
///     float4, float8      the bits, most significant byte last; every NaN is the one that PostgreSQL makes
///     numeric             zigzag coefficient × 16 + scale; or 15, and the bytes of `Numeric.appendRepresentation(to:)`
///     uuid                0, and the 16 bytes
///     interval            0, and months (4 bytes), days (4), microseconds (8), big-endian, in two's complement
///     text, all others    the length, and the bytes
///
/// Most columns need nothing but the number: they are one loop without branches.
struct RowField: BlockField {
  let column: Column

  static let maximumSmallScale = 14
  /// A small coefficient is below this when zigzag.
  static let smallCoefficients = 1 << 60 as UInt64
  /// Announces a numeric of which coefficient or scale is not small.
  static let largeNumeric = 15 as UInt64
  /// More than the representation of a numeric takes that lies inline.
  static let inlineNumericWidth = 24
}

// MARK: - Codes

extension RowField {
  @inline(__always)
  static func zigzag(_ integer: Int64) -> UInt64 { UInt64(bitPattern: integer &<< 1 ^ integer &>> 63) }

  /// Round numbers have few significant bits and so few bytes.
  @inline(__always)
  static func code(_ float: Double) -> UInt64 { (float.isNaN ? Double.nan : float).bitPattern.byteSwapped }

  @inline(__always)
  static func code(smallCoefficient zigzag: UInt64, _ scale: Int) -> UInt64 {
    zigzag &<< 4 | UInt64(truncatingIfNeeded: scale)
  }

  /// The code of a numeric that is small.
  @inline(__always)
  static func code(_ numeric: Numeric) -> UInt64? {
    guard case .inline(let number) = numeric.form, number.scale <= maximumSmallScale else { return nil }
    guard let coefficient = number.word, zigzag(coefficient) < smallCoefficients else { return nil }
    return code(smallCoefficient: zigzag(coefficient), Int(number.scale))
  }
}

// MARK: - Widths

extension RowField {
  func addWidths<Rows: RowSelection>(_ rows: Rows, _ count: Int, to widths: UnsafeMutablePointer<Int>) {
    switch column.storage {
    case .bits, .integers, .floats: add(9, count, to: widths)
    case .decimals: add(Self.inlineNumericWidth, count, to: widths)
    case .uuids, .intervals: add(17, count, to: widths)
    case .numerics(let numerics):
      for i in 0..<count where !column.isNull(rows[i]) { widths[i] &+= Self.width(numerics[rows[i]]) }
      add(1, count, to: widths)
    case .bytes(let bytes):
      bytes.slots.withUnsafeBufferPointer { slots in
        for i in 0..<count { widths[i] &+= Int(slots[rows[i]].length) &+ 9 }
      }
    case .coded(let codes, let dictionary):
      if dictionary.count == 0 { return add(9, count, to: widths) }
      for i in 0..<count { widths[i] &+= Int(dictionary.slots[Int(codes[rows[i]])].length) &+ 9 }
    }
  }

  private func add(_ width: Int, _ count: Int, to widths: UnsafeMutablePointer<Int>) {
    for i in 0..<count { widths[i] &+= width }
  }

  private static func width(_ numeric: Numeric) -> Int {
    if case .big(let number) = numeric.form { 6 + 4 * number.magnitude.limbs.count } else { inlineNumericWidth }
  }
}

// MARK: - Writing

extension RowField {
  typealias Cursors = UnsafeMutablePointer<UnsafeMutableRawPointer>

  func write<Rows: RowSelection>(_ rows: Rows, _ count: Int, at cursors: Cursors) {
    switch column.storage {
    case .bits(let bits):
      bits.words.withUnsafeBufferPointer { words in
        writeCodes(rows, count, at: cursors) { words[$0 &>> 6] &>> UInt64(truncatingIfNeeded: $0 & 63) & 1 }
      }
    case .integers(let integers):
      integers.withUnsafeBufferPointer { integers in
        writeCodes(rows, count, at: cursors) { Self.zigzag(integers[$0]) }
      }
    case .floats(let floats):
      floats.withUnsafeBufferPointer { floats in
        writeCodes(rows, count, at: cursors) { Self.code(floats[$0]) }
      }
    case .decimals(let coefficients, let scale):
      coefficients.withUnsafeBufferPointer { write($0, scale, rows, count, at: cursors) }
    case .numerics(let numerics):
      numerics.withUnsafeBufferPointer { numerics in
        writeNumerics(rows, count, at: cursors) { numerics[$0] }
      }
    case .uuids(let uuids):
      uuids.withUnsafeBufferPointer { uuids in writeWide(rows, count, at: cursors) { uuids[$0] } }
    case .intervals(let intervals):
      intervals.withUnsafeBufferPointer { intervals in writeWide(rows, count, at: cursors) { intervals[$0].bits } }
    case .bytes(let bytes):
      bytes.withView { bytes in
        writeBytes(rows, count, at: cursors, bytes.heap) { bytes.slots[$0] }
      }
    case .coded(let codes, let dictionary):
      dictionary.withView { dictionary in
        codes.withUnsafeBufferPointer { codes in
          writeBytes(rows, count, at: cursors, dictionary.heap) { dictionary.slots[Int(codes[$0])] }
        }
      }
    }
  }

  /// Fields that are nothing but their number. What lies under a null is harmless to compute with.
  @inline(__always)
  private func writeCodes<Rows: RowSelection>(_ rows: Rows, _ count: Int, at cursors: Cursors, _ code: (Int) -> UInt64) {
    guard let nulls = column.nulls else {
      for i in 0..<count { cursors[i] += FieldNumber.write(code(rows[i]), at: cursors[i]) }
      return
    }
    nulls.words.withUnsafeBufferPointer { nulls in
      for i in 0..<count {
        let row = rows[i]
        cursors[i] += FieldNumber.write(code(row), isNull: nulls.isSet(row), at: cursors[i])
      }
    }
  }

  private func write<Rows: RowSelection>(
    _ coefficients: UnsafeBufferPointer<Int64>, _ scale: Int, _ rows: Rows, _ count: Int, at cursors: Cursors
  ) {
    var any: UInt64 = 0
    for i in 0..<count { any |= Self.zigzag(coefficients[rows[i]]) }
    if any < Self.smallCoefficients && scale <= Self.maximumSmallScale {
      writeCodes(rows, count, at: cursors) { Self.code(smallCoefficient: Self.zigzag(coefficients[$0]), scale) }
    } else {
      writeNumerics(rows, count, at: cursors) { Numeric(coefficient: Int128(coefficients[$0]), scale: scale) }
    }
  }

  @inline(__always)
  private func writeNumerics<Rows: RowSelection>(_ rows: Rows, _ count: Int, at cursors: Cursors, _ numeric: (Int) -> Numeric) {
    var large: [UInt8] = []
    forEachField(rows, count, at: cursors) { row, place in
      let numeric = numeric(row)
      if let code = Self.code(numeric) { return FieldNumber.write(code, at: place) }
      large.removeAll(keepingCapacity: true)
      numeric.appendRepresentation(to: &large)
      let length = FieldNumber.write(Self.largeNumeric, at: place)
      large.withUnsafeBytes { (place + length).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
      return length + large.count
    }
  }

  /// Sixteen bytes a row.
  @inline(__always)
  private func writeWide<Rows: RowSelection>(_ rows: Rows, _ count: Int, at cursors: Cursors, _ bits: (Int) -> UInt128) {
    forEachField(rows, count, at: cursors) { row, place in
      let length = FieldNumber.write(0, at: place)
      place.storeBytes(of: bits(row).bigEndian, toByteOffset: length, as: UInt128.self)
      return length &+ 16
    }
  }

  @inline(__always)
  private func writeBytes<Rows: RowSelection>(
    _ rows: Rows, _ count: Int, at cursors: Cursors, _ heap: UnsafeBufferPointer<UInt8>, _ slot: (Int) -> ByteColumn.Slot
  ) {
    forEachField(rows, count, at: cursors) { row, place in
      let slot = slot(row)
      let length = FieldNumber.write(UInt64(slot.length), at: place)
      slot.copy(from: heap, to: place + length)
      return length &+ Int(slot.length)
    }
  }

  /// Calls `write` for the rows that are not null; it returns how long the field is.
  @inline(__always)
  private func forEachField<Rows: RowSelection>(
    _ rows: Rows, _ count: Int, at cursors: Cursors, _ write: (Int, UnsafeMutableRawPointer) -> Int
  ) {
    guard let nulls = column.nulls else {
      for i in 0..<count { cursors[i] += write(rows[i], cursors[i]) }
      return
    }
    nulls.words.withUnsafeBufferPointer { nulls in
      for i in 0..<count {
        let row = rows[i]
        cursors[i] += nulls.isSet(row) ? FieldNumber.write(0, isNull: true, at: cursors[i]) : write(row, cursors[i])
      }
    }
  }
}

extension UnsafeBufferPointer<UInt64> {
  /// A bit of a bitmap that is lent as words.
  @inline(__always)
  func isSet(_ row: Int) -> Bool { self[row &>> 6] &>> UInt64(truncatingIfNeeded: row & 63) & 1 != 0 }
}

extension ByteColumn.Slot {
  /// Copies the value in whole words, of which the last may end behind it if the value is short.
  @inline(__always)
  func copy(from heap: UnsafeBufferPointer<UInt8>, to place: UnsafeMutableRawPointer) {
    place.storeBytes(of: prefix.bigEndian, as: UInt64.self)
    if isShort { return }
    let source = UnsafeRawPointer(heap.baseAddress!) + Int(offset)
    let count = Int(length)
    if count > 64 { return place.copyMemory(from: source, byteCount: count) }
    var i = 8
    while i < count {
      // The last word overlaps the one before.
      let at = min(i, count &- 8)
      place.storeBytes(of: source.loadUnaligned(fromByteOffset: at, as: UInt64.self), toByteOffset: at, as: UInt64.self)
      i &+= 8
    }
  }
}
