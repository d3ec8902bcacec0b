/// Strings: up to the next quote, backslash or control character eight bytes at a time.
extension JSONScanner {
  /// - Precondition: a quote comes next.
  @inline(__always)
  mutating func string() throws(Fault) -> JSONToken {
    let start = at &+ 1
    var i = start
    while true {
      let word = UnsafeRawPointer(base + i).loadUnaligned(as: UInt64.self).littleEndian
      let stops = Self.stops(word)
      if stops == 0 {
        i &+= 8
        continue
      }
      i &+= stops.trailingZeroBitCount &>> 3
      if base[i] == UInt8(ascii: "\"") {
        at = i &+ 1
        return JSONToken(.string, from: start, to: i)
      }
      return try escapedString(start, i)
    }
  }

  /// The high bit of the first byte that is a quote, a backslash or below a blank; higher bits mean nothing.
  @inline(__always)
  private static func stops(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let hits =
      ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- (ones &* 0x20)) & ~word)
    return hits & (ones &* 0x80)
  }

  /// Goes on at a backslash or at a character that must not be there.
  @inline(never)
  private mutating func escapedString(_ start: Int, _ stop: Int) throws(Fault) -> JSONToken {
    var i = stop
    while true {
      switch base[i] {
      case UInt8(ascii: "\""):
        at = i + 1
        return JSONToken(.string, from: start, to: i, isEscaped: true)
      case UInt8(ascii: "\\"):
        i += try lengthOfEscape(i)
      case 0..<0x20:
        throw brokenString(start, i)
      default:
        i += 1
      }
    }
  }

  private func lengthOfEscape(_ i: Int) throws(Fault) -> Int {
    switch base[i + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      return 2
    case UInt8(ascii: "u"):
      // The zero at the end is no digit: nothing behind it is looked at.
      for digit in 2..<6 where JSONText.hexadecimal(base[i + digit]) == nil { throw badEscape(i) }
      return 6
    default:
      throw badEscape(i)
    }
  }

  private func badEscape(_ i: Int) -> Fault {
    Fault(
      .syntax, at: i, "a backslash begins an escape that JSON does not have",
      advice: "write a backslash as \\\\, other characters as they are or as \\u and four hexadecimal digits")
  }

  private func brokenString(_ start: Int, _ i: Int) -> Fault {
    if i >= count {
      return Fault(.syntax, at: start - 1, "the string is not closed", advice: "end it with a double quote, on the same line")
    }
    return Fault(
      .syntax, at: i, "a control character (\(base[i])) stands in a string",
      advice: "write it as \\n, \\t or \\u and four hexadecimal digits")
  }
}
