import Expressions
import Queries
import Relations

/// A footprint as something to look at changes through.
struct Lens {
  private let footprint: Footprint
  private let filter: FootprintFilter
  private let context: EvaluationContext

  /// Nil if the condition needs a column that is not known, or is not evaluated: then every row may be inside.
  init?(_ footprint: Footprint, _ context: EvaluationContext, knowing unknown: some Sequence<Int>) {
    guard footprint.condition.columns.isDisjoint(with: unknown), let filter = try? FootprintFilter(footprint) else { return nil }
    self.footprint = footprint
    self.filter = filter
    self.context = context
  }

  private func inside(_ changes: ZSet) -> ZSet { changes.filtered(by: filter.inside(changes.rows, context)) }

  /// Where the rows that are inside are.
  func places(inside changes: ZSet) -> [Int32] { filter.inside(changes.rows, context).trueRows.map { $0 } }

  /// Whether no row that passed was inside.
  func seesNothing(of traffic: ZSet) -> Bool { inside(traffic).isEmpty }

  /// Whether what is inside cancels, in the columns that the question looks at.
  func seesNoChange(_ net: ZSet) -> Bool { inside(net).projecting(footprint.columns).consolidated().isEmpty }
}
