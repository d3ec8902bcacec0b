import Relations

/// `left`, `right`, `substring`, `split_part`, and casts to `varchar(n)`: parts of a text, on its heap.
extension TextKernels {
  static let cutting: [(String, Kernel)] = [
    (
      "text_left",
      Kernel { a in
        let counts = a.integers(1)
        return a.cut { text, row in 0..<text.end(ofLeft: Kernel.Arguments.int4(counts, row)) }
      }
    ),
    (
      "text_right",
      Kernel { a in
        let counts = a.integers(1)
        return a.cut { text, row throws(Failure) in
          let count = Kernel.Arguments.int4(counts, row)
          // Up to some release of PostgreSQL 15 this overflowed and gave the whole text; 15.20 gives none of it.
          if count == Int64(Int32.min) {
            throw .unsupported("right() by the least integer, of which releases of PostgreSQL 15 differ")
          }
          return text.start(ofRight: count)..<text.count
        }
      }
    ),
    (
      "text_substr_no_len",
      Kernel { a in
        let starts = a.integers(1)
        return a.cut { text, row in text.offset(ofCharacter: max(Kernel.Arguments.int4(starts, row), 1) - 1)..<text.count }
      }
    ),
    (
      "text_substr",
      Kernel { a in
        let (starts, lengths) = (a.integers(1), a.integers(2))
        return a.cut { text, row throws(Failure) in
          try text.substring(from: Kernel.Arguments.int4(starts, row), length: Kernel.Arguments.int4(lengths, row))
        }
      }
    ),
    (
      "split_part",
      Kernel { a in
        let numbers = a.integers(2)
        return a.withText(1) { delimiters in
          a.cut { text, row throws(Failure) in try text.field(Kernel.Arguments.int4(numbers, row), delimiter: delimiters[row]) }
        }
      }
    ),
    (
      "varchar",
      Kernel { a in
        let (modifiers, explicit) = (a.integers(1), a.bits(2))
        return a.cut { text, row throws(Failure) in
          try text.fitted(to: Kernel.Arguments.int4(modifiers, row) - 4, cutting: explicit[row], type: "character varying")
        }
      }
    ),
  ]
}

extension UnsafeBufferPointer<UInt8> {
  /// A negative count leaves out so many characters at the end.
  fileprivate func end(ofLeft characters: Int) -> Int {
    characters >= 0 ? offset(ofCharacter: characters) : offset(ofLast: -characters) ?? 0
  }

  /// A negative count leaves out so many characters at the start.
  fileprivate func start(ofRight characters: Int) -> Int {
    if characters >= 0 { return offset(ofLast: characters) ?? 0 }
    // PostgreSQL negates in 32 bits, where this number stays as it is and leaves nothing out.
    return characters == Int(Int32.min) ? 0 : offset(ofCharacter: -characters)
  }

  /// Characters are counted from 1, and a start before that shortens the part.
  func substring(from start: Int, length: Int) throws(Failure) -> Range<Int> {
    guard length >= 0 else { throw .negativeSubstring }
    let end = start + length
    guard end > 1 else { return 0..<0 }
    let first = offset(ofCharacter: Swift.max(start, 1) - 1)
    let rest = UnsafeBufferPointer(rebasing: self[first...])
    return first..<first + rest.offset(ofCharacter: end - Swift.max(start, 1))
  }

  /// Fields are counted from 1, or from -1 at the end. Delimiters are found from the left, also for those.
  fileprivate func field(_ number: Int, delimiter: UnsafeBufferPointer<UInt8>) throws(Failure) -> Range<Int> {
    guard number != 0 else { throw .raised(SQLError(.invalidParameterValue, "field position must not be zero")) }
    if delimiter.isEmpty { return number == 1 || number == -1 ? 0..<count : 0..<0 }
    var place = number
    if number < 0 {
      place += fieldCount(delimiter) + (Planted.bug("the last field is the one before") ? 0 : 1)
      if place < 1 { return 0..<0 }
    }
    var start = 0
    for _ in 1..<place {
      guard let found = firstOffset(of: delimiter, from: start) else { return 0..<0 }
      start = found + delimiter.count
    }
    return start..<(firstOffset(of: delimiter, from: start) ?? count)
  }

  private func fieldCount(_ delimiter: UnsafeBufferPointer<UInt8>) -> Int {
    var fields = 1
    var start = 0
    while let found = firstOffset(of: delimiter, from: start) {
      fields += 1
      start = found + delimiter.count
    }
    return fields
  }

  /// What is kept by a type of so many characters; a negative number stands for no limit. An assignment may cut only blanks.
  func fitted(to characters: Int, cutting isExplicit: Bool, type: String) throws(Failure) -> Range<Int> {
    if characters < 0 || count <= characters || Planted.bug("a text may be too long for its type") { return 0..<count }
    let end = offset(ofCharacter: characters)
    guard isExplicit || self[end...].allSatisfy({ $0 == UInt8(ascii: " ") }) else {
      throw .raised(SQLError(.stringDataRightTruncation, "value too long for type \(type)(\(characters))"))
    }
    return 0..<end
  }
}

extension Failure {
  static var negativeSubstring: Failure { .raised(SQLError(.substringError, "negative substring length not allowed")) }
}
