import Engine

/// The report for a pull request.
extension AuditReport {
  var markdown: String {
    var lines = ["**\(headline)**", ""]
    if !remarks.isEmpty { lines += remarks.map { "- \($0.escapedForMarkdown)" } + [""] }
    if !units.isEmpty {
      lines += ["| unit | may be merged | holds | stale | doubtful |", "|---|---|---:|---:|---:|"]
      lines += units.map {
        "| \($0.name.escapedForMarkdown) | \($0.mayBeMerged ? "yes" : "no") | \($0.holds) | \($0.stale) | \($0.doubtful) |"
      }
      lines.append("")
    }
    let told = shown.filter { $0.decision != .holds }
    if !told.isEmpty {
      lines += ["| read | verdict | what | rows on main |", "|---|---|---|---|"]
      lines += told.map(row)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ verdict: Verdict) -> String {
    let what = ["`\(question(verdict))`"] + particulars(verdict).map(\.escapedForMarkdown)
    let rows = changes(verdict).map(\.escapedForMarkdown)
    let cells = [verdict.read.escapedForMarkdown, verdict.word, what.joined(separator: "<br>"), rows.joined(separator: "<br>")]
    return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }
}

extension String {
  /// Text that is text: nothing in it is taken for markup.
  fileprivate var escapedForMarkdown: String {
    reduce(into: "") { escaped, character in
      switch character {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "*", "_", "`", "[", "]", "\\", "#", "~": escaped += "\\\(character)"
      case "\n", "\r\n": escaped += " "
      default: escaped.append(character)
      }
    }
  }
}
