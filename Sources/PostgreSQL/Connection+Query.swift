internal import CLibPQ

extension Connection {
  /// Runs one statement and returns its rows.
  ///
  /// - Parameter parameters: the values of `$1`, `$2`, …, in text form, nil for NULL, at most 65 535. Their types are what the
  ///   statement makes of them: write `$1::int8` where it does not say.
  public mutating func query(_ sql: String, parameters: [String?] = []) throws(PostgresError) -> QueryResult {
    try requireNoZeroByte(in: sql)
    for case let parameter? in parameters { try requireNoZeroByte(in: parameter) }
    guard parameters.count <= 65_535 else {
      throw PostgresError(sqlState: "54000", message: "\(parameters.count) parameters, at most 65535 are possible")
    }
    let result = withCStrings(parameters) {
      PQexecParams(handle, sql, Int32(parameters.count), nil, $0, nil, nil, 0)
    }
    return try accept(result)
  }

  /// Runs statements that are separated by semicolons, in one transaction unless they say otherwise, and drops their rows.
  /// The first error ends it.
  public mutating func execute(_ statements: String) throws(PostgresError) {
    try requireNoZeroByte(in: statements)
    _ = try accept(PQexec(handle, statements))
  }

  /// Parses a statement and resolves its names and types, without planning or running it, and tells the columns that it would
  /// return: two round trips, some 0.1 ms.
  public mutating func describe(_ sql: String) throws(PostgresError) -> [QueryResult.Column] {
    try requireNoZeroByte(in: sql)
    _ = try accept(PQprepare(handle, "", sql, 0, nil))
    return try accept(PQdescribePrepared(handle, "")).columns
  }

  /// Takes ownership of what libpq answered: a result, or the error in it.
  func accept(_ answer: OpaquePointer?) throws(PostgresError) -> QueryResult {
    guard let answer else { throw brokenConnection() }
    let result = QueryResult(owning: answer)
    switch PQresultStatus(answer) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      return result
    case PGRES_COPY_IN:
      // The server waits for rows that nobody is going to send. Only `copy` knows what to do there.
      PQputCopyEnd(handle, "COPY FROM STDIN goes through copy(_:rows:)")
      throw drained(orElse: "COPY FROM STDIN goes through copy(_:rows:)")
    case PGRES_COPY_OUT, PGRES_COPY_BOTH:
      var buffer: UnsafeMutablePointer<CChar>?
      while PQgetCopyData(handle, &buffer, 0) > 0 { PQfreemem(buffer) }
      throw drained(orElse: "COPY TO STDOUT is not read here; use a query")
    default:
      throw error(in: result)
    }
  }

  /// Takes what is left of a statement's answers, so that the next statement can be sent, and returns the first error in it.
  func drained(orElse message: String) -> PostgresError {
    var first: PostgresError?
    while let answer = PQgetResult(handle) {
      let result = QueryResult(owning: answer)
      if PQresultStatus(answer) == PGRES_FATAL_ERROR, first == nil { first = error(in: result) }
    }
    return first ?? PostgresError(sqlState: "0A000", message: message)
  }

  private func error(in result: borrowing QueryResult) -> PostgresError {
    let handle = result.handle
    func field(_ code: Character) -> String? {
      PQresultErrorField(handle, Int32(code.asciiValue!)).map { String(cString: $0) }
    }
    // Errors that libpq itself finds have no fields, and they are about the connection.
    guard let sqlState = field("C") else { return brokenConnection(saying: trimmed(PQresultErrorMessage(handle))) }
    return PostgresError(
      sqlState: sqlState, message: field("M") ?? "", detail: field("D"), hint: field("H"), position: field("P").flatMap { Int($0) })
  }

  func brokenConnection(saying message: String? = nil) -> PostgresError {
    PostgresError(sqlState: PostgresError.connectionFailure, message: message ?? trimmed(PQerrorMessage(handle)))
  }
}

/// Lays strings out as C wants them, one after the other in one block, for the length of the call.
private func withCStrings<R>(_ strings: [String?], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
  var block: [CChar] = []
  var starts: [Int?] = []
  for string in strings {
    starts.append(string == nil ? nil : block.count)
    guard let string else { continue }
    block.append(contentsOf: string.utf8.lazy.map { CChar(bitPattern: $0) })
    block.append(0)
  }
  return block.withUnsafeBufferPointer { block in
    body(starts.map { start in start.map { block.baseAddress! + $0 } })
  }
}
