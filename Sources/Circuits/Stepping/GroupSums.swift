import Expressions
import Queries
import Relations

/// The aggregates of all groups, as sums that changes add to: counts, exact sums and averages, truths. So a step looks at the changes
/// and at nothing else, however large the groups are.
///
/// Shaped for a handful of groups of a million rows, and for a million groups of a handful.
final class GroupSums {
  private let keyCount: Int
  /// What each group is called by, in the order of their numbers.
  private var names: GrowingRows
  private var places = HashPlaces(capacity: 16)
  /// How many rows each group has.
  private var sizes: [Int64] = []
  private var sums: [Sums]

  /// The running state of one call, a place for each group.
  private enum Sums {
    case counts([Int64])
    case wholes(sums: [Int64], counts: [Int64])
    case numerics([NumericSum])
    case truths(trues: [Int64], falses: [Int64])
  }

  /// Nil if something in it is no sum.
  init?(_ aggregation: Plan.Aggregation, _ catalogue: Catalogue) {
    guard aggregation.sets == [Array(aggregation.keys.indices)] else { return nil }
    keyCount = aggregation.keys.count
    names = GrowingRows(aggregation.keys.map(\.type))
    sums = []
    for call in aggregation.calls {
      guard let sum = Self.sums(of: call, catalogue) else { return nil }
      sums.append(sum)
    }
    // One group, also of nothing.
    if keyCount == 0 { grow() }
  }

  private static func sums(of call: Plan.AggregateCall, _ catalogue: Catalogue) -> Sums? {
    guard let name = catalogue.function(call.function)?.name, !call.isDistinct, call.order.isEmpty else { return nil }
    switch (name, call.arguments.first?.type.id) {
    case ("count", _) where call.arguments.count < 2: return .counts([])
    case ("sum", .int2), ("sum", .int4): return .wholes(sums: [], counts: [])
    case ("sum", .int8), ("sum", .numeric), ("avg", .int2), ("avg", .int4), ("avg", .int8), ("avg", .numeric): return .numerics([])
    case ("bool_and", _), ("bool_or", _), ("every", _): return .truths(trues: [], falses: [])
    default: return nil
    }
  }

  private func grow() {
    sizes.append(0)
    for place in sums.indices {
      switch sums[place] {
      case .counts(var counts):
        sums[place] = .counts([])
        counts.append(0)
        sums[place] = .counts(counts)
      case .wholes(var totals, var counts):
        sums[place] = .counts([])
        totals.append(0)
        counts.append(0)
        sums[place] = .wholes(sums: totals, counts: counts)
      case .numerics(var totals):
        sums[place] = .counts([])
        totals.append(NumericSum())
        sums[place] = .numerics(totals)
      case .truths(var trues, var falses):
        sums[place] = .counts([])
        trues.append(0)
        falses.append(0)
        sums[place] = .truths(trues: trues, falses: falses)
      }
    }
  }
}

// MARK: - Adding

extension GroupSums {
  /// Adds a change, and says how the groups' rows change; nil if it cannot be said by sums.
  func step(_ change: Change, _ aggregation: Plan.Aggregation, _ computation: Computation) throws(Stop) -> Change? {
    try add(change, aggregation, computation, isWatched: true)
  }

  /// - Parameter rows: all rows there are.
  func fill(_ rows: Rows, _ aggregation: Plan.Aggregation, _ computation: Computation) throws(Stop) -> Bool {
    try add(Change(rows, Array(repeating: 1, count: rows.count)), aggregation, computation, isWatched: false) != nil
  }

  private func add(
    _ change: Change, _ aggregation: Plan.Aggregation, _ computation: Computation, isWatched: Bool
  ) throws(Stop) -> Change? {
    let keys = try computation.values(aggregation.keys, change.rows, nil, isNeeded: false)
    for key in aggregation.keys { try computation.catalogue.requireOrder(of: key.type) }
    let grouping = Grouping(keys, count: change.count)
    guard grouping.areIdentical(keys), let numbers = numbers(of: Batch(keys, count: change.count).picking(grouping.firsts)) else {
      return nil
    }
    let groups = grouping.groups.map { numbers[Int($0)] }
    let before = isWatched ? try rows(numbers, aggregation, computation) : nil
    for (row, group) in groups.enumerated() { sizes[Int(group)] += change.weights[row] }
    for (place, call) in aggregation.calls.enumerated() {
      let input = try computation.input(of: call, change.rows, nil, false)
      add(input, to: place, groups, change.weights)
    }
    guard let before else { return Change(none: aggregation.types) }
    if numbers.contains(where: { sizes[Int($0)] < 0 }) { return nil }
    let after = try rows(numbers, aggregation, computation)
    return Change((ZSet(after) - ZSet(before)).consolidated())
  }

  private func add(_ input: AggregateInput, to place: Int, _ groups: [Int32], _ weights: [Int64]) {
    let argument = input.arguments.first
    let count = input.rows?.count ?? groups.count
    func each(_ body: (_ member: Int, _ group: Int, _ weight: Int64) -> Void) {
      for member in 0..<count where !(argument?.isNull(member) ?? false) {
        let row = input.rows.map { Int($0[member]) } ?? member
        body(member, Int(groups[row]), weights[row])
      }
    }
    let state = sums[place]
    sums[place] = .counts([])
    switch state {
    case .counts(var counts):
      each { counts[$1] += $2 }
      sums[place] = .counts(counts)
    case .wholes(var totals, var counts):
      if case .integers(let values) = argument!.storage {
        each { member, group, weight in
          totals[group] &+= values[member] &* weight
          counts[group] += weight
        }
      }
      sums[place] = .wholes(sums: totals, counts: counts)
    case .numerics(var totals):
      switch argument!.storage {
      case .integers(let values): each { totals[$1].add(values[$0], times: $2) }
      case .decimals(let values, let scale):
        each { totals[$1].add(Numeric(coefficient: Int128(values[$0]), scale: scale), times: $2) }
      case .numerics(let values): each { totals[$1].add(values[$0], times: $2) }
      default: preconditionFailure("sums are of numbers")
      }
      sums[place] = .numerics(totals)
    case .truths(var trues, var falses):
      if case .bits(let bits) = argument!.storage {
        each { member, group, weight in if bits[member] { trues[group] += weight } else { falses[group] += weight } }
      }
      sums[place] = .truths(trues: trues, falses: falses)
    }
  }

  /// The numbers of groups, new ones for those that are new; nil if a name prints differently from what is known, or hashes lie.
  private func numbers(of rows: Batch) -> [Int32]? {
    if keyCount == 0 { return [0] }
    var numbers: [Int32] = []
    var fresh: [Int32] = []
    for (row, hash) in rows.hashes(.equality, salt: salt).enumerated() {
      let number = places.number(of: hash)
      if number == sizes.count {
        fresh.append(Int32(row))
        grow()
      }
      numbers.append(Int32(number))
    }
    names.append(rows.picking(fresh))
    let all = (0..<Int32(rows.count)).map { $0 }
    return rows.rowsEqual(all, names.picking(numbers), all, .representation).isAllTrue ? numbers : nil
  }
}

// MARK: - Results

extension GroupSums {
  /// The rows of some groups; none for those that are empty.
  private func rows(_ numbers: [Int32], _ aggregation: Plan.Aggregation, _ computation: Computation) throws(Stop) -> Batch {
    let filled = keyCount == 0 ? numbers : numbers.filter { sizes[Int($0)] > 0 }
    var columns = names.picking(filled).columns
    for (place, call) in aggregation.calls.enumerated() { columns.append(value(sums[place], call, filled, computation)) }
    for _ in aggregation.groupings { columns.append(.repeating(.integer(0), .int4, count: filled.count)) }
    return Batch(columns, count: filled.count)
  }

  private func value(
    _ sums: Sums, _ call: Plan.AggregateCall, _ numbers: [Int32], _ computation: Computation
  ) -> Column {
    let function = computation.catalogue.function(call.function)!
    let aggregate = Aggregate(computation: computation, function: function, type: call.type, isNeeded: false)
    switch sums {
    case .counts(let counts): return Column(call.type, .integers(numbers.map { counts[Int($0)] }))
    case .wholes(let totals, let counts):
      return aggregate.column(
        .integers(numbers.map { totals[Int($0)] }), isThere: Bitmap(count: numbers.count) { counts[Int(numbers[$0])] > 0 })
    case .numerics(let totals):
      let own = numbers.map { totals[Int($0)] }
      return function.name == "avg"
        ? aggregate.numerics(own) { sum throws(SQLError) in try sum.average() }
        : aggregate.numerics(own) { sum throws(SQLError) in try sum.sum() }
    case .truths(let trues, let falses):
      let value = Bitmap(count: numbers.count) { place in
        let group = Int(numbers[place])
        return function.name == "bool_or" ? trues[group] > 0 : falses[group] == 0
      }
      return aggregate.column(
        .bits(value),
        isThere: Bitmap(count: numbers.count) { trues[Int(numbers[$0])] + falses[Int(numbers[$0])] > 0 })
    }
  }
}

/// Rows that come behind others, few at a time, and are picked by their numbers.
struct GrowingRows {
  /// Each at least as long as all behind it: so there are few, and each row is moved few times.
  private var parts: [Batch]
  private(set) var count = 0

  init(_ types: [SQLType]) { parts = [Batch(types, rows: [])] }

  mutating func append(_ rows: Batch) {
    if rows.count == 0 { return }
    count += rows.count
    parts.append(rows)
    while parts.count > 1, parts[parts.count - 2].count < 2 * parts[parts.count - 1].count {
      let last = parts.removeLast()
      let before = parts.removeLast()
      parts.append(before.count == 0 ? last : .concatenating([before, last]))
    }
  }

  func picking(_ numbers: [Int32]) -> Batch {
    if parts.count == 1 { return parts[0].picking(numbers) }
    // Part by part, and then back in order.
    var starts: [Int32] = [0]
    for part in parts { starts.append(starts.last! + Int32(part.count)) }
    var picked: [Batch] = []
    var order = [Int32](repeating: 0, count: numbers.count)
    var next: Int32 = 0
    for (place, part) in parts.enumerated() {
      var own: [Int32] = []
      for (row, number) in numbers.enumerated() where number >= starts[place] && number < starts[place + 1] {
        own.append(number - starts[place])
        order[row] = next
        next += 1
      }
      if !own.isEmpty { picked.append(part.picking(own)) }
    }
    return picked.isEmpty ? parts[0].picking([]) : Batch.concatenating(picked).picking(order)
  }
}
