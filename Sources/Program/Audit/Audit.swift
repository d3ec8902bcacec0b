import Engine
import Relations

/// `premise audit`: which of these answers are still true, from files.
enum Audit {
  /// - Returns: the exit status: 0 all hold, 1 something is stale or doubtful.
  static func run(_ arguments: [String]) throws -> Int32 {
    let options = try AuditOptions(arguments)
    let input = try AuditInput(options)
    var asked = VerdictEngine.Options()
    asked.asOf = options.asOf
    asked.witnesses = options.witnesses
    switch options.clock {
    case .lastCommit: break
    case .asked: asked.clockStandsStill = true
    case .at(let moment): asked.clock = moment
    }
    asked.requiresCoverage = options.requiresCoverage
    let (verdicts, asOf, clock) = input.engine.verdicts(asked)
    let report = AuditReport(
      verdicts: verdicts, schema: input.engine.schema, asOf: asOf, form: input.form, clock: clock, only: options.only,
      isCovered: input.engine.coverage != nil, notes: input.notes)
    try print(report, options)
    return status(report, options.failOn)
  }

  private static func print(_ report: AuditReport, _ options: AuditOptions) throws {
    let text =
      switch options.format {
      case .table: report.table
      case .json: "\(report.json)\n"
      case .ndjson: report.shown.map { "\(report.json($0))\n" }.joined()
      }
    if let path = options.output { try TextFile.write(text, to: path) } else { FileHandle.standardOutput.write(text) }
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
