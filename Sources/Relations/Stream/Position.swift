/// A place in a commit-ordered log: the end of a transaction's commit record, never its start.
///
/// State `p` contains exactly the transactions with position ≤ `p`; forks, bases and `as of` mean the same. So whether a
/// change counts for a verdict is one comparison, and a snapshot is nothing but a name for a position.
public struct Position: Hashable, Sendable {
  /// For an LSN the 64-bit offset into the write-ahead log, for other sources whatever they count.
  public let number: UInt64

  public init(_ number: UInt64) { self.number = number }

  /// Before every transaction: the state at which nothing has happened.
  public static let start = Position(0)
  /// After every transaction.
  public static let end = Position(.max)
}

extension Position: Comparable {
  public static func < (a: Position, b: Position) -> Bool { a.number < b.number }
}

/// How positions of a log are written. A store keeps the form it saw first.
public enum PositionForm: Hashable, Sendable {
  /// `16/B374D848`, as PostgreSQL writes its `pg_lsn`.
  case lsn
  case decimal
}

// MARK: - Text

extension Position {
  /// Reads `X/Y` as an LSN, exactly as PostgreSQL's `pg_lsn` does, and digits as a decimal number.
  public init(parsing text: some StringProtocol) throws(SQLError) {
    self = try Position.parse(text).position
  }

  /// Reads a position and says in which form it was written.
  public static func parse(_ text: some StringProtocol) throws(SQLError) -> (position: Position, form: PositionForm) {
    let halves = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if halves.count == 2, let high = hexadecimal(halves[0]), let low = hexadecimal(halves[1]) {
      return (Position(UInt64(high) << 32 | UInt64(low)), .lsn)
    }
    // `UInt64.init` alone would take a sign.
    if halves.count == 1, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = UInt64(text) {
      return (Position(number), .decimal)
    }
    throw SQLError(
      .invalidTextRepresentation, "invalid input syntax for type pg_lsn: \"\(text)\" (a position is X/Y, or decimal digits)")
  }

  /// One to eight hexadecimal digits.
  private static func hexadecimal(_ digits: some Collection<UInt8>) -> UInt32? {
    guard 1...8 ~= digits.count else { return nil }
    var number: UInt32 = 0
    for digit in digits {
      guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
      number = number << 4 | UInt32(value)
    }
    return number
  }

  /// The position as it is written in logs, verdicts and messages.
  public func text(_ form: PositionForm) -> String {
    switch form {
    case .decimal: String(number)
    case .lsn:
      String(number >> 32, radix: 16, uppercase: true) + "/" + String(number & 0xFFFF_FFFF, radix: 16, uppercase: true)
    }
  }
}

extension Position: CustomStringConvertible {
  /// As an LSN; where the form matters, ask for `text`.
  public var description: String { text(.lsn) }
}
