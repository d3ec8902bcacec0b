import Engine
import Formats
import Relations
import Storage

/// What `--store` adds: base and changes of earlier audits come first, and what is new is kept once all of it is known to be good.
extension AuditInput {
  static func opened(_ options: AuditOptions, definitions: String, _ schema: Schema) throws -> KeptTimeline? {
    guard let path = options.store else { return nil }
    do {
      let kept = try KeptTimeline(at: path, creating: !options.changes.isEmpty, definitions: definitions, schema)
      guard !options.changes.isEmpty || !kept.isEmpty else {
        throw InconsistentInput("the store '\(path)' has no changes yet: give them by --changes")
      }
      return kept
    } catch let error as KeptTimelineError { throw explained(error, options) }
  }

  mutating func loadBase(from kept: KeptTimeline) throws {
    guard let base = try kept.loadBase(), let record = kept.baseRecord else { return }
    notes += record.notes
    form = record.form ?? form
    engine.load(base)
  }

  func take(_ base: BaseTables, _ form: PositionForm?, _ notes: [String], _ kept: KeptTimeline) throws {
    do { try kept.take(base, form: form, notes: notes) } catch let error as KeptTimelineError {
      throw Self.explained(error, options)
    }
  }

  mutating func replay(_ kept: KeptTimeline) throws {
    let progress = progress
    try kept.replay(into: &engine) { progress.tell("read again", $0, of: nil, "row images") }
    form = kept.record.form ?? form
  }

  /// What things are called where the log begins. Of a store it may be the same again or what follows: its first position says it.
  func namesOfLog(_ readerOptions: ChangeLogOptions) throws -> MainNames {
    let names = MainNames(engine)
    guard kept != nil, names.haveMoved else { return names }
    var log = ChangeLogReader([try FileSource(options.changes[0])], schema: engine.schema, options: readerOptions)
    log.passOverUnknownColumns()
    guard let first = try log.next()?.position else { return names }
    return names.at(Position(max(first.number, 1) - 1))
  }

  /// What of a batch the store does not have yet; all of it if nothing is kept.
  func new(in batch: ChangeBatch, formats: Set<ChangeFormat>, countsLines: Bool) throws -> TransactionBatch {
    guard let kept else { return batch.transactions }
    try checkThatItCanBeKept(formats, countsLines: countsLines)
    return try taking { try kept.take(batch.transactions, form: batch.form) }
  }

  func isNew(_ event: StreamEvent) throws -> Bool {
    guard let kept else { return true }
    return try taking { try kept.take(event) }
  }

  /// A log goes on only if the same transaction has the same position whenever it is read.
  func checkThatItCanBeKept(_ formats: Set<ChangeFormat>, countsLines: Bool) throws {
    let file = options.changes[0]
    if formats.contains(.debezium) {
      throw InconsistentInput(
        "\(file): Debezium says where a transaction ended only with the next one, so nobody could tell what of it is in the store"
          + " already: audit without --store, or capture the log in another format")
    }
    if countsLines || formats.contains(.dolt) {
      throw InconsistentInput(
        "\(file): it has no positions, and without them nobody can tell what of it is in the store already: add \"position\"")
    }
  }

  private func taking<Taken>(_ body: () throws -> Taken) throws -> Taken {
    do { return try body() } catch StoreError.outOfOrder(let position, let end) {
      throw InconsistentInput(
        "\(options.changes[0]): what it has at \(position.text(form)) is not in the store '\(options.store ?? "")', and the log there goes"
          + " on after \(end.text(form)): it is another log, or a part of it is missing")
    } catch StoreError.differs(let position, let expected, let came) {
      throw InconsistentInput(
        "\(options.changes[0]): the transaction at \(position.text(form)) is another one than in the store"
          + " '\(options.store ?? "")': there \(expected), here \(came)")
    } catch let error as KeptTimelineError { throw Self.explained(error, options) }
  }

  static func explained(_ error: KeptTimelineError, _ options: AuditOptions) -> InconsistentInput {
    let store = "the store '\(options.store ?? "")'"
    let wayOut = "use another directory for --store"
    return switch error {
    case .notOfAnAudit: InconsistentInput("\(store) holds something that no audit has made: \(wayOut)")
    case .otherSchema(let stored, let given):
      InconsistentInput(
        "\(options.schema): it is not the schema by which \(store) was read: there \(stored), here \(given); give that schema, or \(wayOut)"
      )
    case .otherBase(let stored, let given) where stored == given:
      InconsistentInput(
        "\(options.base ?? ""): it has other rows than the base that \(store) has of the same position, \(stored): leave --base out, or"
          + " \(wayOut)")
    case .otherBase(let stored, let given):
      InconsistentInput(
        "\(options.base ?? ""): it is of \(given), and \(store) has a base of \(stored): leave --base out, or \(wayOut)")
    case .baseBehind(let base, let log):
      InconsistentInput(
        "\(options.base ?? ""): it is of \(base), and the log in \(store) begins at \(log): what happened between is missing; give a base of"
          + " \(log) or later")
    case .baseBehindNames(let base, let changed):
      InconsistentInput(
        "\(options.base ?? ""): it is of \(base), and things got other names in \(store) at \(changed): give a base from before it, or"
          + " \(wayOut)")
    case .otherForm(let stored):
      InconsistentInput(
        "\(options.changes.first ?? ""): \(store) has positions like \(stored == .lsn ? "0/16B374D8" : "1234"), and here they are written in"
          + " another way: it is another log")
    }
  }
}

extension ChangeLogItem {
  /// The first that it tells of.
  fileprivate var position: Position {
    switch self {
    case .transactions(let batch): batch.transactions.first ?? .start
    case .event(let event, _): event.position
    case .redelivered(let position, _, _): position
    }
  }
}

extension KeptTimeline {
  /// What whoever reads a report should know of the log.
  var logNotes: [String] { record.notes + record.unknownTables.map { AuditInput.note($0.name, at: $0.place) } }
}
