import Expressions
import Queries
import Relations

/// What a circuit keeps from one step to the next, by where in the plan it belongs. Made when first needed, at the cost of an
/// evaluation of what it is made from; may be dropped at any time.
///
/// - Invariant: during a step, what has been asked for is of the state after, and what has not is of the state before.
final class StepMemory {
  private var sums: [Path: GroupSums?] = [:]
  private var tops: [Path: TopRows] = [:]
  private var rows: [Path: ZSet] = [:]
  /// Whether what is not there is not made: what it would have said is looked up for what a change touches.
  let isCertified: Bool
  /// How often what is remembered did not suffice, so that the tables were asked again: groups that lost all their least values, orders
  /// that lost all their first rows.
  var exhausted = 0

  /// What has been asked for in this step.
  private var asked: Set<Path> = []
  let spare: Int

  init(isCertified: Bool = false, spare: Int = Certificate.Limits.standard.spare) {
    self.isCertified = isCertified
    self.spare = spare
  }

  /// The sums of groups; nil if an aggregate is none.
  func sums(of input: Plan, _ aggregation: Plan.Aggregation, _ path: Path, _ old: Computation) throws(Stop) -> GroupSums? {
    asked.insert(path)
    if let known = sums[path] { return known }
    if isCertified { return nil }
    var made = GroupSums(aggregation, old.catalogue, spare: spare)
    if let all = made, !(try all.fill(try old.all(of: input), aggregation, old)) { made = nil }
    sums[path] = .some(made)
    return made
  }

  func knownSums(_ path: Path) -> GroupSums? {
    asked.insert(path)
    return sums[path] ?? nil
  }

  func top(
    of plan: Plan, _ keys: [Plan.SortKey], wanted count: Int, _ path: Path, _ old: Computation
  ) throws(Stop) -> TopRows? {
    asked.insert(path)
    if let known = tops[path] { return known }
    if isCertified { return nil }
    let made = try TopRows(ZSet(try old.all(of: plan).batch).consolidated(), keys, wanted: count, old)
    tops[path] = made
    return made
  }

  func keep(_ top: TopRows?, _ path: Path) { tops[path] = top }

  func keep(_ made: GroupSums, _ path: Path) { sums[path] = .some(made) }

  func drop(_ path: Path) { sums[path] = isCertified ? nil : .some(nil) }

  /// The rows of a plan, as they were before.
  func rows(of plan: Plan, _ path: Path, _ old: Computation) throws(Stop) -> ZSet {
    asked.insert(path)
    if let known = rows[path] { return known }
    let made = ZSet(try old.all(of: plan).batch).consolidated()
    rows[path] = made
    return made
  }

  func knowsRows(_ path: Path) -> Bool { rows[path] != nil }

  func keep(_ zset: ZSet, _ path: Path) { rows[path] = zset }
}

extension StepMemory {
  /// Ends a step: what a change touched that was not asked for is of no state any more.
  func settle(_ isTouched: (Path) -> Bool) {
    func isStale(_ path: Path) -> Bool {
      !asked.contains(path) && isTouched(path) && !Planted.bug("what was not asked for is kept")
    }
    sums = sums.filter { !isStale($0.key) }
    tops = tops.filter { !isStale($0.key) }
    rows = rows.filter { !isStale($0.key) }
    asked = []
  }

  /// All that is known, in the order of places.
  var known: (sums: [(Path, GroupSums)], tops: [(Path, TopRows)], rows: [(Path, ZSet)]) {
    func sorted<Value>(_ values: [Path: Value]) -> [(Path, Value)] { values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    return (sorted(sums.compactMapValues { $0 }), sorted(tops), sorted(rows))
  }
}

extension Computation {
  /// All rows of a plan, by scanning.
  func all(of plan: Plan) throws(Stop) -> Rows {
    looksUp = false
    defer { looksUp = true }
    return try rows(of: plan, in: nil, isNeeded: false)
  }
}
