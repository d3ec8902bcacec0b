import Expressions
import Queries
import Relations

/// A question that is stepped again and again: it keeps what makes the next step cheap.
///
///     let circuit = Circuit(query)
///     circuit.step(on: tables, by: changes)   // the first one may cost as much as an evaluation
///     tables.apply(changes)
///     circuit.step(on: tables, by: more)      // costs what changes
///
/// Each step begins where the last one ended; to begin elsewhere, `forget` first. A step that ends in anything but a delta forgets.
public final class Circuit {
  public let query: Query
  let plan: Plan
  let used: [TableID: [Int]]
  let evaluators = EvaluatorCache()
  private var memory = StepMemory()
  /// What the state was made with.
  private var parameters: [Value] = []
  private var clock: Int64?
  let readsClock: Bool
  /// The plan, written out.
  private(set) lazy var planText = "\(plan)"

  public init(_ query: Query) {
    self.query = query
    plan = query.plan.prepared(.builtIn)
    used = plan.usedColumns
    readsClock = plan.expressions.contains(where: \.readsClock)
  }

  /// Whether the answer's rows are in an order.
  public var isOrdered: Bool { plan.isOrdered }

  /// Drops all state: it is made again when it is needed.
  public func forget() { memory = StepMemory() }

  /// What the answer changes by; see the function `step`. With other parameters, or at another time where that matters, it begins anew.
  ///
  /// - Precondition: the time zone is the same in all steps.
  public func step(
    on before: some Snapshot, by changes: [TableID: ZSet], _ context: EvaluationContext = EvaluationContext(),
    until later: Int64? = nil
  ) -> StepOutcome {
    let isSame =
      parameters.count == context.parameters.count && zip(parameters, context.parameters).allSatisfy { $0.isIdentical(to: $1) }
    if !isSame || later != nil || (readsClock && clock != context.clock) { forget() }
    (parameters, clock) = (context.parameters, context.clock)
    let stepping = Stepping(before, changes, context, until: later, price: plan, used: used, evaluators)
    stepping.memory = memory
    let outcome = stepping.outcome(of: plan)
    if case .delta = outcome, later == nil {
      memory.settle { plan.isTouched(at: $0, stepping) }
      return outcome
    }
    forget()
    return outcome
  }
}

extension Circuit {
  /// The answer on a state, and how many rows of tables were looked at for it: what a step has to be cheaper than.
  public func answer(
    on snapshot: some Snapshot, _ context: EvaluationContext = EvaluationContext()
  ) -> (outcome: Outcome, visited: Int) {
    let computation = Computation(snapshot, context, evaluators)
    let outcome = computation.answer(to: query, prepared: plan)
    return (outcome, computation.seenRows)
  }

  /// What the answer changes by, in the cheaper way: by a step or, as soon as that has looked at more rows than an evaluation would, by
  /// evaluating both ends.
  public func change(
    on before: some Snapshot, by changes: [TableID: ZSet], _ context: EvaluationContext = EvaluationContext(),
    until later: Int64? = nil
  ) -> StepOutcome {
    let outcome = step(on: before, by: changes, context, until: later)
    guard case .evaluate(.cost) = outcome else { return outcome }
    var end = context
    if let later { end.clock = later }
    switch (answer(on: before, context).outcome, answer(on: ChangedSnapshot(before, changes), end).outcome) {
    case (.rows(let old), .rows(let new)) where old.doubts.isEmpty && new.doubts.isEmpty:
      let rows = (ZSet(new.rows) - ZSet(old.rows)).consolidated()
      return .delta(AnswerDelta(rows: rows, mayReorder: old.isOrdered, origins: nil, visited: 0, exhausted: 0))
    case (.unsupported(let what), _), (_, .unsupported(let what)): return .unsupported(what)
    case (.unreadable(let failure), _), (_, .unreadable(let failure)): return .unreadable(failure)
    default: return .evaluate(.open)
    }
  }
}
