import Engine
import Relations

/// The report for people.
extension AuditReport {
  var table: String {
    let counts = summary
    var lines = ["\(counts.holds) hold · \(counts.stale) stale · \(counts.doubtful) doubtful, as of \(asOf.text(form))"]
    if !isCovered { lines.append("The log does not say what it covers: it is taken to be complete from the forks on.") }
    lines += notes.map { "note: \($0)" }
    for verdict in shown where verdict.decision != .holds {
      lines += ["", "\(verdict.word)  \(verdict.read)  \(verdict.sql.onOneLine)"]
      lines += details(verdict).map { "  \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func details(_ verdict: Verdict) -> [String] {
    let evidence = verdict.evidence
    var lines: [String] = []
    if let reason = verdict.decision.reason {
      lines.append("\(reason.rawValue)\(evidence.detail.map { ": \($0)" } ?? "")")
    } else {
      lines.append("was \(evidence.was.map(text) ?? "not recorded"), now \(evidence.now.map(text) ?? "not known")")
    }
    if let recorded = evidence.recorded { lines.append("recorded was \(text(recorded)): asked elsewhere, or at another time") }
    switch evidence.staleSince {
    case .exactly(let position): lines.append("since \(position.text(form))")
    case .between(let after, let by): lines.append("since some time after \(after.text(form)), by \(by.text(form)) at the latest")
    case nil: break
    }
    if let cause = evidence.because, cause != .data { lines.append(cause.words) }
    if let condition = evidence.condition { lines.append("the decision on it \(condition.words)") }
    if let unit = verdict.unit { lines.append("unit \(unit)") }
    lines += evidence.witnesses.map(text)
    let more = (evidence.witnessCount ?? 0) - evidence.witnesses.count
    if more > 0 { lines.append("… and \(more) more rows") }
    return lines
  }

  private func text(_ rows: AnswerRows) -> String {
    switch rows.content {
    case .raised(let state): return "ERROR \(state)"
    case .rows(let content):
      let shown = content.prefix(3).map { row in
        zip(row, rows.types).map { value, type in value.text(as: type, style: TextStyle()) ?? "null" }.joined(separator: ", ")
      }
      let text = content.isEmpty ? "no rows" : shown.joined(separator: " / ")
      return content.count > 3 ? "\(text) … (\(content.count) rows)" : text
    }
  }

  private func text(_ witness: Witness) -> String {
    guard let table = schema[witness.table] else { return "" }
    func text(_ row: [Value]) -> String {
      zip(table.columns, row).map { "\($0.name) \($1.text(as: $0.type, style: TextStyle()) ?? "null")" }.joined(separator: ", ")
    }
    let sides = [witness.before.map { "was (\(text($0)))" }, witness.after.map { "is (\(text($0)))" }].compactMap { $0 }
    return "\(witness.operation) \(table.name) at \(witness.position.text(form)): \(sides.joined(separator: ", "))"
  }
}

extension String {
  /// Without line breaks, for a list.
  fileprivate var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

extension Verdict.Cause {
  fileprivate var words: String {
    switch self {
    case .data: "because data changed"
    case .clock: "because time has passed"
    case .both: "because data changed, and because time has passed: each alone suffices"
    case .together: "because data changed and time has passed: neither alone suffices"
    }
  }
}

extension Verdict.Condition {
  fileprivate var words: String {
    switch self {
    case .stands: "stands"
    case .fails: "falls"
    case .unknown: "may stand or fall: the answer now is not known"
    }
  }
}
