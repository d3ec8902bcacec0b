import Expressions
import Queries
import Relations

/// What a circuit keeps from one step to the next. Made when first needed; may be dropped at any time.
final class StepMemory {
  func sums(of input: Plan, _ aggregation: Plan.Aggregation, _ path: Path, _ old: Computation) throws(Stop) -> GroupSums? { nil }
  func top(of input: Plan, _ limit: Plan.Limit, _ path: Path, _ old: Computation) throws(Stop) -> TopRows? { nil }
}
final class GroupSums {
  func step(_ change: Change, _ aggregation: Plan.Aggregation, _ new: Computation) throws(Stop) -> Change { fatalError() }
}
final class TopRows {
  func step(_ change: Change, _ limit: Plan.Limit, _ new: Computation) throws(Stop) -> Change? { nil }
}
