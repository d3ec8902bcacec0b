import Engine
import Formats
import Relations

/// `premise audit`: which of these answers are still true, from files.
enum Audit {
  /// - Returns: the exit status: 0 all hold, 1 something is stale or doubtful.
  static func run(_ arguments: [String]) throws -> Int32 {
    if arguments.contains("--help") || arguments.contains("-h") {
      Swift.print(help)
      return 0
    }
    let options = try AuditOptions(arguments)
    FreedMemory.keep()
    let progress = Progress()
    let previous = try options.previous.map { try PreviousReport(try FileSource($0)) }
    let input = try AuditInput(options, progress)
    if let path = options.writtenCertificates { try CertificatesFile.write(input.engine, to: path, threads: options.threads) }
    let redaction = try Redaction(options.redacted, input.engine.schema)
    Interrupt.catchIt()
    var asked = VerdictEngine.Options()
    asked.asOf = options.asOf
    asked.witnesses = options.witnesses
    asked.level = options.level
    asked.threads = options.threads
    switch options.clock {
    case .lastCommit: break
    case .asked: asked.clockStandsStill = true
    case .at(let moment): asked.clock = moment
    }
    asked.requiresCoverage = options.requiresCoverage
    asked.isCancelled = { Interrupt.hasCome }
    asked.progress = { progress.tell("decided", $0, of: $1, "reads") }
    let (verdicts, asOf, clock) = input.engine.verdicts(asked)
    progress.end()
    let shown = redaction.applied(to: verdicts, of: input.engine)
    let report = AuditReport(
      verdicts: shown, schema: input.engine.schema, asOf: asOf, form: input.form, clock: clock.map(JSON.init(moment:)),
      only: options.only, isCovered: input.engine.coverage != nil, notes: input.notes, redaction: redaction, previous: previous,
      isIncomplete: Interrupt.hasCome, forkedAt: input.engine.onlyForkTime, asOfTime: input.engine.ledger.commitTime(at: asOf))
    if let name = options.explained {
      let text = try AuditExplanation(name, report, input.engine).text
      try write(to: options.output) { $0.write(text) }
    } else {
      try write(to: options.output) { write(report, options, to: $0) }
    }
    FreedMemory.abandon((input.engine, report))
    if report.isIncomplete { return 130 }
    return status(report, options.failOn)
  }

  static let help = """
    premise audit: which of these answers are still true, from files

    USAGE
      premise audit --schema S.sql --reads R.ndjson --changes C.ndjson [options]

    EXAMPLES
      premise demo --write example       files of every kind, and the command that audits them
      premise audit --schema s.sql --reads r.ndjson --changes monday.ndjson --changes tuesday.ndjson --base rows/
      … --format ndjson --only stale     what a program wants to know, a line each
      premise audit --schema s.sql --reads r.ndjson --store kept --base rows/ --changes monday.ndjson    the first day
      … --store kept --changes tuesday.ndjson     each further day: what was read before is in the directory 'kept'
      … --store kept                              other reads, of what is there
      … --base rows/ --write-certificates kept.ndjson    what is remembered of the answers, while main's rows are there
      … --certificates kept.ndjson                       when they are not
      … --format junit --output tests.xml --fail-on stale    a step of a pipeline, which doubts do not stop
      … --explain q17                    why the read q17 is decided as it is, and what would settle it otherwise

    FILES (Specs/formats.md describes them)
      --schema FILE          what pg_dump --create --schema-only writes
      --collation NAME       the database's, unless the schema's CREATE DATABASE says it: C if psql's \\l shows that for Collate and
                             Ctype, and libc for the provider. Unless it is C, what orders text or folds case is doubtful (collation)
      --reads FILE           branches, and what they asked: {"sql":"SELECT count(*) FROM orders","answer":[[47]]}; or SQL, a csvlog or
                             jsonlog of PostgreSQL's, CSV with a column query
      --changes FILE         main's transactions, one a line; several files are one log; or what wal2json, Debezium, pgoutput,
                             test_decoding or Dolt writes. Any file may be compressed by gzip, zstd or snappy; - is standard input
      --base FILE|DIR        main's rows at a position: without them, what the changes alone decide is decided
      --certificates FILE    what an earlier audit remembered of the answers: they are judged by it where the base would be needed
      --branch-writes FILE   what the branches wrote themselves
      --store DIR            keeps base and changes, durably, for the next audit, which then needs no --base and of the changes only what is
                             new; what is given again must be the same. Schema and log stay the same, and the log has positions (so not
                             Debezium's, nor Dolt's). 'premise store' looks after it

    OPTIONS
      --write-certificates FILE    with --base: remembers of each answer what decides it later without the base
      --fork POSITION        where a branch forked that nobody declares
      --as-of POSITION       the state to judge by; the end of the log by default
      --clock TIME|asked     the present to judge by: the last commit by default; 'asked' lets the clock stand still
      --level LEVEL          what 'stale' is about: the answer by default; decision (of "holds_if"), membership (rows came or went) or
                             footprint (something that was looked at changed)
      --format table|json|ndjson|html|junit|markdown
      --output FILE          instead of standard output
      --only stale,doubtful  which verdicts to show
      --witnesses N          how many changed rows to show of a read; 10 by default
      --threads N            how many processors to use; all by default. The report is the same
      --explain READ         everything about one read: why it is decided so, what it looks at, what would settle it, at what price
      --previous REPORT      an earlier report, as json or ndjson: only what changed since is shown
      --redact TABLE.COLUMN  the column's values are not shown, nor answers of questions that look at it; may come several times
      --finite-numbers       no number in the changes is NaN or infinite, which wal2json writes as NULL
      --require-coverage     what rests on a log that does not say what it covers is doubtful
      --fail-on stale|doubtful|never

    EXIT STATUS
      0  all hold     1  something is stale or doubtful     2  bad input     3  a bug of ours
      130  stopped by Ctrl-C: the report says what is known so far, and that it is incomplete
    """

  private static func write(_ report: AuditReport, _ options: AuditOptions, to file: FileHandle) {
    switch options.format {
    case .table: file.write(report.table)
    case .json: file.write("\(report.json)\n")
    case .ndjson: report.writeLines(threads: options.threads) { file.write($0) }
    case .html: file.write(report.html)
    case .junit: file.write(report.junit)
    case .markdown: file.write(report.markdown)
    }
  }

  private static func write(to path: String?, _ body: (FileHandle) -> Void) throws {
    if let path { try TextFile.write(to: path, body) } else { body(.standardOutput) }
  }

  private static func status(_ report: AuditReport, _ failOn: AuditOptions.FailOn) -> Int32 {
    let counts = report.summary
    return switch failOn {
    case .never: 0
    case .stale: counts.stale > 0 ? 1 : 0
    case .doubtful: counts.stale + counts.doubtful > 0 ? 1 : 0
    }
  }
}
