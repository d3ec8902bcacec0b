import Engine

extension Verdict {
  /// Everything that is said of a read.
  ///
  /// - Parameter withTouches: whether when things happened counts, and their order.
  func told(withTouches: Bool = true) -> String {
    let since = withTouches ? evidence.staleSince : nil
    // Of what holds the answer is looked up only where somebody had to look closer.
    let isShown = withTouches || decision == .stale
    let witnesses = evidence.witnesses.map { "\(withTouches ? $0.position : .start) \($0.before as Any) \($0.after as Any)" }
    return """
      \(decision) by \(evidence.decidedBy as Any) since \(since as Any) was \(isShown ? evidence.was.sortedRows : "") now \
      \(isShown ? evidence.now.sortedRows : "") because \(evidence.because as Any) of \(evidence.witnessCount as Any) \
      \(withTouches ? witnesses : witnesses.sorted()) under \(evidence.under as Any)
      """
  }

  var isDecided: Bool { decision == .holds || decision == .stale }
}

extension AnswerRows? {
  /// As they are printed, in whatever order they came.
  var sortedRows: String { map { "\(Truth.Answer($0).sorted)" } ?? "-" }
}
