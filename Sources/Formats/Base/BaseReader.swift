import Relations

/// Reads a base snapshot in NDJSON: a first line with the position, then a row a line, in batches by table.
///
///     {"position":"0/16B0000"}
///     {"table":"public.orders","row":{"id":7,"total":"90.00","region":"apac"}}
public struct BaseReader: ~Copyable {
  /// Which state the rows are: all transactions up to here and no other.
  public let position: Position
  /// How the file writes it.
  public let form: PositionForm

  private var lines: LineReader
  private var collector: BaseCollector
  private var tokens = ChangeTokens()
  private let fields = FieldSet<RowField>("a row of a base")
  private let batchBytes: Int
  private var ready: [BaseRows] = []
  private var isAtEnd = false

  /// Reads the first line.
  public init(_ source: any ByteSource, schema: Schema, options: BaseOptions = BaseOptions()) throws(FormatError) {
    var lines = LineReader(DecompressedSource(source), longest: options.longestLine)
    (position, form) = try Self.position(&lines)
    self.lines = lines
    collector = BaseCollector(schema, options)
    batchBytes = options.batchBytes
  }

  private enum RowField: String, CaseIterable { case table, row }
  private enum HeadField: String, CaseIterable { case position }
}

extension BaseReader {
  /// Rows of some table; nil at the end. A table may come any number of times.
  public mutating func next() throws(FormatError) -> BaseRows? {
    while ready.isEmpty {
      if isAtEnd { return nil }
      do throws(FormatError) { try readLine() } catch {
        isAtEnd = true
        throw error
      }
    }
    return ready.removeFirst()
  }

  /// The tables that the base names and the schema lacks, so far.
  public var unknownTables: [UnknownTable] { collector.directory.unknown }

  private mutating func readLine() throws(FormatError) {
    guard let line = try lines.next() else {
      isAtEnd = true
      ready = collector.flush()
      return
    }
    if line.isBlank { return }
    do throws(Fault) { try decode(line) } catch { throw lines.error(error, line) }
    if collector.bytes >= batchBytes { ready = collector.flush() }
  }

  private mutating func decode(_ line: Line) throws(Fault) {
    try line.checkText()
    let context = LineContext(line: line, file: lines.name)
    var scanner = JSONScanner(line.bytes)
    let found = try FoundFields.scan(&scanner, fields)
    try scanner.end()
    let example = "{\"table\":\"public.orders\",\"row\":{\"id\":7}}"
    let table = try collector.directory.find(try found.required(.table, example), scanner.base, context)
    let row = try found.required(.row, example)
    guard row.kind == .object else { throw row.wrong("row", "an object, with a field for each column") }
    tokens.removeAll()
    var rowScanner = JSONScanner(again: row, scanner.base)
    _ = try tokens.scanImage(&rowScanner, table, collector.directory)
    if let unknown = tokens.unknownColumn { throw unknown }
    guard case .known(let layout) = table else { return }
    try collector.append(tokens.values[...], scanner.base, layout: layout, context)
  }

  private static func position(_ lines: inout LineReader) throws(FormatError) -> (Position, PositionForm) {
    while let line = try lines.next() {
      if line.isBlank { continue }
      do throws(Fault) {
        try line.checkText()
        var scanner = JSONScanner(line.bytes)
        let found = try FoundFields.scan(&scanner, FieldSet<HeadField>("the first line of a base"))
        try scanner.end()
        return try PositionText.read(try found.required(.position, "{\"position\":\"0/16B0000\"}"), scanner.base, "position")
      } catch { throw lines.error(error, line) }
    }
    throw FormatError(
      .missing, FormatError.Place(lines.name, line: 1, column: 1), "the base is empty",
      advice: "begin it with {\"position\":\"0/16B0000\"}")
  }
}
