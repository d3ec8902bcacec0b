import Expressions
import Queries
import Relations

/// A template that somebody asked, and what follows from it for everybody who asks it: found once, however many reads there are.
///
/// A class, because every read has it at hand, and it is large.
final class KnownTemplate: Sendable {
  let template: Template
  /// Of the answer's columns.
  let types: [SQLType]
  /// With parameters in the places of constants.
  let footprints: [Footprint]
  let usesClock: Bool
  /// What tier 1 knows of it; nil where it has nothing to say.
  let question: SingleTableQuestion?
  /// What tier 1 decides from cells alone; nil if it needs the rows.
  let totals: SummedTotals?
  /// Of a question that shows rows of one table, exactly what it shows of exactly its rows; nil for every other.
  let shownRows: Footprint?

  init(_ template: Template) {
    self.template = template
    types = template.query.columns.map(\.type)
    footprints = template.query.footprints
    usesClock = template.query.usesClock
    question = SingleTableQuestion(template.query)
    totals = question.flatMap { SummedTotals($0, template.query) }
    shownRows = question.flatMap { Footprint(ofRowsShownBy: $0, template.query) }
  }
}

extension Footprint {
  /// The rows that a question shows, as far as it shows them: when their cell is not zero, it shows others.
  fileprivate init?(ofRowsShownBy question: SingleTableQuestion, _ query: Query) {
    guard case .rows(let expressions) = question.output, question.cannotRaise, query.footprints.count == 1 else { return nil }
    var shown: Set<Int> = []
    for expression in expressions {
      guard case .column(let column, _) = expression else { return nil }
      shown.insert(column)
    }
    // What is looked at and not shown, such as what orders the rows, may change the answer too, or may not.
    guard shown == Set(query.footprints[0].projected) else { return nil }
    self.init(table: question.table, condition: .all(question.conditions), projected: query.footprints[0].projected)
  }
}

/// Totals of one table that change by exactly what the rows inside a footprint add up to: `count(*)`, `count(x)` and exact sums of
/// rows that satisfy conditions which cannot raise.
struct SummedTotals: Sendable {
  /// Exactly the rows that the totals are of.
  let footprint: Footprint
  let totals: [SingleTableQuestion.Total]
  /// The distinct arguments.
  let sums: [Expression]
  /// Whether the totals are numbers of rows and nothing else.
  let countsRows: Bool
  /// Whether the question has such totals for each group, and these are the sums over all groups.
  let isGrouped: Bool
  /// Whether the rows are counted group by group and nothing else, by what the footprint shows of them: then its cell is not nothing exactly
  /// where some group has another number.
  let tellsGroups: Bool

  /// nil for every other question.
  init?(_ question: SingleTableQuestion, _ query: Query) {
    switch question.output {
    case .rows: return nil
    case .totals(let totals): (self.totals, isGrouped) = (totals, false)
    case .groups(let groups): (totals, isGrouped) = (groups.totals, true)
    }
    guard question.cannotRaise, totals.allSatisfy({ $0.filter == nil && !$0.hasParameters }), query.footprints.count == 1 else {
      return nil
    }
    countsRows = !totals.isEmpty && totals.allSatisfy { if case .countRows = $0.kind { true } else { false } }
    footprint = Footprint(
      table: question.table, condition: .all(question.conditions), projected: query.footprints[0].projected)
    tellsGroups = countsRows && question.output.keyColumns == Set(footprint.projected)
    sums = totals.compactMap(\.argument).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension SingleTableQuestion.Output {
  /// What rows are grouped by; nil where they are not, or by what is computed.
  fileprivate var keyColumns: Set<Int>? {
    guard case .groups(let groups) = self else { return nil }
    let columns = groups.keys.compactMap { if case .column(let column, _) = $0 { column } else { nil } }
    return columns.count == groups.keys.count ? Set(columns) : nil
  }
}

extension SummedTotals {
  /// Which of `sums` a total needs; nil if it counts rows.
  func sum(of total: SingleTableQuestion.Total) -> Int? { total.argument.flatMap { sums.firstIndex(of: $0) } }
}

extension SingleTableQuestion.Total {
  /// What is counted or added up; nil for rows.
  var argument: Expression? {
    switch kind {
    case .countRows: nil
    case .count(let argument), .sum(let argument): argument
    }
  }

  fileprivate var hasParameters: Bool {
    argument?.contains { if case .parameter = $0 { true } else { false } } ?? false
  }
}

extension Expression {
  /// All of some conditions, in their order.
  static func all(_ conditions: [Expression]) -> Expression {
    switch conditions.count {
    case 0: .constant(.bool(true), .bool)
    case 1: conditions[0]
    default: .and(conditions)
    }
  }
}

extension Footprint {
  /// With constants in the places of parameters.
  func supplying(_ constants: [Value]) -> Footprint {
    Footprint(table: table, condition: condition.supplying(constants), projected: projected)
  }
}
