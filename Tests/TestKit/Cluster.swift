import Glibc
import PostgreSQL
import Synchronization

/// A private PostgreSQL 15 cluster: the oracle.
///
/// One per test process, in a directory of its own, reached only through a socket in there, encoding UTF8, locale C, time zone
/// UTC; gone, directory and all, when the process is gone, however it went. No other server is ever touched.
///
/// Tests run in parallel and share it. Statements through the cluster take turns on one session: make tables in a schema of
/// your own (`schema()`) and write names in full, leave settings and transactions alone, or take a session of your own
/// (`connect()`). Ask in batches: a round trip costs as much as a thousand values.
public final class Cluster: Sendable {
  private let process: ClusterProcess
  private let session: Mutex<Connection>
  private let schemas = Atomic<Int>(0)

  /// The cluster of this test process, started when first asked for.
  public static func shared() throws -> Cluster { try one.get() }

  private static let one = Result { try Cluster() }

  /// A further cluster, with server settings of its own, gone when the last reference to it is.
  public init(settings: [String: String] = [:]) throws {
    process = try ClusterProcess(settings: Self.settings.merging(settings) { $1 })
    session = Mutex(try firstConnection(process.directory))
  }

  /// No durability, nothing in the background that could change a plan between two runs, and a quiet log.
  private static let settings = [
    "listen_addresses": "", "port": "5432", "unix_socket_permissions": "0700", "dynamic_shared_memory_type": "mmap",
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0",
    "autovacuum": "off", "jit": "off", "max_connections": "100", "max_parallel_workers_per_gather": "0", "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "fatal",
  ]
}

extension Cluster {
  /// Runs one statement and returns its rows in text form, nil for NULL.
  public func query(_ sql: String, parameters: [String?] = []) throws(PostgresError) -> [[String?]] {
    try withSession { session throws(PostgresError) in try session.query(sql, parameters: parameters).rows }
  }

  /// Runs statements that are separated by semicolons.
  public func execute(_ statements: String) throws(PostgresError) {
    try withSession { session throws(PostgresError) in try session.execute(statements) }
  }

  /// Loads rows: `copy("COPY t (a, b) FROM STDIN", rows: …)`.
  public func copy(_ statement: String, rows: some Sequence<[String?]>) throws(PostgresError) {
    try withSession { session throws(PostgresError) in _ = try session.copy(statement, rows: rows) }
  }

  private func withSession<R>(_ body: (inout Connection) throws(PostgresError) -> R) throws(PostgresError) -> R {
    try session.withLock { session throws(PostgresError) in
      let result = try body(&session)
      guard session.transactionStatus == .idle else {
        // Others would find themselves in it.
        try session.execute("ROLLBACK")
        throw PostgresError(sqlState: "25000", message: "a transaction was left open in the shared session: connect() for your own")
      }
      return result
    }
  }
}

extension Cluster {
  /// A session of your own, for settings, transactions and temporary tables.
  public func connect(database: String = "postgres") throws(PostgresError) -> Connection {
    try Connection(conninfo(database: database))
  }

  /// What libpq needs to find the cluster.
  public func conninfo(database: String = "postgres") -> String { address(process.directory, database: database) }

  /// Makes an empty schema that nobody else knows, and returns its name.
  public func schema() throws(PostgresError) -> String {
    let name = "s\(schemas.add(1, ordering: .relaxed).newValue)"
    try execute("CREATE SCHEMA \(name)")
    return name
  }

  /// The directory that holds all of it.
  public var directory: String { process.directory }
}

/// Every word is there, because libpq would take a missing one from the environment.
private func address(_ directory: String, database: String) -> String {
  "host='\(directory)' port=5432 user=postgres dbname='\(database)' options='' connect_timeout=60 sslmode=disable gssencmode=disable"
}

/// Waits for the server, which is recovering from nothing, a tenth of a second or so.
private func firstConnection(_ directory: String) throws -> Connection {
  for _ in 0..<3_000 {
    do throws(PostgresError) {
      return try Connection(address(directory, database: "postgres"))
    } catch {
      guard access(directory, F_OK) == 0 else { throw ClusterError.cannotStart("its directory is gone") }
      usleep(10_000)
    }
  }
  throw ClusterError.cannotStart("no connection within 30 seconds: see \(directory)/log")
}
