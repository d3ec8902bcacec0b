import Expressions
import Queries
import Relations

/// `rank(7) WITHIN GROUP (ORDER BY x)` and its like: where a row would stand that is not there.
extension Computation {
  func hypotheticalSet(
    _ call: Plan.AggregateCall, _ function: Function, _ input: AggregateInput, _ groups: [Int32], _ groupCount: Int,
    _ isNeeded: Bool
  ) throws(Stop) -> Column {
    let unsupported = Stop.unsupported("the aggregate \(catalogue.signature(of: function))")
    let direct = call.arguments
    guard direct.count == call.order.count, !call.isDistinct, direct.allSatisfy({ $0.columns.isEmpty && !$0.isDependent }),
      zip(direct, input.order).allSatisfy({ $0.type.id == $1.type.id })
    else { throw unsupported }
    let row = try values(direct, Rows(Batch([], count: 1)), nil, isNeeded: isNeeded)
    // Behind the rows that are there, the one that is not, once for each group.
    let own = (input.rows.map { groups.picking($0) } ?? groups) + (0..<Int32(groupCount)).map { $0 }
    let count = own.count - groupCount
    let everywhere = [Int32](repeating: 0, count: groupCount)
    var columns = [Column(.int4, .integers(own.map(Int64.init)))]
    for (ordered, value) in zip(input.order, row) {
      columns.append(.concatenating([ordered, value.picking(everywhere).relabeled(ordered.type)]))
    }
    let batch = Batch(columns, count: own.count)
    let keys = [SortOrder.Key(0)] + call.order.enumerated().map { .init(1 + $0, $1.order) }
    let sorted = batch.sortedRows(by: SortOrder(keys))
    let ranks = batch.picking(sorted).ranks
    var places = [Standing](repeating: Standing(), count: groupCount)
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count && ranks[end] == ranks[start] { end += 1 }
      let peers = sorted[start..<end]
      places[Int(own[Int(peers.first!)])].meet(peers.filter { $0 < count }.count, isHere: peers.contains { $0 >= count })
      start = end
    }
    return Column(
      call.type,
      try places.map { place throws(Stop) in
        switch function.name {
        case "rank": return .integer(Int64(place.before + 1))
        case "dense_rank": return .integer(Int64(place.kindsBefore + 1))
        case "percent_rank": return .float(place.all == 0 ? 0 : Double(place.before) / Double(place.all))
        case "cume_dist": return .float(Double(place.before + place.beside + 1) / Double(place.all + 1))
        default: throw unsupported
        }
      })
  }

  /// Where the row stands in a group.
  private struct Standing {
    var before = 0
    var kindsBefore = 0
    var beside = 0
    var all = 0
    private var isPassed = false

    /// The next rows in order that tie.
    mutating func meet(_ count: Int, isHere: Bool) {
      all += count
      if isHere {
        beside = count
        isPassed = true
      } else if !isPassed {
        before += count
        kindsBefore += 1
      }
    }
  }
}
