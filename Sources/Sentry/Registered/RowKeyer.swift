import Relations

/// Turns what a template compares, row by row and for weeks, into numbers that stay the same from batch to batch.
///
/// Integers, floats and decimals of a declared scale have numbers of their own, in order. Everything else gets numbers when reads
/// ask for it, and those know equality alone.
struct RowKeyer {
  private let kind: Kind
  private let type: SQLType

  private enum Kind {
    case integers, floats, bits
    /// The first eight bytes of a text, in order.
    case heads
    case decimals(scale: Int)
    case interned(ByteInterner)
  }

  /// - Parameter type: with the modifier that the column was declared with.
  init(_ type: SQLType, salt: UInt64) {
    self.type = type
    switch type.id.layout {
    case .integers: kind = .integers
    case .floats: kind = .floats
    case .bits: kind = .bits
    case .numerics:
      if let (precision, scale) = type.precisionAndScale, precision <= 18, 0...18 ~= scale {
        kind = .decimals(scale: scale)
      } else {
        kind = .interned(ByteInterner(salt: salt))
      }
    case .uuids, .bytes, .intervals: kind = .interned(ByteInterner(salt: salt))
    }
  }

  /// For values whose order is asked: of texts by how they begin, which tells them from constants that are shorter than that.
  init(ordering type: SQLType, salt: UInt64) {
    if type.id == .text || type.id == .varchar || type.id == .bpchar {
      self.init(heads: type)
    } else {
      self.init(type, salt: salt)
    }
  }

  private init(heads type: SQLType) {
    kind = .heads
    self.type = type
  }

  /// For values of one batch, of which only equality is asked.
  init(interning type: SQLType) {
    self.type = type
    kind = .interned(ByteInterner(salt: 0x9E37_79B9_7F4A_7C15))
  }

  /// Whether the numbers are how texts begin.
  var isOfHeads: Bool { if case .heads = kind { true } else { false } }

  /// Whether the numbers order as the values do.
  var isOrdered: Bool { if case .interned = kind { false } else { true } }
}

// MARK: - Rows

extension RowKeyer {
  /// Puts the keys of some rows behind each other. None of the rows is null.
  ///
  /// - Throws: for decimals that their declaration does not allow.
  func fill(_ keys: inout FlatArray<UInt64>, _ column: Column, _ rows: [Int32]) throws(Failure) {
    keys.removeAll()
    keys.append(repeating: 0, count: rows.count)
    let keys = keys.base
    switch (kind, column.storage) {
    case (.integers, .integers(let values)): values.withUnsafeBufferPointer { v in each(rows, keys) { v[$0].matchKey } }
    case (.floats, .floats(let values)): values.withUnsafeBufferPointer { v in each(rows, keys) { v[$0].matchKey } }
    case (.bits, .bits(let bits)): each(rows, keys) { bits[$0] ? 1 : 0 }
    case (.decimals(let scale), .decimals(let values, let own)) where own == scale:
      values.withUnsafeBufferPointer { v in each(rows, keys) { v[$0].matchKey } }
    case (.decimals(let scale), _):
      let numerics = column.storage.asNumerics
      for (place, row) in rows.enumerated() {
        let (key, found) = numerics[Int(row)].declaredPlace(inStepsOf: scale)
        if found != .exact { throw .unsupported("the value \(numerics[Int(row)]) in a column of type \(type)") }
        keys[place] = key
      }
    case (.heads, _):
      column.storage.asBytes.withView { view in each(rows, keys) { ByteColumn.Slot.prefix(of: text(view[$0])) } }
    case (.interned(let interner), .bytes(let bytes)): bytes.withView { view in find(view, rows, interner, keys) }
    case (.interned(let interner), .coded(let codes, let dictionary)):
      dictionary.withView { view in
        if dictionary.count > rows.count { return find(view, rows.map { Int32(codes[Int($0)]) }, interner, keys) }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: dictionary.count) { found in
          find(view, (0..<Int32(dictionary.count)).map { $0 }, interner, found.baseAddress!)
          each(rows, keys) { found[Int(codes[$0])] }
        }
      }
    case (.interned(let interner), _):
      let encoded = Batch([column]).keys(rows: rows)
      encoded.withUnsafeBytes { bytes in
        for place in rows.indices {
          let range = encoded.range(of: place)
          keys[place] = interner.find(UnsafeRawBufferPointer(rebasing: bytes[range]).bindMemory(to: UInt8.self))
        }
      }
    default: preconditionFailure("a column lies as its type does")
    }
  }

  /// The keys of all rows of a column that is interned; something under a null.
  func found(_ column: Column) -> [UInt64] {
    var keys = FlatArray<UInt64>()
    // Only decimals can be out of range.
    try? fill(&keys, column, (0..<Int32(column.count)).map { $0 })
    return Array(UnsafeBufferPointer(start: keys.base, count: keys.count))
  }

  @inline(__always)
  private func each(_ rows: [Int32], _ keys: UnsafeMutablePointer<UInt64>, _ key: (Int) -> UInt64) {
    rows.withUnsafeBufferPointer { rows in
      for place in 0..<rows.count { keys[place] = key(Int(rows[place])) }
    }
  }

  private func find(_ view: ByteView, _ rows: [Int32], _ interner: ByteInterner, _ keys: UnsafeMutablePointer<UInt64>) {
    each(rows, keys) { interner.find(text(view[$0])) }
  }

  /// What counts of a text.
  @inline(__always)
  private func text(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    type.id == .bpchar ? bytes.withoutBlanks : bytes
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Without blanks at the end, which `char(n)` does not see.
  fileprivate var withoutBlanks: UnsafeBufferPointer<UInt8> {
    var length = count
    while length > 0 && self[length - 1] == UInt8(ascii: " ") { length -= 1 }
    return UnsafeBufferPointer(rebasing: self[..<length])
  }
}

extension Numeric {
  /// Where the number is among those that a `numeric` of a declared scale can be: NaN is one of them, and above all.
  fileprivate func declaredPlace(inStepsOf scale: Int) -> (key: UInt64, place: ConstantKeys.Place) {
    if isNaN { return (.max, .exact) }
    let (key, place) = place(inStepsOf: scale)
    return place == .above ? (.max - 1, .between) : (key, place)
  }
}

// MARK: - Referring to constants

extension RowKeyer {
  /// Somebody goes on asking for a key.
  func retain(_ key: UInt64) { if case .interned(let interner) = kind { interner.retain(key) } }

  /// Nobody does any more.
  func release(_ key: UInt64) { if case .interned(let interner) = kind { interner.release(key) } }

  /// What `constants` referred to.
  func release(_ constants: ConstantKeys) {
    guard case .interned(let interner) = kind else { return }
    for (key, place) in zip(constants.keys, constants.places) where place == .exact { interner.release(key) }
  }
}

// MARK: - Constants

extension RowKeyer {
  /// Where constants are among the keys. What is not among them yet is put there, and referred to until it is released.
  func constants(_ column: Column) -> ConstantKeys {
    switch (kind, column.storage) {
    case (.integers, .integers(let values)): return ConstantKeys(exact: values.map(\.matchKey), nulls: column.nulls)
    case (.floats, .floats(let values)): return ConstantKeys(exact: values.map(\.matchKey), nulls: column.nulls)
    case (.bits, .bits(let bits)):
      return ConstantKeys(exact: (0..<bits.count).map { bits[$0] ? 1 : 0 }, nulls: column.nulls)
    case (.decimals(let scale), .decimals(let values, let own)) where own == scale:
      return ConstantKeys(exact: values.map(\.matchKey), nulls: column.nulls)
    case (.decimals(let scale), _):
      let numerics = column.storage.asNumerics
      return ConstantKeys(column.count) { row in
        column.isNull(row) ? (0, .absent) : numerics[row].declaredPlace(inStepsOf: scale)
      }
    case (.interned(let interner), .bytes), (.interned(let interner), .coded):
      return column.storage.asBytes.withView { view in
        ConstantKeys(column.count) { row in
          column.isNull(row) ? (0, .absent) : (interner.intern(text(view[row])), .exact)
        }
      }
    case (.interned(let interner), _):
      let encoded = Batch([column]).keys()
      return encoded.withUnsafeBytes { bytes in
        ConstantKeys(column.count) { row in
          let key = UnsafeRawBufferPointer(rebasing: bytes[encoded.range(of: row)]).bindMemory(to: UInt8.self)
          return column.isNull(row) ? (0, .absent) : (interner.intern(key), .exact)
        }
      }
    default: preconditionFailure("a constant lies as its type does")
    }
  }
}

// MARK: - Intervals

extension RowKeyer {
  /// The keys of rows that satisfy a comparison with each of many constants; nil where keys cannot tell.
  ///
  /// - Precondition: the keys are ordered.
  func intervals(_ question: ComparisonFunctions.Question, _ column: Column) -> [(first: UInt64, last: UInt64)?] {
    guard case .heads = kind else {
      let constants = constants(column)
      return column.rowRange.map { KeyInterval.satisfying(question, constants.keys[$0], constants.places[$0]) }
    }
    return column.storage.asBytes.withView { view in
      column.rowRange.map { row in
        if column.isNull(row) { return KeyInterval.empty }
        return question == .like ? matching(view[row]) : satisfying(question, text(view[row]))
      }
    }
  }

  /// Texts that begin alike may be longer, so that only a constant that is all of a key is told from them.
  private func satisfying(
    _ question: ComparisonFunctions.Question, _ text: UnsafeBufferPointer<UInt8>
  ) -> (first: UInt64, last: UInt64)? {
    guard text.count < 8 || (text.count == 8 && Planted.bug("a text of eight bytes is all of its key")) else { return nil }
    return KeyInterval.satisfying(question, ByteColumn.Slot.prefix(of: text), .exact)
  }

  private func matching(_ pattern: UnsafeBufferPointer<UInt8>) -> (first: UInt64, last: UInt64)? {
    switch PlainPattern(pattern) {
    case .whole(let text) where text.count < 8:
      let key = text.withUnsafeBufferPointer { ByteColumn.Slot.prefix(of: $0) }
      return (key, key)
    case .beginning(let text) where text.count <= 8:
      let key = text.withUnsafeBufferPointer { ByteColumn.Slot.prefix(of: $0) }
      return (key, text.count == 8 ? key : key | (.max >> UInt64(8 * text.count)))
    default: return nil
    }
  }
}

extension Column {
  fileprivate var rowRange: Range<Int> { 0..<count }
}
