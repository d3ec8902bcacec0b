/// Numbers: where the digits are. Nothing here goes through floating point, or through any other kind of number.
extension JSONScanner {
  /// - Precondition: a digit or a minus comes next.
  @inline(__always)
  mutating func number() throws(Fault) -> JSONToken {
    let start = at
    if base[at] == UInt8(ascii: "-") { at &+= 1 }
    let first = at
    skipDigits()
    if at == first || (at > first &+ 1 && base[first] == UInt8(ascii: "0")) { throw badNumber(start) }
    if base[at] == UInt8(ascii: ".") {
      at &+= 1
      guard base[at] &- 0x30 <= 9 else { throw badNumber(start) }
      skipDigits()
    }
    if base[at] | 0x20 == UInt8(ascii: "e") { try exponent(start) }
    return JSONToken(.number, from: start, to: at)
  }

  @inline(__always)
  private mutating func skipDigits() {
    while base[at] &- 0x30 <= 9 { at &+= 1 }
  }

  private mutating func exponent(_ start: Int) throws(Fault) {
    at += 1
    if base[at] == UInt8(ascii: "+") || base[at] == UInt8(ascii: "-") { at += 1 }
    guard base[at] &- 0x30 <= 9 else { throw badNumber(start) }
    skipDigits()
  }

  @inline(never)
  private func badNumber(_ start: Int) -> Fault {
    Fault(
      .syntax, at: start, "this is no number in JSON",
      advice: "write digits without zeros before them, at most one point with digits on both sides, or a string")
  }
}
