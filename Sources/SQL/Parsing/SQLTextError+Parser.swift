internal import CPgQuery
import Glibc
import Relations

/// What libpg_query says of a text, with what it leaves out: the SQLSTATE.
extension SQLTextError {
  /// - Parameter parsed: what was parsed, for the position, which libpg_query counts in characters of it.
  init(_ error: PgQueryError, of parsed: String, in text: String) {
    let function = error.funcname.map { String(cString: $0) } ?? ""
    let byte = error.cursorpos > 0 ? parsed.byte(ofCharacter: Int(error.cursorpos)) : nil
    let message = SQLTextError.message(
      Array(UnsafeBufferPointer(start: error.message, count: strlen(error.message))), at: byte, in: text)
    self.init(SyntaxState.of(message, raisedBy: function), message, at: byte, in: text)
  }

  /// The message with what it quotes taken from the text again: libpg_query quotes one byte of a word after a number, which may be
  /// part of a character, where PostgreSQL 15 of late quotes the word; and it may have parsed a text with blanks for comments.
  private static func message(_ raw: [CChar], at byte: Int?, in text: String) -> String {
    let message = raw.map { UInt8(bitPattern: $0) }
    guard let byte, let start = message.firstRange(of: Array("at or near \"".utf8))?.upperBound, message.last == UInt8(ascii: "\"")
    else { return String(decoding: message, as: UTF8.self) }
    var near = Array(text.utf8.dropFirst(byte).prefix(message.count - 1 - start))
    let isJunk = message.starts(with: "trailing junk after".utf8)
    if isJunk, let last = near.last, last != UInt8(ascii: "+"), last != UInt8(ascii: "-") {
      near += text.utf8.dropFirst(byte + near.count).prefix { isNameStart($0) || isDigit($0) || $0 == UInt8(ascii: "$") }
    }
    return String(decoding: message[..<start] + near + [UInt8(ascii: "\"")], as: UTF8.self)
  }

  /// What the grammar says of a parameter that stands where it cannot.
  static func misplaced(_ parameter: Range<Int>, in text: String) -> SQLTextError {
    let near = String(decoding: text.utf8.dropFirst(parameter.lowerBound).prefix(parameter.count), as: UTF8.self)
    return SQLTextError(SyntaxState.syntaxError, "syntax error at or near \"\(near)\"", at: parameter.lowerBound, in: text)
  }
}

extension String {
  /// The byte where the n-th character starts, from one.
  fileprivate func byte(ofCharacter number: Int) -> Int {
    let scalars = unicodeScalars
    let index = scalars.index(scalars.startIndex, offsetBy: number - 1, limitedBy: scalars.endIndex) ?? scalars.endIndex
    return utf8.distance(from: utf8.startIndex, to: index)
  }
}

/// The SQLSTATEs of what PostgreSQL's scanner and grammar raise. Nearly everything is 42601; these are the others, told by their
/// messages.
enum SyntaxState {
  static let syntaxError = SQLState("42601")

  static func of(_ message: String, raisedBy function: String) -> SQLState {
    // The messages of the grammar's own rules come with what the user wrote, and so could those of a rule below.
    if function == "scanner_yyerror" || function == "str_udeescape" { return syntaxError }
    if message == "invalid Unicode escape" { return .invalidEscapeSequence }
    return others.first { message.contains($0.part) }?.state ?? syntaxError
  }

  private static let others: [(part: String, state: SQLState)] = [
    ("not yet implemented", SQLState("0A000")),
    ("is no longer supported", SQLState("0A000")),
    ("cannot be marked", SQLState("0A000")),
    ("current database cannot be changed", SQLState("0A000")),
    ("is only supported for ON DELETE actions", SQLState("0A000")),
    ("CREATE SCHEMA IF NOT EXISTS cannot include schema elements", SQLState("0A000")),
    ("CREATE OR REPLACE CONSTRAINT TRIGGER is not supported", SQLState("0A000")),
    ("not supported on recursive views", SQLState("0A000")),
    ("aggregates cannot have output arguments", SQLState("0A000")),
    ("an ordered-set aggregate with a VARIADIC direct argument", SQLState("0A000")),
    ("provided more than once", SQLState("42710")),
    ("column number must be in range", .invalidParameterValue),
    ("precision for type float", .invalidParameterValue),
    ("frame start", SQLState("42P20")),
    ("frame end", SQLState("42P20")),
    ("cannot be used as a role name here", SQLState("42939")),
    ("is reserved", SQLState("42939")),
    ("unsafe use of \\'", SQLState("22P06")),
    ("invalid byte sequence for encoding", .invalidByteSequence),
    ("invalid memory alloc request", SQLState("XX000")),
    ("out of memory", SQLState("53200")),
  ]
}
