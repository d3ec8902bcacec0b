import Relations

/// Reads the rows of one table from CSV with a header, as `\copy public.orders to 'public.orders.csv' csv header` writes it.
public struct CSVReader: ~Copyable {
  /// The table of the rows.
  public let table: TableID

  private var lines: LineReader
  private var collector: BaseCollector
  private let layout: Int
  /// The columns that the header names, in its order.
  private var columns: [UInt16] = []
  private var scanner = CSVScanner()
  private var values: [ImageValue] = []
  /// A row that spans lines.
  private var joined: [UInt8] = []
  private let options: BaseOptions
  private var ready: BaseRows?
  private var isAtEnd = false

  /// Reads the header.
  public init(_ source: any ByteSource, table: Table, schema: Schema, options: BaseOptions = BaseOptions()) throws(FormatError) {
    self.table = table.id
    self.options = options
    lines = LineReader(DecompressedSource(source), longest: options.longestLine)
    collector = BaseCollector(schema, options)
    layout = collector.directory.index(of: table)
    try readHeader(table)
  }
}

extension CSVReader {
  /// The next rows; nil at the end.
  public mutating func next() throws(FormatError) -> BaseRows? {
    while ready == nil {
      if isAtEnd { return nil }
      do throws(FormatError) {
        isAtEnd = try !readRow { reader, row, context throws(Fault) in try reader.append(row, context) }
      } catch {
        isAtEnd = true
        throw error
      }
      if isAtEnd || collector.bytes >= options.batchBytes { ready = collector.flush().first }
    }
    return ready.take()
  }

  private mutating func readHeader(_ table: Table) throws(FormatError) {
    let hasHeader = try readRow { reader, row, _ throws(Fault) in
      try reader.scanner.scan(row)
      for (field, offset) in zip(reader.scanner.fields, reader.scanner.offsets) {
        let name = String(decoding: reader.scanner.bytes[field.offset..<field.offset + Int(field.length)], as: UTF8.self)
        guard let column = table.index(of: Identifier(name)) else {
          let nearest = NearestName.of(name, among: table.columns.map(\.name.text))
          throw Fault(
            .unknownName, at: offset, "table \(table.name) has no column \"\(name)\"",
            advice: nearest.map { "did you mean \"\($0)\"?" } ?? "the first line names the columns (\\copy … csv header)")
        }
        guard !reader.columns.contains(UInt16(column)) else {
          throw Fault(.duplicateField, at: offset, "the column \"\(name)\" is there twice", advice: "name each column once")
        }
        reader.columns.append(UInt16(column))
      }
    }
    guard hasHeader else {
      throw FormatError(
        .missing, FormatError.Place(lines.name, line: 1, column: 1), "the file is empty",
        advice: "the first line names the columns (\\copy … csv header)")
    }
  }

  /// Lends one row, which may span lines, and tells whether there was one.
  private mutating func readRow(
    _ body: (inout CSVReader, UnsafeBufferPointer<UInt8>, LineContext) throws(Fault) -> Void
  ) throws(FormatError) -> Bool {
    guard let first = try lines.next() else { return false }
    let name = lines.name
    if !CSVScanner.isOpen(first.bytes) {
      let context = LineContext(line: first, file: name)
      do throws(Fault) { try body(&self, first.bytes, context) } catch { throw error.placed(in: first, of: name) }
      return true
    }
    let number = first.number
    joined = Array(first.bytes)
    var isOpen = true
    while isOpen, joined.count <= options.longestLine, let line = try lines.next() {
      joined.append(0x0A)
      joined.append(contentsOf: line.bytes)
      isOpen = isOpen != CSVScanner.isOpen(line.bytes)
    }
    let row = joined
    return try row.withUnsafeBufferPointer { bytes throws(FormatError) in
      let line = Line(bytes: bytes, number: number)
      do throws(Fault) {
        if isOpen {
          throw Fault(.syntax, at: 0, "a quote in this row is not closed", advice: "end each quoted field with a double quote")
        }
        try body(&self, bytes, LineContext(line: line, file: name))
      } catch { throw error.placed(in: line, of: name) }
      return true
    }
  }

  private mutating func append(_ row: UnsafeBufferPointer<UInt8>, _ context: LineContext) throws(Fault) {
    try context.line.checkText()
    try scanner.scan(row)
    guard scanner.fields.count == columns.count else {
      throw Fault(
        .shape, at: scanner.offsets.last ?? 0, "the row has \(scanner.fields.count) fields, and the header \(columns.count)",
        advice: "write a field for each column; quote fields with commas")
    }
    values.removeAll(keepingCapacity: true)
    for (column, token) in zip(columns, scanner.fields) { values.append(ImageValue(token: token, column: column)) }
    let (bytes, values) = (scanner.bytes, self.values)
    do throws(Fault) {
      try bytes.withUnsafeBufferPointer { bytes throws(Fault) in
        // Of empty fields alone there are no bytes; a scanner of slices still wants a place that they begin at.
        try collector.append(values[...], bytes.baseAddress ?? row.baseAddress!, layout: layout, context)
      }
    } catch {
      // The offset is one into the fields' own bytes.
      let field = scanner.fields.lastIndex { $0.place <= error.offset } ?? 0
      throw Fault(error.code, at: scanner.offsets[field], error.problem, advice: error.advice)
    }
  }
}
