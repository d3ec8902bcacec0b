import Expressions
import Queries
import Relations

/// One step through one plan: linear operators pass changes on, joins look up what they meet, groups and the like are computed afresh
/// where they are touched, on both sides, and what nothing narrows is evaluated on both sides.
///
/// The two sides differ in rows and, for a step in time, in their clocks.
final class Stepping {
  let old: Computation
  let new: Computation
  let changes: [TableID: ZSet]
  /// Whether the clocks differ.
  let clockMoves: Bool
  /// Where each table's changes start in the numbering of all; nil unless somebody asks what rests on what.
  var numbering: [TableID: Int32]?
  /// What is kept from step to step; nil for a step by itself.
  var memory: StepMemory?

  init(
    _ before: some Snapshot, _ changes: [TableID: ZSet], _ context: EvaluationContext, until later: EvaluationContext, limit: Int,
    _ evaluators: EvaluatorCache
  ) {
    old = Computation(before, context, evaluators)
    new = Computation(ChangedSnapshot(before, changes), later, evaluators)
    self.changes = changes
    clockMoves = context.clock != later.clock
    let meter = Meter(limit: limit)
    for computation in [old, new] { (computation.looksUp, computation.meter) = (true, meter) }
  }

  /// Whether something was met that keeps the difference from being the whole truth.
  var isOpen: Bool { !old.errors.isEmpty || !new.errors.isEmpty || !old.doubts.union(new.doubts).isEmpty }

  /// Whether what a plan gives may differ between the two sides.
  func touches(_ plan: Plan) -> Bool {
    if case .scan(let scan) = plan { return changes[scan.table] != nil }
    return (clockMoves && plan.readsClock) || plan.inputs.contains(where: touches)
  }

  /// - Precondition: the plan is not dependent.
  ///
  /// - Parameter path: where it is in the whole plan; nil if it is no part of that, and nothing is remembered of it.
  func change(of plan: Plan, at path: Path? = nil) throws(Stop) -> Change {
    guard touches(plan) else { return Change(none: plan.types) }
    if clockMoves && plan.readsClock {
      guard case .filter(let input, let condition) = plan else { return try difference(plan) }
      return try temporal(input, condition, path)
    }
    switch plan {
    case .scan(let scan): return change(of: scan)
    case .filter(let input, let condition): return try filtered(input, condition, path)
    case .project(let input, let expressions):
      let change = try change(of: input, at: path?.below())
      return change.with(try new.projected(change.rows, expressions, nil, false))
    // The order of rows is not in a multiset.
    case .sort(let input, _): return try change(of: input, at: path?.below())
    case .join(let join) where join.isLateral: return try lateral(join, path)
    case .join(let join) where join.kind == .inner: return try joined(JoinedInputs(plan), path)
    case .join(let join): return try outerJoined(join, path)
    case .apply(let apply): return try applied(apply, nullIsFalse: false, path)
    case .aggregate(let input, let aggregation): return try aggregated(input, aggregation, path)
    case .distinct(let input):
      if let change = try counted(input, path) { return change }
      return try regrouped(plan, [input], by: input.types.enumerated().map { .column($0, $1) }, path)
    case .distinctOn(let input, let keys): return try regrouped(plan, [input], by: keys, path)
    case .window(let input, let calls): return try regrouped(plan, [input], by: calls.sharedPartition, path)
    case .combine(let operation) where operation.kind == .union && operation.isAll:
      let left = try change(of: operation.left, at: path?.below())
      let right = try change(of: operation.right, at: path?.below(1))
      return .sum([left, right.with(right.rows.relabeled(operation.left.types))])
    case .combine(let operation):
      return try regrouped(
        plan, [operation.left, operation.right], by: operation.left.types.enumerated().map { .column($0, $1) }, path)
    case .limit(let input, let limit): return try limited(input, limit, path)
    case .recursive: return try difference(plan)
    case .oneRow, .values, .rows, .working: preconditionFailure("nothing changes what reads nothing")
    }
  }
}

// MARK: - Row by row

extension Stepping {
  private func change(of scan: Plan.Scan) -> Change {
    let rows = changes[scan.table]!
    var change = Change(rows)
    if let used = new.used?[scan.table] {
      change = Change(ZSet(rows.rows.projecting(used).widened(used, to: scan.columns), weights: rows.weights))
    }
    if let start = numbering?[scan.table] { change.origins = (0..<Int32(change.count)).map { [start + $0] } }
    return change
  }

  private func filtered(_ input: Plan, _ condition: Expression, _ path: Path?) throws(Stop) -> Change {
    let conjuncts = condition.conjuncts
    new.noteOrder(of: conjuncts, over: input)
    let change =
      if case .apply(let apply) = input {
        try applied(apply, nullIsFalse: conjuncts.wantTrue(apply.input.types.count), path?.below())
      } else {
        try change(of: input, at: path?.below())
      }
    return change.filtered(by: try new.passing(conjuncts, change.rows, nil, false))
  }

  /// A condition that the clock is in: rows that stay may start to pass, or cease to.
  private func temporal(_ input: Plan, _ condition: Expression, _ path: Path?) throws(Stop) -> Change {
    let conjuncts = condition.conjuncts
    new.noteOrder(of: conjuncts, over: input)
    let change = try change(of: input, at: path?.below())
    let moved = change.filtered(by: try new.passing(conjuncts, change.rows, nil, false))
    let staying = try old.rows(of: input, in: nil, isNeeded: false)
    try old.visit(staying.count)
    let (before, after) = (
      try old.passing(conjuncts, staying, nil, false), try new.passing(conjuncts, staying, nil, false)
    )
    let (leaving, entering) = (
      staying.filtered(
        by: Planted.bug("time takes nothing away") ? Bitmap(repeating: false, count: staying.count) : before.subtracting(after)),
      staying.filtered(by: after.subtracting(before))
    )
    return .sum([
      moved, Change(leaving, Array(repeating: -1, count: leaving.count), origins: numbering.map { _ in leaving.nobody }),
      Change(entering, Array(repeating: 1, count: entering.count), origins: numbering.map { _ in entering.nobody }),
    ])
  }
}

extension Rows {
  /// Origins of rows that change by the clock alone.
  fileprivate var nobody: [Change.Origins] { Array(repeating: [], count: count) }
}

// MARK: - On both sides

extension Stepping {
  /// By evaluating it on both sides.
  func difference(_ plan: Plan) throws(Stop) -> Change {
    let before = try evaluated(plan, old)
    return difference(before, try evaluated(plan, new), origins: allOrigins(plan))
  }

  private func evaluated(_ plan: Plan, _ computation: Computation) throws(Stop) -> Rows {
    computation.looksUp = false
    defer { computation.looksUp = true }
    for table in plan.scans { try computation.visit(computation.snapshot.count(of: table) ?? 0) }
    return try computation.rows(of: plan, in: nil, isNeeded: false)
  }

  func difference(_ before: Rows, _ after: Rows, origins: Change.Origins?) -> Change {
    let delta = (ZSet(after.batch) - ZSet(before.batch)).consolidated()
    var change = Change(delta)
    if let origins { change.origins = Array(repeating: origins, count: change.count) }
    return change
  }

  /// All changes of what a plan reads; nil unless they are asked for.
  func allOrigins(_ plan: Plan) -> Change.Origins? {
    guard let numbering else { return nil }
    let tables = Set(plan.scans).filter { changes[$0] != nil }
    return tables.flatMap { table in (0..<Int32(changes[table]!.count)).map { numbering[table]! + $0 } }.sorted()
  }
}

extension Plan {
  /// Whether its own expressions do.
  var readsClock: Bool { ownExpressions.contains(where: \.readsClock) }
}

extension Expression {
  var readsClock: Bool {
    switch self {
    case .clock: return true
    case .call(let call):
      if let function = Catalogue.builtIn.function(call.function), function.volatility != .immutable { return true }
    default: break
    }
    return children.contains(where: \.readsClock)
  }
}

extension [Expression] {
  /// Whether one of these conditions is a column, which no other one looks at.
  func wantTrue(_ place: Int) -> Bool {
    let own = filter { $0.columns.contains(place) }
    guard own.count == 1, case .column = own[0] else { return false }
    return true
  }
}

extension [Plan.WindowCall] {
  /// What all of them are partitioned by.
  var sharedPartition: [Expression] {
    guard let first else { return [] }
    return first.partition.filter { key in allSatisfy { $0.partition.contains(key) } }
  }
}

/// Where an operator is in a plan: the numbers of inputs from the top down.
struct Path: Hashable, Comparable {
  var places: [UInt8] = []

  func below(_ place: Int = 0) -> Path { Path(places: places + [UInt8(clamping: place)]) }

  static func < (a: Path, b: Path) -> Bool { a.places.lexicographicallyPrecedes(b.places) }
}
