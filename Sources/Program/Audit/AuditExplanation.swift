import Engine
import Formats
import Relations
import SQL

/// `--explain READ`: everything that is known of one verdict, for who wants to know why before they rely on it.
struct AuditExplanation {
  private let report: AuditReport
  private let verdict: Verdict
  private let place: Int
  private let read: RecordedRead
  private let engine: VerdictEngine

  /// - Throws: if there is no such read, or several.
  init(_ name: String, _ report: AuditReport, _ engine: VerdictEngine) throws(UsageError) {
    let places = report.verdicts.indices.filter { report.verdicts[$0].read == name }
    guard let place = places.first else { throw UsageError("'--explain \(name)': there is no read of that name") }
    guard places.count == 1 else { throw UsageError("'--explain \(name)': \(places.count) branches have a read of that name") }
    self.report = report
    self.engine = engine
    verdict = report.verdicts[place]
    self.place = place
    read = engine.recordedRead(place)
  }

  var text: String {
    var lines = ["\(verdict.word)  \(verdict.read)  \(report.question(verdict))"]
    lines += (report.particulars(verdict) + report.changes(verdict)).map { "  \($0)" }
    lines += ["", "decided by", "  \(decidedBy)", "", "to settle it otherwise"] + settling.map { "  \($0)" } + [""]
    return lines.joined(separator: "\n") + "\n" + question
  }

  private var decidedBy: String {
    switch verdict.evidence.decidedBy {
    case .footprint: "footprint: nothing that the question can see has changed on balance"
    case .answer: "answer: the change of the answer was computed from the rows that changed"
    case .circuit: "circuit: the question was evaluated over the rows at the fork and over those now"
    case .recheck: "recheck: the question was run on the database"
    case nil: "nothing: it is not decided"
    }
  }

  /// The question itself, asked again of main; and what that would cost.
  private var settling: [String] {
    var lines = ["run it on main, and on main as it was at the fork:", "  \(report.question(verdict))"]
    let looked = engine.columnsLookedAt(byRead: place).keys.sorted()
    for id in looked {
      guard let table = engine.schema[id] else { continue }
      let rows =
        engine.base?.rows[id].map { "\($0.reduce(0) { $0 + $1.count }) rows in the base" } ?? "of a size that is not known here"
      lines.append("it reads \(table.name), \(rows)")
    }
    if verdict.decision.reason == .noBase || verdict.decision.reason == .noBeforeImage {
      lines.append("or give the audit main's rows: --base")
    }
    return lines
  }

  /// What the question looks at, as `premise explain` says it.
  private var question: String {
    let settings = Dictionary(read.settings.map { ($0.name.lowercased(), $0.value) }) { $1 }
    let path = settings["search_path"].flatMap { try? SearchPath(parsing: $0) } ?? .standard()
    let style = settings["timezone"].flatMap { Zone.named($0) }.map { TextStyle(zone: $0) } ?? TextStyle()
    do throws(SQLTextError) {
      return try Explanation(read.sql, parameters: read.parameters.map(\.parameterText), engine.schema, path: path, style: style)
        .text
    } catch { return "\(error)\n" }
  }
}
