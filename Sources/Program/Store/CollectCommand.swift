import Relations
import Storage

/// `premise store collect`: drops what nobody can ask for any more, and says what that comes to, before or after.
struct CollectCommand {
  static let values: Set<String> = ["before", "keep", "without"]

  private let path: String
  private let limit: Limit
  private let isDry: Bool
  /// Pins that are taken for gone.
  private let without: [String]

  /// From where on everything stays.
  private enum Limit {
    case asItIs
    case before(Position)
    /// In microseconds.
    case keep(Int64)
  }

  init(_ options: Options, _ path: String) throws(UsageError) {
    self.path = path
    let before = try options.position("before")
    let keep = try options.one("keep").map { text throws(UsageError) in try Self.duration(text) }
    switch (before, keep) {
    case (nil, nil): limit = .asItIs
    case (let before?, nil): limit = .before(before)
    case (nil, let keep?): limit = .keep(keep)
    default: throw UsageError("'--before' and '--keep' say the same thing in two ways: give one of them")
    }
    isDry = options.has("dry-run")
    without = options.all("without")
    if !isDry, !without.isEmpty { throw UsageError("'--without' asks what would be, and wants '--dry-run'") }
  }
}

// MARK: - What was typed

extension CollectCommand {
  /// In microseconds.
  static func duration(_ text: String) throws(UsageError) -> Int64 {
    let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ seconds[$0] }), let count = Int64(text.dropLast()), count >= 0, count <= 1_000_000 else {
      throw UsageError("'--keep' is a time like 90s, 45m, 12h or 7d, not '\(text)'")
    }
    return count * unit * 1_000_000
  }
}

// MARK: - Doing it

extension CollectCommand {
  /// Bytes of what is kept, before and after.
  private struct Outcome {
    var whole: Position
    let end: Position
    var versions: Collected
    var log: (before: Int, after: Int)
    /// nil where nothing was done.
    var disk: (before: Int, after: Int)?
  }

  func run(_ format: StoreCommand.Format) throws {
    let store = try RocksStore(at: path, creating: false)
    let ledger = try DurableLedger(in: store)
    let outcome = try collect(store, ledger, before: horizon(ledger))
    switch format {
    case .table: print(table(outcome))
    case .json: print(json(outcome))
    }
  }

  private func collect(_ store: RocksStore, _ ledger: DurableLedger, before horizon: Position) throws(StoreError) -> Outcome {
    let reader = try ledger.read()
    let (log, disk) = (try reader.logBytes(), store.diskBytes)
    if isDry {
      let versions = try ledger.wouldCollect(horizon: horizon, removing: without)
      return Outcome(
        whole: horizon, end: reader.end, versions: versions, log: (log, try reader.logBytes(since: horizon)), disk: nil)
    }
    let versions = try ledger.collect(horizon: horizon)
    try store.compact()
    return Outcome(
      whole: horizon, end: reader.end, versions: versions, log: (log, try ledger.read().logBytes()),
      disk: (disk, store.diskBytes))
  }

  /// Up to where it may go.
  private func horizon(_ ledger: DurableLedger) throws -> Position {
    let (reader, audited) = (try ledger.read(), try AuditedLog(ledger))
    let needed = audited.map { max(reader.horizon, $0.isNeeded(in: reader)) } ?? reader.end
    switch limit {
    case .asItIs: return reader.horizon
    case .keep(let time): return min(needed, try reader.horizon(keeping: time, now: WallClock.now))
    case .before(let position):
      if position > reader.end { throw StoreError.notReached(position, end: reader.end) }
      if let audited, position > needed { throw NeededByAudits(path: path, base: audited.base) }
      return max(reader.horizon, position)
    }
  }
}

/// A log that audits read: from its base on, so that nothing behind it can go.
private struct AuditedLog {
  let base: Position?

  /// nil if no audit has made it.
  init?(_ ledger: DurableLedger) throws(StoreError) {
    let registry = Registry(ledger)
    guard try registry.timeline() != nil else { return nil }
    base = try registry.base()?.position
  }

  /// From here on it is needed. What schemas went through before the base is needed too.
  func isNeeded(in reader: LedgerReader) -> Position {
    guard let base else { return .start }
    let isEventful = reader.events().contains { event in
      if case .start = event { return false }
      return event.position <= base
    }
    return isEventful ? .start : base
  }
}

/// Why a log stays.
private struct NeededByAudits: InputError, CustomStringConvertible {
  let path: String
  let base: Position?

  var description: String {
    let beginning =
      base.map { "from its base at \($0) on, and what happened to schemas before" } ?? "from its beginning, because it has no base"
    return "audits read the log of '\(path)' \(beginning): that cannot go; begin another store with a later base"
  }
}

// MARK: - Saying it

extension CollectCommand {
  private func rows(_ outcome: Outcome) -> [(what: String, before: Int, after: Int)] {
    [("versions", outcome.versions.before, outcome.versions.after), ("log", outcome.log.before, outcome.log.after)]
      + (outcome.disk.map { [("disk", $0.before, $0.after)] } ?? [])
  }

  private func table(_ outcome: Outcome) -> String {
    let rows = rows(outcome).map { [$0.what, "\($0.before)", "\($0.after)", "\($0.before - $0.after)"] }
    let words = isDry ? "would be whole from \(outcome.whole)" : "whole from \(outcome.whole)"
    return """
        \(words), up to \(outcome.end)

      \(TextTable(heads: ["bytes of", "before", "after", isDry ? "would be freed" : "freed"], rows: rows))
      """
  }

  private func json(_ outcome: Outcome) -> JSON {
    .object(
      [("dry_run", .scalar(.bool(isDry))), ("horizon", .text("\(outcome.whole)")), ("end", .text("\(outcome.end)"))]
        + rows(outcome).map { row in
          (
            row.what,
            .object([("before", .number(row.before)), ("after", .number(row.after)), ("freed", .number(row.before - row.after))])
          )
        })
  }
}
