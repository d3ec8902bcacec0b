/// Goes over JSON once, from left to right, and says what is where. It checks the grammar of everything it passes; what strings and
/// numbers mean is for who reads their slices.
///
/// Shaped for lines of some hundred bytes with short names and values: the loops over strings take eight bytes at a time and need not
/// look for the end, because the byte behind the text is zero, which stands nowhere in JSON.
///
/// - Precondition: the text is UTF-8 without U+0000; the byte behind it is zero, and eight further ones may be loaded.
struct JSONScanner {
  let base: UnsafePointer<UInt8>
  let count: Int
  /// The offset of the next byte.
  var at = 0

  /// Deeper documents are refused: whoever reads them recurses.
  static let deepest = 1_000

  init(_ text: UnsafeBufferPointer<UInt8>) {
    base = text.baseAddress!
    count = text.count
    assert(base[count] == 0, "a zero ends the text")
  }

  /// Goes over a part of a text. What stands behind it is zero, or ends a value.
  init(base: UnsafePointer<UInt8>, _ range: Range<Int>) {
    self.base = base
    count = range.upperBound
    at = range.lowerBound
  }

  /// Goes over a value again that was passed before, in the text it stood in.
  init(again token: JSONToken, _ base: UnsafePointer<UInt8>) {
    self.base = base
    count = token.offset + Int(token.length)
    at = token.place
  }
}

// MARK: - Moving on

extension JSONScanner {
  /// The next byte that is no white space; zero at the end.
  @inline(__always)
  mutating func peek() -> UInt8 {
    var byte = base[at]
    while byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      at &+= 1
      byte = base[at]
    }
    return byte
  }

  /// Passes a byte if it comes next.
  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    at &+= 1
    return true
  }

  /// Passes `{` or `[`, which must come next.
  @inline(__always)
  mutating func open(_ bracket: UInt8) throws(Fault) {
    guard take(bracket) else { throw unexpected(bracket == UInt8(ascii: "{") ? "an object" : "an array") }
  }

  /// Passes a comma (there is more) or the closing bracket (there is not).
  @inline(__always)
  mutating func more(_ bracket: UInt8) throws(Fault) -> Bool {
    let byte = peek()
    guard byte == UInt8(ascii: ",") || byte == bracket else {
      throw unexpected("a comma or a closing \(bracket == UInt8(ascii: "}") ? "brace" : "bracket")")
    }
    at &+= 1
    return byte != bracket
  }

  /// A field's name and the colon behind it.
  @inline(__always)
  mutating func key() throws(Fault) -> JSONToken {
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a field's name in double quotes") }
    let key = try string()
    guard take(UInt8(ascii: ":")) else { throw unexpected("a colon") }
    return key
  }

  /// Nothing but white space may be left.
  mutating func end() throws(Fault) {
    guard peek() == 0, at == count else { throw unexpected("the end of the line") }
  }
}

// MARK: - Values

extension JSONScanner {
  /// Any value. An array or object is passed whole.
  @inline(__always)
  mutating func value(depth: Int = 0) throws(Fault) -> JSONToken {
    switch peek() {
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): try number()
    default: try otherValue(depth: depth)
    }
  }

  @inline(never)
  private mutating func otherValue(depth: Int) throws(Fault) -> JSONToken {
    switch base[at] {
    case UInt8(ascii: "t"): try word("true", .true)
    case UInt8(ascii: "f"): try word("false", .false)
    case UInt8(ascii: "n"): try word("null", .null)
    case UInt8(ascii: "{"): try object(depth: depth + 1)
    case UInt8(ascii: "["): try array(depth: depth + 1)
    default: throw unexpected("a value")
    }
  }

  private mutating func word(_ word: StaticString, _ kind: JSONToken.Kind) throws(Fault) -> JSONToken {
    let start = at
    for i in 0..<word.utf8CodeUnitCount where base[start + i] != word.utf8Start[i] { throw unexpected("a value") }
    at += word.utf8CodeUnitCount
    return JSONToken(kind, from: start, to: at)
  }

  /// An array or object may hold names twice: it is a document of the user's, in which PostgreSQL allows it.
  private mutating func object(depth: Int) throws(Fault) -> JSONToken {
    let start = try enter(depth)
    if !take(UInt8(ascii: "}")) {
      repeat {
        _ = try key()
        _ = try value(depth: depth)
      } while try more(UInt8(ascii: "}"))
    }
    return JSONToken(.object, from: start, to: at)
  }

  private mutating func array(depth: Int) throws(Fault) -> JSONToken {
    let start = try enter(depth)
    if !take(UInt8(ascii: "]")) {
      repeat { _ = try value(depth: depth) } while try more(UInt8(ascii: "]"))
    }
    return JSONToken(.array, from: start, to: at)
  }

  private mutating func enter(_ depth: Int) throws(Fault) -> Int {
    guard depth <= Self.deepest else {
      throw Fault(
        .tooLarge, at: at, "arrays and objects are nested more than \(Self.deepest) deep",
        advice: "write the value as a string, in PostgreSQL's text form")
    }
    at += 1
    return at - 1
  }
}

// MARK: - Faults

extension JSONScanner {
  /// What was expected, and what is there instead.
  @inline(never)
  func unexpected(_ expected: String) -> Fault {
    if at >= count {
      return Fault(.syntax, at: count, "expected \(expected), but the line ends", advice: "write each record on a line, whole")
    }
    let rest = UnsafeBufferPointer(start: base + at, count: min(count - at, 8))
    let found = String(decoding: rest, as: UTF8.self).first ?? " "
    return Fault(.syntax, at: at, "expected \(expected), not '\(found)'", advice: "see JSON's grammar, RFC 8259")
  }
}
