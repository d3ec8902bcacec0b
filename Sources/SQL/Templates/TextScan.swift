import Glibc
import Relations

/// One light pass over a text: what it says beside its literals, and where those are.
///
///     SELECT note FROM orders WHERE id = 7 AND total > 1.50 AND region IN ('emea', 'apac')   -- a comment
///     select·note·from·orders·where·id·=·int·and·total·>·decimal·and·region·in·(·strings·)
///
/// Texts with the same *skeleton* are cut into the same tokens by PostgreSQL, literals aside: words in lower case, quoted names and runs of
/// symbols as they stand, a kind for each literal. Numbers tell by their kind which type they are of. A list of literals of one kind
/// behind `IN` is one piece, however long.
///
/// It gives up on everything that is rare or that the surroundings could make something else: strings with letters before them, strings
/// that go on in another line, nested comments, digits with letters behind them. Then the whole path has to be taken.
///
/// Shaped for some hundred bytes at a time, a million times: it keeps its buffers and allocates nothing.
struct TextScan: ~Copyable {
  /// The longest text that it looks at.
  static let longest = 1 << 14

  private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: 4 * TextScan.longest)
  private(set) var length = 0
  private(set) var slots: [Slot] = []
  private(set) var lists: [List] = []

  /// A literal.
  struct Slot {
    let kind: Kind
    /// Its bytes, without the quotes.
    let start: Int
    let end: Int
    /// Where its token begins, and where the minus sign before it is, if one is.
    let place: Int
    let minus: Int

    enum Kind: UInt8 {
      case int4 = 1
      case int8, decimal, string
      /// With doubled quotes in it.
      case quotedString
    }
  }

  /// A list behind `IN`: its literals, which follow each other.
  struct List {
    let slots: Range<Int>
  }

  /// A byte that no text has stands behind each token, and one for each kind of literal.
  private enum Mark {
    static let end: UInt8 = 0
    static let list: UInt8 = 7
  }

  deinit { buffer.deallocate() }

  var skeleton: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: buffer, count: length) }
}

// MARK: - The pass

extension TextScan {
  /// Looks at a text; false if it gives up.
  mutating func scan(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    length = 0
    slots.removeAll(keepingCapacity: true)
    lists.removeAll(keepingCapacity: true)
    guard text.count <= TextScan.longest, text.isEmpty || memchr(text.baseAddress!, 0, text.count) == nil else { return false }
    var cursor = Cursor(text)
    var before = Before.other
    while true {
      guard cursor.skipSpace() else { return false }
      guard let byte = cursor.byte else { return true }
      switch Class.of(byte) {
      case .word:
        let word = cursor.word()
        guard !startsString(cursor, word) else { return false }
        before = append(word, cursor) ? .in : .other
      case .digit, .quote, .dollar:
        let minus = before.minus
        if byte == UInt8(ascii: "$"), cursor.isParameter {
          guard let parameter = cursor.parameter() else { return false }
          append(cursor, parameter)
          before = .other
          continue
        }
        guard let slot = cursor.literal(minus: minus),
          !(slot.isString && before == .string)
        else { return false }
        slots.append(slot)
        append(slot.kind.joined.rawValue)
        append(Mark.end)
        before = slot.isString ? .string : .other
      case .symbol:
        let run = cursor.symbols()
        append(cursor, run)
        before = cursor.text[run.upperBound - 1] == UInt8(ascii: "-") ? .minus(run.upperBound - 1) : .other
      case .doubleQuote:
        guard let name = cursor.quotedName() else { return false }
        append(cursor, name)
        before = .other
      case .colon:
        guard let pair = cursor.typeCast() else { return false }
        append(cursor, pair)
        before = .other
      case .mark:
        let start = cursor.position
        cursor.position += 1
        if byte == UInt8(ascii: "."), cursor.isDotOrDigit { return false }
        append(cursor, start..<start + 1)
        if byte == UInt8(ascii: "("), before == .in { _ = list(&cursor) }
        before = .other
      case .odd: return false
      }
    }
  }

  /// What stood before, as far as it matters to what follows.
  private enum Before: Equatable {
    case other, string, `in`
    /// A run of symbols with a minus sign at the end.
    case minus(Int)

    var minus: Int { if case .minus(let place) = self { place } else { -1 } }
  }

  /// Literals of one kind with commas between, up to the closing bracket; false, with the cursor where it was, if it is something else.
  private mutating func list(_ cursor: inout Cursor) -> Bool {
    let before = cursor
    let count = slots.count
    var kind: Slot.Kind?
    while true {
      guard cursor.skipSpace() else { break }
      var minus = -1
      if cursor.byte == UInt8(ascii: "-") {
        let run = cursor.symbols()
        guard run.count == 1, cursor.skipSpace() else { break }
        minus = run.lowerBound
      }
      guard let byte = cursor.byte, Class.of(byte).beginsLiteral, !cursor.isParameter, let slot = cursor.literal(minus: minus),
        slot.kind.joined == kind ?? slot.kind.joined, minus < 0 || !slot.isString, cursor.skipSpace()
      else { break }
      kind = slot.kind.joined
      slots.append(slot)
      if cursor.byte == UInt8(ascii: ",") {
        cursor.position += 1
        continue
      }
      guard cursor.byte == UInt8(ascii: ")") else { break }
      cursor.position += 1
      lists.append(List(slots: count..<slots.count))
      append(Mark.list)
      append(slot.kind.joined.rawValue)
      append(Mark.end)
      append(UInt8(ascii: ")"))
      append(Mark.end)
      return true
    }
    slots.removeSubrange(count...)
    cursor = before
    return false
  }

  /// Whether a word is the first letter of a string or quoted name: `E'…'`, `U&"…"`.
  private func startsString(_ cursor: Cursor, _ word: Range<Int>) -> Bool {
    guard word.count == 1, let next = cursor.byte else { return false }
    return next == UInt8(ascii: "'") || (next == UInt8(ascii: "&") && cursor.text[word.lowerBound] | 0x20 == UInt8(ascii: "u"))
  }
}

// MARK: - Writing the skeleton

extension TextScan {
  private mutating func append(_ byte: UInt8) {
    buffer[length] = byte
    length += 1
  }

  private mutating func append(_ cursor: Cursor, _ range: Range<Int>) {
    for i in range { append(cursor.text[i]) }
    append(Mark.end)
  }

  /// A word in lower case; whether it is `in`.
  private mutating func append(_ word: Range<Int>, _ cursor: Cursor) -> Bool {
    let start = length
    for i in word {
      let byte = cursor.text[i]
      append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
    }
    append(Mark.end)
    return word.count == 2 && buffer[start] == UInt8(ascii: "i") && buffer[start + 1] == UInt8(ascii: "n")
  }
}

extension TextScan.Slot {
  var isString: Bool { kind.joined == .string }
}

extension TextScan.Slot.Kind {
  /// The kind that the skeleton has.
  fileprivate var joined: TextScan.Slot.Kind { self == .quotedString ? .string : self }
}

// MARK: - Bytes

/// What a byte can begin.
private enum Class: UInt8 {
  case odd, word, digit, quote, doubleQuote, dollar, symbol, colon, mark

  var beginsLiteral: Bool { self == .digit || self == .quote || self == .dollar }

  @inline(__always)
  static func of(_ byte: UInt8) -> Class {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...: .word
    case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
    case UInt8(ascii: "'"): .quote
    case UInt8(ascii: "\""): .doubleQuote
    case UInt8(ascii: "$"): .dollar
    case UInt8(ascii: ":"): .colon
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: "."):
      .mark
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "="), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "%"),
      UInt8(ascii: "^"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "`"), UInt8(ascii: "?"):
      .symbol
    default: .odd
    }
  }
}

/// A place in a text, and the pieces that begin there.
private struct Cursor {
  let text: UnsafeBufferPointer<UInt8>
  var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var byte: UInt8? { position < text.count ? text[position] : nil }
  private func at(_ place: Int) -> UInt8 { place < text.count ? text[place] : 0 }

  private static func isWord(_ byte: UInt8) -> Bool {
    isNameStart(byte) || isDigit(byte) || byte == UInt8(ascii: "$")
  }

  /// False at a comment that does not end, or has the beginning of another one in it.
  mutating func skipSpace() -> Bool {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: position += 1
      case UInt8(ascii: "-") where at(position + 1) == UInt8(ascii: "-"):
        while position < text.count, text[position] != 0x0A, text[position] != 0x0D { position += 1 }
      case UInt8(ascii: "/") where at(position + 1) == UInt8(ascii: "*"):
        position += 2
        while !(at(position) == UInt8(ascii: "*") && at(position + 1) == UInt8(ascii: "/")) {
          if position >= text.count || (at(position) == UInt8(ascii: "/") && at(position + 1) == UInt8(ascii: "*")) { return false }
          position += 1
        }
        position += 2
      default: return true
      }
    }
    return true
  }

  mutating func word() -> Range<Int> {
    let start = position
    while position < text.count, Self.isWord(text[position]) { position += 1 }
    return start..<position
  }

  /// A run of symbols up to a comment. How PostgreSQL cuts it depends on nothing else.
  mutating func symbols() -> Range<Int> {
    let start = position
    while position < text.count, Class.of(text[position]) == .symbol {
      let (byte, next) = (text[position], at(position + 1))
      if byte == UInt8(ascii: "-"), next == byte { break }
      if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") { break }
      position += 1
    }
    return start..<position
  }

  mutating func typeCast() -> Range<Int>? {
    guard at(position + 1) == UInt8(ascii: ":"), at(position + 2) != UInt8(ascii: ":"), at(position + 2) != UInt8(ascii: "=") else {
      return nil
    }
    position += 2
    return position - 2..<position
  }

  mutating func quotedName() -> Range<Int>? {
    let start = position
    position += 1
    while position < text.count {
      if text[position] == UInt8(ascii: "\"") {
        position += 1
        if at(position) != UInt8(ascii: "\"") { return start..<position }
      }
      position += 1
    }
    return nil
  }

  /// After a dot: what would make it a number, or two dots a token.
  var isDotOrDigit: Bool { byte.map { $0 == UInt8(ascii: ".") || isDigit($0) } ?? false }

  var isParameter: Bool { at(position) == UInt8(ascii: "$") && isDigit(at(position + 1)) }

  mutating func parameter() -> Range<Int>? {
    let start = position
    position += 1
    while isDigit(at(position)) { position += 1 }
    return Self.isWord(at(position)) ? nil : start..<position
  }
}

extension Cursor {
  /// Nil for what is none, or none that we take.
  mutating func literal(minus: Int) -> TextScan.Slot? {
    switch text[position] {
    case UInt8(ascii: "'"): string(minus)
    case UInt8(ascii: "$"): dollarString(minus)
    default: number(minus)
    }
  }

  private mutating func string(_ minus: Int) -> TextScan.Slot? {
    let place = position
    var kind = TextScan.Slot.Kind.string
    position += 1
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: "'") {
        if at(position + 1) != byte {
          position += 1
          return TextScan.Slot(kind: kind, start: place + 1, end: position - 1, place: place, minus: minus)
        }
        if !Planted.bug("doubled quotes are two characters") { kind = .quotedString }
        position += 1
      }
      position += 1
    }
    return nil
  }

  /// `$$…$$` and `$tag$…$tag$`.
  private mutating func dollarString(_ minus: Int) -> TextScan.Slot? {
    let place = position
    position += 1
    if isNameStart(at(position)) {
      while isNameStart(at(position)) || isDigit(at(position)) { position += 1 }
    }
    guard at(position) == UInt8(ascii: "$") else { return nil }
    position += 1
    let (start, tag) = (position, position - place)
    while position + tag <= text.count {
      if text[position] == UInt8(ascii: "$"), (0..<tag).allSatisfy({ text[position + $0] == text[place + $0] }) {
        position += tag
        return TextScan.Slot(kind: .string, start: start, end: position - tag, place: place, minus: minus)
      }
      position += 1
    }
    return nil
  }

  /// Digits, with a point and an exponent perhaps; the kind tells the type.
  private mutating func number(_ minus: Int) -> TextScan.Slot? {
    let place = position
    // However many zeros come first, the rest decides.
    if text[place] == UInt8(ascii: "0"), isDigit(at(place + 1)) { return nil }
    var value: UInt64 = 0
    while isDigit(at(position)) {
      if position - place < 19 { value = value &* 10 &+ UInt64(text[position] &- 0x30) }
      position += 1
    }
    var kind = TextScan.Slot.Kind.int4
    if position - place > 18 {
      kind = .decimal
    } else if value > (Planted.bug("an int4 has 32 bits of digits") ? 0xFFFF_FFFF : 0x7FFF_FFFF) {
      kind = .int8
    }
    // With a sign they are of another type.
    if (value == 0x8000_0000 && !Planted.bug("the least int4 is an int8")) || position - place == 19 { return nil }
    if at(position) == UInt8(ascii: ".") {
      if at(position + 1) == UInt8(ascii: ".") { return nil }
      kind = .decimal
      position += 1
      while isDigit(at(position)) { position += 1 }
    }
    if at(position) | 0x20 == UInt8(ascii: "e") {
      let sign = at(position + 1) == UInt8(ascii: "+") || at(position + 1) == UInt8(ascii: "-") ? 1 : 0
      guard isDigit(at(position + 1 + sign)) else { return nil }
      kind = .decimal
      position += 2 + sign
      while isDigit(at(position)) { position += 1 }
    }
    if Self.isWord(at(position)) || at(position) == UInt8(ascii: ".") { return nil }
    return TextScan.Slot(kind: kind, start: place, end: position, place: place, minus: minus)
  }
}
