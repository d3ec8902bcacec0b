import Expressions
import Queries
import Relations

/// The first rows of an order, and some behind them, so that a few may go before the table has to be asked again.
///
///     kept    1 2 2 3 5 5 | 8 8 9 … 21       all rows up to some place in the order, with all that tie there
///     wanted  1 2 2 3 5 5
///
/// A change behind the last row that is kept is nobody's business. When too few are left, this is exhausted.
final class TopRows {
  private(set) var kept: ZSet
  /// Whether the rows that are kept are all there are.
  private(set) var isAll: Bool
  private let keys: [Plan.SortKey]
  private let wanted: Int

  /// The most rows that may be wanted.
  static let most = 100_000

  /// - Parameters:
  ///   - rows: all there are, or those up to some place in the order, with all that tie there.
  ///   - count: how many rows are wanted at most.
  init(
    _ rows: ZSet, isAll: Bool = true, _ keys: [Plan.SortKey], wanted count: Int, _ computation: Computation
  ) throws(Stop) {
    self.keys = keys
    wanted = count
    (kept, self.isAll) = (rows, isAll)
    try trim(to: 4 * count + 64, computation)
  }

  /// All that is kept, in order.
  func sorted(_ computation: Computation) throws(Stop) -> Rows { try computation.sort(Rows(kept.listed), keys, nil, false) }

  /// With only a few rows behind those that are wanted.
  func trimmed(spare: Int, _ computation: Computation) throws(Stop) -> TopRows {
    let copy = try TopRows(kept, isAll: isAll, keys, wanted: wanted, computation)
    if kept.count > wanted + 4 * spare { try copy.trim(to: wanted + 2 * spare, computation) }
    return copy
  }

  private func trim(to count: Int, _ computation: Computation) throws(Stop) {
    guard kept.count > count else { return }
    let numbers = Column(.int8, .integers((0..<Int64(kept.count)).map { $0 }))
    let sorted = try computation.sort(Rows(kept.rows).adding([numbers]), keys, nil, false)
    let ranks = sorted.ranks!
    var end = count
    while end < ranks.count && ranks[end] == ranks[count - 1] && !Planted.bug("ties at the end of what is kept are cut off") {
      end += 1
    }
    guard case .integers(let order) = sorted.column(kept.rows.columns.count).storage else { return }
    isAll = isAll && end == kept.count
    kept = kept.picking(order[..<end].map { Int32($0) })
  }

  /// The rows after a change, as many as may be wanted, sorted; nil if too few are left.
  func step(_ change: ZSet, wanted count: Int, _ computation: Computation) throws(Stop) -> Rows? {
    let before = kept
    var all = before + change
    if !isAll {
      // Up to the last one that is kept.
      guard before.count > 0 else { return nil }
      let numbers = Column(.int8, .integers((0..<Int64(all.count)).map { $0 }))
      let sorted = try computation.sort(Rows(all.rows).adding([numbers]), keys, nil, false)
      guard case .integers(let order) = sorted.column(all.rows.columns.count).storage, let ranks = sorted.ranks else { return nil }
      let last = order.indices.filter { order[$0] < before.count }.map { ranks[$0] }.max()!
      all = all.picking(order.indices.filter { ranks[$0] <= last }.map { Int32(order[$0]) })
    }
    let after = all.consolidated()
    guard after.weights.allSatisfy({ $0 > 0 }) else { return nil }
    kept = after
    if !isAll && after.weights.reduce(0, +) <= Int64(count) && !Planted.bug("too few first rows are enough") { return nil }
    let result = try sorted(computation)
    if kept.count > 16 * count + 256 { try trim(to: 4 * count + 64, computation) }
    return result
  }
}
