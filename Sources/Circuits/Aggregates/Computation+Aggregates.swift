import Expressions
import Queries
import Relations

/// The members of all groups of one aggregate call: one row each, groups side by side in any order, members of a group in the order in
/// which the aggregate takes them.
struct Members {
  var arguments: [Column]
  /// The group of each member.
  var groups: [Int32]
  let groupCount: Int
  /// Whether SQL fixes the order of a group's members, up to ties of identical arguments.
  var isOrdered: Bool

  var count: Int { groups.count }

  func picking(_ rows: [Int32]) -> Members {
    Members(
      arguments: arguments.map { $0.picking(rows) }, groups: groups.picking(rows), groupCount: groupCount, isOrdered: isOrdered)
  }

  /// Without those that have a null among their arguments.
  var withoutNulls: Members {
    var kept: Bitmap?
    for case let nulls? in arguments.map(\.nulls) { kept = kept.map { $0.subtracting(nulls) } ?? ~nulls }
    return kept.map { picking($0.trueRows) } ?? self
  }
}

extension Computation {
  /// The value of an aggregate for each group.
  func aggregated(
    _ call: Plan.AggregateCall, _ input: AggregateInput, _ groups: [Int32], _ groupCount: Int, _ isNeeded: Bool
  ) throws(Stop) -> Column {
    guard let function = catalogue.function(call.function), function.kind == .aggregate else {
      throw .unsupported("aggregate number \(call.function.oid)")
    }
    if function.aggregate?.kind == .orderedSet { return try orderedSet(call, function, input, groups, groupCount, isNeeded) }
    if function.aggregate?.kind == .hypotheticalSet {
      return try hypotheticalSet(call, function, input, groups, groupCount, isNeeded)
    }
    let members = try self.members(call, input, groups, groupCount)
    let aggregate = Aggregate(computation: self, function: function, type: call.type, isNeeded: isNeeded)
    return try aggregate.value(members)
  }

  private func members(
    _ call: Plan.AggregateCall, _ input: AggregateInput, _ groups: [Int32], _ groupCount: Int
  ) throws(Stop) -> Members {
    let groups = input.rows.map { groups.picking($0) } ?? groups
    var members = Members(arguments: input.arguments, groups: groups, groupCount: groupCount, isOrdered: false)
    if !call.isDistinct && call.order.isEmpty { return members }
    // `DISTINCT` sorts as well, by the arguments behind what is asked for.
    let columns = [Column(.int4, .integers(groups.map(Int64.init)))] + input.order + (call.isDistinct ? input.arguments : [])
    if call.isDistinct { for argument in call.arguments { try catalogue.requireOrder(of: argument.type) } }
    var keys = [SortOrder.Key(0)]
    for (place, key) in call.order.enumerated() { keys.append(.init(1 + place, key.order)) }
    if call.isDistinct { keys += input.arguments.indices.map { .init(1 + input.order.count + $0) } }
    let sortable = Batch(columns, count: groups.count)
    let sorted = sortable.sortedRows(by: SortOrder(keys))
    members = members.picking(sorted)
    members.isOrdered = true
    if call.isDistinct {
      let distinct = Grouping([columns[0].picking(sorted)] + members.arguments, count: members.count)
      if !distinct.areIdentical(members.arguments) { doubts.insert(.undetermined) }
      return members.picking(distinct.firsts)
    }
    members.isOrdered = tiesAreIdentical(sortable.picking(sorted), members.arguments)
    return members
  }

  /// Whether neighbours that are equal in all key columns are identical in others.
  private func tiesAreIdentical(_ keys: Batch, _ columns: [Column]) -> Bool {
    guard keys.count > 1 else { return true }
    let (rows, next) = ((0..<Int32(keys.count - 1)).map { $0 }, (1..<Int32(keys.count)).map { $0 })
    let ties = keys.rowsEqual(rows, keys, next, .equality)
    let others = Batch(columns, count: keys.count)
    return ties.subtracting(others.rowsEqual(rows, others, next, .representation)).isAllFalse
  }
}

/// One aggregate function over all groups.
struct Aggregate {
  let computation: Computation
  let function: Function
  let type: SQLType
  let isNeeded: Bool

  func value(_ members: Members) throws(Stop) -> Column {
    switch function.name {
    case "count": return count(Planted.bug("nulls are counted") ? members : members.withoutNulls)
    case "sum": return try sum(members.withoutNulls)
    case "avg": return try average(members.withoutNulls)
    case "min", "max": return try extreme(members.withoutNulls, isGreatest: function.name == "max")
    case "bool_and", "every": return conjunction(members.withoutNulls, deciding: false)
    case "bool_or": return conjunction(members.withoutNulls, deciding: true)
    case "bit_and", "bit_or", "bit_xor": return try bits(members.withoutNulls)
    case "var_pop": return try variance(members.withoutNulls, isSample: false, isRoot: false)
    case "var_samp", "variance": return try variance(members.withoutNulls, isSample: true, isRoot: false)
    case "stddev_pop": return try variance(members.withoutNulls, isSample: false, isRoot: true)
    case "stddev_samp", "stddev": return try variance(members.withoutNulls, isSample: true, isRoot: true)
    case "corr", "covar_pop", "covar_samp", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope",
      "regr_sxx", "regr_sxy", "regr_syy":
      return try regression(members.withoutNulls)
    case "string_agg": return try joinedText(members)
    case "array_agg": return try array(members)
    case "json_agg", "jsonb_agg": return try documentArray(members)
    case "json_object_agg", "jsonb_object_agg": return try documentObject(members)
    default: throw unsupported
    }
  }

  var unsupported: Stop { .unsupported("the aggregate \(computation.catalogue.signature(of: function))") }

  func note(_ error: SQLError) { computation.errors.note(error, isCertain: isNeeded) }

  /// A column of results; null where nothing was added.
  func column(_ storage: Column.Storage, isThere: Bitmap) -> Column { Column(type, storage, nulls: ~isThere) }
}

// MARK: - Counts and truth

extension Aggregate {
  private func count(_ members: Members) -> Column {
    var counts = [Int64](repeating: 0, count: members.groupCount)
    for group in members.groups { counts[Int(group)] += 1 }
    return Column(type, .integers(counts))
  }

  /// `deciding` is the value that one member suffices for.
  private func conjunction(_ members: Members, deciding: Bool) -> Column {
    guard case .bits(let bits) = members.arguments[0].storage else { preconditionFailure("a condition is a boolean") }
    var isThere = Bitmap(repeating: false, count: members.groupCount)
    var result = Bitmap(repeating: !deciding, count: members.groupCount)
    for (row, group) in members.groups.enumerated() {
      isThere[Int(group)] = true
      if bits[row] == deciding { result[Int(group)] = deciding }
    }
    return column(.bits(result), isThere: isThere)
  }

  private func bits(_ members: Members) throws(Stop) -> Column {
    guard case .integers(let values) = members.arguments[0].storage else { throw unsupported }
    let name = function.name
    var isThere = Bitmap(repeating: false, count: members.groupCount)
    var result = [Int64](repeating: name == "bit_and" ? -1 : 0, count: members.groupCount)
    for (row, group) in members.groups.enumerated() {
      let (group, value) = (Int(group), values[row])
      isThere[group] = true
      switch name {
      case "bit_and": result[group] &= value
      case "bit_or": result[group] |= value
      default: result[group] ^= value
      }
    }
    for group in result.indices where !isThere[group] { result[group] = 0 }
    return column(.integers(result), isThere: isThere)
  }
}

// MARK: - Extremes

extension Aggregate {
  private func extreme(_ members: Members, isGreatest: Bool) throws(Stop) -> Column {
    let argument = members.arguments[0]
    try computation.catalogue.requireOrder(of: argument.type)
    var isThere = Bitmap(repeating: false, count: members.groupCount)
    switch argument.storage {
    case .integers(let values) where argument.type.id != .timetz:
      return column(.integers(extremes(values, members, isGreatest, &isThere)), isThere: isThere)
    case .decimals(let values, let scale):
      return column(.decimals(extremes(values, members, isGreatest, &isThere), scale: scale), isThere: isThere)
    default: return extremeBySorting(members, isGreatest)
    }
  }

  private func extremes(_ values: [Int64], _ members: Members, _ isGreatest: Bool, _ isThere: inout Bitmap) -> [Int64] {
    var best = [Int64](repeating: 0, count: members.groupCount)
    for (row, group) in members.groups.enumerated() {
      let (group, value) = (Int(group), values[row])
      if !isThere[group] {
        isThere[group] = true
        best[group] = value
      } else if isGreatest ? value > best[group] : value < best[group] {
        best[group] = value
      }
    }
    return best
  }

  private func extremeBySorting(_ members: Members, _ isGreatest: Bool) -> Column {
    let argument = members.arguments[0]
    let keys = Batch([Column(.int4, .integers(members.groups.map(Int64.init))), argument], count: members.count)
    let order = SortOrder([.init(0), .init(1, isGreatest ? .descending : .ascending)])
    let sorted = keys.sortedRows(by: order)
    var best = [Int32](repeating: Int32(members.count), count: members.groupCount)
    var ties: (rows: [Int32], firsts: [Int32]) = ([], [])
    for row in sorted {
      let group = Int(members.groups[Int(row)])
      if best[group] == members.count {
        best[group] = row
      } else if argument.hasOpenForms {
        ties.rows.append(row)
        ties.firsts.append(best[group])
      }
    }
    if !ties.rows.isEmpty {
      let equal = keys.rowsEqual(ties.rows, keys, ties.firsts, .equality)
      if !equal.subtracting(keys.rowsEqual(ties.rows, keys, ties.firsts, .representation)).isAllFalse {
        computation.doubts.insert(.undetermined)
      }
    }
    return Column.concatenating([argument, Column(argument.type, [.null])]).picking(best).relabeled(type)
  }
}
