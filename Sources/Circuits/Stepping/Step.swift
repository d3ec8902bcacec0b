import Expressions
import Queries
import Relations

/// What an answer changes by when tables do.
public enum StepOutcome: Sendable {
  /// The rows that come and go, consolidated: answer after = answer before + this, as multisets.
  case delta(ZSet)
  /// The difference is not enough to tell: there are errors or several allowed answers on one side. Evaluate both.
  case evaluate
  case unsupported(String)
  case unreadable(SnapshotFailure)
}

/// What a query's answer changes by, found from the changes, and from what they meet in the tables.
///
/// - Parameters:
///   - before: the state that the changes are made to.
///   - changes: per table, whole rows; negative weights for rows that go.
public func step(
  _ query: Query, on before: some Snapshot, by changes: [TableID: ZSet], _ context: EvaluationContext = EvaluationContext()
) -> StepOutcome {
  let stepping = Stepping(before, changes.mapValues { $0.consolidated() }.filter { !$0.value.isEmpty }, context)
  do throws(Stop) {
    let change = try stepping.change(of: query.plan.pushed(.builtIn))
    if stepping.isOpen { return .evaluate }
    return .delta(change.delta.consolidated())
  } catch {
    switch error {
    case .unsupported(let what): return .unsupported(what)
    case .unreadable(let failure): return .unreadable(failure)
    }
  }
}

/// Rows that come and go.
struct Change {
  var rows: Rows
  var weights: [Int64]

  var isEmpty: Bool { weights.isEmpty }
  var delta: ZSet { ZSet(rows.batch, weights: weights) }

  init(_ rows: Rows, _ weights: [Int64]) {
    self.rows = rows
    self.weights = weights
  }

  init(_ delta: ZSet) { self.init(Rows(delta.rows), delta.weights) }

  init(none types: [SQLType]) { self.init(ZSet(types)) }

  func filtered(by chosen: Bitmap) -> Change {
    let picked = chosen.trueRows
    return Change(rows.filtered(by: chosen), picked.map { weights[Int($0)] })
  }
}

/// One step through one plan: linear operators pass changes on, joins look up what they meet, groups and distinct rows are computed
/// afresh where they are touched, and the other operators are evaluated on both sides.
final class Stepping {
  let old: Computation
  let new: Computation
  let changes: [TableID: ZSet]

  init(_ before: some Snapshot, _ changes: [TableID: ZSet], _ context: EvaluationContext) {
    old = Computation(before, context)
    new = Computation(ChangedSnapshot(before, changes), context)
    self.changes = changes
  }

  /// Whether something was met that keeps the difference from being the whole truth.
  var isOpen: Bool {
    !old.errors.isEmpty || !new.errors.isEmpty || !old.doubts.union(new.doubts).isEmpty
  }

  func change(of plan: Plan) throws(Stop) -> Change {
    guard plan.tables.contains(where: { changes[$0] != nil }) else { return Change(none: plan.types) }
    switch plan {
    case .scan(let scan): return Change(changes[scan.table]!)
    case .filter(let input, let condition):
      new.noteOrder(of: condition.conjuncts, over: input)
      let change = try change(of: input)
      return change.filtered(by: try new.passing(condition.conjuncts, change.rows, nil, false))
    case .project(let input, let expressions):
      let change = try change(of: input)
      return Change(try new.projected(change.rows, expressions, nil, false), change.weights)
    // The order of rows is not in a multiset.
    case .sort(let input, _): return try change(of: input)
    case .join(let join) where join.kind == .inner && !join.isLateral: return try change(of: JoinedInputs(plan))
    case .aggregate(let input, let aggregation) where aggregation.sets.count == 1 && !aggregation.sets[0].isEmpty:
      let touched = try change(of: input)
      return try regrouped(plan, input, touched, by: aggregation.sets[0].map { aggregation.keys[$0] })
    case .distinct(let input):
      return try regrouped(plan, input, try change(of: input), by: input.types.enumerated().map { .column($0, $1) })
    case .combine(let operation) where operation.kind == .union && operation.isAll:
      let (left, right) = (try change(of: operation.left), try change(of: operation.right))
      return Change(.concatenating([left.rows, right.rows.relabeled(operation.left.types)]), left.weights + right.weights)
    default: return try difference(plan)
    }
  }

  /// By evaluating it on both sides.
  private func difference(_ plan: Plan) throws(Stop) -> Change {
    Change(difference(try old.rows(of: plan, in: nil, isNeeded: false), try new.rows(of: plan, in: nil, isNeeded: false)))
  }

  private func difference(_ before: Rows, _ after: Rows) -> ZSet {
    (ZSet(after.batch) - ZSet(before.batch)).consolidated()
  }

  /// What is computed of groups, for those that a change touches.
  private func regrouped(_ plan: Plan, _ input: Plan, _ touched: Change, by keys: [Expression]) throws(Stop) -> Change {
    if touched.isEmpty { return Change(none: plan.types) }
    let values = Batch(try new.values(keys, touched.rows, nil, isNeeded: false), count: touched.rows.count)
    func groups(_ computation: Computation) throws(Stop) -> Rows {
      let rows = try computation.rows(of: input, where: keys, among: values)
      switch plan {
      case .aggregate(_, let aggregation): return try computation.aggregate(rows, aggregation, nil, false)
      default: return computation.distinct(rows, ())
      }
    }
    return Change(difference(try groups(old), try groups(new)))
  }

  /// Δ(A ⋈ B ⋈ C) = ΔA ⋈ B ⋈ C before + A after ⋈ ΔB ⋈ C before + A after ⋈ B after ⋈ ΔC.
  private func change(of joined: JoinedInputs) throws(Stop) -> Change {
    var terms: [Change] = []
    if joined.conjuncts.contains(where: { $0.mayRaise(.builtIn) }) { new.doubts.insert(.errorOrder) }
    for (place, input) in joined.inputs.enumerated() {
      let change = try change(of: input)
      if change.isEmpty { continue }
      let numbered = change.rows.adding([Column(.int8, .integers(change.weights))])
      let rows = try joined.rows(startingWith: place, numbered) { other in other < place ? new : old }
      guard case .integers(let weights) = rows.column(joined.width).storage else { preconditionFailure("weights are integers") }
      terms.append(Change(rows.projecting(Array(0..<joined.width), as: joined.types), weights))
    }
    if terms.isEmpty { return Change(none: joined.types) }
    return Change(.concatenating(terms.map(\.rows)), terms.flatMap(\.weights))
  }
}

extension Plan {
  /// The tables that it reads.
  var tables: Set<TableID> {
    if case .scan(let scan) = self { return [scan.table] }
    return inputs.reduce(into: []) { $0.formUnion($1.tables) }
  }
}
