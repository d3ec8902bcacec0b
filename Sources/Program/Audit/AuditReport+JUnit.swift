import Engine

/// The report for a build server: a test case for each read.
extension AuditReport {
  var junit: String {
    let counts = summary
    let attributes = "tests=\"\(verdicts.count)\" failures=\"\(counts.stale)\" errors=\"\(counts.doubtful)\""
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"premise audit\" \(attributes)>",
      "  <testsuite name=\"\(headline.escapedForXML)\" \(attributes)>",
    ]
    for verdict in shown { lines += testCase(verdict).map { "    \($0)" } }
    lines += ["  </testsuite>", "</testsuites>"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func testCase(_ verdict: Verdict) -> [String] {
    let name = "<testcase classname=\"\(verdict.branch.escapedForXML)\" name=\"\(verdict.read.escapedForXML)\""
    let element: String
    switch verdict.decision {
    case .holds: return [name + "/>"]
    case .stale: element = "failure"
    case .doubtful: element = "error"
    }
    let particulars = particulars(verdict)
    let told =
      [question(verdict)] + particulars + changes(verdict)
    let text = told.map(\.escapedForXML).joined(separator: "\n")
    return [
      name + ">",
      "  <\(element) type=\"\(verdict.word)\" message=\"\((particulars.first ?? verdict.word).escapedForXML)\">\(text)</\(element)>",
      "</testcase>",
    ]
  }
}

extension String {
  /// As content or attribute of XML or HTML. What XML has no way to say is a replacement character.
  var escapedForXML: String {
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t", "\r": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
