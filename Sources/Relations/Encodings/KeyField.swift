/// One column's fields in the key encoding (`Specs/encodings.md`, keys): bytes that order as the values do.
///
/// Every field tells by its own bytes where it ends, no field is the beginning of another, and its first byte is neither
/// 0x00 nor 0xFF, which are for NULL: fields follow each other without anything between them. A descending field is the
/// complement of the ascending one, except for NULL.
///
///     bool                0x7F false, 0x80 true
///     int, date, moment   0x80 + n, n big-endian bytes of the number if it is not negative, else 0x7F - n and n bytes:
///                         as few as tell it apart
///     float8              0x80, then the bits, big-endian, all of them inverted if negative, else the sign alone
///     numeric             see `KeyWriter+Numeric.swift`
///     uuid                0x80 and the 16 bytes
///     interval            0x80 and its length in microseconds, in 16 bytes, big-endian, the sign inverted
///     text                the bytes, then 0x01; in them 0, 1, 2 become 2 1, 2 2, 2 3, and 254, 255 become 254 1, 254 2
struct KeyField: BlockField {
  let column: Column
  let order: KeyOrder

  /// - Precondition: values of the column's type are understood.
  init(_ column: Column, _ order: KeyOrder) {
    precondition(column.type.id.isEvaluated, "only values of a type that is evaluated have a key")
    self.column = column.comparable()
    self.order = order
  }

  private var flip: UInt64 { order.flip }
}

extension KeyOrder {
  /// What every byte of a value is combined with.
  var flip: UInt64 { isDescending ? ~0 : 0 }
  var null: UInt8 { nullsFirst ? KeyByte.nullFirst : KeyByte.nullLast }
}

/// Bytes that mean something in a key.
enum KeyByte {
  static let nullFirst: UInt8 = 0x00
  static let nullLast: UInt8 = 0xFF
  /// The first byte where that has nothing to say, and of zero.
  static let value: UInt8 = 0x80
  static let endOfText: UInt8 = 0x01
  static let lowEscape: UInt8 = 0x02
  static let highEscape: UInt8 = 0xFE
}

// MARK: - Widths

extension KeyField {
  /// More than a key of a numeric takes that lies inline.
  private static let inlineNumericWidth = 28

  func addWidths<Rows: RowSelection>(_ rows: Rows, _ count: Int, to widths: UnsafeMutablePointer<Int>) {
    switch column.storage {
    case .bits, .integers, .floats: add(9, count, to: widths)
    case .decimals: add(Self.inlineNumericWidth, count, to: widths)
    case .uuids, .intervals: add(17, count, to: widths)
    case .numerics(let numerics):
      for i in 0..<count { widths[i] &+= column.isNull(rows[i]) ? 1 : Self.width(numerics[rows[i]]) }
    case .bytes(let bytes):
      for i in 0..<count { widths[i] &+= 2 &* Int(bytes.slots[rows[i]].length) &+ 1 }
    case .coded(let codes, let dictionary):
      if dictionary.count == 0 { return add(1, count, to: widths) }
      for i in 0..<count { widths[i] &+= 2 &* Int(dictionary.slots[Int(codes[rows[i]])].length) &+ 1 }
    }
  }

  private func add(_ width: Int, _ count: Int, to widths: UnsafeMutablePointer<Int>) {
    for i in 0..<count { widths[i] &+= width }
  }

  static func width(_ numeric: Numeric) -> Int {
    if case .big(let number) = numeric.form { 8 + 5 * number.magnitude.limbs.count } else { inlineNumericWidth }
  }
}

// MARK: - Columns

extension KeyField {
  typealias Cursors = UnsafeMutablePointer<UnsafeMutableRawPointer>

  func write<Rows: RowSelection>(_ rows: Rows, _ count: Int, at cursors: Cursors) {
    let flip = flip
    switch column.storage {
    case .bits(let bits):
      bits.words.withUnsafeBufferPointer { words in
        forEachField(rows, count, at: cursors) { KeyWriter(flip, $1).write(words.isSet($0)) }
      }
    case .integers(let integers):
      integers.withUnsafeBufferPointer { integers in
        forEachField(rows, count, at: cursors) { KeyWriter(flip, $1).write(integers[$0]) }
      }
    case .floats(let floats):
      floats.withUnsafeBufferPointer { floats in
        forEachField(rows, count, at: cursors) { KeyWriter(flip, $1).write(floats[$0]) }
      }
    case .decimals(let coefficients, let scale):
      coefficients.withUnsafeBufferPointer { coefficients in
        forEachField(rows, count, at: cursors) { KeyWriter(flip, $1).write(coefficients[$0], scale: scale) }
      }
    case .numerics(let numerics):
      numerics.withUnsafeBufferPointer { numerics in
        forEachField(rows, count, at: cursors) { KeyWriter(flip, $1).write(numerics[$0]) }
      }
    case .uuids(let uuids):
      uuids.withUnsafeBufferPointer { uuids in
        forEachField(rows, count, at: cursors) { KeyWriter(flip, $1).write(uuids[$0]) }
      }
    case .intervals(let intervals):
      intervals.withUnsafeBufferPointer { intervals in
        forEachField(rows, count, at: cursors) { KeyWriter(flip, $1).write(intervals[$0].orderKey) }
      }
    case .bytes(let bytes):
      bytes.withView { bytes in writeText(rows, count, at: cursors, bytes) { $0 } }
    case .coded(let codes, let dictionary):
      dictionary.withView { dictionary in
        codes.withUnsafeBufferPointer { codes in writeText(rows, count, at: cursors, dictionary) { Int(codes[$0]) } }
      }
    }
  }

  @inline(__always)
  private func writeText<Rows: RowSelection>(
    _ rows: Rows, _ count: Int, at cursors: Cursors, _ text: ByteView, _ index: (Int) -> Int
  ) {
    let flip = flip
    let isPadded = column.type.id == .bpchar
    forEachField(rows, count, at: cursors) { row, place in
      let index = index(row)
      let bytes = text[index]
      return KeyWriter(flip, place).write(isPadded ? bytes.withoutTrailingBlanks : bytes, prefix: text.slots[index].prefix)
    }
  }

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
        if nulls.isSet(rows[i]) {
          cursors[i].storeBytes(of: order.null, as: UInt8.self)
          cursors[i] += 1
        } else {
          cursors[i] += write(rows[i], cursors[i])
        }
      }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// What counts of a `char(n)` when it is compared.
  @inline(__always)
  var withoutTrailingBlanks: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: self[..<TextForm.lengthWithoutBlanks(self)])
  }
}
