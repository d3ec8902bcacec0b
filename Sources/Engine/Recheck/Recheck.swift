import Circuits
import Formats
import Queries
import Relations
import SQL

/// One doubtful verdict that a live query may settle.
struct Recheck {
  private let placed: PlacedRead
  private let verdict: Verdict
  /// What the question is, if it has a plan.
  private let query: Query?
  /// Whether PostgreSQL has only one answer to it on given rows.
  private let isSingleValued: Bool
  private let fork: Position
  private let main: RecheckQuestion
  /// The old answer's question; nil if the branch has written more since.
  private let branch: RecheckQuestion?

  /// nil if no live query settles it, or none that there is a database for.
  init?(_ engine: VerdictEngine, _ placed: PlacedRead, _ verdict: Verdict, _ options: VerdictEngine.Options) {
    guard case .doubtful(let reason) = verdict.decision, reason.isSettledByRecheck,
      verdict.level == .answer || verdict.level == .decision,
      let timeline = engine.branches[placed.branch], let standpoint = engine.standpoint(of: placed),
      max(verdict.asOf, standpoint.fork) <= engine.ledger.end
    else { return nil }
    let tables: Set<TableID>
    let usesClock: Bool
    switch placed.question {
    case .asked(let template, let constants):
      let known = engine.templates[template]
      let query = known.template.query(constants)
      self.query = query
      isSingleValued = query.plan.isSingleValued
      (tables, usesClock) = (Set(known.footprints.map(\.table)), known.usesClock)
    case .outline(let outline):
      // Of what else its answer depends on, a live query tells only what it is today.
      guard outline.obstacle == nil, !outline.readsEverything || standpoint.writes == 0 else { return nil }
      query = nil
      isSingleValued = outline.isSingleValued(engine.schema)
      (tables, usesClock) = (Set(outline.footprints.map(\.table)), outline.usesClock)
    case .unclear, .unknownNames: return nil
    }
    // The text says other things where these have other names by now.
    let all: Set<TableID>
    if case .outline(let outline) = placed.question, outline.readsEverything {
      all = Set(engine.schema.allTables.map(\.id))
    } else {
      all = tables
    }
    if engine.schemaHistory.moves(all, after: standpoint.fork, until: .end) { return nil }
    // A live query has the clock of today.
    if usesClock, options.clockStandsStill || options.clock != nil || placed.read.askedAt == nil { return nil }
    let overlays = standpoint.writes == 0 ? [:] : timeline.overlay(standpoint.writes, engine.schema)
    guard tables.isDisjoint(with: overlays.keys) else { return nil }
    self.placed = placed
    self.verdict = verdict
    fork = standpoint.fork
    let read = placed.read
    func question(_ state: RecheckQuestion.State) -> RecheckQuestion {
      RecheckQuestion(sql: read.sql, parameters: read.parameters, settings: read.settings, state: state)
    }
    main = question(.main(atLeast: verdict.asOf))
    let isPresent = standpoint.writes == timeline.positions.count
    branch = isPresent && !usesClock ? question(.branch(placed.branch, transactions: standpoint.writes)) : nil
  }
}

extension Recheck {
  /// The verdict, if it is settled.
  func settle(_ ask: (RecheckQuestion) -> RecheckAnswer?) -> Verdict? {
    // Without an old answer there is nothing to compare with.
    guard placed.read.answer != nil || verdict.evidence.was != nil || branch != nil else { return nil }
    guard let live = ask(main), let position = live.position, position >= verdict.asOf, let now = answer(live.content, nil) else {
      return nil
    }
    var before = verdict.evidence.was ?? recorded(as: now.types)
    if before == nil, placed.read.answer == nil, let branch, let live = ask(branch) { before = answer(live.content, now.types) }
    guard let was = before else { return nil }
    var evidence = verdict.evidence
    (evidence.was, evidence.now, evidence.decidedBy) = (was, now, .recheck)
    (evidence.detail, evidence.under) = (nil, nil)
    guard let isSame = isSame(was, now) else { return nil }
    if !isSame {
      evidence.staleSince = .between(after: fork, by: position)
      evidence.delta = AnswerDelta(was: was, now: now)
      if query?.usesClock == false { evidence.because = .data }
    }
    return verdict.settled(weighed(isSame ? .holds : .stale, &evidence), evidence, asOf: position)
  }

  /// What a database said, as rows of this question; nil if it said nothing of it.
  private func answer(_ content: RecheckAnswer.Content, _ types: [SQLType]?) -> AnswerRows? {
    switch content {
    case .unavailable: return nil
    case .raised(let state): return state.isOfTheQuestion ? AnswerRows(state) : nil
    case .rows(let live, let texts):
      // Types that users declare have other numbers there.
      let own = query?.columns.map(\.type) ?? types ?? live.map { $0.id >= .firstUserDefined ? .text : $0 }
      guard own.count == live.count else { return nil }
      return RecordedAnswer.rows(texts.map { $0.map { $0.map { .text($0) } ?? .null } }, as: own, placed.style)
    }
  }

  private func recorded(as types: [SQLType]) -> AnswerRows? {
    if case .error(let state)? = placed.read.answer { return AnswerRows(state) }
    // An error has no columns, and rows that came before it cannot be read by them.
    return types.isEmpty ? nil : RecordedAnswer.read(placed.read.answer, as: types, placed.style)
  }

  /// nil where both may be right.
  private func isSame(_ was: AnswerRows, _ now: AnswerRows) -> Bool? {
    switch (was.content, now.content) {
    case (.raised(let a), .raised(let b)): return a == b ? true : nil
    // Which rows are looked at before one raises is the planner's choice.
    case (.raised, .rows), (.rows, .raised): return nil
    case (.rows(let a), .rows(let b)):
      // The same rows in another order are the same answer only where none was asked for.
      if AnswerComparison.printsSame(a, b, isOrdered: isOrdered) { return true }
      // Values that are equal, or were recorded with fewer digits, prove nothing.
      let isProof = isSingleValued && !now.types.contains { [.float4, .float8].contains($0.id) }
      return isProof && !AnswerComparison.same(recorded: was, now) ? false : nil
    }
  }

  private var isOrdered: Bool {
    guard var plan = query?.plan else { return true }
    while case .project(let input, _) = plan { plan = input }
    switch plan {
    case .sort, .limit: return true
    default: return false
    }
  }

  /// What becomes of the decision that rests on the answer.
  private func weighed(_ decision: Verdict.Decision, _ evidence: inout Verdict.Evidence) -> Verdict.Decision {
    guard let condition = placed.read.holdsIf else { return decision }
    let judged = evidence.weigh(condition, query?.columns, decision)
    guard verdict.level == .decision else { return decision }
    return switch judged {
    case .stands: .holds
    case .fails: .stale
    case .unknown: verdict.decision
    }
  }
}

extension SQLState {
  /// Whether an error is an answer to the question, and not one of the connection, of want of resources or of somebody who stepped in.
  fileprivate var isOfTheQuestion: Bool {
    let text = description
    return !["08", "25", "40", "53", "55", "57", "58", "XX"].contains { text.hasPrefix($0) } && text != "42501"
  }
}
