import Engine
import Formats
import Queries
import Relations

/// What an audit found, and what is said of it beside the verdicts.
struct AuditReport {
  let verdicts: [Verdict]
  let schema: Schema
  let asOf: Position
  let form: PositionForm
  /// In words, as every verdict tells it.
  let clock: JSON?
  /// Which verdicts are shown: `holds`, `stale`, `doubtful`; empty for all.
  let only: Set<String>
  /// Whether the log says what it covers.
  let isCovered: Bool
  let notes: [String]
  let redaction: Redaction
  /// What was said before, where only what changed since is shown.
  let previous: PreviousReport?
  /// Whether somebody stopped the work before all reads were looked at.
  let isIncomplete: Bool
  /// By main's clock, in microseconds from 2000-01-01 UTC: the one fork of all reads, and the state that they are judged by; nil where
  /// there are several, or the log has no times.
  let forkedAt: Int64?
  let asOfTime: Int64?

  /// The units of work that rest on the answers.
  var units: [UnitSummary] { UnitSummary.summaries(of: verdicts) }

  var shown: [Verdict] {
    if only.isEmpty, previous == nil { return verdicts }
    return verdicts.filter { (only.isEmpty || only.contains($0.word)) && !isAsBefore($0) }
  }

  /// Whether the earlier report said the same of the read.
  func isAsBefore(_ verdict: Verdict) -> Bool {
    previous?.said[.init(branch: verdict.branch, read: verdict.read)]
      == .init(verdict: verdict.word, reason: verdict.decision.reason?.rawValue)
  }

  var summary: (holds: Int, stale: Int, doubtful: Int) {
    verdicts.reduce(into: (0, 0, 0)) { counts, verdict in
      switch verdict.decision {
      case .holds: counts.0 += 1
      case .stale: counts.1 += 1
      case .doubtful: counts.2 += 1
      }
    }
  }
}

extension Verdict {
  /// `holds`, `stale` or `doubtful`.
  var word: String { decision.word }
}

extension Verdict.Decision {
  var word: String {
    switch self {
    case .holds: "holds"
    case .stale: "stale"
    case .doubtful: "doubtful"
    }
  }

  var reason: DoubtReason? { if case .doubtful(let reason) = self { reason } else { nil } }
}
