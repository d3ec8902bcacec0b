import Relations

/// `lpad`, `rpad`, `repeat`, and casts to `char(n)`: texts that grow to a length that is asked for.
extension TextKernels {
  static let padding: [(String, Kernel)] = [
    ("lpad", Kernel { a in a.withText(2) { pad(a, .left, $0) } }),
    ("rpad", Kernel { a in a.withText(2) { pad(a, .right, $0) } }),
    ("lpad(text,integer)", Kernel { a in withBlank { pad(a, .left, $0) } }),
    ("rpad(text,integer)", Kernel { a in withBlank { pad(a, .right, $0) } }),
    (
      "repeat",
      Kernel { a in
        let counts = a.integers(1)
        return a.withText(0) { texts in
          a.write { row, writer throws(Failure) in try writer.append(texts[row], times: Kernel.Arguments.int4(counts, row)) }
        }
      }
    ),
    (
      "bpchar",
      Kernel { a in
        let (modifiers, explicit) = (a.integers(1), a.bits(2))
        return a.withText(0) { texts in
          a.write { row, writer throws(Failure) in
            try writer.append(texts[row], fittedTo: Kernel.Arguments.int4(modifiers, row) - 4, cutting: explicit[row])
          }
        }
      }
    ),
  ]

  fileprivate enum Side { case left, right }

  private static func pad(_ a: Kernel.Arguments, _ side: Side, _ fillings: LentText) -> Kernel.Outcome {
    let lengths = a.integers(1)
    return a.withText(0) { texts in
      a.write { row, writer throws(Failure) in
        try writer.append(texts[row], paddedTo: Kernel.Arguments.int4(lengths, row), on: side, with: fillings[row])
      }
    }
  }

  private static func withBlank<Result>(_ body: (LentText) -> Result) -> Result {
    ByteColumn([[UInt8(ascii: " ")]]).withView { body(LentText(view: $0, step: 0)) }
  }
}

extension Failure {
  /// A gigabyte is the most that PostgreSQL would allocate.
  fileprivate static var tooLong: Failure { .raised(SQLError(.programLimitExceeded, "requested length too large")) }
}

/// The most bytes that a PostgreSQL value may have, its header of four bytes not counted.
private let largestValue = 0x3FFF_FFFF - 4

extension TextWriter {
  fileprivate mutating func append(_ text: UnsafeBufferPointer<UInt8>, times: Int) throws(Failure) {
    let times = max(times, 0)
    let length = text.count * times
    guard length <= largestValue else { throw .tooLong }
    try require(length)
    if text.isEmpty { return }
    for _ in 0..<times { append(text) }
  }

  /// Cuts or fills to a number of characters. The filling starts anew with its first character for every text; with an empty
  /// one nothing is filled.
  fileprivate mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, paddedTo length: Int, on side: TextKernels.Side, with filling: UnsafeBufferPointer<UInt8>
  ) throws(Failure) {
    let length = max(length, 0)
    // PostgreSQL allocates four bytes a character before it looks at the text.
    if !filling.isEmpty && 4 * length > largestValue { throw .tooLong }
    let kept = text[..<text.offset(ofCharacter: length)]
    let taken = Planted.bug("padding counts bytes") ? kept.count : UnsafeBufferPointer(rebasing: kept).characterCount
    let missing = filling.isEmpty ? 0 : length - taken
    if side == .right { append(kept) }
    if missing > 0 { try append(characters: missing, of: filling) }
    if side == .left { append(kept) }
  }

  /// So many characters of a text that is repeated without end.
  private mutating func append(characters: Int, of filling: UnsafeBufferPointer<UInt8>) throws(Failure) {
    if filling.count == 1 {
      try require(characters)
      return append(filling[0], times: characters)
    }
    let (times, rest) = characters.quotientAndRemainder(dividingBy: filling.characterCount)
    try require((times + 1) * filling.count)
    for _ in 0..<times { append(filling) }
    append(filling[..<filling.offset(ofCharacter: rest)])
  }

  /// What `char(n)` makes of a text. A negative number stands for no length.
  fileprivate mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, fittedTo characters: Int, cutting isExplicit: Bool
  ) throws(Failure) {
    append(text[try text.fitted(to: characters, cutting: isExplicit, type: "character")])
    let missing = characters - text.characterCount
    guard missing > 0 else { return }
    try require(missing)
    append(UInt8(ascii: " "), times: missing)
  }
}
