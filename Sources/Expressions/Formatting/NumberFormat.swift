import Relations

/// A template of `to_char` and `to_number`: digits, points and commas with signs and text around them.
///
/// What depends on the locale (`D`, `G`, `L`) and what is rare (`B`, `C`, `EEEE`, `RN`, `SP`, `V`) is `unsupported`.
struct NumberFormat: Sendable {
  private(set) var nodes: [Node] = []
  /// Digits before and behind the point.
  private(set) var whole = 0
  private(set) var fraction = 0
  private(set) var hasPoint = false
  /// The first place before the point that is zero rather than blank; nil if there is none.
  private(set) var firstZero: Int?
  /// After how many digits the last `0` is.
  private(set) var zeroEnd = 0
  /// `FM`: without blanks and zeros that fill it up.
  private(set) var isBare = false
  private(set) var sign = Sign.plain
  /// Whether `MI` and `PL` or `SG` write signs.
  private(set) var hasMinus = false
  private(set) var hasPlus = false
  /// How many digits stood before the `S`.
  private var signPlace = -1

  enum Node: Sendable {
    case digit(isZero: Bool), point, comma, minus, plus, eitherSign
    case ordinal(DateTimeFormat.Letters)
    case text([UInt8])
  }

  enum Sign: Sendable {
    /// A minus or a blank before the first digit.
    case plain
    /// `S`: a sign before the first digit, or after the last.
    case anchoredBefore, anchoredAfter
    /// `PR`: negative numbers in angle brackets.
    case brackets
  }
}

extension NumberFormat {
  var hasAnchoredSign: Bool { sign == .anchoredBefore || sign == .anchoredAfter }

  /// The same with fewer digits behind the point, for a number that has no more.
  func with(fraction: Int) -> NumberFormat {
    var result = self
    result.fraction = fraction
    return result
  }
}

// MARK: - Reading a template

extension NumberFormat {
  init(_ template: UnsafeBufferPointer<UInt8>) throws(Failure) {
    var place = 0
    while place < template.count {
      if let (word, keyword) = Self.keywords.first(where: { template.hasWord($0.0, at: place) }) {
        place += word.count
        try read(keyword)
      } else {
        readLiteral(template, &place)
      }
    }
    // An `S` behind all digits stands behind them.
    if sign == .anchoredBefore && signPlace == whole && !hasMinus && !hasPlus { sign = .anchoredAfter }
  }

  private enum Keyword {
    case nine, zero, point, comma, bare, sign, minus, plus, eitherSign, brackets
    case ordinal(DateTimeFormat.Letters)
    case unsupported
  }

  private static let keywords: [([UInt8], Keyword)] = {
    var words: [([UInt8], Keyword)] = []
    func add(_ word: String, _ keyword: Keyword) { words.append((Array(word.utf8), keyword)) }
    func addBoth(_ word: String, _ keyword: Keyword) {
      add(word, keyword)
      add(word.lowercased(), keyword)
    }
    add("9", .nine)
    add("0", .zero)
    add(".", .point)
    add(",", .comma)
    add("TH", .ordinal(.upper))
    add("th", .ordinal(.lower))
    addBoth("FM", .bare)
    addBoth("MI", .minus)
    addBoth("PL", .plus)
    addBoth("SG", .eitherSign)
    addBoth("PR", .brackets)
    for word in ["EEEE", "RN", "SP", "B", "C", "D", "G", "L", "V"] { addBoth(word, .unsupported) }
    addBoth("S", .sign)
    return words
  }()

  private mutating func read(_ keyword: Keyword) throws(Failure) {
    switch keyword {
    case .nine: try readDigit(isZero: false)
    case .zero: try readDigit(isZero: true)
    case .point:
      if hasPoint { throw .badTemplate("multiple decimal points") }
      hasPoint = true
      nodes.append(.point)
    case .comma: nodes.append(.comma)
    case .bare: isBare = true
    case .sign: try readSign()
    case .minus, .plus, .eitherSign: try readMark(keyword)
    case .brackets:
      if sign != .plain && sign != .brackets || hasMinus || hasPlus { throw .badTemplate("cannot use \"PR\" and a sign together") }
      sign = .brackets
    case .ordinal(let letters): nodes.append(.ordinal(letters))
    case .unsupported: throw .unsupported("a rare template of numbers")
    }
  }

  private mutating func readDigit(isZero: Bool) throws(Failure) {
    if sign == .brackets { throw .badTemplate("digits must be ahead of \"PR\"") }
    if isZero && firstZero == nil && !hasPoint { firstZero = whole }
    if hasPoint { fraction += 1 } else { whole += 1 }
    if isZero { zeroEnd = whole + fraction }
    nodes.append(.digit(isZero: isZero))
  }

  private mutating func readSign() throws(Failure) {
    if sign == .anchoredBefore || sign == .anchoredAfter { throw .badTemplate("cannot use \"S\" twice") }
    if sign == .brackets || hasMinus || hasPlus { throw .badTemplate("cannot use \"S\" with another sign") }
    sign = hasPoint ? .anchoredAfter : .anchoredBefore
    signPlace = whole
  }

  private mutating func readMark(_ keyword: Keyword) throws(Failure) {
    if sign == .anchoredBefore || sign == .anchoredAfter { throw .badTemplate("cannot use \"S\" with another sign") }
    switch keyword {
    case .minus:
      hasMinus = true
      nodes.append(.minus)
    case .plus:
      hasPlus = true
      nodes.append(.plus)
    default:
      (hasMinus, hasPlus) = (true, true)
      nodes.append(.eitherSign)
    }
  }

  private mutating func readLiteral(_ template: UnsafeBufferPointer<UInt8>, _ place: inout Int) {
    let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
    var isQuoted = false
    if template[place] == quote {
      isQuoted = true
      place += 1
    } else if template[place] == backslash, place + 1 < template.count, template[place + 1] == quote {
      place += 1
    }
    var text: [UInt8] = []
    while place < template.count {
      if isQuoted && template[place] == quote {
        place += 1
        break
      }
      if isQuoted && template[place] == backslash && place + 1 < template.count { place += 1 }
      let end = template.endOfCharacter(at: place)
      text.append(contentsOf: template[place..<end])
      place = end
      if !isQuoted { break }
    }
    nodes.append(.text(text))
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func hasWord(_ word: [UInt8], at place: Int) -> Bool {
    place + word.count <= count && word.indices.allSatisfy { self[place + $0] == word[$0] }
  }
}

extension Failure {
  fileprivate static func badTemplate(_ message: String) -> Failure { .raised(SQLError(SQLState("42601"), message)) }
}
