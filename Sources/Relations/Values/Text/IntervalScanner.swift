/// Takes the text of an interval apart into fields, by their looks alone. What they mean is `IntervalFields`' business.
///
///     1 year 2 mons -3 days +04:05:06     @ 1 hour ago     1-2 3 4:05     1.5h
///
/// A field is a word, a number, a time, a number with a sign in front (which may be a time as well), or something that only looks like
/// a date. Punctuation that begins no field separates fields.
struct IntervalScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// What a field looks like.
  struct Field: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
      case word
      /// Digits, or something beginning with digits that is not a time.
      case number
      /// Digits with a colon behind them.
      case time
      /// A sign and digits behind it, maybe more.
      case signed
      /// Has a place in a date, and none in an interval.
      case foreign
    }
    let kind: Kind
    let isNegative: Bool
    /// Where the field is, without its sign.
    let start: Int
    let end: Int
  }

  /// PostgreSQL takes so many and no more.
  static let maximumFields = 25
  /// PostgreSQL has room for 256 bytes of fields; a text below this length surely fits.
  static let safeLength = 200

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }
}

extension IntervalScanner {
  enum Step {
    case field(Field)
    case end
    /// PostgreSQL makes nothing of it.
    case malformed
  }

  /// The next field, from left to right.
  mutating func next() -> Step {
    while true {
      while TextForm.isSpace(peek) { position &+= 1 }
      if position == bytes.count { return .end }
      let first = peek
      if TextForm.isDigit(first) { return .field(digits()) }
      if first == UInt8(ascii: ".") { return .field(run(.number) { TextForm.isDigit($0) }) }
      if Self.isLetter(first) { return .field(word()) }
      if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { return signed() }
      guard first > 0x20 && first < 0x7F else { return .malformed }
      position &+= 1
    }
  }

  private var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
  }

  private mutating func skip(_ belongs: (UInt8) -> Bool) {
    while position < bytes.count, belongs(bytes[position]) { position &+= 1 }
  }

  /// A field from here, of which the first byte belongs to it anyway.
  private mutating func run(_ kind: Field.Kind, _ belongs: (UInt8) -> Bool) -> Field {
    let start = position
    position &+= 1
    skip(belongs)
    return Field(kind: kind, isNegative: false, start: start, end: position)
  }

  private mutating func digits() -> Field {
    let start = position
    skip(TextForm.isDigit)
    var kind = Field.Kind.number
    if peek == UInt8(ascii: ":") {
      kind = .time
      skip { TextForm.isDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
    } else if Self.isSeparator(peek) {
      let separator = peek
      position &+= 1
      if TextForm.isDigit(peek) {
        skip(TextForm.isDigit)
        if peek == separator { skip { TextForm.isDigit($0) || $0 == separator } }
      } else {
        skip { TextForm.isDigit($0) || Self.isLetter($0) || $0 == separator }
      }
    }
    return Field(kind: kind, isNegative: false, start: start, end: position)
  }

  private mutating func word() -> Field {
    let start = position
    skip(Self.isLetter)
    let word = UnsafeBufferPointer(rebasing: bytes[start..<position])
    let isDate =
      Self.isSeparator(peek) || (peek == UInt8(ascii: "+") || TextForm.isDigit(peek)) && !Self.mayTouchDigits(word)
    guard isDate else { return Field(kind: .word, isNegative: false, start: start, end: position) }
    skip { Self.isLetter($0) || TextForm.isDigit($0) || Self.isSeparator($0) || [0x2B, 0x5F, 0x3A].contains($0) }
    return Field(kind: .foreign, isNegative: false, start: start, end: position)
  }

  /// Words of dates: only these may be followed by a digit without a blank.
  private static func mayTouchDigits(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    if word.count > 9 { return false }
    return wordsOfDates.contains(word.reduce(0) { $0 << 8 | UInt128($1 | 0x20) })
  }

  private static let wordsOfDates: Set<UInt128> = {
    let words = """
      ad allballs am apr april at aug august bc d dec december dow doy dst epoch feb february fri friday h infinity isodow isoyear j jan \
      january jd jul julian july jun june m mar march may mm mon monday nov november now oct october on pm s sat saturday sep sept \
      september sun sunday t thu thur thurs thursday today tomorrow tue tues tuesday wed wednesday weds y yesterday
      """
    return Set(words.split(separator: " ").map { $0.utf8.reduce(0) { $0 << 8 | UInt128($1) } })
  }()

  /// Blanks may stand behind the sign.
  private mutating func signed() -> Step {
    let isNegative = peek == UInt8(ascii: "-")
    position &+= 1
    while TextForm.isSpace(peek) { position &+= 1 }
    let start = position
    if TextForm.isDigit(peek) {
      skip { TextForm.isDigit($0) || $0 == 0x3A || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
      return .field(Field(kind: .signed, isNegative: isNegative, start: start, end: position))
    }
    guard Self.isLetter(peek) else { return .malformed }
    skip(Self.isLetter)
    return .field(Field(kind: .foreign, isNegative: isNegative, start: start, end: position))
  }
}
