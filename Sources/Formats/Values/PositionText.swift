import Relations

/// Reading positions by the million: `X/Y` or digits, without making a string of them.
enum PositionText {
  /// A position as a string, or digits as a number.
  static func read(
    _ token: JSONToken, _ base: UnsafePointer<UInt8>, _ name: String
  ) throws(Fault) -> (position: Position, form: PositionForm) {
    if let found = lsn(token.bytes(base)), token.kind == .string { return (found, .lsn) }
    guard token.kind == .string || token.kind == .number else { throw token.wrong(name, "a position: \"X/Y\", or decimal digits") }
    do throws(SQLError) {
      return try Position.parse(String(decoding: token.bytes(base), as: UTF8.self))
    } catch {
      throw Fault(
        .value, at: token.place, "\"\(name)\" is no position",
        advice: "write \"X/Y\" as PostgreSQL prints an LSN, or decimal digits")
    }
  }

  @inline(__always)
  private static func lsn(_ text: UnsafeBufferPointer<UInt8>) -> Position? {
    var halves: (high: UInt64, low: UInt64) = (0, 0)
    var digits = 0
    var hasSlash = false
    for byte in text {
      if byte == UInt8(ascii: "/") {
        guard !hasSlash, 1...8 ~= digits else { return nil }
        halves = (halves.low, 0)
        hasSlash = true
        digits = 0
      } else {
        guard let digit = JSONText.hexadecimal(byte), digits < 8 else { return nil }
        halves.low = halves.low << 4 | UInt64(digit)
        digits += 1
      }
    }
    return hasSlash && digits > 0 ? Position(halves.high << 32 | halves.low) : nil
  }
}
