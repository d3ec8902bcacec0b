import Expressions
import Relations

/// Evaluates the whole condition for each read over all changes: slow, and right whatever the condition.
struct ReadScan {
  private let request: CellRequest
  let contributions: Contributions
  private let context: EvaluationContext
  private let condition: Evaluator

  init(_ request: CellRequest, _ contributions: Contributions, _ context: EvaluationContext) throws(Failure) {
    self.request = request
    self.contributions = contributions
    self.context = context
    // As `FootprintFilter` does: a row that raises in some order of evaluation is inside.
    condition = try Evaluator(request.footprint.condition, order: .any)
  }

  func answer() -> CellAnswer {
    var answer = CellAnswer(count: request.count, contributions)
    for read in 0..<request.count { answer.add(contributions.total(of: inside(read).trueRows), to: read) }
    return answer
  }

  /// The rows that a read sees.
  func inside(_ read: Int) -> Bitmap {
    var context = context
    context.parameters = request.constants.map { $0[read] }
    let (matching, errors) = condition.matches(contributions.changes.rows, context)
    let inside = errors.map { matching | $0.rows } ?? matching
    guard let first = request.firstRows?[read], first > 0 else { return inside }
    return inside & Bitmap(count: inside.count) { $0 >= first }
  }
}
