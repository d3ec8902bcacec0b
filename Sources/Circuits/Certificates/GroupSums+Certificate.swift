import Expressions
import Queries
import Relations

/// Sums of groups as tables: the first has a row for each group, those behind it what does not fit into one. `Specs/certificates.md` says
/// what is in which column.
extension GroupSums {
  /// - Returns: nil if there would be more rows than `cap`.
  func tables(cap: Int) -> [Batch]? {
    let groups = sizes.indices.filter { sizes[$0] > 0 || keyCount == 0 }.map { Int32($0) }
    if groups.count > cap { return nil }
    var columns = names.picking(groups).columns
    columns.append(Column(.int8, .integers(groups.map { sizes[Int($0)] })))
    var rest: [Batch] = []
    for call in calls {
      if let distinct = call.distinct { rest.append(distinct.table(groups)) }
      guard let (own, tables) = call.sums.parts(groups) else { return nil }
      columns += own
      rest += tables
    }
    let tables = [Batch(columns, count: groups.count)] + rest
    return tables.reduce(0) { $0 + $1.count } > cap ? nil : tables
  }

  /// - Returns: nil if the tables are not those of such groups.
  convenience init?(
    _ tables: [Batch], _ aggregation: Plan.Aggregation, _ catalogue: Catalogue, spare: Int = Certificate.Limits.standard.spare
  ) {
    self.init(aggregation, catalogue, spare: spare)
    var rest = tables[...]
    guard let table = rest.popFirst(), table.columns.count > keyCount,
      Array(table.types[..<keyCount]) == aggregation.keys.map(\.type), keyCount > 0 || table.count == 1
    else { return nil }
    let names = table.projecting(Array(0..<keyCount))
    // Names in another order than they came would get other numbers.
    guard let numbers = numbers(of: names), numbers == (0..<Int32(table.count)).map({ $0 }), sizes.count == table.count,
      let own = table.integers(keyCount), own.allSatisfy({ $0 > 0 || (keyCount == 0 && $0 == 0) })
    else { return nil }
    sizes = own
    var next = keyCount + 1
    for place in calls.indices {
      if calls[place].distinct != nil {
        guard let values = rest.popFirst(), calls[place].distinct!.take(values, groups: table.count) else { return nil }
      }
      guard calls[place].sums.take(table, &next, &rest) else { return nil }
    }
    guard next == table.columns.count, rest.isEmpty else { return nil }
  }
}

extension DistinctValues {
  /// The group's place among those given, the value, and how often it is there.
  func table(_ groups: [Int32]) -> Batch {
    var places: [Int64: Int64] = [:]
    for (place, group) in groups.enumerated() { places[Int64(group)] = Int64(place) }
    let all = rows.picking((0..<Int32(rows.count)).map { $0 })
    guard case .integers(let numbers) = all.columns[0].storage else { preconditionFailure("a group is a number") }
    let kept = (0..<Int32(all.count)).filter { counts[Int($0)] > 0 && places[numbers[Int($0)]] != nil }
    return Batch(
      [
        Column(.int8, .integers(kept.map { places[numbers[Int($0)]]! })), all.columns[1].picking(kept),
        Column(.int8, .integers(kept.map { counts[Int($0)] })),
      ], count: kept.count)
  }

  mutating func take(_ table: Batch, groups: Int) -> Bool {
    guard table.columns.count == 3, table.types[1] == type, let numbers = table.integers(0), let weights = table.integers(2),
      table.columns[1].nulls == nil, numbers.allSatisfy({ 0..<Int64(groups) ~= $0 }), weights.allSatisfy({ $0 > 0 })
    else { return false }
    let counted = GroupSums.Counted(table.columns[1], numbers.map { Int32($0) }, weights)
    return step(counted)?.weights.count == table.count
  }
}

extension GroupSums.Sums {
  /// What is in the groups' own row, and what is in tables beside.
  fileprivate func parts(_ groups: [Int32]) -> (columns: [Column], tables: [Batch])? {
    func column(_ values: [Int64]) -> Column {
      Column(.int8, .integers(groups.map { (group: Int32) -> Int64 in values[Int(group)] }))
    }
    switch self {
    case .counts(let counts): return ([column(counts)], [])
    case .wholes(let sums, let counts): return ([column(sums), column(counts)], [])
    case .truths(let trues, let falses): return ([column(trues), column(falses)], [])
    case .numerics(let sums): return Self.numericParts(groups.map { sums[Int($0)] })
    case .extremes(let extremes, let order):
      var own: [Extremes] = []
      for group in groups { own.append(extremes[Int(group)]) }
      return order.parts(own)
    }
  }

  private static func numericParts(_ sums: [NumericSum]) -> (columns: [Column], tables: [Batch])? {
    var totals = ColumnBuilder(.numeric)
    var specials: [[Int64]] = [[], [], []]
    var scales: [[Int64]] = [[], [], []]
    for (place, sum) in sums.enumerated() {
      guard let parts = sum.parts else { return nil }
      totals.append(.numeric(parts.total))
      for (place, count) in [parts.nans, parts.infinities, parts.negativeInfinities].enumerated() { specials[place].append(count) }
      for part in parts.counts {
        for (column, number) in [Int64(place), Int64(part.scale), part.count].enumerated() { scales[column].append(number) }
      }
    }
    let counts = specials.map { Column(.int8, .integers($0)) }
    return ([totals.finish()] + counts, [Batch(scales.map { Column(.int8, .integers($0)) })])
  }

  /// - Parameter next: the next column of the groups' own rows.
  fileprivate mutating func take(_ table: Batch, _ next: inout Int, _ rest: inout ArraySlice<Batch>) -> Bool {
    func integers() -> [Int64]? {
      next += 1
      return table.integers(next - 1)
    }
    func naturals() -> [Int64]? { integers().flatMap { $0.allSatisfy { $0 >= 0 } ? $0 : nil } }
    switch self {
    case .counts:
      guard let counts = naturals() else { return false }
      self = .counts(counts)
    case .wholes:
      guard let sums = integers(), let counts = naturals() else { return false }
      self = .wholes(sums: sums, counts: counts)
    case .truths:
      guard let trues = naturals(), let falses = naturals() else { return false }
      self = .truths(trues: trues, falses: falses)
    case .numerics:
      guard table.columns.indices.contains(next), table.types[next] == .numeric, table.columns[next].nulls == nil else {
        return false
      }
      let totals = table.columns[next]
      next += 1
      guard let nans = naturals(), let infinities = naturals(), let negatives = naturals(), let scales = rest.popFirst(),
        let counts = Self.scaleCounts(scales, groups: table.count)
      else { return false }
      var sums: [NumericSum] = []
      for place in 0..<table.count {
        guard case .numeric(let total) = totals[place],
          let sum = NumericSum(
            .init(
              total: total, counts: counts[place], nans: nans[place], infinities: infinities[place],
              negativeInfinities: negatives[place]))
        else { return false }
        sums.append(sum)
      }
      self = .numerics(sums)
    case .extremes(_, let order):
      guard let counts = naturals(), let entries = rest.popFirst(), let all = order.extremes(counts, entries) else { return false }
      self = .extremes(all, order)
    }
    return true
  }

  private static func scaleCounts(_ table: Batch, groups: Int) -> [[NumericSum.ScaleCount]]? {
    guard table.columns.count == 3, let places = table.integers(0), let scales = table.integers(1), let counts = table.integers(2)
    else { return nil }
    var all = [[NumericSum.ScaleCount]](repeating: [], count: groups)
    for row in places.indices {
      guard 0..<Int64(groups) ~= places[row], let scale = Int32(exactly: scales[row]) else { return nil }
      all[Int(places[row])].append(.init(scale: scale, count: counts[row]))
    }
    return all
  }
}

extension ExtremeOrder {
  /// Nil if one of them has to be looked at again.
  fileprivate func parts(_ extremes: [Extremes]) -> (columns: [Column], tables: [Batch])? {
    var values = ColumnBuilder(type)
    var places: [Int64] = []
    var counts: [Int64] = []
    for (place, own) in extremes.enumerated() {
      if own.isExhausted { return nil }
      for entry in own.entries {
        places.append(Int64(place))
        values.append(entry.value)
        counts.append(entry.count)
      }
    }
    let columns = [Column(.int8, .integers(places)), values.finish(), Column(.int8, .integers(counts))]
    return ([Column(.int8, .integers(extremes.map { $0.count }))], [Batch(columns, count: places.count)])
  }

  /// - Parameters:
  ///   - counts: how many values each group has.
  ///   - table: the group, the value, and how often it is there; the best first.
  fileprivate func extremes(_ counts: [Int64], _ table: Batch) -> [Extremes]? {
    guard table.columns.count == 3, table.types[1] == type, table.columns[1].nulls == nil, let places = table.integers(0),
      let weights = table.integers(2)
    else { return nil }
    var all = counts.map { Extremes(count: $0) }
    var known = [Int64](repeating: 0, count: counts.count)
    for row in places.indices {
      guard 0..<Int64(counts.count) ~= places[row], weights[row] > 0 else { return nil }
      let (group, value) = (Int(places[row]), table.columns[1][row])
      if let last = all[group].entries.last, isBetter(value, than: last.value) { return nil }
      all[group].entries.append(.init(value: value, count: weights[row]))
      let (sum, overflow) = known[group].addingReportingOverflow(weights[row])
      if overflow || sum > counts[group] { return nil }
      known[group] = sum
    }
    for group in all.indices {
      all[group].isAll = known[group] == counts[group]
      if all[group].isExhausted { return nil }
    }
    return all
  }
}

extension Batch {
  /// A column of whole numbers without nulls.
  fileprivate func integers(_ place: Int) -> [Int64]? {
    guard columns.indices.contains(place), columns[place].type == .int8, columns[place].nulls == nil,
      case .integers(let integers) = columns[place].storage
    else { return nil }
    return integers
  }
}
