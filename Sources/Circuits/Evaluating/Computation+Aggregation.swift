import Expressions
import Queries
import Relations

/// Rows gathered into groups.
extension Computation {
  func aggregate(
    _ plan: Plan, _ aggregation: Plan.Aggregation, _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Rows {
    let isRead = isNeeded && !plan.isPulledUp(below: aggregation.expressions)
    return try aggregate(try rows(of: plan, in: surroundings, isNeeded: isRead), aggregation, surroundings, isNeeded)
  }

  func aggregate(
    _ rows: Rows, _ aggregation: Plan.Aggregation, _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Rows {
    let input = bound(rows, for: aggregation.expressions, surroundings)
    let keys = try values(aggregation.keys, input, surroundings, isNeeded: isNeeded)
    for key in aggregation.keys { try catalogue.requireOrder(of: key.type) }
    var inputs: [AggregateInput] = []
    for call in aggregation.calls { inputs.append(try self.input(of: call, input, surroundings, isNeeded)) }
    var parts: [Rows] = []
    for set in aggregation.sets {
      parts.append(try groups(of: set, aggregation, keys, inputs, input, surroundings, isNeeded))
    }
    return parts.count == 1 ? parts[0] : .concatenating(parts)
  }

  /// The groups of one grouping set.
  private func groups(
    of set: [Int], _ aggregation: Plan.Aggregation, _ keys: [Column], _ inputs: [AggregateInput], _ input: Rows,
    _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> Rows {
    let grouped = set.map { keys[$0] }
    var grouping = Grouping(input.bindingColumns + grouped, count: input.count)
    if !grouping.areIdentical(grouped) { doubts.insert(.undetermined) }
    var bindings = input.bindings.map { $0.picking(grouping.firsts) }
    if set.isEmpty {
      // One group, also of nothing: for each binding.
      if let all = input.bindings {
        grouping = Grouping(groups: all, firsts: [])
        bindings = (0..<Int32(surroundings!.count)).map { $0 }
      } else if input.count == 0 {
        grouping = Grouping(groups: [], firsts: [])
      }
    }
    let count = set.isEmpty ? bindings?.count ?? 1 : grouping.count
    var columns = keys.indices.map { place in
      set.contains(place)
        ? keys[place].picking(grouping.firsts) : Column.repeating(.null, keys[place].type, count: count)
    }
    for (call, input) in zip(aggregation.calls, inputs) {
      columns.append(try aggregated(call, input, grouping.groups, count, isNeeded))
    }
    for places in aggregation.groupings {
      let mask = places.reduce(0 as Int64) { $0 << 1 | (set.contains($1) ? 0 : 1) }
      columns.append(.repeating(.integer(mask), .int4, count: count))
    }
    return Rows(Batch(columns, count: count), bindings: bindings)
  }

  /// What a call looks at: the arguments of the rows that pass its filter.
  func input(
    of call: Plan.AggregateCall, _ rows: Rows, _ surroundings: Surroundings?, _ isNeeded: Bool
  ) throws(Stop) -> AggregateInput {
    var chosen: [Int32]?
    var rows = rows
    if let filter = call.filter {
      let passing = try passing(filter, rows, surroundings, isNeeded: isNeeded)
      if !passing.isAllTrue {
        chosen = passing.trueRows
        rows = rows.picking(chosen!)
      }
    }
    let arguments = try values(call.arguments, rows, surroundings, isNeeded: isNeeded)
    let order = try values(call.order.map(\.expression), rows, surroundings, isNeeded: isNeeded)
    for key in order { try catalogue.requireOrder(of: key.type) }
    return AggregateInput(rows: chosen, arguments: arguments, order: order)
  }

  /// The rows for which an expression is true, evaluated as it is written.
  func passing(
    _ condition: Expression, _ rows: Rows, _ surroundings: Surroundings?, isNeeded: Bool
  ) throws(Stop) -> Bitmap {
    let (expression, batch) = placed(condition, rows, surroundings)
    guard let evaluator = try evaluator(expression, isNeeded: isNeeded) else { return Bitmap(repeating: false, count: rows.count) }
    let (matching, errors) = evaluator.matches(batch, context)
    try note(errors, certain: isNeeded ? errors?.rows : nil)
    return matching
  }
}

/// What an aggregate looks at, in the order of the input.
struct AggregateInput {
  /// The rows of the operator's input; nil for all.
  var rows: [Int32]?
  var arguments: [Column]
  /// The values to order by.
  var order: [Column]
}

extension Plan.Aggregation {
  /// All of them.
  var expressions: [Expression] {
    keys + calls.flatMap { $0.arguments + ($0.filter.map { [$0] } ?? []) + $0.order.map(\.expression) }
  }
}

extension Rows {
  /// - Precondition: all are bound or none is.
  static func concatenating(_ parts: [Rows]) -> Rows {
    Rows(.concatenating(parts.map(\.batch)), bindings: parts[0].bindings.map { _ in parts.flatMap { $0.bindings! } })
  }
}

extension Grouping {
  init(groups: [Int32], firsts: [Int32]) {
    self.groups = groups
    self.firsts = firsts
  }
}
