/// A column as a sort sees it: values become 64-bit keys that order as the values do.
///
/// Most values are one key. Those that do not fit have further ones, looked at only where earlier ones tie: a `uuid` and an
/// `interval` have two, and text has one for every seven bytes, the eighth of each key telling how many of the seven are there:
///
///     "Amsterdam"    41 6D 73 74 65 72 64 · 08    61 6D 00 00 00 00 00 · 02
///     "Amsterd"      41 6D 73 74 65 72 64 · 07                              8: more to come
struct SortColumn {
  let nulls: Bitmap?
  let nullsFirst: Bool
  private let isDescending: Bool
  private let isBlankPadded: Bool
  private let values: Values

  private enum Values {
    case integers([Int64])
    case floats([Double])
    /// Of uuids, and the lengths of intervals.
    case wide([UInt128])
    case bits(Bitmap)
    case bytes(ByteColumn)
    case coded([UInt32], dictionary: ByteColumn)
    /// Where each value is in the order of all of them.
    case ranks([UInt32])
    case rankedCodes([UInt32], ranks: [UInt32])
  }

  init(_ column: Column, _ key: SortOrder.Key) {
    let column = column.comparable()
    nulls = column.nulls
    nullsFirst = key.order.nullsFirst
    isDescending = key.order.isDescending
    isBlankPadded = column.type.id == .bpchar
    switch column.storage {
    case .integers(let integers): values = .integers(integers)
    case .decimals(let coefficients, _): values = .integers(coefficients)
    case .floats(let floats): values = .floats(floats)
    case .uuids(let uuids): values = .wide(uuids)
    case .intervals(let intervals): values = .wide(intervals.map(\.orderKey))
    case .bits(let bits): values = .bits(bits)
    case .bytes(let bytes): values = .bytes(bytes)
    case .numerics(let numerics): values = .ranks(ranks(of: numerics))
    // Small numbers sort faster than text. Not where a few rows were picked from many.
    case .coded(let codes, let dictionary) where dictionary.count <= codes.count && !isBlankPadded:
      values = .rankedCodes(codes, ranks: ranks(of: dictionary))
    case .coded(let codes, let dictionary): values = .coded(codes, dictionary: dictionary)
    }
  }
}

/// Equal numbers have equal ranks.
private func ranks(of numerics: [Numeric]) -> [UInt32] {
  let order = numerics.indices.sorted { numerics[$0] < numerics[$1] }
  var ranks = [UInt32](repeating: 0, count: numerics.count)
  for (previous, row) in zip(order, order.dropFirst()) {
    ranks[row] = ranks[previous] + (numerics[previous] == numerics[row] ? 0 : 1)
  }
  return ranks
}

/// All values of a dictionary differ.
private func ranks(of dictionary: ByteColumn) -> [UInt32] {
  let column = SortColumn(Column(.text, .bytes(dictionary)), SortOrder.Key(0))
  var ranks = [UInt32](repeating: 0, count: dictionary.count)
  for (rank, row) in RowSorter.sort(dictionary.count, [column]).enumerated() { ranks[Int(row)] = UInt32(rank) }
  return ranks
}

// MARK: - Keys

extension SortColumn {
  /// Sets each pair's key to the given one of its row's keys.
  ///
  /// - Precondition: the rows are not null, and tie in all keys before.
  func fill(_ pairs: UnsafeMutableBufferPointer<KeyedRow>, _ level: Int) {
    switch values {
    case .integers(let values):
      values.withUnsafeBufferPointer { values in fill(pairs) { UInt64(bitPattern: values[$0]) ^ 1 << 63 } }
    case .floats(let values): values.withUnsafeBufferPointer { values in fill(pairs) { values[$0].orderedBits } }
    case .wide(let values):
      values.withUnsafeBufferPointer { values in
        fill(pairs) { UInt64(truncatingIfNeeded: level == 0 ? values[$0] >> 64 : values[$0]) }
      }
    case .bits(let bits): fill(pairs) { bits[$0] ? 1 : 0 }
    case .ranks(let ranks): ranks.withUnsafeBufferPointer { ranks in fill(pairs) { UInt64(ranks[$0]) } }
    case .rankedCodes(let codes, let ranks):
      codes.withUnsafeBufferPointer { codes in
        ranks.withUnsafeBufferPointer { ranks in fill(pairs) { UInt64(ranks[Int(codes[$0])]) } }
      }
    case .bytes(let bytes): bytes.withView { view in fill(pairs) { key(view, $0, level) } }
    case .coded(let codes, let dictionary):
      codes.withUnsafeBufferPointer { codes in dictionary.withView { view in fill(pairs) { key(view, Int(codes[$0]), level) } } }
    }
  }

  /// Whether rows that tie in this key have a further one.
  func continues(after key: UInt64, _ level: Int) -> Bool {
    switch values {
    case .wide: level == 0
    case .bytes, .coded: (isDescending ? ~key : key) & 0xFF == 8
    case .integers, .floats, .bits, .ranks, .rankedCodes: false
    }
  }

  @inline(__always)
  private func fill(_ pairs: UnsafeMutableBufferPointer<KeyedRow>, _ key: (Int) -> UInt64) {
    let mask: UInt64 = isDescending ? ~0 : 0
    for index in pairs.indices { pairs[index].key = key(Int(pairs[index].row)) ^ mask }
  }

  @inline(__always)
  private func key(_ view: ByteView, _ row: Int, _ level: Int) -> UInt64 {
    let slot = view.slots[row]
    if level == 0 && !isBlankPadded { return slot.prefix & ~0xFF | min(UInt64(slot.length), 8) }
    return laterKey(view.bytes(of: slot), level)
  }

  private func laterKey(_ bytes: UnsafeBufferPointer<UInt8>, _ level: Int) -> UInt64 {
    var length = bytes.count
    if isBlankPadded { while length > 0 && bytes[length - 1] == UInt8(ascii: " ") { length -= 1 } }
    let rest = UnsafeBufferPointer(rebasing: bytes[min(7 * level, length)..<length])
    return ByteColumn.Slot.prefix(of: rest) & ~0xFF | UInt64(min(rest.count, 8))
  }
}

extension Double {
  /// A number that orders as PostgreSQL orders floats: zeros tie, NaN is above infinity.
  fileprivate var orderedBits: UInt64 {
    if isNaN { return .max }
    let bits = (self + 0).bitPattern  // Adding zero makes -0 to 0.
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }
}
