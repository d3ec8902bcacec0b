/// The errors that PostgreSQL raises for numbers, worded as it words them.
extension SQLError {
  static var numericOverflow: SQLError { SQLError(.numericValueOutOfRange, "value overflows numeric format") }
  static var numericFieldOverflow: SQLError { SQLError(.numericValueOutOfRange, "numeric field overflow") }
  static var divisionByZero: SQLError { SQLError(.divisionByZero, "division by zero") }

  static func invalidNumeric(_ text: String) -> SQLError {
    SQLError(.invalidTextRepresentation, "invalid input syntax for type numeric: \"\(text)\"")
  }

  static func outOfRange(_ type: String) -> SQLError { SQLError(.numericValueOutOfRange, "\(type) out of range") }
  static func doubleOutOfRange(_ text: String) -> SQLError {
    SQLError(.numericValueOutOfRange, "\"\(text)\" is out of range for type double precision")
  }

  static func cannotConvert(_ value: String, to type: String) -> SQLError {
    SQLError(SQLState("0A000"), "cannot convert \(value) to \(type)")
  }
}
