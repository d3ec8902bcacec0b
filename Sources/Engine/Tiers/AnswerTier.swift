import Expressions
import Queries
import Relations

/// Tier 1: what a question's answer changes by, from the changes of its rows alone.
struct AnswerTier {
  let question: SingleTableQuestion
  /// With the constants of the question.
  let context: EvaluationContext

  enum Finding {
    case holds
    /// The answer differs. It is now this, if that is known.
    case stale(now: AnswerRows?)
    /// The changed rows alone do not tell.
    case undecided
  }

  /// - Parameters:
  ///   - delta: the table's difference on balance.
  ///   - was: the answer, as far as it was recorded.
  func finding(_ delta: ZSet, was: AnswerRows?) -> Finding {
    // An error that a row raises which nobody touched is an answer that stays, whatever else changes.
    guard was?.rows != nil || question.cannotRaise else { return .undecided }
    do throws(Failure) {
      let inside = try inside(delta)
      switch question.output {
      case .rows(let expressions): return try rows(inside, expressions, was)
      case .totals(let totals):
        var changes: [TotalChange] = []
        for total in totals { changes.append(try change(of: total, inside)) }
        return TotalChange.finding(totals, changes, was: was)
      case .groups(let groups): return try self.groups(inside, groups, was)
      }
    } catch { return .undecided }
  }

  /// The changes that the conditions let in.
  ///
  /// - Throws: where a row raises: whether it does in PostgreSQL its planner decides.
  func inside(_ delta: ZSet) throws(Failure) -> ZSet {
    var inside = delta
    for condition in question.conditions { inside = try inside.satisfying(condition, context) }
    return inside
  }
}

extension ZSet {
  fileprivate func satisfying(_ condition: Expression, _ context: EvaluationContext) throws(Failure) -> ZSet {
    let (matching, errors) = try Evaluator(condition, order: .any).matches(rows, context)
    if let failure = errors?.first?.failure { throw failure }
    return filtered(by: matching)
  }

  func column(_ expression: Expression, _ context: EvaluationContext) throws(Failure) -> Column {
    let vector = try Evaluator(expression).evaluate(rows, context)
    if let failure = vector.errors?.first?.failure { throw failure }
    return vector.column
  }
}

// MARK: - Rows

extension AnswerTier {
  private func rows(_ inside: ZSet, _ expressions: [Expression], _ was: AnswerRows?) throws(Failure) -> Finding {
    let shown = try shown(inside, expressions)
    if shown.asPrinted.consolidated().isEmpty {
      // The same rows, but maybe in another order.
      return question.isOrdered && !inside.isEmpty ? .undecided : .holds
    }
    return .stale(now: question.isOrdered ? nil : was?.changed(by: shown))
  }

  /// The rows of the answer that changes make which are inside.
  func shown(_ inside: ZSet, _ expressions: [Expression]) throws(Failure) -> ZSet {
    var columns: [Column] = []
    for expression in expressions { columns.append(try inside.column(expression, context)) }
    return ZSet(Batch(columns, count: inside.count), weights: inside.weights)
  }

}

extension AnswerRows {
  /// The rows without those that leave, then those that come; nil if one that leaves is not among them.
  func changed(by delta: ZSet) -> AnswerRows? {
    guard let rows else { return nil }
    let net = delta.consolidated()
    var gone: [[PrintedValue]: Int64] = [:]
    for row in 0..<net.count where net.weights[row] < 0 {
      gone[net.rows[row].map(PrintedValue.init), default: 0] -= net.weights[row]
    }
    var now: [[Value]] = []
    for row in rows {
      let printed = row.map(PrintedValue.init)
      if let count = gone[printed], count > 0 { gone[printed] = count - 1 } else { now.append(row) }
    }
    guard gone.values.allSatisfy({ $0 == 0 }) else { return nil }
    for row in 0..<net.count where net.weights[row] > 0 {
      now += Array(repeating: net.rows[row], count: Int(net.weights[row]))
    }
    return AnswerRows(types, now)
  }
}

extension ZSet {
  /// With values that are identical where they are printed alike.
  fileprivate var asPrinted: ZSet {
    ZSet(Batch(rows.columns.map(\.asPrinted), count: count), weights: weights)
  }
}

extension Column {
  /// Only a number's scale is stored and not seen.
  fileprivate var asPrinted: Column {
    guard case .numerics(let numbers) = storage else { return self }
    return Column(type, .numerics(numbers.map(\.trimmedScale)), nulls: nulls)
  }
}

// MARK: - Totals

extension AnswerTier {
  func change(of total: SingleTableQuestion.Total, _ inside: ZSet) throws(Failure) -> TotalChange {
    let counted = try total.filter.map { filter throws(Failure) in try inside.satisfying(filter, context) } ?? inside
    guard let argument = total.argument else { return TotalChange(count: counted.weights.reduce(0, +), sum: nil) }
    let column = try counted.column(argument, context)
    let isSummed = if case .sum = total.kind { true } else { false }
    return TotalChange(
      count: column.weightOfValues(counted.weights), sum: isSummed ? try column.weightedSum(counted.weights) : nil)
  }
}

extension Column {
  fileprivate func weightOfValues(_ weights: [Int64]) -> Int64 {
    weights.indices.reduce(0) { isNull($1) ? $0 : $0 + weights[$1] }
  }

  /// Nil where a number does not subtract: NaN and the infinities.
  fileprivate func weightedSum(_ weights: [Int64]) throws(Failure) -> Numeric? {
    var sum = Numeric.zero
    for row in weights.indices where !isNull(row) {
      let number: Numeric
      switch self[row] {
      case .integer(let integer): number = Numeric(integer)
      case .numeric(let numeric) where numeric.isFinite: number = numeric
      default: return nil
      }
      do throws(SQLError) { sum = try sum + number * Numeric(weights[row]) } catch { throw .raised(error) }
    }
    return sum
  }
}
