/// Finds members in the text of a JSON document, without reading what is beside them.
///
/// Shaped for documents of some hundred bytes of which one member is wanted, a million times: bytes are passed once, and nothing is
/// allocated. Works on the stored form of `jsonb` and on any `json`, both of which are known to be of good grammar.
///
/// Valid only as long as the text that it was made of.
public struct DocumentCursor {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// Whether each name is there once, in the form in which PostgreSQL writes it.
  private let isCanonical: Bool

  /// What a value is, by its first byte.
  public enum Kind: Sendable { case null, bool, number, string, array, object }

  public init(_ bytes: UnsafeBufferPointer<UInt8>, isCanonical: Bool) {
    self.bytes = bytes
    self.isCanonical = isCanonical
  }

  /// The whole document, without white space around it; nil for no text at all, as it lies under a null.
  @inline(__always)
  public var root: Range<Int>? {
    var start = 0
    skipSpace(&start)
    guard start < bytes.count else { return nil }
    var end = start
    skipValue(&end)
    return start..<end
  }

  @inline(__always)
  public func kind(_ value: Range<Int>) -> Kind {
    switch bytes[value.lowerBound] {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }
}

extension DocumentCursor {
  /// Whether a value is neither array nor object.
  @inline(__always)
  public func isScalar(_ value: Range<Int>) -> Bool {
    bytes[value.lowerBound] != UInt8(ascii: "{") && bytes[value.lowerBound] != UInt8(ascii: "[")
  }
}

// MARK: - Members

extension DocumentCursor {
  /// The value of a name in an object; nil if there is none, and in what is no object. Of a name that is there twice the last one.
  ///
  /// - Parameter quoted: the name as a JSON string of PostgreSQL's, with its quotes.
  @inline(__always)
  public func member(_ quoted: UnsafeBufferPointer<UInt8>, in object: Range<Int>) -> Range<Int>? {
    var found: Range<Int>?
    forEachMember(quoted, in: object) { found = $0 }
    return found
  }

  /// Visits each value of a name: one at most, if the document is canonical.
  @inline(__always)
  public func forEachMember(
    _ quoted: UnsafeBufferPointer<UInt8>, in object: Range<Int>, _ visit: (Range<Int>) -> Void
  ) {
    guard kind(object) == .object else { return }
    var place = object.lowerBound + 1
    skipSpace(&place)
    while bytes[place] != UInt8(ascii: "}") {
      let start = place
      skipString(&place)
      let isSought = equals(start..<place, quoted)
      skipSpace(&place)
      place &+= 1  // The colon.
      skipSpace(&place)
      let value = place
      skipValue(&place)
      if isSought {
        visit(value..<place)
        if isCanonical { return }
      }
      passSeparator(&place)
    }
  }

  /// The element at a place, counted from 0, or from -1 at the end; nil if there is none, and in what is no array.
  public func element(_ index: Int, in array: Range<Int>) -> Range<Int>? {
    guard kind(array) == .array else { return nil }
    var index = index
    if index < 0 {
      index += count(array)
      if index < 0 { return nil }
    }
    var found: Range<Int>?
    forEachElement(of: array) { place, value in
      if place == index { found = value }
      return place < index
    }
    return found
  }

  /// How many elements an array has, or members an object.
  public func count(_ container: Range<Int>) -> Int {
    var count = 0
    if kind(container) == .array {
      forEachElement(of: container) { _, _ in
        count += 1
        return true
      }
    } else if kind(container) == .object {
      forEachMember(of: container) { _, _ in count += 1 }
    }
    return count
  }

  /// Visits elements for as long as `visit` says so.
  @inline(__always)
  public func forEachElement(of array: Range<Int>, _ visit: (Int, Range<Int>) -> Bool) {
    var place = array.lowerBound + 1
    var index = 0
    skipSpace(&place)
    while bytes[place] != UInt8(ascii: "]") {
      let start = place
      skipValue(&place)
      guard visit(index, start..<place) else { return }
      index &+= 1
      passSeparator(&place)
    }
  }

  /// Visits members: the name with its quotes, and the value.
  @inline(__always)
  public func forEachMember(of object: Range<Int>, _ visit: (Range<Int>, Range<Int>) -> Void) {
    var place = object.lowerBound + 1
    skipSpace(&place)
    while bytes[place] != UInt8(ascii: "}") {
      let name = place
      skipString(&place)
      let nameEnd = place
      skipSpace(&place)
      place &+= 1
      skipSpace(&place)
      let value = place
      skipValue(&place)
      visit(name..<nameEnd, value..<place)
      passSeparator(&place)
    }
  }

  @inline(__always)
  private func equals(_ name: Range<Int>, _ quoted: UnsafeBufferPointer<UInt8>) -> Bool {
    let own = UnsafeBufferPointer(rebasing: bytes[name])
    if own.count == quoted.count, own.elementsEqual(quoted) { return true }
    return !isCanonical && own.contains(UInt8(ascii: "\\")) && equalsUnescaped(own, quoted)
  }

  /// `json` keeps names as they were written.
  private func equalsUnescaped(_ name: UnsafeBufferPointer<UInt8>, _ quoted: UnsafeBufferPointer<UInt8>) -> Bool {
    let content = UnsafeBufferPointer(rebasing: name[1..<name.count - 1])
    guard let text = try? DocumentText.unescaped(content) else { return false }
    var own: [UInt8] = []
    DocumentText.appendQuoted(text, to: &own)
    return own.elementsEqual(quoted)
  }
}

// MARK: - Passing over

extension DocumentCursor {
  @inline(__always)
  private func skipSpace(_ place: inout Int) {
    while place < bytes.count, bytes[place] <= 0x20 { place &+= 1 }
  }

  /// Behind a value: a comma and what is before the next one, if there is one.
  @inline(__always)
  private func passSeparator(_ place: inout Int) {
    skipSpace(&place)
    if bytes[place] == UInt8(ascii: ",") {
      place &+= 1
      skipSpace(&place)
    }
  }

  /// - Precondition: a quote is at the place.
  @inline(__always)
  private func skipString(_ place: inout Int) {
    place &+= 1
    while bytes[place] != UInt8(ascii: "\"") { place &+= bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
    place &+= 1
  }

  @inline(__always)
  private func skipValue(_ place: inout Int) {
    switch bytes[place] {
    case UInt8(ascii: "\""): skipString(&place)
    case UInt8(ascii: "{"), UInt8(ascii: "["): skipContainer(&place)
    default:
      while place < bytes.count {
        switch bytes[place] {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0...0x20: return
        default: place &+= 1
        }
      }
    }
  }

  private func skipContainer(_ place: inout Int) {
    var depth = 0
    while true {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        skipString(&place)
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth &-= 1
        if depth == 0 {
          place &+= 1
          return
        }
      default: break
      }
      place &+= 1
    }
  }
}

// MARK: - Strings

extension DocumentCursor {
  /// What a string between its quotes stands for. 22P05 for U+0000, which a `json` may have.
  public static func unescaped(_ content: UnsafeBufferPointer<UInt8>) throws(Failure) -> [UInt8] {
    try DocumentText.unescaped(content)
  }
}
