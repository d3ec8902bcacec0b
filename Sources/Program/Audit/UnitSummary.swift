import Engine

/// A unit of work, which is promoted or held back as one, and what became of the answers that it rests on.
struct UnitSummary {
  let name: String
  private(set) var holds = 0
  private(set) var stale = 0
  private(set) var doubtful = 0

  /// Whether every answer that it rests on, or the decision on it, still stands.
  var mayBeMerged: Bool { stale == 0 && doubtful == 0 }

  private init(name: String) { self.name = name }
}

extension UnitSummary {
  /// The units of some verdicts, in the order in which they first come. What belongs to no unit is in none.
  static func summaries(of verdicts: [Verdict]) -> [UnitSummary] {
    var summaries: [UnitSummary] = []
    var places: [String: Int] = [:]
    for verdict in verdicts {
      guard let unit = verdict.unit else { continue }
      if places[unit] == nil {
        places[unit] = summaries.count
        summaries.append(UnitSummary(name: unit))
      }
      summaries[places[unit]!].add(verdict)
    }
    return summaries
  }

  private mutating func add(_ verdict: Verdict) {
    switch verdict.decision {
    case .holds: holds += 1
    // The answer is another one, and what was decided on it stands all the same.
    case .stale where verdict.evidence.condition == .stands: holds += 1
    case .stale: stale += 1
    case .doubtful: doubtful += 1
    }
  }

  var words: String {
    mayBeMerged
      ? "unit \(name) may be merged: all it rests on holds (\(holds))"
      : "unit \(name) may not: \(stale) stale, \(doubtful) doubtful, \(holds) hold"
  }
}
