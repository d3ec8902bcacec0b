import Expressions
import Relations

/// Tells which rows of a table are inside a footprint, for given constants.
public struct FootprintFilter: Sendable {
  private let condition: Evaluator

  /// - Throws: what the condition's evaluator throws: then nothing is known of any row.
  public init(_ footprint: Footprint) throws(Failure) {
    // A row that raises in some order of evaluation is inside: the planner may choose that order.
    condition = try Evaluator(footprint.condition, order: .any)
  }

  /// - Parameter rows: with all columns of the table.
  public func inside(_ rows: Batch, _ context: EvaluationContext) -> Bitmap {
    let (matching, errors) = condition.matches(rows, context)
    return errors.map { matching | $0.rows } ?? matching
  }
}
