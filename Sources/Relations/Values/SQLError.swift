/// An error as PostgreSQL raises it. An error is an answer: two of them are equal when their SQLSTATEs are.
public struct SQLError: Error, Sendable {
  /// The five-character code by which errors are compared and documented.
  public let state: SQLState
  /// What a person reads, worded for them; never compared.
  public let message: String

  public init(_ state: SQLState, _ message: String) {
    self.state = state
    self.message = message
  }
}

extension SQLError: Hashable {
  public static func == (a: SQLError, b: SQLError) -> Bool { a.state == b.state }
  public func hash(into hasher: inout Hasher) { hasher.combine(state) }
}

extension SQLError: CustomStringConvertible {
  public var description: String { "ERROR \(state): \(message)" }
}

/// A SQLSTATE: five digits or capital letters, packed into one word, because a column may hold one per row.
public struct SQLState: Hashable, Sendable {
  private let packed: UInt32  // Six bits a character, the first in the highest bits.

  /// - Precondition: `code` has five characters out of `0…9`, `A…Z`.
  public init(_ code: String) {
    precondition(code.utf8.count == 5, "a SQLSTATE has five characters")
    packed = code.utf8.reduce(0) { $0 << 6 | (UInt32($1 & 0x7F) - 0x20) }
  }
}

extension SQLState: CustomStringConvertible {
  public var description: String {
    String(decoding: (0..<5).map { UInt8((packed >> (24 - 6 * UInt32($0))) & 0x3F) + 0x20 }, as: UTF8.self)
  }
}

extension SQLState {
  public static let stringDataRightTruncation = SQLState("22001")
  public static let numericValueOutOfRange = SQLState("22003")
  public static let invalidDatetimeFormat = SQLState("22007")
  public static let datetimeFieldOverflow = SQLState("22008")
  public static let substringError = SQLState("22011")
  public static let divisionByZero = SQLState("22012")
  public static let invalidArgumentForLogarithm = SQLState("2201E")
  public static let invalidArgumentForPower = SQLState("2201F")
  public static let invalidParameterValue = SQLState("22023")
  public static let invalidEscapeSequence = SQLState("22025")
  public static let invalidTextRepresentation = SQLState("22P02")
  public static let invalidByteSequence = SQLState("22021")
  public static let programLimitExceeded = SQLState("54000")
  public static let statementTooComplex = SQLState("54001")
  public static let ambiguousFunction = SQLState("42725")
  public static let cannotCoerce = SQLState("42846")
  public static let datatypeMismatch = SQLState("42804")
  public static let indeterminateDatatype = SQLState("42P18")
  public static let collationMismatch = SQLState("42P21")
  public static let indeterminateCollation = SQLState("42P22")
  public static let undefinedFunction = SQLState("42883")
  public static let undefinedObject = SQLState("42704")
}
