import Engine

/// The report for people.
extension AuditReport {
  var table: String {
    var lines = [headline] + remarks.map { "note: \($0)" } + units.map(\.words)
    for verdict in shown where verdict.decision != .holds {
      lines += ["", "\(verdict.word)  \(verdict.read)  \(question(verdict))"]
      lines += (particulars(verdict) + changes(verdict)).map { "  \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
