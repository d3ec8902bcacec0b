import Engine
import Relations
import Testing

/// A verdict beside what PostgreSQL answered at both of its ends.
struct VerdictComparison {
  let verdict: Verdict
  let then: Truth.Answer
  /// With contested keys resolved the branch's way, and main's way.
  let branch: Truth.Answer
  let main: Truth.Answer
  /// Whether a wrong old answer was recorded on purpose.
  var isMisrecorded = false
  /// What to say of a failure.
  let told: Comment
}

extension VerdictComparison {
  /// Compares decision, answers and difference.
  ///
  /// - Returns: whether PostgreSQL says the same.
  func check(_ tally: inout ReadTally) -> Bool {
    let evidence = verdict.evidence
    tally.contradicted += evidence.recorded == nil ? 0 : 1
    // Where the base cannot tell, a wrong answer that was recorded stays.
    let isOldKnown = evidence.recorded != nil || !isMisrecorded
    switch verdict.decision {
    case .holds:
      let isRight = holds(branch) && holds(main)
      #expect(isRight, told)
      return isRight
    case .stale:
      let isRight = !isSame(then, branch) && !isSame(then, main)
      #expect(isRight, told)
      // What is made of a wrong answer is wrong as well.
      guard isOldKnown else { return isRight }
      if let was = evidence.was {
        tally.was += 1
        #expect(Truth.Answer(was).sorted == then.sorted, told)
      }
      if let now = evidence.now {
        tally.now += 1
        #expect(Truth.Answer(now).sorted == branch.sorted, told)
      }
      checkDelta(&tally)
      return isRight
    case .doubtful(let reason):
      if reason == .contested, let under = evidence.under {
        #expect((under.branch == .holds) == isSame(then, branch) || under.branch.isDoubt, told)
        #expect((under.main == .holds) == isSame(then, main) || under.main.isDoubt, told)
      }
      return true
    }
  }

  /// The old answer, without what went and with what came, is the new one.
  private func checkDelta(_ tally: inout ReadTally) {
    guard let delta = verdict.evidence.delta, case .rows(let before) = then, case .rows(let now) = branch else { return }
    tally.deltas += 1
    switch delta.content {
    case .rows(let added, let removed, let isTruncated):
      guard !isTruncated, case .rows(let added) = Truth.Answer(AnswerRows(delta.types, added)),
        case .rows(let removed) = Truth.Answer(AnswerRows(delta.types, removed))
      else { return }
      #expect(Truth.Answer.rows(before + added).sorted == Truth.Answer.rows(now + removed).sorted, told)
    case .totals(let changes):
      for (column, change) in changes.enumerated() {
        guard let change, let was = before[0][column].flatMap(Double.init), let `is` = now[0][column].flatMap(Double.init) else {
          continue
        }
        #expect(abs(was + (Double(change.description) ?? .nan) - `is`) <= 1e-9 * max(1, abs(`is`)), told)
      }
    }
  }

  /// The answer was the old one before, and never again after.
  ///
  /// - Parameter decisions: by the states of main that they are as of.
  func checkSince(_ decisions: [Position: Verdict.Decision], _ tally: inout ReadTally) {
    guard case .exactly(let since)? = verdict.evidence.staleSince else { return }
    tally.moments += 1
    for (position, decision) in decisions {
      if position >= since { #expect(decision != .holds, told) }
      if position.number + 1 == since.number { #expect(decision != .stale, told) }
    }
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
