import Expressions
import Queries
import Relations

/// Tier 1: what a question's answer changes by, from the changes of its rows alone.
struct AnswerTier {
  let question: SingleTableQuestion
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
      case .totals(let totals): return try self.totals(inside, totals, was)
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

  fileprivate func column(_ expression: Expression, _ context: EvaluationContext) throws(Failure) -> Column {
    let vector = try Evaluator(expression).evaluate(rows, context)
    if let failure = vector.errors?.first?.failure { throw failure }
    return vector.column
  }
}

// MARK: - Rows

extension AnswerTier {
  private func rows(_ inside: ZSet, _ expressions: [Expression], _ was: AnswerRows?) throws(Failure) -> Finding {
    var columns: [Column] = []
    for expression in expressions { columns.append(try inside.column(expression, context)) }
    var counts: [[PrintedValue]: Int64] = [:]
    let rows = Batch(columns, count: inside.count)
    for row in 0..<inside.count { counts[rows[row].map(PrintedValue.init), default: 0] += inside.weights[row] }
    if counts.values.allSatisfy({ $0 == 0 }) {
      // The same rows, but maybe in another order.
      return question.isOrdered && !inside.isEmpty ? .undecided : .holds
    }
    return .stale(now: question.isOrdered ? nil : was.flatMap { now(after: $0, ZSet(rows, weights: inside.weights)) })
  }

  /// The recorded rows without those that left, then those that came; nil if one that left is not among them.
  private func now(after was: AnswerRows, _ delta: ZSet) -> AnswerRows? {
    guard var rows = was.rows else { return nil }
    let net = delta.consolidated()
    for row in 0..<net.count where net.weights[row] < 0 {
      let gone = net.rows[row].map(PrintedValue.init)
      for _ in 0..<(-net.weights[row]) {
        guard let place = rows.firstIndex(where: { $0.map(PrintedValue.init) == gone }) else { return nil }
        rows.remove(at: place)
      }
    }
    for row in 0..<net.count where net.weights[row] > 0 {
      rows += Array(repeating: net.rows[row], count: Int(net.weights[row]))
    }
    return AnswerRows(was.types, rows)
  }
}

// MARK: - Totals

extension AnswerTier {
  /// What one total says: it is the same, it is another one, or that is open. And its value now, if known.
  fileprivate enum TotalFinding {
    case same(Value?)
    case other(Value?)
    case open
  }

  private func totals(_ inside: ZSet, _ totals: [SingleTableQuestion.Total], _ was: AnswerRows?) throws(Failure) -> Finding {
    let before = was?.rows.flatMap { $0.count == 1 && $0[0].count == totals.count ? $0[0] : nil }
    var findings: [TotalFinding] = []
    for (place, total) in totals.enumerated() { findings.append(try finding(total, inside, was: before?[place])) }
    let values = findings.compactMap(\.value)
    let now = values.count == totals.count ? AnswerRows(totals.map(\.type), [values]) : nil
    if findings.contains(where: \.isOther) { return .stale(now: now) }
    return findings.contains(where: \.isOpen) ? .undecided : .holds
  }

  private func finding(_ total: SingleTableQuestion.Total, _ inside: ZSet, was: Value?) throws(Failure) -> TotalFinding {
    let counted = try total.filter.map { filter throws(Failure) in try inside.satisfying(filter, context) } ?? inside
    switch total.kind {
    case .countRows: return count(counted.weights.reduce(0, +), was)
    case .count(let argument):
      let column = try counted.column(argument, context)
      return count(column.weightOfValues(counted.weights), was)
    case .sum(let argument): return try sum(try counted.column(argument, context), counted.weights, was)
    }
  }

  private func count(_ change: Int64, _ was: Value?) -> TotalFinding {
    guard case .integer(let before)? = was else { return change == 0 ? .same(nil) : .other(nil) }
    return change == 0 ? .same(was) : .other(.integer(before + change))
  }

  /// A sum of nothing is null, and one of rows that add up to nothing is not: so the number of values counts as well.
  private func sum(_ column: Column, _ weights: [Int64], _ was: Value?) throws(Failure) -> TotalFinding {
    let count = column.weightOfValues(weights)
    guard let change = try column.weightedSum(weights) else { return .open }
    switch was {
    case .null?:
      // There was nothing in it: what is in it now is what came.
      if count == 0 { return .same(.null) }
      return .other(change.value(of: column.type))
    case .numeric(let before)? where !before.isFinite:
      // NaN and the infinities swallow what is added to them.
      return change.isZero && count == 0 ? .same(was) : .open
    case let before?:
      guard count >= 0 else { return change.isZero ? .open : .other(nil) }
      return change.isZero ? .same(before) : .other(change.added(to: before, of: column.type))
    case nil:
      if change.isZero && count == 0 { return .same(nil) }
      return change.isZero || column.type.id == .numeric ? .open : .other(nil)
    }
  }
}

extension AnswerTier.TotalFinding {
  fileprivate var value: Value? {
    switch self {
    case .same(let value), .other(let value): value
    case .open: nil
    }
  }
  fileprivate var isOther: Bool { if case .other = self { true } else { false } }
  fileprivate var isOpen: Bool { if case .open = self { true } else { false } }
}

// MARK: - Adding up

extension Column {
  fileprivate func weightOfValues(_ weights: [Int64]) -> Int64 {
    weights.indices.reduce(0) { isNull($1) ? $0 : $0 + weights[$1] }
  }

  /// Nil where a number does not subtract: NaN and the infinities.
  fileprivate func weightedSum(_ weights: [Int64]) throws(Failure) -> ExactChange? {
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
    return ExactChange(sum: sum)
  }
}

/// What a sum changes by.
private struct ExactChange {
  let sum: Numeric

  var isZero: Bool { sum.signum == 0 }

  /// The change as a sum of its own, of a column of that type.
  func value(of type: SQLType) -> Value? {
    // int8 and numeric add up to numeric, shorter integers to int8.
    guard type.id == .int2 || type.id == .int4 else { return .numeric(sum) }
    return (try? sum.toInt64()).map { .integer($0) }
  }

  func added(to before: Value, of type: SQLType) -> Value? {
    switch before {
    case .integer(let integer): (try? sum + Numeric(integer)).flatMap { ExactChange(sum: $0).value(of: type) }
    case .numeric(let numeric) where numeric.isFinite: (try? sum + numeric).map { .numeric($0) }
    default: nil
    }
  }
}
