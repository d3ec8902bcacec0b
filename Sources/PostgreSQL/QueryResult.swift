internal import CLibPQ

/// The rows that a statement returned, in text form, in the server's order. Values are taken out one by one, when asked for.
///
/// It never changes, so that it may be read from several threads: libpq's accessors do not write.
public struct QueryResult: ~Copyable, @unchecked Sendable {
  /// libpq's `PGresult`, ours alone.
  let handle: OpaquePointer
  /// How many rows there are; 0 for a statement that returns none.
  public let count: Int
  /// Name and type of each column, in order.
  public let columns: [Column]

  /// A column of the result. `type` is the type's OID, `modifier` what was declared in parentheses or -1.
  public struct Column: Sendable, Hashable {
    public let name: String
    public let type: UInt32
    public let modifier: Int32
  }

  init(owning handle: OpaquePointer) {
    self.handle = handle
    count = Int(PQntuples(handle))
    columns = (0..<PQnfields(handle)).map {
      // The columns of a COPY have no names.
      Column(name: PQfname(handle, $0).map { String(cString: $0) } ?? "", type: PQftype(handle, $0), modifier: PQfmod(handle, $0))
    }
  }

  deinit { PQclear(handle) }
}

extension QueryResult {
  /// The value's text, nil for NULL.
  public subscript(row: Int, column: Int) -> String? {
    withBytes(row: row, column: column) { $0.map { String(decoding: $0, as: UTF8.self) } }
  }

  /// The value's bytes where they lie, nil for NULL: for who parses much and keeps little. Do not let the buffer escape.
  public func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
    precondition(row >= 0 && row < count && column >= 0 && column < columns.count, "no such row or column")
    let (r, c) = (Int32(row), Int32(column))
    if PQgetisnull(handle, r, c) != 0 { return body(nil) }
    return body(UnsafeRawBufferPointer(start: PQgetvalue(handle, r, c), count: Int(PQgetlength(handle, r, c))))
  }

  /// All rows, all columns.
  public var rows: [[String?]] {
    (0..<count).map { row in columns.indices.map { self[row, $0] } }
  }

  /// How many rows an `INSERT`, `UPDATE`, `DELETE`, `COPY` or the like touched; nil for other statements.
  public var affectedRows: Int? { Int(String(cString: PQcmdTuples(handle))) }
}
