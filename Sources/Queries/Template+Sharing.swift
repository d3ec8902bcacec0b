import Expressions
import Relations

/// A template for lists of any length: `IN (1, 2)` and `IN (3)` share one, and so do `VALUES` of one row and of a thousand.
///
/// A list is kept as its first member, which may be repeated. What makes members a list is that neighbours differ in constants alone:
/// `IN (1, 2, NULL, 3)` is a list, a null, and another list. Whoever works with a fixed number of constants takes `template(lengths:)`.
public struct SharedTemplate: Hashable, Sendable {
  /// The template in which each list has one member.
  public let single: Template
  /// The parameters of each list's member, in their order: they are repeated as a whole.
  public let lists: [Range<Int>]

  /// What makes a shared template a question.
  public struct Constants: Sendable {
    /// Those of list members stand one member after the other.
    public var values: [Value]
    /// How many members each list has: one at least.
    public var lengths: [Int]

    public init(_ values: [Value], lengths: [Int]) {
      self.values = values
      self.lengths = lengths
    }
  }
}

extension Query {
  /// The shared template of the question, and the constants that make it this one.
  public var sharedTemplate: (SharedTemplate, SharedTemplate.Constants) {
    let (template, constants) = template
    var lists = ListFinder()
    let plan = template.query.plan.rewritingLists { lists.cut($0) }
    let (shared, lengths) = lists.shared(template, plan)
    return (shared, SharedTemplate.Constants(constants, lengths: lengths))
  }
}

extension SharedTemplate {
  /// The question for given constants.
  ///
  /// - Precondition: they fit the template.
  public func query(_ constants: Constants) -> Query { template(lengths: constants.lengths).query(constants.values) }

  /// The template for lists of these lengths: the question's own.
  ///
  /// - Precondition: there is a length for each list.
  public func template(lengths: [Int]) -> Template {
    precondition(lengths.count == lists.count && lengths.allSatisfy { $0 > 0 }, "each list has a length")
    if lengths.allSatisfy({ $0 == 1 }) { return single }
    let (places, parameters) = places(lengths)
    let numbers = Dictionary(uniqueKeysWithValues: lists.enumerated().map { (places[$1.lowerBound], $0) })
    let plan = single.query.plan.mapping { $0.renumbered { places[$0] } }.rewritingLists { members in
      members.flatMap { member in
        guard let range = member.parameterRange, let list = numbers[range.lowerBound] else { return [member] }
        return (0..<lengths[list]).map { round in member.map { $0.renumbered { $0 + round * range.count } } }
      }
    }
    return Template(query: Query(plan, columns: single.query.columns), parameters: parameters)
  }

  /// Where each parameter of `single` comes to stand, members of lists in their first round; and the types of all.
  private func places(_ lengths: [Int]) -> (places: [Int], parameters: [SQLType]) {
    var places: [Int] = []
    var parameters: [SQLType] = []
    var next = 0
    for (list, length) in zip(lists, lengths) {
      places += single.parameters[next..<list.upperBound].indices.map { $0 - next + parameters.count }
      parameters += single.parameters[next..<list.upperBound]
      for _ in 1..<length { parameters += single.parameters[list] }
      next = list.upperBound
    }
    places += single.parameters[next...].indices.map { $0 - next + parameters.count }
    return (places, parameters + single.parameters[next...])
  }
}

// MARK: - Finding lists

/// Cuts the lists of a template down to one member each.
private struct ListFinder {
  /// The parameters of each list's first member, and how many members there were.
  private var found: [(first: Range<Int>, length: Int)] = []

  /// The first of each run of members that differ in constants alone.
  mutating func cut(_ members: [[Expression]]) -> [[Expression]] {
    var kept: [[Expression]] = []
    var isRunning = false
    for member in members {
      let range = member.parameterRange
      if isRunning, let range, let last = kept.last, last.isLike(member, range) {
        found[found.count - 1].length += 1
        continue
      }
      kept.append(member)
      isRunning = range != nil
      if let range { found.append((range, Planted.bug("a second list in a run is longer") && !found.isEmpty ? 2 : 1)) }
    }
    return kept
  }

  /// - Parameter plan: the template's, with its lists cut.
  func shared(_ template: Template, _ plan: Plan) -> (SharedTemplate, lengths: [Int]) {
    // In the order of the parameters, whatever the order in which the plan was walked.
    let found = found.sorted { $0.first.lowerBound < $1.first.lowerBound }
    if found.allSatisfy({ $0.length == 1 }) {
      return (SharedTemplate(single: template, lists: found.map(\.first)), found.map(\.length))
    }
    var places = Array(template.parameters.indices)
    var parameters: [SQLType] = []
    var lists: [Range<Int>] = []
    var next = 0
    func keep(upTo end: Int) {
      for old in next..<end { places[old] = parameters.count + old - next }
      parameters += template.parameters[next..<end]
    }
    for (first, length) in found {
      keep(upTo: first.upperBound)
      lists.append(parameters.count - first.count..<parameters.count)
      next = first.lowerBound + first.count * length
    }
    keep(upTo: template.parameters.count)
    let query = Query(plan.mapping { $0.renumbered { places[$0] } }, columns: template.query.columns)
    return (SharedTemplate(single: Template(query: query, parameters: parameters), lists: lists), found.map(\.length))
  }
}

extension [Expression] {
  /// The parameters in a list's member, which are numbered without gaps; nil if there are none.
  fileprivate var parameterRange: Range<Int>? {
    var range: Range<Int>?
    for expression in self { expression.extend(&range) }
    return range
  }

  /// Whether a member differs from this one in constants alone.
  fileprivate func isLike(_ other: [Expression], _ range: Range<Int>) -> Bool {
    guard count == other.count, let own = parameterRange, own.count == range.count else { return false }
    let shift = range.lowerBound - own.lowerBound
    return zip(self, other).allSatisfy { one, other in
      if case .parameter(let a, let type) = one, case .parameter(let b, let otherType) = other {
        return a + shift == b && (type == otherType || Planted.bug("members of a list may be of other types"))
      }
      return one.renumbered { $0 + shift } == other
    }
  }
}

extension Expression {
  fileprivate func extend(_ range: inout Range<Int>?) {
    if case .parameter(let place, _) = self {
      range = range.map { min($0.lowerBound, place)..<max($0.upperBound, place + 1) } ?? place..<place + 1
    }
    for child in children { child.extend(&range) }
  }

  fileprivate func renumbered(_ place: (Int) -> Int) -> Expression {
    if case .parameter(let old, let type) = self { return .parameter(place(old), type) }
    return mappingChildren { $0.renumbered(place) }
  }
}

// MARK: - Walking over lists

extension Plan {
  /// The plan with the members of each list replaced: those of `IN`, `ANY` and `ALL`, each of one expression, and the rows of `VALUES`.
  /// A list within a row is no list of its own.
  fileprivate func rewritingLists(_ replace: ([[Expression]]) -> [[Expression]]) -> Plan {
    var inRows: Set<Int> = []
    _ = rewritingRows { rows in
      for range in rows.compactMap(\.parameterRange) { inRows.formUnion(range) }
      return rows
    }
    return mapping { $0.rewritingLists(outside: inRows, replace) }.rewritingRows(replace)
  }

  private func rewritingRows(_ replace: ([[Expression]]) -> [[Expression]]) -> Plan {
    if case .values(let rows, let types) = self { return .values(replace(rows), types) }
    return replacingInputs { $0.rewritingRows(replace) }
  }
}

extension Expression {
  fileprivate func rewritingLists(outside inRows: Set<Int>, _ replace: ([[Expression]]) -> [[Expression]]) -> Expression {
    guard case .quantified(let quantified) = self else { return mappingChildren { $0.rewritingLists(outside: inRows, replace) } }
    let members = quantified.list.map { [$0] }
    if members.contains(where: { $0.parameterRange.map { inRows.contains($0.lowerBound) } ?? false }) { return self }
    return .quantified(
      .init(
        comparison: quantified.comparison, symbol: quantified.symbol,
        operand: quantified.operand.rewritingLists(outside: inRows, replace), list: replace(members).map { $0[0] },
        all: quantified.all))
  }
}
