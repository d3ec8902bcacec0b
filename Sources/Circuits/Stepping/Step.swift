import Expressions
import Queries
import Relations

/// What an answer changes by when tables do, or time goes on.
public enum StepOutcome: Sendable {
  case delta(AnswerDelta)
  /// The difference is not to be had by a step: look at both ends.
  case evaluate(Reason)
  case unsupported(String)
  case unreadable(SnapshotFailure)

  public enum Reason: Hashable, Sendable {
    /// There may be errors, or several allowed answers, on one side.
    case open
    /// A step would look at more rows than an evaluation does.
    case cost
  }
}

/// How one answer differs from another one.
public struct AnswerDelta: Sendable {
  /// Rows that come and go, consolidated: answer after = answer before + this, as multisets.
  public let rows: ZSet
  /// Whether rows that are in both answers may have changed places, where the question orders them.
  public let mayReorder: Bool
  /// For each row, the input changes that it rests on; nil unless asked for.
  public let origins: [[InputChange]]?
  /// How many rows of tables were looked at.
  public let visited: Int
  /// How often what was remembered did not suffice, so that the tables were asked: see `Certificate`.
  public let exhausted: Int

  /// Whether the answer is the same.
  public var isEmpty: Bool { rows.isEmpty && !mayReorder }
}

/// A row of the changes that a step was made by.
public struct InputChange: Hashable, Sendable {
  public let table: TableID
  /// Its place among the table's changes, consolidated.
  public let row: Int
}

/// What a query's answer changes by, found from the changes, and from what they meet in the tables.
///
/// Says nothing of an answer that was open or an error before: ask for the step of an answer that is known.
///
/// - Parameters:
///   - before: the state that the changes are made to.
///   - changes: per table, whole rows; negative weights for rows that go.
///   - context: parameters and clock before.
///   - clock: of the answer after; nil if time stands still.
///   - isTraced: whether to say what each row rests on, which costs.
public func step(
  _ query: Query, on before: some Snapshot, by changes: [TableID: ZSet], _ context: EvaluationContext = EvaluationContext(),
  until clock: Int64? = nil, isTraced: Bool = false
) -> StepOutcome {
  let plan = query.plan.prepared(.builtIn)
  let stepping = Stepping(before, changes, context, until: clock, price: plan)
  if isTraced { stepping.trace() }
  return stepping.outcome(of: plan)
}

extension Stepping {
  /// - Parameter price: the plan that would be evaluated instead.
  convenience init(
    _ before: some Snapshot, _ changes: [TableID: ZSet], _ context: EvaluationContext, until clock: Int64?, price: Plan,
    used: [TableID: [Int]]? = nil, _ evaluators: EvaluatorCache = EvaluatorCache()
  ) {
    var later = context
    if let clock { later.clock = clock }
    let rows = price.scans.reduce(0) { $0 + (before.count(of: $1) ?? 100_000) }
    // Few rows are not worth the question.
    self.init(
      before, changes.mapValues { $0.consolidated().compacted }.filter { !$0.value.isEmpty }, context, until: later,
      limit: max(rows, 20_000),
      evaluators)
    let findsConstants = before.isIndexed && price.raisesNothingUnseen(.builtIn)
    for computation in [old, new] {
      computation.used = used ?? price.usedColumns
      computation.findsConstants = findsConstants
    }
  }

  func trace() {
    // Rows are told apart by all that they are.
    for computation in [old, new] { computation.used = nil }
    var numbering: [TableID: Int32] = [:]
    var next: Int32 = 0
    for (table, change) in changes.sorted(by: { $0.key < $1.key }) {
      numbering[table] = next
      next += Int32(change.count)
    }
    self.numbering = numbering
  }

  func outcome(of plan: Plan) -> StepOutcome {
    let exhausted = memory?.exhausted ?? 0
    do throws(Stop) {
      let (change, mayReorder) = try ordered(plan)
      if isOpen { return .evaluate(.open) }
      let rows = change.delta.consolidated()
      return .delta(
        AnswerDelta(
          rows: rows, mayReorder: mayReorder, origins: origins(of: rows, change), visited: new.meter?.visited ?? 0,
          exhausted: (memory?.exhausted ?? 0) - exhausted))
    } catch {
      switch error {
      case .unsupported(let what): return .unsupported(what)
      case .unreadable(let failure): return .unreadable(failure)
      case .tooCostly: return .evaluate(.cost)
      }
    }
  }

  /// The change, and whether rows may have changed places by something that they do not show.
  private func ordered(_ plan: Plan) throws(Stop) -> (Change, mayReorder: Bool) {
    guard touches(plan), plan.hidesOrder else { return (try change(of: plan, at: Path()), false) }
    guard case .project(let input, let expressions) = plan, !input.hidesOrder, !(clockMoves && plan.readsClock) else {
      return (try change(of: plan, at: Path()), true)
    }
    let below = try change(of: input, at: Path().below())
    let change = below.with(try new.projected(below.rows, expressions, nil, false))
    func weight(_ change: Change) -> Int64 { change.delta.consolidated().weights.reduce(0) { $0 + abs($1) } }
    return (change, weight(below) != weight(change) && !Planted.bug("an order by what is hidden is not told"))
  }

  private func origins(of rows: ZSet, _ change: Change) -> [[InputChange]]? {
    guard let numbering else { return nil }
    let tables = numbering.sorted { $0.value < $1.value }
    let known = change.origins ?? []
    let all = zip(rows.rows.columns, change.rows.columns).map { Column.concatenating([$0, $1]) }
    let grouping = Grouping(all, count: rows.count + change.count, .representation)
    var gathered: [Int32: Set<Int32>] = [:]
    for (row, own) in known.enumerated() { gathered[grouping.groups[rows.count + row], default: []].formUnion(own) }
    return (0..<rows.count).map { row in
      (gathered[grouping.groups[row]] ?? []).sorted().map { number in
        let (table, start) = tables.last { $0.value <= number }!
        return InputChange(table: table, row: Int(number - start))
      }
    }
  }
}
