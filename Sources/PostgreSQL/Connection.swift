internal import CLibPQ

/// A session with a PostgreSQL server: one statement at a time, each call returns when the server has answered.
///
/// Used by the tests at thousands of values a statement, and for following, recording and rechecking a database.
/// Everything travels in text form, as UTF-8. A blocking call blocks its thread: do not make one where a task pool runs.
///
/// It may move between threads but never be used by two at once, which needs no lock here: it cannot be copied, and every
/// method mutates it. Therefore the unchecked conformance.
public struct Connection: ~Copyable, @unchecked Sendable {
  /// libpq's `PGconn`, ours alone from `init` to `deinit`.
  let handle: OpaquePointer

  /// Connects by a conninfo string or a `postgresql://` URI. What it leaves open, libpq takes from the `PG…` environment.
  public init(_ conninfo: String) throws(PostgresError) {
    handle = try connect(conninfo)
  }

  deinit { PQfinish(handle) }

  /// Says goodbye and closes the socket. Letting go of the connection does the same.
  public consuming func close() {}
}

extension Connection {
  /// Where the session stands between statements.
  public enum TransactionStatus: Sendable {
    /// Outside a transaction.
    case idle
    /// In a transaction that can go on.
    case open
    /// In a transaction that can only be rolled back.
    case failed
    /// The connection is lost.
    case unknown
  }

  /// Known without asking the server.
  public var transactionStatus: TransactionStatus {
    switch PQtransactionStatus(handle) {
    case PQTRANS_IDLE: .idle
    case PQTRANS_INTRANS: .open
    case PQTRANS_INERROR: .failed
    default: .unknown
    }
  }

  /// The server's process that serves this session.
  public var serverProcess: Int32 { PQbackendPID(handle) }

  /// The server's version as a number: 150018 is 15.18.
  public var serverVersion: Int { Int(PQserverVersion(handle)) }
}

/// A connection that is ready for its first statement.
private func connect(_ conninfo: String) throws(PostgresError) -> OpaquePointer {
  try requireNoZeroByte(in: conninfo)
  guard let handle = PQconnectdb(conninfo) else {
    throw PostgresError(sqlState: PostgresError.cannotConnect, message: "out of memory")
  }
  guard PQstatus(handle) == CONNECTION_OK, PQsetClientEncoding(handle, "UTF8") == 0 else {
    defer { PQfinish(handle) }
    throw PostgresError(sqlState: PostgresError.cannotConnect, message: trimmed(PQerrorMessage(handle)))
  }
  // Notices have no reader; libpq would write them to standard error.
  PQsetNoticeReceiver(handle, { _, _ in }, nil)
  return handle
}

/// C strings end at the first zero byte; text that has one inside would be cut short in silence. PostgreSQL refuses it too.
func requireNoZeroByte(in text: String) throws(PostgresError) {
  if text.utf8.contains(0) {
    throw PostgresError(sqlState: "22021", message: "invalid byte sequence for encoding \"UTF8\": 0x00")
  }
}

/// libpq ends its messages with a line break.
func trimmed(_ message: UnsafePointer<CChar>?) -> String {
  guard let message else { return "" }
  let text = String(cString: message)
  return String(text[..<(text.lastIndex { !$0.isNewline }.map(text.index(after:)) ?? text.startIndex)])
}
