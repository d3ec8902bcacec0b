import Expressions
import Queries
import Relations

/// A question over one table whose answer changes by what its rows' changes add up to: no row of the table has to be known beside
/// those that changed.
struct SingleTableQuestion {
  let table: TableID
  /// Over the table's columns; all have to be true.
  let conditions: [Expression]
  let output: Output
  /// Whether the rows come in an order.
  let isOrdered: Bool

  enum Output {
    /// Each row that is inside gives one.
    case rows([Expression])
    /// One row for all that is inside.
    case totals([Total])
  }

  struct Total {
    let kind: Kind
    let filter: Expression?
    let type: SQLType

    enum Kind {
      case countRows
      case count(Expression)
      /// Of whole numbers or of numerics: sums that do not round.
      case sum(Expression)
    }
  }
}

// MARK: - Recognising one

extension SingleTableQuestion {
  /// nil for every other question.
  init?(_ query: Query, catalogue: Catalogue = .builtIn) {
    var plan = query.plan
    isOrdered = if case .sort(let input, _) = plan { (plan = input, true).1 } else { false }
    var projection: [Expression]?
    if case .project(let input, let expressions) = plan { (plan, projection) = (input, expressions) }
    var aggregation: Plan.Aggregation?
    if case .aggregate(let input, let below) = plan { (plan, aggregation) = (input, below) }
    var conditions: [Expression] = []
    while case .filter(let input, let condition) = plan {
      conditions.append(condition)
      plan = input
    }
    guard case .scan(let scan) = plan else { return nil }
    table = scan.table
    self.conditions = conditions
    guard let aggregation else {
      output = .rows(projection ?? scan.columns.enumerated().map { .column($0, $1) })
      return
    }
    guard aggregation.keys.isEmpty, aggregation.sets == [[]], aggregation.groupings.isEmpty, !isOrdered else { return nil }
    let shown = projection ?? aggregation.types.enumerated().map { .column($0, $1) }
    var totals: [Total] = []
    for expression in shown {
      guard case .column(let place, _) = expression, let total = Total(aggregation.calls[place], catalogue) else { return nil }
      totals.append(total)
    }
    output = .totals(totals)
  }
}

extension SingleTableQuestion.Total {
  fileprivate init?(_ call: Plan.AggregateCall, _ catalogue: Catalogue) {
    guard !call.isDistinct, call.order.isEmpty, let name = catalogue.function(call.function)?.name else { return nil }
    switch (name, call.arguments.first) {
    case ("count", nil): kind = .countRows
    case ("count", let argument?): kind = .count(argument)
    case ("sum", let argument?) where [.int2, .int4, .int8, .numeric].contains(argument.type.id): kind = .sum(argument)
    default: return nil
    }
    filter = call.filter
    type = call.type
  }
}

// MARK: - Errors

extension SingleTableQuestion {
  /// Whether no row can make the answer an error, as far as that is plain to see.
  var cannotRaise: Bool {
    let shown: [Expression] =
      switch output {
      case .rows(let expressions): expressions
      case .totals(let totals): totals.flatMap { [$0.argument, $0.filter].compactMap { $0 } }
      }
    return (conditions + shown).allSatisfy(\.isTotal)
  }
}
