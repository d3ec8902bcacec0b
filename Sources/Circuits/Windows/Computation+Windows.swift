import Expressions
import Queries
import Relations

/// Window functions: each adds a column, and leaves the rows as they are.
extension Computation {
  func window(_ plan: Plan, _ calls: [Plan.WindowCall], _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    let isRead = isNeeded && !plan.isPulledUp(below: calls.flatMap(\.parts))
    return try window(try rows(of: plan, in: surroundings, isNeeded: isRead), calls, surroundings, isNeeded)
  }

  func window(_ rows: Rows, _ calls: [Plan.WindowCall], _ surroundings: Surroundings?, _ isNeeded: Bool) throws(Stop) -> Rows {
    var input = bound(rows, for: calls.flatMap(\.parts), surroundings)
    input.ranks = nil
    var columns: [Column] = []
    var windows: [WindowShape: Window] = [:]
    for call in calls {
      let shape = WindowShape(partition: call.partition, order: call.order)
      let known = windows[shape]
      let window = if let known { known } else { try self.window(shape, input, surroundings, isNeeded) }
      windows[shape] = window
      columns.append(try value(call, window, input, surroundings, isNeeded))
    }
    return input.adding(columns)
  }

  private func window(
    _ shape: WindowShape, _ input: Rows, _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Window {
    let partition =
      input.bindingColumns + (try values(shape.partition, input, surroundings, isNeeded: isNeeded))
    let order = try values(shape.order.map(\.expression), input, surroundings, isNeeded: isNeeded)
    for column in partition + order { try catalogue.requireOrder(of: column.type) }
    return Window(partition: partition, order: order, orders: shape.order.map(\.order), input: input)
  }

  private func value(
    _ call: Plan.WindowCall, _ window: Window, _ input: Rows, _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Column {
    guard let function = catalogue.function(call.function) else { throw .unsupported("function number \(call.function.oid)") }
    // Everything in the order of the window from here on.
    let rows = input.picking(window.rows)
    let arguments = try values(call.arguments, rows, surroundings, isNeeded: isNeeded)
    var passing: Bitmap?
    if let filter = call.filter { passing = try self.passing(filter, rows, surroundings, isNeeded: isNeeded) }
    let result: Column
    if function.kind == .aggregate {
      let frames = try frames(call, window, rows, surroundings, isNeeded)
      if call.frame.mode == .rows && !frames.areWholePartitions && !window.tiesAreIdentical { doubts.insert(.unordered) }
      result = try aggregates(function, call.type, arguments, passing, window, frames, isNeeded)
    } else {
      var ranking = Ranking(computation: self, window: window, arguments: arguments, type: call.type, isNeeded: isNeeded)
      if ["first_value", "last_value", "nth_value"].contains(function.name) {
        ranking.frames = try frames(call, window, rows, surroundings, isNeeded)
      }
      result = try ranking.value(function)
    }
    return result.picking(window.places)
  }

  /// An aggregate over the frame of each row. Rows with the same frame share it.
  private func aggregates(
    _ function: Function, _ type: SQLType, _ arguments: [Column], _ passing: Bitmap?, _ window: Window, _ frames: Frames,
    _ isNeeded: Bool
  ) throws(Stop) -> Column {
    guard function.aggregate?.kind ?? .normal == .normal else {
      throw .unsupported("\(catalogue.signature(of: function)) over a window")
    }
    let aggregate = Aggregate(computation: self, function: function, type: type, isNeeded: isNeeded)
    var parts: [Column] = []
    var places: [Int32] = []
    places.reserveCapacity(window.count)
    var members: (rows: [Int32], groups: [Int32]) = ([], [])
    var groupCount: Int32 = 0
    var base: Int32 = 0
    func finish() throws(Stop) {
      let picked = Members(
        arguments: arguments.map { $0.picking(members.rows) }, groups: members.groups, groupCount: Int(groupCount),
        isOrdered: window.hasOrder && window.tiesAreIdentical)
      parts.append(try aggregate.value(picked))
      base += groupCount
      (members, groupCount) = (([], []), 0)
    }
    for row in 0..<window.count {
      if row == 0 || !frames.isSame(row, row - 1) {
        if members.rows.count > 1 << 18 { try finish() }
        frames.forEachRow(of: row) { member in
          if passing?[member] ?? true {
            members.rows.append(Int32(member))
            members.groups.append(groupCount)
          }
        }
        groupCount += 1
      }
      places.append(base + groupCount - 1)
    }
    try finish()
    return Column.concatenating(parts).picking(places)
  }
}

/// What makes two window functions share one sorting.
private struct WindowShape: Hashable {
  let partition: [Expression]
  let order: [Plan.SortKey]
}

/// Rows sorted into partitions, and in these by an order.
struct Window {
  /// The rows of the input in the window's order.
  let rows: [Int32]
  /// The place of each row of the input in that order.
  let places: [Int32]
  /// For each place, where its partition starts and ends.
  let partitionStarts: [Int32]
  let partitionEnds: [Int32]
  /// For each place, where its peers, which are equal in the order, start and end.
  let peerStarts: [Int32]
  let peerEnds: [Int32]
  /// What is ordered by, in the window's order.
  let order: [Column]
  let orders: [KeyOrder]
  /// Whether rows that nothing tells apart in the order are alike in everything.
  let tiesAreIdentical: Bool

  var count: Int { rows.count }
  var hasOrder: Bool { !order.isEmpty }

  init(partition: [Column], order: [Column], orders: [KeyOrder], input: Rows) {
    let keys = Batch(partition + order, count: input.count)
    let sortOrder =
      partition.indices.map { SortOrder.Key($0) } + orders.enumerated().map { SortOrder.Key(partition.count + $0, $1) }
    rows = keys.sortedRows(by: SortOrder(sortOrder))
    let sorted = keys.picking(rows)
    let partitions = sorted.projecting(Array(partition.indices)).ranks
    let peers = sorted.ranks
    (partitionStarts, partitionEnds) = Window.runs(partitions)
    (peerStarts, peerEnds) = Window.runs(peers)
    var places = [Int32](repeating: 0, count: rows.count)
    for (place, row) in rows.enumerated() { places[Int(row)] = Int32(place) }
    self.places = places
    self.order = order.map { [rows] in $0.picking(rows) }
    self.orders = orders
    let tied = (0..<Int32(rows.count)).filter { [peerStarts] in $0 != peerStarts[Int($0)] }
    if tied.isEmpty {
      tiesAreIdentical = true
    } else {
      let inOrder = input.picking(rows).batch
      tiesAreIdentical = inOrder.rowsEqual(tied, inOrder, peerStarts.picking(tied), .representation).isAllTrue
    }
  }

  /// For each place, where the run of equal numbers around it starts and ends.
  private static func runs(_ numbers: [Int32]) -> ([Int32], [Int32]) {
    var starts = [Int32](repeating: 0, count: numbers.count)
    var ends = starts
    var start = 0
    while start < numbers.count {
      var end = start + 1
      while end < numbers.count && numbers[end] == numbers[start] { end += 1 }
      for place in start..<end { (starts[place], ends[place]) = (Int32(start), Int32(end)) }
      start = end
    }
    return (starts, ends)
  }
}
