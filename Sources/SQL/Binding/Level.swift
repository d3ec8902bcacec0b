internal import CPgQuery
import Expressions
import Queries
import Relations

/// A row that expressions are over, while they are bound: that of a query's `FROM`, or of what stands left of a `LATERAL`.
///
/// While a query is bound, its expressions name what they use as `Reference`s: columns of `FROM`, and what is computed beside them and
/// collected here. Only when all clauses have been seen is it known in which operator each is computed; then `Stage` puts places for
/// references.
final class Level {
  let kind: Kind
  var scope: Scope
  /// What is being bound: it decides what may stand there.
  var clause = Clause.targets
  var isInAggregate = false
  var isInWindow = false
  /// Whether something outside of aggregates is made of a whole row.
  var namesRow = false

  /// Its columns as they are named, one after the other, and where; noted for a text that is refused.
  var uses: [Use] = []

  var aggregates: [Plan.AggregateCall] = []
  /// Where the first of each is written.
  var aggregateLocations: [Int32] = []
  var windows: [Plan.WindowCall] = []
  /// `GROUPING(…)`: what each asks about.
  var groupings: [[Expression]] = []
  /// Where the arguments of each are written.
  var groupingLocations: [[Int32]] = []
  var subqueries: [Subquery] = []
  var series: [Expression.Call] = []
  var seriesLocations: [Int32] = []
  var windowClause: [Syntax.WindowDef] = []

  enum Kind { case query, lateral(isAllowed: Bool) }

  struct Use {
    let place: Int
    let location: Int32
    var isInAggregate = false
  }

  struct Subquery: Hashable {
    let plan: Plan
    let kind: Plan.Apply.Kind
  }

  init(_ kind: Kind = .query, scope: Scope) {
    self.kind = kind
    self.scope = scope
  }
}

/// What a column of an expression stands for, until the query has its operators.
enum Reference: Equatable {
  case input(Int)
  case aggregate(Int)
  case grouping(Int)
  case window(Int)
  case subquery(Int)
  /// A set-returning function in the select list.
  case series(Int)
  /// In the comparison of `ANY` and `ALL`: a column of the subquery.
  case compared(Int)

  private static let spacing = 1 << 24

  init(_ place: Int) {
    let number = place % Self.spacing
    switch place / Self.spacing {
    case 0: self = .input(number)
    case 1: self = .aggregate(number)
    case 2: self = .grouping(number)
    case 3: self = .window(number)
    case 4: self = .subquery(number)
    case 5: self = .series(number)
    default: self = .compared(number)
    }
  }

  var place: Int {
    switch self {
    case .input(let number): number
    case .aggregate(let number): Self.spacing + number
    case .grouping(let number): 2 * Self.spacing + number
    case .window(let number): 3 * Self.spacing + number
    case .subquery(let number): 4 * Self.spacing + number
    case .series(let number): 5 * Self.spacing + number
    case .compared(let number): 6 * Self.spacing + number
    }
  }

  func expression(_ type: SQLType) -> Expression { .column(place, type) }
}

/// The part of a query that an expression stands in, as messages name it.
enum Clause: String {
  case targets = "SELECT"
  case `where` = "WHERE"
  case having = "HAVING"
  case groupBy = "GROUP BY"
  case orderBy = "ORDER BY"
  case distinctOn = "DISTINCT ON"
  case limit = "LIMIT"
  case offset = "OFFSET"
  case values = "VALUES"
  case joinCondition = "JOIN conditions"
  case functionInFrom = "functions in FROM"
  case filter = "FILTER"
  case windowPartition = "window PARTITION BY"
  case windowOrder = "window ORDER BY"
  case windowRows = "window ROWS"
  case windowRange = "window RANGE"
  case windowGroups = "window GROUPS"

  var allowsAggregates: Bool {
    switch self {
    case .targets, .having, .orderBy, .distinctOn, .windowPartition, .windowOrder: true
    default: false
    }
  }

  var allowsWindows: Bool {
    switch self {
    case .targets, .orderBy, .distinctOn: true
    default: false
    }
  }

  var allowsSeries: Bool {
    switch self {
    case .targets, .orderBy, .distinctOn, .groupBy: true
    default: false
    }
  }
}

extension Level {
  /// The column that stands for a subquery. The same one asked twice is asked once.
  func column(for subquery: Subquery, type: SQLType) -> Expression {
    let number = subqueries.firstIndex(of: subquery) ?? subqueries.count
    if number == subqueries.count { subqueries.append(subquery) }
    return Reference.subquery(number).expression(type)
  }

  func column(for aggregate: Plan.AggregateCall, at location: Int32) -> Expression {
    let number = aggregates.firstIndex(of: aggregate) ?? aggregates.count
    if number == aggregates.count {
      aggregates.append(aggregate)
      aggregateLocations.append(location)
    }
    return Reference.aggregate(number).expression(aggregate.type)
  }

  func column(for window: Plan.WindowCall) -> Expression {
    let number = windows.firstIndex(of: window) ?? windows.count
    if number == windows.count { windows.append(window) }
    return Reference.window(number).expression(window.type)
  }

  func column(for arguments: [Expression], at locations: [Int32]) -> Expression {
    let number = groupings.firstIndex(of: arguments) ?? groupings.count
    if number == groupings.count {
      groupings.append(arguments)
      groupingLocations.append(locations)
    }
    return Reference.grouping(number).expression(.int4)
  }

  func column(for call: Expression.Call, at location: Int32) -> Expression {
    series.append(call)
    seriesLocations.append(location)
    return Reference.series(series.count - 1).expression(call.type)
  }
}
