import Relations

/// `to_number`: a number out of a text that looks as the template says, or nearly so.
extension NumberFormat {
  func read(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> Numeric {
    // Releases differ in what they make of half a character.
    guard text.allSatisfy({ $0 < 0x80 }) else { throw .unsupported("to_number of a text that is not ASCII") }
    guard whole + fraction <= 900 else { throw .unsupported("to_number by a very long template") }
    var reader = Reader(self, text)
    for node in nodes where reader.place < text.count { reader.read(node) }
    let (digits, precision, scale) = (reader.number, whole + reader.fractionCount, reader.fractionCount)
    return try NumericKernels.raising { () throws(SQLError) in
      let number = try Numeric(parsing: digits)
      return number.signum == 0 ? number : try number.coerced(toPrecision: precision, scale: scale)
    }
  }

  /// Goes along template and text, side by side.
  private struct Reader {
    private let format: NumberFormat
    private let text: UnsafeBufferPointer<UInt8>
    private(set) var place = 0
    private var sign: UInt8?
    /// Digits and a point.
    private var digits: [UInt8] = []
    private var wholeCount = 0
    private(set) var fractionCount = 0
    private var hasPoint = false

    init(_ format: NumberFormat, _ text: UnsafeBufferPointer<UInt8>) { (self.format, self.text) = (format, text) }

    /// With nothing after a point, without it.
    var number: [UInt8] {
      var result = digits
      if result.last == UInt8(ascii: ".") { result.removeLast() }
      return (sign.map { [$0] } ?? []) + result
    }

    private func has(_ byte: Unicode.Scalar, at place: Int) -> Bool { place < text.count && text[place] == UInt8(ascii: byte) }
    private func hasDigit(at place: Int) -> Bool { place < text.count && 0x30...0x39 ~= text[place] }

    mutating func read(_ node: Node) {
      switch node {
      case .digit: readPart(takesSign: true)
      case .point: readPart(takesSign: false)
      case .comma: if !format.isBare && has(",", at: place) { place += 1 }
      case .minus: readMark("-", nil)
      case .plus: readMark("+", nil)
      case .eitherSign: readMark("-", "+")
      case .ordinal: if !format.hasPoint { skip(2) }
      // Each character of the template stands for one, whichever that is.
      case .text(let characters): place += characters.count { $0 & 0xC0 != 0x80 }
      }
    }

    private mutating func readMark(_ mark: Unicode.Scalar, _ other: Unicode.Scalar?) {
      if has(mark, at: place) || other.map({ has($0, at: place) }) ?? false {
        sign = text[place]
        place += 1
      } else {
        skip(1)
      }
    }

    /// Leaves out characters that are no part of a number.
    private mutating func skip(_ count: Int) {
      for _ in 0..<count where place < text.count {
        if hasDigit(at: place) || ".,+-".utf8.contains(text[place]) { return }
        place += 1
      }
    }

    /// A character where the template has a digit or the point, and the sign before or behind it.
    private mutating func readPart(takesSign: Bool) {
      defer { place += 1 }
      if has(" ", at: place) { place += 1 }
      if sign == nil && takesSign && digits.allSatisfy({ $0 == UInt8(ascii: ".") }) { readFirstSign() }
      guard place < text.count else { return }
      var isRead = false
      if hasDigit(at: place) {
        if hasPoint && fractionCount == format.fraction && !Planted.bug("digits beyond the template count") { return }
        digits.append(text[place])
        if hasPoint { fractionCount += 1 } else { wholeCount += 1 }
        isRead = true
      } else if format.hasPoint && !hasPoint && has(".", at: place) {
        digits.append(text[place])
        hasPoint = true
        isRead = true
      }
      if sign == nil && wholeCount + fractionCount > 0 { readLastSign(isRead) }
    }

    private mutating func readFirstSign() {
      let takesBrackets = format.sign == .brackets
      if has("-", at: place) || (takesBrackets && has("<", at: place)) {
        sign = UInt8(ascii: "-")
        place += 1
      } else if has("+", at: place) {
        sign = UInt8(ascii: "+")
        place += 1
      }
    }

    private mutating func readLastSign(_ isRead: Bool) {
      if format.hasAnchoredSign {
        guard isRead, has("-", at: place + 1) || has("+", at: place + 1) else { return }
        place += 1
        sign = text[place]
      } else if !isRead && (format.hasMinus || format.hasPlus), has("-", at: place) || has("+", at: place) {
        sign = text[place]
      }
    }
  }
}
