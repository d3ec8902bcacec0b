import Expressions
import Queries
import Relations

/// The aggregates of all groups, as sums that changes add to: counts, exact sums and averages, truths, the least and greatest values,
/// and any of these over different values. So a step looks at the changes and at nothing else, however large the groups are; but for a
/// group that lost all of its least values that were remembered, which is looked at again.
///
/// Shaped for a handful of groups of a million rows, and for a million groups of a handful.
final class GroupSums {
  let keyCount: Int
  /// What each group is called by, in the order of their numbers.
  var names: GrowingRows
  private var places = HashPlaces(capacity: 16)
  /// How many rows each group has.
  var sizes: [Int64] = []
  var calls: [CallSums]

  /// The running state of one call, a place for each group.
  struct CallSums {
    var sums: Sums
    /// Of a call over different values.
    var distinct: DistinctValues?
  }

  enum Sums {
    case counts([Int64])
    case wholes(sums: [Int64], counts: [Int64])
    case numerics([NumericSum])
    case truths(trues: [Int64], falses: [Int64])
    case extremes([Extremes], ExtremeOrder)
  }

  /// Nil if something in it is no sum.
  ///
  /// - Parameter spare: how many least values are remembered, so that some may go.
  init?(_ aggregation: Plan.Aggregation, _ catalogue: Catalogue, spare: Int = Certificate.Limits.standard.spare) {
    guard aggregation.sets == [Array(aggregation.keys.indices)] else { return nil }
    keyCount = aggregation.keys.count
    names = GrowingRows(aggregation.keys.map(\.type))
    calls = []
    for call in aggregation.calls {
      guard let sums = Self.sums(of: call, catalogue, spare) else { return nil }
      calls.append(sums)
    }
    // One group, also of nothing.
    if keyCount == 0 { grow() }
  }

  private static func sums(of call: Plan.AggregateCall, _ catalogue: Catalogue, _ spare: Int) -> CallSums? {
    guard let name = catalogue.function(call.function)?.name, call.order.isEmpty, call.arguments.count < 2 else { return nil }
    let type = call.arguments.first?.type
    if name == "min" || name == "max" {
      guard let type, ExtremeOrder.serves(type), call.type.id.layout == type.id.layout else { return nil }
      // What is least among different values is least among all.
      return CallSums(sums: .extremes([], ExtremeOrder(type, isGreatest: name == "max", spare: spare)))
    }
    let sums: Sums
    switch (name, type?.id) {
    case ("count", _): sums = .counts([])
    case ("sum", .int2), ("sum", .int4): sums = .wholes(sums: [], counts: [])
    case ("sum", .int8), ("sum", .numeric), ("avg", .int2), ("avg", .int4), ("avg", .int8), ("avg", .numeric): sums = .numerics([])
    case ("bool_and", _), ("bool_or", _), ("every", _): return CallSums(sums: .truths(trues: [], falses: []))
    default: return nil
    }
    if !call.isDistinct { return CallSums(sums: sums) }
    guard let type, type.id.isEvaluated else { return nil }
    return CallSums(sums: sums, distinct: DistinctValues(type))
  }

  func grow() {
    sizes.append(0)
    for place in calls.indices { calls[place].sums.grow() }
  }
}

extension GroupSums.Sums {
  /// What is put in its place while its arrays are changed, so that they are not copied.
  static let moved = GroupSums.Sums.counts([])

  fileprivate mutating func grow() {
    let state = self
    self = .moved
    switch consume state {
    case .counts(var counts):
      counts.append(0)
      self = .counts(counts)
    case .wholes(var totals, var counts):
      totals.append(0)
      counts.append(0)
      self = .wholes(sums: totals, counts: counts)
    case .numerics(var totals):
      totals.append(NumericSum())
      self = .numerics(totals)
    case .truths(var trues, var falses):
      trues.append(0)
      falses.append(0)
      self = .truths(trues: trues, falses: falses)
    case .extremes(var extremes, let order):
      extremes.append(Extremes())
      self = .extremes(extremes, order)
    }
  }
}

// MARK: - Adding

extension GroupSums {
  /// Adds a change, and says how the groups' rows change; nil if it cannot be said by sums.
  ///
  /// - Parameters:
  ///   - input: what is gathered into groups, for those that are to be looked at again.
  ///   - computation: of the state after.
  ///   - exhausted: counts these.
  func step(
    _ change: Change, of input: Plan, _ aggregation: Plan.Aggregation, _ computation: Computation, exhausted: inout Int
  ) throws(Stop) -> Change? {
    guard let numbers = try numbers(of: change, aggregation, computation) else { return nil }
    guard let before = try rows(numbers.touched, aggregation, computation) else { return nil }
    guard try add(change, numbers.groups, aggregation, computation), numbers.touched.allSatisfy({ sizes[Int($0)] >= 0 }) else {
      return nil
    }
    exhausted += try refill(numbers.touched, of: input, aggregation, computation)
    guard let after = try rows(numbers.touched, aggregation, computation) else { return nil }
    return Change((ZSet(after) - ZSet(before)).consolidated())
  }

  /// - Parameter rows: all rows there are.
  /// - Returns: whether sums can say it.
  func fill(_ rows: Rows, _ aggregation: Plan.Aggregation, _ computation: Computation) throws(Stop) -> Bool {
    let all = Change(rows, Array(repeating: 1, count: rows.count))
    guard let numbers = try numbers(of: all, aggregation, computation) else { return false }
    return try add(all, numbers.groups, aggregation, computation)
  }

  /// The group of each row, and all groups that have one; nil if sums do not tell them apart.
  private func numbers(
    of change: Change, _ aggregation: Plan.Aggregation, _ computation: Computation
  ) throws(Stop) -> (groups: [Int32], touched: [Int32])? {
    let keys = try computation.values(aggregation.keys, change.rows, nil, isNeeded: false)
    for key in aggregation.keys { try computation.catalogue.requireOrder(of: key.type) }
    let grouping = Grouping(keys, count: change.count)
    guard grouping.areIdentical(keys), let numbers = numbers(of: Batch(keys, count: change.count).picking(grouping.firsts)) else {
      return nil
    }
    return (grouping.groups.map { numbers[Int($0)] }, numbers)
  }

  private func add(
    _ change: Change, _ groups: [Int32], _ aggregation: Plan.Aggregation, _ computation: Computation
  ) throws(Stop) -> Bool {
    for (row, group) in groups.enumerated() { sizes[Int(group)] += change.weights[row] }
    for (place, call) in aggregation.calls.enumerated() {
      let input = try computation.input(of: call, change.rows, nil, false)
      guard add(Counted(input, groups, change.weights), to: place) else { return false }
    }
    return true
  }

  /// What a call counts: values, the groups they are of, and how often they come or go.
  struct Counted {
    /// Nil of `count(*)`.
    var argument: Column?
    var groups: [Int32]
    var weights: [Int64]

    init(_ input: AggregateInput, _ groups: [Int32], _ weights: [Int64]) {
      argument = input.arguments.first
      self.groups = input.rows.map { groups.picking($0) } ?? groups
      self.weights = input.rows.map { rows in rows.map { weights[Int($0)] } } ?? weights
      guard let nulls = argument?.nulls else { return }
      let kept = (~nulls).trueRows
      argument = argument?.picking(kept)
      self.groups = self.groups.picking(kept)
      self.weights = kept.map { [weights = self.weights] in weights[Int($0)] }
    }

    init(_ argument: Column?, _ groups: [Int32], _ weights: [Int64]) {
      self.argument = argument
      self.groups = groups
      self.weights = weights
    }
  }

  /// - Returns: false if it cannot be said by sums.
  func add(_ all: Counted, to place: Int) -> Bool {
    guard let counted = calls[place].distinct == nil ? all : calls[place].distinct!.step(all) else { return false }
    func each(_ body: (_ member: Int, _ group: Int, _ weight: Int64) -> Void) {
      for member in counted.groups.indices { body(member, Int(counted.groups[member]), counted.weights[member]) }
    }
    let state = calls[place].sums
    calls[place].sums = .moved
    switch consume state {
    case .counts(var counts):
      each { counts[$1] += $2 }
      calls[place].sums = .counts(counts)
    case .wholes(var totals, var counts):
      if case .integers(let values) = counted.argument!.storage {
        each { member, group, weight in
          totals[group] &+= values[member] &* weight
          counts[group] += weight
        }
      }
      calls[place].sums = .wholes(sums: totals, counts: counts)
    case .numerics(var totals):
      switch counted.argument!.storage {
      case .integers(let values): each { totals[$1].add(values[$0], times: $2) }
      case .decimals(let values, let scale):
        each { totals[$1].add(Numeric(coefficient: Int128(values[$0]), scale: scale), times: $2) }
      case .numerics(let values): each { totals[$1].add(values[$0], times: $2) }
      default: preconditionFailure("sums are of numbers")
      }
      calls[place].sums = .numerics(totals)
    case .truths(var trues, var falses):
      if case .bits(let bits) = counted.argument!.storage {
        each { member, group, weight in if bits[member] { trues[group] += weight } else { falses[group] += weight } }
      }
      calls[place].sums = .truths(trues: trues, falses: falses)
    case .extremes(var extremes, let order):
      let isThere = order.add(counted, to: &extremes)
      calls[place].sums = .extremes(extremes, order)
      return isThere
    }
    return true
  }

  /// The numbers of groups, new ones for those that are new; nil if a name prints differently from what is known, or hashes lie.
  func numbers(of rows: Batch) -> [Int32]? {
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

extension GroupSums {
  /// How many rows there are, if all are one group.
  var size: Int64 { sizes[0] }
}

// MARK: - Looking again

extension GroupSums {
  /// Groups that lost all least values that were remembered are looked at again.
  ///
  /// - Returns: how many there were.
  private func refill(
    _ touched: [Int32], of input: Plan, _ aggregation: Plan.Aggregation, _ computation: Computation
  ) throws(Stop) -> Int {
    var all: Set<Int32> = []
    for (place, call) in calls.enumerated() {
      guard case .extremes(let extremes, _) = call.sums else { continue }
      let exhausted = touched.filter { extremes[Int($0)].isExhausted && !Planted.bug("an exhausted minimum is nothing") }
      if exhausted.isEmpty { continue }
      all.formUnion(exhausted)
      try refill(place, exhausted, of: input, aggregation, computation)
    }
    return all.count
  }

  private func refill(
    _ place: Int, _ groups: [Int32], of input: Plan, _ aggregation: Plan.Aggregation, _ computation: Computation
  ) throws(Stop) {
    guard case .extremes(var extremes, let order) = calls[place].sums else { return }
    calls[place].sums = .moved
    for group in groups { extremes[Int(group)] = Extremes() }
    let rows =
      keyCount == 0
      ? try computation.all(of: input) : try computation.rows(of: input, where: aggregation.keys, among: names.picking(groups))
    try computation.visit(rows.count)
    let keys = try computation.values(aggregation.keys, rows, nil, isNeeded: false)
    guard let numbers = numbers(of: Batch(keys, count: rows.count)) else { throw .tooCostly }
    let own = keyCount == 0 ? Array(repeating: 0, count: rows.count) : numbers
    let counted = Counted(
      try computation.input(of: aggregation.calls[place], rows, nil, false), own, Array(repeating: 1, count: rows.count))
    guard order.add(counted, to: &extremes) else { throw .tooCostly }
    calls[place].sums = .extremes(extremes, order)
  }
}

// MARK: - Results

extension GroupSums {
  /// The rows of some groups, none for those that are empty; nil if sums do not tell them.
  private func rows(_ numbers: [Int32], _ aggregation: Plan.Aggregation, _ computation: Computation) throws(Stop) -> Batch? {
    let filled = keyCount == 0 ? numbers : numbers.filter { sizes[Int($0)] > 0 || Planted.bug("an emptied group stays") }
    var columns = names.picking(filled).columns
    for (place, call) in aggregation.calls.enumerated() {
      guard let column = value(calls[place].sums, call, filled, computation) else { return nil }
      columns.append(column)
    }
    for _ in aggregation.groupings { columns.append(.repeating(.integer(0), .int4, count: filled.count)) }
    return Batch(columns, count: filled.count)
  }

  private func value(
    _ sums: Sums, _ call: Plan.AggregateCall, _ numbers: [Int32], _ computation: Computation
  ) -> Column? {
    let function = computation.catalogue.function(call.function)!
    let aggregate = Aggregate(computation: computation, function: function, type: call.type, isNeeded: false)
    switch sums {
    case .counts(let counts): return Column(call.type, .integers(numbers.map { counts[Int($0)] }))
    case .wholes(let totals, let counts):
      return aggregate.column(
        .integers(numbers.map { totals[Int($0)] }),
        isThere: Bitmap(count: numbers.count) { counts[Int(numbers[$0])] > 0 || Planted.bug("a sum of nothing is zero") })
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
    case .extremes(let extremes, let order):
      var builder = ColumnBuilder(call.type)
      for number in numbers {
        guard let value = extremes[Int(number)].value(order) else { return nil }
        builder.append(value)
      }
      return builder.finish()
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
