import Relations

/// Rows of one table in a base: a snapshot of a timeline's tables at one position.
public struct BaseRows: Sendable {
  public let table: TableID
  /// The rows, with all columns of the table.
  public let rows: Batch
  /// Per column, set where the file does not tell the value; nil where it tells all.
  public let absent: [Bitmap?]
  /// Values that are absent because they were not read.
  public let unread: [UnreadValue]
}

/// How a base is read.
public struct BaseOptions: Sendable {
  /// Where tables without a schema are looked for.
  public var path = SearchPath.standard()
  /// The session in which moments without an offset were written.
  public var style = TextStyle()
  /// Longer lines, and longer rows of CSV, are refused.
  public var longestLine = 1 << 30
  /// Rows are given out when their lines have so many bytes.
  public var batchBytes = 4 << 20
  /// How many bytes the values of a batch may take beyond those they were written with: a few bytes can stand for very many.
  public var greatestExpansion = 1 << 28

  /// What is usual.
  public init() {}
}

/// Collects rows of tables as inserts of one transaction, which is what a base is.
struct BaseCollector {
  var directory: TableDirectory
  var appender: RowAppender
  private var pending = BaseCollector.empty()
  private var pendingBytes = 0

  init(_ schema: Schema, _ options: BaseOptions) {
    directory = TableDirectory(schema, path: options.path)
    appender = RowAppender(style: options.style, greatestExpansion: options.greatestExpansion)
  }

  private static func empty() -> PendingBatch {
    var pending = PendingBatch()
    pending.builder.begin(Transaction.Header(.start))
    return pending
  }

  /// How many bytes are pending.
  var bytes: Int { pendingBytes + appender.reader.expansion }

  mutating func append(
    _ values: ArraySlice<ImageValue>, _ base: UnsafePointer<UInt8>, layout: Int, _ context: LineContext
  ) throws(Fault) {
    let table = directory.layouts[layout]
    let place = pending.place(of: table, layout)
    try appender.append(.insert, values, base, table, to: place, of: &pending, context)
    pendingBytes += max(context.line.bytes.count, table.columns.count * 2)  // Holes take memory too.
  }

  /// Gives out what is pending.
  mutating func flush() -> [BaseRows] {
    let unread = pending.unread
    let tables = pending.builder.finish().tables
    pending = Self.empty()
    pendingBytes = 0
    appender.reader.expansion = 0
    return tables.map { changes in
      BaseRows(
        table: changes.table, rows: changes.images, absent: changes.absent, unread: unread.filter { $0.table == changes.table })
    }
  }
}
