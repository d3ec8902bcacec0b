import Engine
import Formats
import Relations

/// Main's log, part by part, and what is known of it by then.
final class LogParts {
  private var log: ChangeLogReader
  private var names: MainNames

  struct Part: Sendable {
    let item: ChangeLogItem
    let formats: Set<ChangeFormat>
    let countsLines: Bool
  }

  /// What is known of the log at its end.
  struct Summary: Sendable {
    let form: PositionForm?
    let formats: Set<ChangeFormat>
    let countsLines: Bool
    let notes: [String]
    let unknownTables: [UnknownTable]
  }

  /// - Parameters:
  ///   - names: what things are called where the log begins.
  ///   - passesUnknownColumns: whether the schema has changed before; they are passed over after each change of it.
  init(_ files: [String], _ names: MainNames, _ options: ChangeLogOptions, passesUnknownColumns: Bool) throws {
    self.names = names
    log = ChangeLogReader(try files.map { try FileSource($0) }, schema: names.schema, options: options)
    if passesUnknownColumns { log.passOverUnknownColumns() }
  }

  func next() throws -> Part? {
    guard let item = try log.next() else { return nil }
    if case .event(let event, branch: nil) = item {
      if case .schemaChange = event { log.passOverUnknownColumns() }
      if names.take(event) { log.use(names.schema) }
    }
    return Part(item: item, formats: log.formats, countsLines: log.countsLines)
  }

  var summary: Summary {
    Summary(
      form: log.positionForm, formats: log.formats, countsLines: log.countsLines, notes: log.notes, unknownTables: log.unknownTables
    )
  }
}
