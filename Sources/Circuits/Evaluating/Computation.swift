import Expressions
import Queries
import Relations

/// Evaluates a query on a snapshot.
///
/// - Returns: the answer as PostgreSQL 15 gives it, and in what it might be another one.
public func answer(to query: Query, on snapshot: some Snapshot, _ context: EvaluationContext = EvaluationContext()) -> Outcome {
  Computation(snapshot, context).answer(to: query)
}

extension Computation {
  /// - Parameter prepared: the plan as it is evaluated, if somebody has it.
  func answer(to query: Query, prepared: Plan? = nil) -> Outcome {
    do throws(Stop) {
      try notePlanned(query.plan)
      let below = query.plan.belowShownOrder
      let plan = below.map { $0.plan.prepared(catalogue) } ?? prepared ?? query.plan.prepared(catalogue)
      findsConstants = snapshot.isIndexed && plan.raisesNothingUnseen(catalogue)
      let rows = try rows(of: plan, in: nil, isNeeded: true)
      if let error = errors.outcome { return error }
      return .rows(
        Answer(
          columns: query.columns, rows: rows.batch, ranks: below == nil ? rows.ranks : nil, doubts: doubts,
          unknownOrder: below?.collation))
    } catch {
      return error.outcome
    }
  }
}

/// One evaluation of one plan, operator by operator from the bottom up, each over all of its rows at once.
///
/// A class because operators share what they note: errors, doubts, and evaluators that are made once.
final class Computation {
  let snapshot: any Snapshot
  let context: EvaluationContext
  let catalogue = Catalogue.builtIn
  var errors = ErrorLedger()
  var doubts: Doubts = []
  /// The recursions around, the nearest last.
  var working: [Working] = []
  var surroundingsCount = 0
  /// Whether rows that are asked for by equalities are looked up in the snapshot, instead of scanned: while stepping, they are few.
  var looksUp = false
  /// Whether rows that constants ask for are looked up too: where no row that is not looked at then can raise.
  var findsConstants = false
  /// Counts the rows that are looked up; nil while evaluating.
  var meter: Meter?
  /// How many rows of tables were looked at.
  var seenRows = 0
  /// Per table, the columns that are looked at: the others are null, for whoever compares whole rows. Nil for all.
  var used: [TableID: [Int]]?
  private let evaluators: EvaluatorCache

  init(_ snapshot: any Snapshot, _ context: EvaluationContext, _ evaluators: EvaluatorCache = EvaluatorCache()) {
    self.snapshot = snapshot
    self.context = context
    self.evaluators = evaluators
  }

  /// - Parameters:
  ///   - surroundings: the outer values, in a dependent plan.
  ///   - isNeeded: whether PostgreSQL computes each of the rows with each column, whatever its planner does.
  func rows(of plan: Plan, in surroundings: Surroundings?, isNeeded: Bool) throws(Stop) -> Rows {
    switch plan {
    case .oneRow: return Rows(Batch([], count: 1))
    case .scan(let scan):
      guard let used = used?[scan.table] else { return Rows(try self.scan(scan, Array(scan.columns.indices))) }
      return Rows(try self.scan(scan, used).widened(used, to: scan.columns))
    case .filter(let input, let condition):
      noteOrder(of: condition.conjuncts, over: input)
      if let surroundings, looksUp(input, of: surroundings), let restriction = try restriction(condition.conjuncts, surroundings) {
        return try filter(try candidates(of: input, in: surroundings, restriction), condition, surroundings, isNeeded)
      }
      if let found = try foundByConstants(plan, in: surroundings) {
        return try filter(found, condition, surroundings, isNeeded)
      }
      return try filter(try rows(of: input, in: surroundings, isNeeded: false), condition, surroundings, isNeeded)
    case .project(let input, let expressions): return try project(input, expressions, surroundings, isNeeded)
    case .aggregate(let input, let aggregation):
      return try aggregate(input, aggregation, surroundings, isNeeded)
    case .values(let rows, let types): return try values(written: rows, types, surroundings, isNeeded)
    case .join(let join): return try self.join(join, surroundings, isNeeded)
    case .apply(let apply): return try self.apply(apply, surroundings, isNeeded)
    case .distinct(let input): return try distinct(input, surroundings, isNeeded)
    case .distinctOn(let input, let keys): return try distinctOn(input, keys, surroundings, isNeeded)
    case .sort(let input, let keys): return try sort(input, keys, surroundings, isNeeded)
    case .limit(let input, let limit): return try self.limit(input, limit, surroundings, isNeeded)
    case .combine(let operation): return try combine(operation, surroundings, isNeeded)
    case .recursive(let recursion): return try recursive(recursion, surroundings)
    case .working(let level, let types): return try working(level: level, types, surroundings)
    case .window(let input, let calls): return try window(input, calls, surroundings, isNeeded)
    case .rows(let functions): return try rows(made: functions, surroundings, isNeeded)
    }
  }
}

/// Evaluators that are made once, and serve whoever evaluates the same expressions.
final class EvaluatorCache {
  fileprivate(set) var ordered: [Expression: Evaluator] = [:]
  fileprivate(set) var unordered: [Expression: Evaluator] = [:]
}

// MARK: - Values

extension Computation {
  /// The values of an expression over rows; nulls for those that raise, which are noted.
  ///
  /// - Precondition: the rows are bound if the expression is dependent.
  func values(
    _ expression: Expression, _ rows: Rows, _ surroundings: Surroundings?, isNeeded: Bool
  ) throws(Stop) -> Column {
    if case .column(let index, _) = expression { return rows.column(index).relabeled(expression.type) }
    let (expression, batch) = placed(expression, rows, surroundings)
    guard let evaluator = try evaluator(expression, isNeeded: isNeeded) else {
      return .repeating(.null, expression.type, count: rows.count)
    }
    let vector = evaluator.evaluate(batch, context)
    try note(vector.errors, certain: isNeeded ? vector.errors?.rows : nil)
    return vector.column
  }

  func values(
    _ expressions: [Expression], _ rows: Rows, _ surroundings: Surroundings?, isNeeded: Bool
  ) throws(Stop) -> [Column] {
    var columns: [Column] = []
    for expression in expressions { columns.append(try values(expression, rows, surroundings, isNeeded: isNeeded)) }
    return columns
  }

  /// An expression over a batch of just the columns that it looks at, outer ones among them.
  func placed(_ expression: Expression, _ rows: Rows, _ surroundings: Surroundings?) -> (Expression, Batch) {
    // An outer column has level 1 or more, one of these rows 0.
    var columns: [Column] = []
    var places: [OuterColumn: Int] = [:]
    let placed = expression.replacingReferences { column, type in
      let place = places[column] ?? columns.count
      if place == columns.count {
        columns.append(column.level == 0 ? rows.column(column.index) : outer(column, rows, surroundings))
        places[column] = place
      }
      return .column(place, type)
    }
    return (placed, Batch(columns, count: rows.count))
  }

  private func outer(_ column: OuterColumn, _ rows: Rows, _ surroundings: Surroundings?) -> Column {
    guard let surroundings, let bindings = rows.bindings, let place = surroundings.places[column] else {
      preconditionFailure("a dependent expression is over bound rows")
    }
    return surroundings.batch.columns[place].picking(bindings)
  }

  /// Nil if PostgreSQL's planner raises, which is noted.
  func evaluator(
    _ expression: Expression, order: Evaluator.OperandOrder = .asWritten, isNeeded: Bool
  ) throws(Stop) -> Evaluator? {
    if let known = order == .any ? evaluators.unordered[expression] : evaluators.ordered[expression] { return known }
    do throws(Failure) {
      let evaluator = try Evaluator(expression, order: order)
      if order == .any { evaluators.unordered[expression] = evaluator } else { evaluators.ordered[expression] = evaluator }
      return evaluator
    } catch {
      switch error {
      case .raised(let error):
        errors.note(error, isCertain: isNeeded, isPlanned: true)
        return nil
      case .unsupported(let what): throw .unsupported(what)
      }
    }
  }

  /// What the planner may raise before a row is read. It looks at all of the plan, whether or not rows come by; but what stands in a
  /// subquery's column that nobody uses it leaves out.
  func notePlanned(_ plan: Plan) throws(Stop) {
    for expression in plan.ownExpressions {
      do throws(Failure) { _ = try expression.folded(catalogue) } catch {
        switch error {
        case .raised(let error): errors.note(error, isCertain: false, isPlanned: true)
        case .unsupported(let what): throw .unsupported(what)
        }
      }
    }
    for input in plan.inputsThatCount { try notePlanned(input) }
  }

  /// - Parameter certain: the rows that PostgreSQL looks at in any case.
  func note(_ raised: RowErrors?, certain: Bitmap?) throws(Stop) {
    guard let raised else { return }
    for row in raised.rows.trueRows {
      switch raised[Int(row)]! {
      case .raised(let error): errors.note(error, isCertain: certain?[Int(row)] ?? false)
      case .unsupported(let what): throw .unsupported(what)
      }
    }
  }

  /// Every row in every binding.
  func bound(_ rows: Rows, _ surroundings: Surroundings?) -> Rows {
    guard rows.bindings == nil else { return rows }
    guard let surroundings else { preconditionFailure("only a dependent plan is bound") }
    let (count, bindings) = (Int32(rows.count), Int32(surroundings.count))
    var picked: [Int32] = []
    var numbers: [Int32] = []
    picked.reserveCapacity(Int(count) * Int(bindings))
    numbers.reserveCapacity(Int(count) * Int(bindings))
    for binding in 0..<bindings {
      for row in 0..<count {
        picked.append(row)
        numbers.append(binding)
      }
    }
    var bound = rows.picking(picked)
    bound.bindings = numbers
    return bound
  }

  /// The rows as an expression needs them.
  func bound(_ rows: Rows, for expressions: [Expression], _ surroundings: Surroundings?) -> Rows {
    rows.bindings == nil && expressions.contains(where: \.isDependent) ? bound(rows, surroundings) : rows
  }
}

extension Plan {
  /// Without what would be selected for `EXISTS`.
  fileprivate var inputsThatCount: [Plan] {
    if case .apply(let apply) = self, apply.kind == .exists { [apply.input, apply.subquery.withoutTargets] } else { inputs }
  }
}

extension Catalogue {
  /// - Throws: if values of the type cannot be grouped, joined or ordered here.
  func requireOrder(of type: SQLType) throws(Stop) {
    guard type.id.isEvaluated else { throw .unsupported("the order of \(name(of: type))") }
  }
}
