internal import CLibPQ

extension Connection {
  /// Loads rows, by far the fastest way in.
  ///
  /// - Parameters:
  ///   - statement: `COPY table (columns) FROM STDIN`, in the default text format.
  ///   - rows: values in text form, nil for NULL, as many as there are columns.
  /// - Returns: how many rows were loaded: all, or none and an error.
  @discardableResult
  public mutating func copy(_ statement: String, rows: some Sequence<[String?]>) throws(PostgresError) -> Int {
    try requireNoZeroByte(in: statement)
    let opened = PQexec(handle, statement)
    guard PQresultStatus(opened) == PGRES_COPY_IN else {
      _ = try accept(opened)
      throw PostgresError(sqlState: "42601", message: "copy(_:rows:) takes a COPY … FROM STDIN statement")
    }
    PQclear(opened)

    var chunk: [UInt8] = []
    for row in rows {
      encode(row, into: &chunk)
      if chunk.count >= 1 << 16 { try send(&chunk) }
    }
    try send(&chunk)
    guard PQputCopyEnd(handle, nil) == 1 else { throw brokenConnection() }

    let loaded = try accept(PQgetResult(handle)).affectedRows ?? 0
    // The end of the statement's answers; without it the next statement could not be sent.
    while let extra = PQgetResult(handle) { PQclear(extra) }
    return loaded
  }

  private mutating func send(_ chunk: inout [UInt8]) throws(PostgresError) {
    let sent = chunk.withUnsafeBytes { PQputCopyData(handle, $0.bindMemory(to: CChar.self).baseAddress, Int32($0.count)) }
    chunk.removeAll(keepingCapacity: true)
    guard sent == 1 else { throw brokenConnection() }
  }
}

/// One line of COPY's text format. A zero byte passes through: the server refuses it.
private func encode(_ row: [String?], into chunk: inout [UInt8]) {
  for (index, value) in row.enumerated() {
    if index > 0 { chunk.append(UInt8(ascii: "\t")) }
    guard let value else {
      chunk.append(contentsOf: #"\N"#.utf8)
      continue
    }
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): chunk.append(contentsOf: #"\\"#.utf8)
      case UInt8(ascii: "\t"): chunk.append(contentsOf: #"\t"#.utf8)
      case UInt8(ascii: "\n"): chunk.append(contentsOf: #"\n"#.utf8)
      case UInt8(ascii: "\r"): chunk.append(contentsOf: #"\r"#.utf8)
      default: chunk.append(byte)
      }
    }
  }
  chunk.append(UInt8(ascii: "\n"))
}
