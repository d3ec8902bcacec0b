import Circuits
import Engine
import Formats

import Relations
import SQL
import Storage

/// Reads the files of a question into tables in memory.
struct QueryInput {
  let schema: Schema
  private(set) var snapshot = MemorySnapshot()
  /// Things that whoever asks should know.
  private(set) var notes: [String] = []
  private var position = Position.start
  private let progress = Progress()
  private var rows = 0

  init(_ options: QueryOptions) throws {
    let file = try SchemaFile(options.schema, collation: options.collation)
    schema = file.schema
    notes = file.notes
    if let base = options.base {
      if TextFile.isDirectory(base) { try readDirectory(base) } else { try readBase(base) }
    } else {
      for table in schema.allTables { snapshot.tables[table.id] = [] }
    }
    if !options.changes.isEmpty { try readChanges(options.changes, until: options.asOf) }
    progress.end()
  }
}

extension QueryInput {
  private mutating func count(_ rows: Int) {
    self.rows += rows
    progress.tell("read", self.rows, of: nil, "rows")
  }
}

// MARK: - Base

extension QueryInput {
  private mutating func readDirectory(_ path: String) throws {
    let directory = try BaseDirectory(path, schema: schema)
    position = directory.position?.position ?? .start
    notes += directory.unknownTables.map { "\($0.place): the schema has no table \($0.name)" }
    for (file, table) in directory.files {
      snapshot.tables[table.id] = []
      var reader = try CSVReader(try FileSource(file), table: table, schema: schema)
      while let rows = try reader.next() { try add(rows, file) }
    }
  }

  private mutating func readBase(_ path: String) throws {
    var reader = try BaseReader(try FileSource(path), schema: schema)
    position = reader.position
    // A table of which the base has no row is empty.
    for table in schema.allTables { snapshot.tables[table.id] = [] }
    while let rows = try reader.next() { try add(rows, path) }
    notes += reader.unknownTables.map { "\($0.place): the schema has no table \($0.name)" }
  }

  private mutating func add(_ read: BaseRows, _ file: String) throws {
    if let column = read.absent.firstIndex(where: { $0 != nil }) {
      let table = schema[read.table]
      throw InconsistentInput(
        "\(file): the column \(table?.columns[column].name.text ?? "\(column + 1)") of \(table.map { "\($0.name)" } ?? "a table") is missing in some row"
      )
    }
    snapshot.tables[read.table, default: []].append(read.rows)
    count(read.rows.count)
  }
}

// MARK: - Changes

extension QueryInput {
  private mutating func readChanges(_ paths: [String], until: Position?) throws {
    var options = ChangeLogOptions()
    options.after = position
    var log = ChangeLogReader(try paths.map { try FileSource($0) }, schema: schema, options: options)
    var ledger = MemoryLedger(from: position)
    while let item = try log.next() {
      switch item {
      case .transactions(let batch):
        guard batch.branch == nil else { throw InconsistentInput("\(paths[0]): it has writes of the branch \"\(batch.branch!)\"") }
        do throws(LedgerError) { try ledger.append(batch.transactions) } catch {
          throw InconsistentInput("\(paths[0]): a transaction is out of order: \(error)")
        }
      case .event(let event, _):
        if let until, event.position > until { continue }
        if case .start = event { continue }
        notes.append("\(paths[0]): an event that the answer does not take account of: \(event)")
      case .redelivered: break
      }
    }
    for table in ledger.changedTables {
      guard let span = ledger.span(of: table, since: position, until: until ?? ledger.end) else { continue }
      try apply(span)
    }
  }

  private mutating func apply(_ span: TableSpan) throws {
    guard let table = schema[span.table] else { return }
    if let reason = span.unknown(anyOf: table) {
      throw InconsistentInput("\(table.name): the changes do not tell all values (\(reason.rawValue))")
    }
    var parts = [span.changes]
    var base = snapshot.tables[span.table] ?? []
    if let last = span.truncations.last {
      base = []
      parts = [span.changes.picking((Int32(last.imagesBefore)..<Int32(span.count)).map { $0 })]
    }
    let sum = ZSet.sum(base.map { ZSet($0) } + parts).consolidated()
    guard sum.weights.allSatisfy({ $0 > 0 }) else {
      throw InconsistentInput("\(table.name): the changes delete or update rows that the base does not have")
    }
    let rows = (0..<Int32(sum.count)).flatMap { Array(repeating: $0, count: Int(sum.weights[Int($0)])) }
    snapshot.tables[span.table] = [rows.count == sum.count ? sum.rows : sum.rows.picking(rows)]
  }
}
