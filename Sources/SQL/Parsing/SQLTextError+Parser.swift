internal import CPgQuery
import Relations

/// What libpg_query says of a text, with what it leaves out: the SQLSTATE.
extension SQLTextError {
  init(_ error: PgQueryError, in text: String) {
    let message = String(cString: error.message)
    let function = error.funcname.map { String(cString: $0) } ?? ""
    self.init(
      SyntaxState.of(message, raisedBy: function), message,
      at: error.cursorpos > 0 ? text.byte(ofCharacter: Int(error.cursorpos)) : nil, in: text)
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
    if function == "scanner_yyerror" { return syntaxError }
    return others.first { message.contains($0.part) }?.state ?? syntaxError
  }

  private static let others: [(part: String, state: SQLState)] = [
    ("not yet implemented", SQLState("0A000")),
    ("cannot be marked", SQLState("0A000")),
    ("current database cannot be changed", SQLState("0A000")),
    ("is only supported for ON DELETE actions", SQLState("0A000")),
    ("CREATE SCHEMA IF NOT EXISTS cannot include schema elements", SQLState("0A000")),
    ("CREATE OR REPLACE CONSTRAINT TRIGGER is not supported", SQLState("0A000")),
    ("not supported on recursive views", SQLState("0A000")),
    ("aggregates cannot have output arguments", SQLState("0A000")),
    ("an ordered-set aggregate with a VARIADIC direct argument", SQLState("0A000")),
    ("column number must be in range", .invalidParameterValue),
    ("precision for type float", .invalidParameterValue),
    ("frame start", SQLState("42P20")),
    ("frame end", SQLState("42P20")),
    ("cannot be used as a role name here", SQLState("42939")),
    ("is reserved", SQLState("42939")),
    ("invalid Unicode escape", .invalidEscapeSequence),
    ("unsafe use of \\'", SQLState("22P06")),
    ("invalid byte sequence for encoding", .invalidByteSequence),
    ("invalid memory alloc request", SQLState("XX000")),
    ("out of memory", SQLState("53200")),
  ]
}
