import Engine
import Relations

/// A verdict beside what PostgreSQL answered at both of its ends.
struct VerdictComparison {
  let verdict: Verdict
  let then: Truth.Answer
  /// With contested keys resolved the branch's way, and main's way.
  let branch: Truth.Answer
  let main: Truth.Answer
  /// Whether a wrong old answer was recorded on purpose.
  var isMisrecorded = false
}

extension VerdictComparison {
  /// What PostgreSQL contradicts: the decision, an answer, the difference.
  func faults(_ tally: inout ReadTally) -> [String] {
    let evidence = verdict.evidence
    tally.contradicted += evidence.recorded == nil ? 0 : 1
    switch verdict.decision {
    case .holds: return holds(branch) && holds(main) ? [] : ["it does not hold"]
    case .stale: return (isSame(then, branch) || isSame(then, main) ? ["it is not stale"] : []) + faultsOfAnswers(&tally)
    case .doubtful(let reason):
      guard reason == .contested, let under = evidence.under else { return [] }
      let isRight =
        ((under.branch == .holds) == isSame(then, branch) || under.branch.isDoubt)
        && ((under.main == .holds) == isSame(then, main) || under.main.isDoubt)
      return isRight ? [] : ["a way to resolve it is wrong"]
    }
  }

  private func faultsOfAnswers(_ tally: inout ReadTally) -> [String] {
    // Where the base cannot tell, a wrong answer that was recorded stays, and what is made of it is wrong as well.
    guard verdict.evidence.recorded != nil || !isMisrecorded else { return [] }
    var faults: [String] = []
    if let was = verdict.evidence.was {
      tally.was += 1
      if Truth.Answer(was).sorted != then.sorted { faults.append("the old answer is not \(Truth.Answer(was))") }
    }
    if let now = verdict.evidence.now {
      tally.now += 1
      if Truth.Answer(now).sorted != branch.sorted { faults.append("the new answer is not \(Truth.Answer(now))") }
    }
    if let delta = verdict.evidence.delta {
      tally.deltas += 1
      if !isRight(delta) { faults.append("the difference is not \(delta.content)") }
    }
    return faults
  }

  /// The old answer, without what went and with what came, is the new one.
  private func isRight(_ delta: AnswerDelta) -> Bool {
    guard case .rows(let before) = then, case .rows(let now) = branch else { return true }
    switch delta.content {
    case .rows(let added, let removed, let isTruncated):
      guard !isTruncated, case .rows(let added) = Truth.Answer(AnswerRows(delta.types, added)),
        case .rows(let removed) = Truth.Answer(AnswerRows(delta.types, removed))
      else { return true }
      return Truth.Answer.rows(before + added).sorted == Truth.Answer.rows(now + removed).sorted
    case .totals(let changes):
      return changes.enumerated().allSatisfy { column, change in
        guard let change, let was = before[0][column].flatMap(Double.init), let `is` = now[0][column].flatMap(Double.init) else {
          return true
        }
        return abs(was + (Double(change.description) ?? .nan) - `is`) <= 1e-9 * max(1, abs(`is`))
      }
    }
  }

  /// The answer was the old one before it became stale, and never again after.
  ///
  /// - Parameter decisions: by the states of main that they are as of.
  func faultsOfSince(_ decisions: [Position: Verdict.Decision], _ tally: inout ReadTally) -> [String] {
    guard case .exactly(let since)? = verdict.evidence.staleSince else { return [] }
    tally.moments += 1
    let isWrong = decisions.contains { position, decision in
      position >= since && decision == .holds || position.number + 1 == since.number && decision == .stale
    }
    return isWrong ? ["it is not stale since \(since)"] : []
  }

  /// Where PostgreSQL may print either of two equal values, either holds: of the same rows it prints the one that it meets first.
  private func holds(_ now: Truth.Answer) -> Bool {
    isSame(then, now) || verdict.evidence.decidedBy == .footprint && then.byValue.sorted == now.byValue.sorted
  }

  private func isSame(_ a: Truth.Answer, _ b: Truth.Answer) -> Bool { Self.isSame(a, b, verdict) }

  static func isSame(_ a: Truth.Answer, _ b: Truth.Answer, _ verdict: Verdict) -> Bool {
    // Of several rows that raise, the first one in the table tells: the same rows may lie in another order.
    if case (.raised, .raised) = (a, b), verdict.evidence.decidedBy == .footprint { return true }
    return isOrdered(verdict.sql) ? a == b : a.sorted == b.sorted
  }

  /// Whether the rows are ordered: what is in parentheses orders something else.
  private static func isOrdered(_ text: String) -> Bool {
    text.ranges(of: " ORDER BY ").last.map { !text[$0.upperBound...].contains(")") } ?? false
  }
}

extension Truth.Answer {
  /// An answer of the engine's, as PostgreSQL prints it.
  init(_ answer: AnswerRows) {
    switch answer.content {
    case .raised(let state): self = .raised(state.description)
    case .rows(let rows):
      self = .rows(
        rows.map { row in
          zip(row, answer.types).map { value, type in
            if case .numeric(let number) = value { return Value.numeric(number.trimmedScale).text(as: type, style: TextStyle()) }
            return value.text(as: type, style: TextStyle())
          }
        })
    }
  }
}

extension Truth.Answer {
  /// With the numbers in arrays without the zeros that say nothing.
  fileprivate var byValue: Truth.Answer {
    guard case .rows(let rows) = self else { return self }
    return .rows(rows.map { $0.map { $0.map { $0.hasPrefix("{") ? Self.trimmed($0) : $0 } } })
  }

  private static func trimmed(_ array: String) -> String {
    array.split(separator: ",", omittingEmptySubsequences: false).map { member in
      let end = member.drop { $0 != "}" }
      var number = member.dropLast(end.count)
      if number.contains(".") {
        while number.last == "0" { number.removeLast() }
        if number.last == "." { number.removeLast() }
      }
      return number + end
    }.joined(separator: ",")
  }
}

extension Verdict.Decision {
  fileprivate var isDoubt: Bool { if case .doubtful = self { true } else { false } }
}
