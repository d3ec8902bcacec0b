import Engine
import Formats
import Relations

/// How a report says things, whatever it is printed as.
extension AuditReport {
  /// The line that comes first: what was found, and what it speaks of.
  var headline: String {
    let counts = summary
    let moment = asOf.text(form) + (age.map { ", \($0) after the fork" } ?? "")
    let found = "\(counts.holds) hold · \(counts.stale) stale · \(counts.doubtful) doubtful, as of \(moment)"
    return isIncomplete ? "INCOMPLETE: stopped before all reads were looked at. \(found)" : found
  }

  /// How long ago the fork was, by main's clock, where there is one fork and the log has times: `4 w 2 d`.
  private var age: String? {
    guard let forkedAt, let asOfTime, asOfTime >= forkedAt else { return nil }
    return Self.words(seconds: (asOfTime - forkedAt) / 1_000_000)
  }

  /// The two greatest units of a length of time.
  static func words(seconds: Int64) -> String {
    var rest = seconds
    let parts: [String] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1 as Int64)].compactMap { unit, length in
      defer { rest %= length }
      return rest >= length ? "\(rest / length) \(unit)" : nil
    }
    return parts.isEmpty ? "0 s" : parts.prefix(2).joined(separator: " ")
  }

  /// What whoever reads the report should know before anything else.
  var remarks: [String] {
    var remarks = notes
    if !isCovered { remarks.insert("the log does not say what it covers: it is taken to be complete from the forks on", at: 0) }
    if let previous {
      let same = verdicts.count { isAsBefore($0) }
      let now = Set(verdicts.map { PreviousReport.Key(branch: $0.branch, read: $0.read) })
      let gone = previous.said.keys.count { !now.contains($0) }
      remarks.append(
        "\(same) as in the earlier report, and not shown" + (gone == 0 ? "" : "; \(gone) of its reads are not asked here"))
    }
    let contradicted = verdicts.filter { $0.evidence.recorded != nil }.map(\.read)
    if !contradicted.isEmpty {
      let shown = contradicted.prefix(5).joined(separator: ", ") + (contradicted.count > 5 ? ", …" : "")
      remarks.append(
        "\(contradicted.count) recorded \(contradicted.count == 1 ? "answer is" : "answers are") not what the base gives at the fork "
          + "(\(shown)): asked elsewhere, or at another time? The verdicts are about what the base gives")
    }
    return remarks
  }

  /// What is known of a verdict beside its witnesses, a line each.
  func particulars(_ verdict: Verdict) -> [String] {
    let evidence = verdict.evidence
    var lines: [String] = []
    if let reason = verdict.decision.reason {
      lines.append("\(reason.rawValue)\(evidence.detail.map { ": \($0)" } ?? "")")
    } else if verdict.level == .answer || verdict.level == .decision {
      lines.append("was \(evidence.was.map(words) ?? "not recorded"), now \(evidence.now.map(words) ?? "not known")")
    }
    if let delta = evidence.delta { lines += words(delta) }
    if let under = evidence.under { lines.append("the branch's way it is \(under.branch.word), main's way \(under.main.word)") }
    if let recorded = evidence.recorded { lines.append("recorded was \(words(recorded)): asked elsewhere, or at another time") }
    if let since = evidence.staleSince { lines.append(words(since)) }
    if let cause = evidence.because, cause != .data { lines.append(cause.words) }
    if let condition = evidence.condition { lines.append("the decision on it \(condition.words)") }
    if let unit = verdict.unit { lines.append("unit \(unit)") }
    return lines
  }

  func words(_ rows: AnswerRows) -> String {
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

  private func words(_ delta: AnswerDelta) -> [String] {
    switch delta.content {
    case .rows(let added, let removed, let isTruncated):
      func line(_ what: String, _ rows: [[Value]]) -> String? {
        if rows.isEmpty { return nil }
        return "\(what) \(words(AnswerRows(delta.types, rows)))\(isTruncated ? ", and more" : "")"
      }
      return [line("came:", added), line("went:", removed)].compactMap { $0 }
    case .totals(let changes):
      return ["changed by " + changes.map { $0.map(\.description) ?? "an unknown amount" }.joined(separator: ", ")]
    }
  }

  private func words(_ since: Verdict.Since) -> String {
    switch since {
    case .exactly(let position): "since \(position.text(form))"
    case .between(let after, let by): "since some time after \(after.text(form)), by \(by.text(form)) at the latest"
    }
  }

  func words(_ witness: Witness) -> String {
    guard let table = schema[witness.table] else { return "" }
    func text(_ row: [Value], _ columns: [Int]) -> String {
      columns.map { "\(table.columns[$0].name) \(text(row[$0], $0))" }.joined(separator: ", ")
    }
    func text(_ value: Value, _ column: Int) -> String {
      if redaction.hides(column, of: table.id) { return Redaction.words }
      return value.text(as: table.columns[column].stored, style: TextStyle()) ?? "null"
    }
    let all = Array(table.columns.indices)
    let head = "\(witness.operation) \(table.name) at \(witness.position.text(form)): "
    guard let before = witness.before, let after = witness.after else {
      return head + text(witness.after ?? witness.before ?? [], all)
    }
    let key = table.key.map { text(after, $0) + ": " } ?? ""
    let changed = all.filter { !before[$0].isIdentical(to: after[$0]) }.map { column in
      "\(table.columns[column].name) \(text(before[column], column)) → \(text(after[column], column))"
    }
    return head + key + changed.joined(separator: ", ")
  }

  /// A question on one line, with what it was asked for.
  func question(_ verdict: Verdict) -> String {
    let parameters = verdict.parameters.map(\.description).joined(separator: ", ")
    return verdict.sql.onOneLine + (parameters.isEmpty ? "" : "  [\(parameters)]")
  }

  /// The rows that a stale verdict rests on, a line each, and how many more there are.
  func changes(_ verdict: Verdict) -> [String] {
    let more = (verdict.evidence.witnessCount ?? 0) - verdict.evidence.witnesses.count
    return verdict.evidence.witnesses.map(words) + (more > 0 ? ["… and \(more) more \(more == 1 ? "row" : "rows")"] : [])
  }
}

extension String {
  /// Without line breaks, for a list.
  var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
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
