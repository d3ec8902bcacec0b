import Engine
import Queries
import Synchronization

/// What was said of many reads beside what PostgreSQL says, by what the questions are made of and by where they were asked.
struct ReadTally: Sendable {
  struct Line: Sendable {
    var pairs = 0
    var holds = 0
    var stale = 0
    /// Verdicts that PostgreSQL contradicts.
    var wrongHolds = 0
    var wrongStale = 0
    var doubts: [String: Int] = [:]

    var doubtful: Int { doubts.values.reduce(0, +) }
  }

  private(set) var all = Line()
  private(set) var lines: [String: Line] = [:]
  /// How many old answers, new answers, differences and moments were compared.
  var was = 0
  var now = 0
  var deltas = 0
  var moments = 0
  /// How many wrong answers the engine noticed.
  var contradicted = 0
  /// Texts that are not bound.
  var unbound: Set<String> = []

  mutating func count(_ decision: Verdict.Decision, _ kinds: some Sequence<String>, isRight: Bool) {
    all.count(decision, isRight)
    for kind in kinds { lines[kind, default: Line()].count(decision, isRight) }
  }

  mutating func add(_ other: ReadTally) {
    all.add(other.all)
    for (kind, line) in other.lines { lines[kind, default: Line()].add(line) }
    was += other.was
    now += other.now
    deltas += other.deltas
    moments += other.moments
    contradicted += other.contradicted
    unbound.formUnion(other.unbound)
  }
}

extension ReadTally.Line {
  fileprivate mutating func count(_ decision: Verdict.Decision, _ isRight: Bool) {
    pairs += 1
    switch decision {
    case .holds: (holds, wrongHolds) = (holds + 1, wrongHolds + (isRight ? 0 : 1))
    case .stale: (stale, wrongStale) = (stale + 1, wrongStale + (isRight ? 0 : 1))
    case .doubtful(let reason): doubts[reason.rawValue, default: 0] += 1
    }
  }

  fileprivate mutating func add(_ other: Self) {
    pairs += other.pairs
    holds += other.holds
    stale += other.stale
    wrongHolds += other.wrongHolds
    wrongStale += other.wrongStale
    doubts.merge(other.doubts, uniquingKeysWith: +)
  }
}

// MARK: - As a page

extension ReadTally: CustomStringConvertible {
  var description: String {
    let head = Self.row("", ["pairs", "holds", "stale", "doubtful", "✗ holds", "✗ stale"], "doubtful by reason")
    let rows = lines.sorted { $0.key < $1.key }.map { Self.row($0.key, $0.value) }
    return ([head] + rows + [Self.row("all", all)]).joined(separator: "\n")
      + "\n  compared: \(was) old answers, \(now) new ones, \(deltas) differences, \(moments) moments; wrong answers noticed: \(contradicted)\n"
  }

  private static func row(_ name: String, _ line: Line) -> String {
    let tenths = line.doubtful * 1_000 / max(line.pairs, 1)
    let reasons = line.doubts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
    return row(
      name,
      [
        "\(line.pairs)", "\(line.holds)", "\(line.stale)", "\(tenths / 10).\(tenths % 10) %", "\(line.wrongHolds)",
        "\(line.wrongStale)",
      ], reasons.joined(separator: ", "))
  }

  private static func row(_ name: String, _ cells: [String], _ rest: String) -> String {
    func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) }
    return "  " + name + padded(name, 26) + cells.map { padded($0, 9) + $0 }.joined() + (rest.isEmpty ? "" : "  \(rest)")
  }
}

/// The tallies of a test's seeds, added up whatever their order; told when the last one is in.
final class ReadTallies: Sendable {
  private let sum = Mutex((tally: ReadTally(), seeds: 0))

  /// The sum over all seeds, once they are all in.
  func add(_ tally: ReadTally, of seeds: Int) -> ReadTally? {
    sum.withLock { sum in
      sum.tally.add(tally)
      sum.seeds += 1
      return sum.seeds == seeds ? sum.tally : nil
    }
  }
}

// MARK: - Constructs

extension Query {
  /// What a question is made of, in words.
  var constructs: Set<String> {
    let found = plan.constructs
    return (found.isEmpty ? ["rows"] : found).union(inputs().usesClock ? ["now()"] : [])
  }
}

extension Plan {
  fileprivate var constructs: Set<String> {
    inputs.reduce(into: own.map { [$0] } ?? []) { $0.formUnion($1.constructs) }
  }

  private var own: String? {
    switch self {
    case .oneRow, .scan, .filter, .project, .working: nil
    case .values: "VALUES"
    case .rows: "functions in FROM"
    case .join(let join): join.kind == .inner ? "inner join" : "outer join"
    case .apply(let apply):
      switch apply.kind {
      case .scalar: "scalar subquery"
      case .exists, .any, .all: "EXISTS, IN, ANY, ALL"
      case .array: "ARRAY(subquery)"
      }
    case .aggregate(_, let aggregation):
      aggregation.sets.count > 1 ? "grouping sets" : aggregation.keys.isEmpty ? "totals" : "groups"
    case .window: "window functions"
    case .distinct, .distinctOn: "DISTINCT"
    case .sort: "ORDER BY"
    case .limit: "LIMIT"
    case .combine: "UNION, INTERSECT, EXCEPT"
    case .recursive: "WITH RECURSIVE"
    }
  }
}
