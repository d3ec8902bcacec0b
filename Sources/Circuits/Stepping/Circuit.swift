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
  private let plan: Plan
  private var memory = StepMemory()
  private var parameters: [Value] = []

  public init(_ query: Query) {
    self.query = query
    plan = query.plan.pushed(.builtIn)
  }

  /// Drops all state: it is made again when it is needed.
  public func forget() { memory = StepMemory() }

  /// What the answer changes by; see the function `step`.
  public func step(
    on before: some Snapshot, by changes: [TableID: ZSet], _ context: EvaluationContext = EvaluationContext(),
    until clock: Int64? = nil
  ) -> StepOutcome {
    let isSame =
      parameters.count == context.parameters.count && zip(parameters, context.parameters).allSatisfy { $0.isIdentical(to: $1) }
    if !isSame || clock != nil { forget() }
    parameters = context.parameters
    let stepping = Stepping(before, changes, context, until: clock, price: plan)
    stepping.memory = memory
    let outcome = stepping.outcome(of: plan)
    if case .delta = outcome, clock == nil { return outcome }
    forget()
    return outcome
  }
}
