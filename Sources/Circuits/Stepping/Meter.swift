import Queries
import Relations

/// Counts the rows that a step looks at, and ends it when an evaluation would be cheaper.
final class Meter {
  private(set) var visited = 0
  let limit: Int

  init(limit: Int) { self.limit = limit }

  func visit(_ count: Int) throws(Stop) {
    visited += count
    if visited > limit { throw .tooCostly }
  }
}

extension Computation {
  /// Notes that so many rows are looked at.
  func visit(_ count: Int) throws(Stop) { try meter?.visit(count) }
}

extension Plan {
  /// The tables that it reads, as often as it reads them.
  var scans: [TableID] {
    if case .scan(let scan) = self { return [scan.table] }
    return inputs.flatMap(\.scans)
  }
}
