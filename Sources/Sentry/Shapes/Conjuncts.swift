import Expressions
import Relations

/// A footprint's condition taken apart into what must all be true, each part by how it can be looked up.
///
///     region = $1 AND total > $2 AND total <= $3 AND status IN ($4, $5) AND note LIKE '%x' AND note <> $6
///     └ equality ┘    └────── one range ───────┘     └──── list ──────┘     └─ of rows ──┘     └ residual ┘
///
/// A row is inside if all parts are true, or if any part raises: which is what the condition as a whole gives under
/// `OperandOrder.any`, because then no operand of `AND` is skipped.
struct Conjuncts: Sendable {
  /// About rows alone: the same for all reads.
  var ofRows: [Expression] = []
  /// About constants alone: the same for all rows.
  var ofConstants: [Expression] = []
  var equalities: [Comparison] = []
  var ranges: [Range] = []
  /// Each an equality with one of several constants.
  var lists: [List] = []
  /// About both, and not recognised.
  var residual: [Expression] = []

  /// `subject` names columns and no parameters, `comparand` no columns.
  struct Comparison: Sendable {
    let subject: Expression
    let comparand: Expression
    let whole: Expression
  }

  struct Range: Sendable {
    let subject: Expression
    let question: ComparisonFunctions.Question
    let comparand: Expression
    let whole: Expression
  }

  struct List: Sendable {
    let subject: Expression
    let comparands: [Expression]
    let whole: Expression
  }

  /// - Parameters:
  ///   - condition: folded.
  ///   - plainPatterns: whether the reads' patterns of `LIKE` are all plain.
  init(_ condition: Expression, plainPatterns: Bool = true) {
    self.plainPatterns = plainPatterns
    add(condition)
  }

  private let plainPatterns: Bool

  /// What patterns of `LIKE` must be plain.
  var patterns: [Expression] { ranges.filter { $0.question == .like }.map(\.comparand) }
}

extension Conjuncts {
  private mutating func add(_ condition: Expression) {
    switch condition {
    case .and(let operands): for operand in operands { add(operand) }
    case _ where !condition.hasParameters: ofRows.append(condition)
    case _ where !condition.hasColumns: ofConstants.append(condition)
    case .call(let call): add(call)
    case .quantified(let quantified): add(quantified)
    default: residual.append(condition)
    }
  }

  private mutating func add(_ call: Expression.Call) {
    let whole = Expression.call(call)
    if plainPatterns && ComparisonFunctions.isLike(call.function) && call.arguments[0].isText
      && !call.arguments[0].hasParameters && !call.arguments[1].hasColumns
    {
      ranges.append(Range(subject: call.arguments[0], question: .like, comparand: call.arguments[1], whole: whole))
      return
    }
    guard let question = ComparisonFunctions.question(call.function), question != .notEqual,
      let (subject, comparand, isMirrored) = sides(call.arguments)
    else { return residual.append(whole) }
    if question == .equal {
      equalities.append(Comparison(subject: subject, comparand: comparand, whole: whole))
    } else {
      let asked = isMirrored ? question.mirrored : question
      ranges.append(Range(subject: subject, question: asked, comparand: comparand, whole: whole))
    }
  }

  private mutating func add(_ quantified: Expression.Quantified) {
    let whole = Expression.quantified(quantified)
    guard !quantified.all, ComparisonFunctions.question(quantified.comparison) == .equal,
      !quantified.operand.hasParameters, quantified.list.allSatisfy({ !$0.hasColumns })
    else { return residual.append(whole) }
    lists.append(List(subject: quantified.operand, comparands: quantified.list, whole: whole))
  }

  private func sides(_ arguments: [Expression]) -> (subject: Expression, comparand: Expression, isMirrored: Bool)? {
    let (a, b) = (arguments[0], arguments[1])
    if !a.hasParameters && !b.hasColumns { return (a, b, false) }
    if !b.hasParameters && !a.hasColumns { return (b, a, true) }
    return nil
  }
}

extension Expression {
  /// Whether blanks at its end count.
  fileprivate var isText: Bool { type.id == .text || type.id == .varchar }
}
