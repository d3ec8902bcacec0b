import Engine
import Relations

/// What `premise audit` was asked to do.
struct AuditOptions {
  let schema: String
  /// The database's, if the schema does not tell.
  let collation: String?
  let reads: String
  let changes: [String]
  let base: String?
  /// What was remembered of answers, to be judged by.
  let certificates: String?
  /// Where to write what is to be remembered.
  let writtenCertificates: String?
  /// The directory in which base and changes are kept for the next audit.
  let store: String?
  let branchWrites: String?
  let fork: Position?
  let asOf: Position?
  let clock: Clock
  let format: Format
  let output: String?
  let failOn: FailOn
  let witnesses: Int
  /// How many processors take part.
  let threads: Int
  let only: Set<String>
  let requiresCoverage: Bool
  /// Whether no number in the changes is NaN or infinite, which some formats write as NULL.
  let numbersAreFinite: Bool
  let level: Verdict.Level
  /// The read of which everything is told.
  let explained: String?
  let redacted: [String]
  /// The report that this one is compared with.
  let previous: String?

  enum Clock { case lastCommit, asked, at(Int64) }
  enum Format: String, CaseIterable { case table, json, ndjson, html, junit, markdown }
  enum FailOn: String, CaseIterable { case stale, doubtful, never }

  init(_ arguments: [String]) throws {
    let options = try Options(
      arguments,
      values: [
        "schema", "reads", "changes", "base", "branch-writes", "fork", "as-of", "clock", "format", "output", "fail-on", "witnesses",
        "only", "level", "explain", "redact", "previous", "store", "collation", "threads", "certificates",
        "write-certificates",
      ], flags: ["require-coverage", "finite-numbers"])
    if let stray = options.operands.first { throw UsageError("'audit' takes options only, not '\(stray)'") }
    schema = try options.required("schema")
    collation = try options.one("collation")
    reads = try options.required("reads")
    changes = options.all("changes")
    store = try options.one("store")
    if changes.isEmpty, store == nil { throw UsageError("'--changes' is missing") }
    base = try options.one("base")
    certificates = try options.one("certificates")
    writtenCertificates = try options.one("write-certificates")
    branchWrites = try options.one("branch-writes")
    fork = try options.position("fork")
    asOf = try options.position("as-of")
    clock = try Self.clock(try options.one("clock"))
    format = try options.choice("format", Format.self) ?? .table
    output = try options.one("output")
    failOn = try options.choice("fail-on", FailOn.self) ?? .doubtful
    witnesses = try Self.count(try options.one("witnesses"), "witnesses") ?? 10
    threads = try Self.threads(try options.one("threads"))
    only = Set(try options.one("only")?.split(separator: ",").map(String.init) ?? [])
    if let unknown = only.subtracting(["holds", "stale", "doubtful"]).sorted().first {
      throw UsageError("'--only' lists holds, stale and doubtful, not '\(unknown)'")
    }
    level = try options.choice("level", Verdict.Level.self) ?? .answer
    explained = try options.one("explain")
    redacted = options.all("redact").flatMap { $0.split(separator: ",").map(String.init) }
    previous = try options.one("previous")
    requiresCoverage = options.has("require-coverage")
    numbersAreFinite = options.has("finite-numbers")
  }
}

extension AuditOptions {
  private static func count(_ text: String?, _ name: String) throws(UsageError) -> Int? {
    guard let text else { return nil }
    guard let count = Int(text), count >= 0 else { throw UsageError("'--\(name)' is a number, not '\(text)'") }
    return count
  }

  private static func threads(_ text: String?) throws(UsageError) -> Int {
    let threads = try count(text, "threads") ?? Workers.available
    guard threads > 0 else { throw UsageError("'--threads' is at least 1") }
    return threads
  }

  private static func clock(_ text: String?) throws(UsageError) -> Clock {
    guard let text else { return .lastCommit }
    if text == "asked" { return .asked }
    guard case .integer(let moment)? = try? Value(parsing: text, as: .timestamptz, style: TextStyle()) else {
      throw UsageError("'--clock' is a moment like 2026-05-30T12:00:00Z, or 'asked', not '\(text)'")
    }
    return .at(moment)
  }
}
