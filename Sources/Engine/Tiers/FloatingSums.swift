import Circuits
import Expressions
import Queries
import Relations

/// Proves that answers with floating sums are other ones although PostgreSQL may round them in several ways: by what is exact beside
/// them, or by more than any order of adding can make up for.
///
/// Of `n` numbers, whose magnitudes add up to `A`, every order of `n - 1` additions gives the true sum but for `γ A` at most, where
/// `γ = k u / (1 - k u)`, `k = n - 1` and `u` is half the distance from 1 to the next number (2⁻⁵³, of `real` 2⁻²⁴): additions do not
/// lose anything to underflow, and overflow is looked out for. Our own sum is one of these, so that two answers that PostgreSQL might
/// give lie within `2 γ A` of it, each. An average is rounded once more.
struct FloatingSums {
  /// The rows that are added up, with the groups' keys, the values, and the filters as columns.
  private let members: Query
  private let keyCount: Int
  /// The columns of the answer.
  private let shown: [Shown]

  private enum Shown {
    /// One of the keys, or an aggregate that does not round.
    case exact
    case floating(Call)
    /// An aggregate that rounds in a way that we do not bound.
    case other
  }

  private struct Call {
    /// The column of what is added up, and of the filter, if there is one.
    let value: Int
    let filter: Int?
    let isAverage: Bool
    let isSingle: Bool
  }

  /// nil for every question that does not simply show what it adds up.
  init?(_ query: Query, catalogue: Catalogue = .builtIn) {
    var plan = query.plan
    if case .sort(let input, _) = plan { plan = input }
    var expressions: [Expression]?
    if case .project(let input, let shown) = plan { (plan, expressions) = (input, shown) }
    guard case .aggregate(let input, let aggregation) = plan, aggregation.groupings.isEmpty,
      aggregation.sets == [Array(aggregation.keys.indices)], aggregation.keys.allSatisfy(\.type.isReadByEquality)
    else { return nil }
    keyCount = aggregation.keys.count
    var columns = aggregation.keys
    var calls: [Shown] = []
    for call in aggregation.calls {
      let name = catalogue.function(call.function)?.name
      let argument = call.arguments.first
      let isFloat = argument.map { [.float4, .float8].contains($0.type.id) } ?? false
      switch name {
      case "count", "min", "max", "bool_and", "bool_or", "every": calls.append(isFloat && name != "count" ? .other : .exact)
      case "sum" where !isFloat, "avg" where !isFloat:
        calls.append(argument.map { [.int2, .int4, .int8, .numeric].contains($0.type.id) } ?? false ? .exact : .other)
      case "sum" where !call.isDistinct, "avg" where !call.isDistinct:
        let filter = call.filter.map { _ in columns.count + 1 }
        calls.append(
          .floating(
            Call(
              value: columns.count, filter: filter, isAverage: name == "avg",
              isSingle: name == "sum" && argument!.type.id == .float4)))
        columns += [argument!] + (call.filter.map { [$0] } ?? [])
      default: calls.append(.other)
      }
    }
    let places = (expressions ?? aggregation.types.enumerated().map { .column($0, $1) }).map { expression -> Int? in
      if case .column(let place, _) = expression { place } else { nil }
    }
    // Of groups whose keys are not shown only a heap of sums is seen, which may be the same though each group's is another one.
    let isTold = aggregation.keys.indices.allSatisfy(places.contains)
    let keyCount = keyCount
    shown = places.map { place in
      guard let place else { return .other }
      let shown = place < keyCount ? .exact : calls[place - keyCount]
      if case .floating = shown, !isTold { return .other }
      return shown
    }
    members = Query(
      .project(input, columns), columns: columns.enumerated().map { Query.OutputColumn(Identifier("c\($0)"), $1.type) })
  }
}

extension FloatingSums {
  /// Whether the answers on two states differ, however PostgreSQL rounds.
  ///
  /// - Parameters:
  ///   - before, after: the answers, which nothing but rounding leaves open.
  ///   - ask: a question asked of either state.
  func differ(_ before: Answer, _ after: Answer, ask: (Query, _ isNow: Bool) -> Outcome) -> Bool {
    let exact = shown.indices.filter { if case .exact = shown[$0] { true } else { false } }
    // As multisets: what is left of the rows without the columns that round.
    let (old, new) = (before.rows.projecting(exact), after.rows.projecting(exact))
    func boxed(_ rows: Batch) -> [[Value]] { (0..<rows.count).map { rows[$0] } }
    if !AnswerComparison.printsSame(boxed(old), boxed(new), isOrdered: false) { return true }
    guard case .rows(let then) = ask(members, false), case .rows(let now) = ask(members, true), then.doubts.isEmpty,
      now.doubts.isEmpty
    else { return false }
    let others = bounds(now.rows)
    return bounds(then.rows).contains { group, sums in
      guard let others = others[group] else { return false }
      return zip(sums, others).contains { $0.isSurelyOther(than: $1) }
    }
  }

  /// What each group's sums are, and how far rounding can take them.
  private func bounds(_ rows: Batch) -> [[UInt8]: [FloatingSum]] {
    let calls = shown.compactMap { if case .floating(let call) = $0 { call } else { nil } }
    var sums: [[UInt8]: [FloatingSum]] = [:]
    // A total of nothing is there too.
    if keyCount == 0 { sums[[]] = calls.map { FloatingSum(isAverage: $0.isAverage, isSingle: $0.isSingle) } }
    let keys = keyCount == 0 ? nil : rows.keys(columns: Array(0..<keyCount))
    for row in 0..<rows.count {
      let group = keys.map { Array($0[row]) } ?? []
      var own = sums[group] ?? calls.map { FloatingSum(isAverage: $0.isAverage, isSingle: $0.isSingle) }
      for (place, call) in calls.enumerated() {
        if let filter = call.filter, !rows.columns[filter][row].isIdentical(to: .bool(true)) { continue }
        if case .float(let value) = rows.columns[call.value][row] { own[place].add(value) }
      }
      sums[group] = own
    }
    return sums
  }
}

/// A sum of floating numbers, with what is needed to say how far another order of adding may take it.
struct FloatingSum {
  private let isAverage: Bool
  private let isSingle: Bool
  private var count = 0
  private var sum = 0.0
  private var magnitude = 0.0
  /// NaN, or the infinities.
  private var isOutside = false

  init(isAverage: Bool, isSingle: Bool) {
    self.isAverage = isAverage
    self.isSingle = isSingle
  }

  mutating func add(_ value: Double) {
    count += 1
    sum += value
    magnitude += value.magnitude
    if !value.isFinite { isOutside = true }
  }

  /// Whether no order of adding gives both the same.
  func isSurelyOther(than other: FloatingSum) -> Bool {
    // Nothing adds up to null.
    if (count == 0) != (other.count == 0) { return true }
    if count == 0 { return false }
    guard let (a, slack) = range, let (b, otherSlack) = other.range else { return false }
    return (a - b).magnitude > slack + otherSlack
  }

  /// The value, and how far what PostgreSQL gives may be from it; nil where that is not known.
  private var range: (value: Double, slack: Double)? {
    // Averages carry squares along, which must not overflow either.
    guard !isOutside, magnitude < (isSingle ? 0x1p120 : isAverage ? 0x1p400 : 0x1p1000) else { return nil }
    let roundings = Double(count - 1) * (isSingle ? 0x1p-24 : 0x1p-53)
    guard roundings < 0x1p-10 else { return nil }
    // Both our sum and PostgreSQL's are off by so much. A little more, for the rounding of the bound itself.
    var slack = 2 * roundings / (1 - roundings) * magnitude * (1 + 0x1p-8)
    guard isAverage else { return (sum, slack) }
    let value = sum / Double(count)
    slack = slack / Double(count) * (1 + 0x1p-8) + value.magnitude * 0x1p-50 + 0x1p-1070
    return (value, slack)
  }
}

extension Answer {
  /// Whether rounding is all that is open.
  fileprivate var isOpenByRounding: Bool { Doubts.floatRounding.isSuperset(of: doubts) }
}

extension ReadJudge {
  /// Whether two answers, of which rounding leaves open what they are, are others for sure.
  func differBeyondRounding(_ before: Outcome, _ after: Outcome, _ way: Side.Way) -> Bool {
    guard case .rows(let old) = before, case .rows(let new) = after, old.isOpenByRounding, new.isOpenByRounding,
      let sums = FloatingSums(known.template.query(placed.constants))
    else { return false }
    return sums.differ(old, new) { query, isNow in
      isNow ? answer(.now(way), clocks.now, to: query) : answer(.then, clocks.then, to: query)
    }
  }
}
