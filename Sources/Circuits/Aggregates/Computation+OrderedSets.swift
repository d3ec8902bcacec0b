import Expressions
import Queries
import Relations

/// `percentile_cont`, `percentile_disc` and `mode`: aggregates of values that are sorted first.
extension Computation {
  func orderedSet(
    _ call: Plan.AggregateCall, _ function: Function, _ input: AggregateInput, _ groups: [Int32], _ groupCount: Int,
    _ isNeeded: Bool
  ) throws(Stop) -> Column {
    let unsupported = Stop.unsupported("the aggregate \(catalogue.signature(of: function))")
    guard call.order.count == 1, call.arguments.count <= 1, !call.isDistinct else { throw unsupported }
    let groups = input.rows.map { groups.picking($0) } ?? groups
    let sorted = SortedGroups(input.order[0], call.order[0].order, groups, groupCount)
    if function.name == "mode" { return chosen(sorted, call.type) { sorted.mostFrequent($0) } }
    guard let argument = call.arguments.first, argument.columns.isEmpty, !argument.isDependent else { throw unsupported }
    let value = try values(argument, Rows(Batch([], count: 1)), nil, isNeeded: isNeeded)[0]
    if value.isNull { return .repeating(.null, call.type, count: groupCount) }
    switch (argument.type.id, value) {
    case (.float8, .float(let fraction)):
      return try percentile(sorted, fraction, function, call.type, isNeeded)
    case (let type, .bytes(let stored)) where type.arrayElement == .float8:
      guard let element = call.type.id.arrayElement, let array = fractions(stored, argument.type) else { throw unsupported }
      var parts: [Column?] = []
      for wanted in array.elements {
        guard case .float(let fraction) = wanted else {
          parts.append(nil)
          continue
        }
        parts.append(try percentile(sorted, fraction, function, SQLType(element), isNeeded))
      }
      return Column(
        call.type,
        sorted.ranges.enumerated().map { group, range in
          if range.isEmpty { return .null }
          let values = ArrayValue(bounds: array.bounds, elements: parts.map { $0?[group] ?? .null })
          return .bytes(values.stored(as: call.type))
        })
    default: throw unsupported
    }
  }

  private func fractions(_ stored: [UInt8], _ type: SQLType) -> ArrayValue? {
    stored.withUnsafeBufferPointer { try? ArrayValue(stored: $0, as: type) }
  }

  private func percentile(
    _ sorted: SortedGroups, _ fraction: Double, _ function: Function, _ type: SQLType, _ isNeeded: Bool
  ) throws(Stop) -> Column {
    if !(0...1 ~= fraction) {
      errors.note(SQLError(.numericValueOutOfRange, "percentile value \(fraction) is not between 0 and 1"), isCertain: isNeeded)
      return .repeating(.null, type, count: sorted.ranges.count)
    }
    switch function.name {
    case "percentile_disc":
      return chosen(sorted, type) { rows in max(Int((fraction * Double(rows.count)).rounded(.up)), 1) - 1 }
    case "percentile_cont" where sorted.values.type.id == .interval: return try interpolated(sorted, fraction)
    case "percentile_cont":
      guard case .floats(let values) = sorted.values.storage else { break }
      return Column(type, sorted.ranges.map { $0.isEmpty ? .null : .float(Self.interpolated(values[$0], fraction)) })
    default: break
    }
    throw .unsupported("the aggregate \(catalogue.signature(of: function))")
  }

  private static func interpolated(_ values: ArraySlice<Double>, _ fraction: Double) -> Double {
    let place = fraction * Double(values.count - 1)
    let (low, high) = (values[values.startIndex + Int(place.rounded(.down))], values[values.startIndex + Int(place.rounded(.up))])
    return place.rounded(.down) == place.rounded(.up) ? low : low + (place - place.rounded(.down)) * (high - low)
  }

  /// As PostgreSQL has it of intervals: `low + (high - low) * share`.
  private func interpolated(_ sorted: SortedGroups, _ fraction: Double) throws(Stop) -> Column {
    var (lows, highs, shares): ([Int32], [Int32], [Double]) = ([], [], [])
    // Behind the values, a null for groups of none.
    let values = Column.concatenating([sorted.values, Column(.interval, [.null])])
    for range in sorted.ranges {
      let place = fraction * Double(max(range.count, 1) - 1)
      lows.append(range.isEmpty ? Int32(values.count - 1) : Int32(range.lowerBound + Int(place.rounded(.down))))
      highs.append(range.isEmpty ? Int32(values.count - 1) : Int32(range.lowerBound + Int(place.rounded(.up))))
      shares.append(place - place.rounded(.down))
    }
    if sorted.values.hasOpenForms {
      // Equal intervals may print differently, and then the order of ties shows.
      let all = (0..<Int32(sorted.values.count)).dropLast().map { $0 }
      let (batch, next) = (Batch([sorted.values]), all.map { $0 + 1 })
      let ties = batch.rowsEqual(all, batch, next, .equality)
      if !ties.subtracting(batch.rowsEqual(all, batch, next, .representation)).isAllFalse { doubts.insert(.undetermined) }
    }
    let (low, high) = (values.picking(lows), values.picking(highs))
    let step = try combined("*", try combined("-", high, low), Column(.float8, .floats(shares)))
    let between = try combined("+", low, step)
    // A value that is there is taken as it is.
    return Column.concatenating([low, between]).picking(
      (0..<Int32(shares.count)).map { shares[Int($0)] == 0 ? $0 : $0 + Int32(shares.count) })
  }

  /// Two columns, row by row, by an operator.
  func combined(_ symbol: String, _ a: Column, _ b: Column) throws(Stop) -> Column {
    do throws(Failure) {
      let expression = try ExpressionBuilder().apply(symbol, .column(0, a.type), .column(1, b.type))
      let vector = try Evaluator(expression).evaluate(Batch([a, b]), context)
      if let failure = vector.errors?.first?.failure { throw failure }
      return vector.column
    } catch {
      throw .unsupported("\(catalogue.name(of: a.type)) \(symbol) \(catalogue.name(of: b.type)): \(error)")
    }
  }

  /// One of each group's values, by its place in the group.
  private func chosen(_ sorted: SortedGroups, _ type: SQLType, _ place: (Range<Int>) -> Int) -> Column {
    let values = sorted.values
    let rows = sorted.ranges.map { $0.isEmpty ? Int32(values.count) : Int32($0.lowerBound + place($0)) }
    if values.hasOpenForms {
      let all = (0..<Int32(values.count)).map { $0 }
      let batch = Batch([values])
      // Equals of the one that is chosen might be in its place.
      var chosen = all
      for (range, row) in zip(sorted.ranges, rows) { for place in range { chosen[place] = row } }
      let equal = batch.rowsEqual(all, batch, chosen, .equality)
      if !equal.subtracting(batch.rowsEqual(all, batch, chosen, .representation)).isAllFalse { doubts.insert(.undetermined) }
    }
    return Column.concatenating([values, Column(values.type, [.null])]).picking(rows).relabeled(type)
  }
}

/// The values of groups, sorted within each, without nulls.
private struct SortedGroups {
  let values: Column
  /// Where each group is.
  let ranges: [Range<Int>]

  init(_ values: Column, _ order: KeyOrder, _ groups: [Int32], _ groupCount: Int) {
    let kept = values.nulls.map { (~$0).trueRows } ?? (0..<Int32(values.count)).map { $0 }
    let keys = Batch([Column(.int4, .integers(kept.map { Int64(groups[Int($0)]) })), values.picking(kept)], count: kept.count)
    let sorted = keys.sortedRows(by: SortOrder([.init(0), .init(1, order)]))
    self.values = keys.columns[1].picking(sorted)
    var ends = [Int](repeating: 0, count: groupCount)
    for row in kept { ends[Int(groups[Int(row)])] += 1 }
    var start = 0
    ranges = ends.map { count in
      defer { start += count }
      return start..<start + count
    }
  }

  /// Where the longest run of equal values starts in a group, the first of several.
  func mostFrequent(_ range: Range<Int>) -> Int {
    let batch = Batch([values])
    var (best, bestCount, start) = (range.lowerBound, 0, range.lowerBound)
    while start < range.upperBound {
      var end = start + 1
      while end < range.upperBound && batch.rowsEqual(start, batch, end, .equality) { end += 1 }
      if end - start > bestCount { (best, bestCount) = (start, end - start) }
      start = end
    }
    return best - range.lowerBound
  }
}
