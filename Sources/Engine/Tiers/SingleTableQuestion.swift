import Expressions
import Queries
import Relations

/// A question over one table whose answer changes by what its rows' changes add up to: no row of the table has to be known beside
/// those that changed.
struct SingleTableQuestion: Sendable {
  let table: TableID
  /// Over the table's columns; all have to be true.
  let conditions: [Expression]
  let output: Output
  /// Whether the rows come in an order.
  let isOrdered: Bool

  enum Output: Sendable {
    /// Each row that is inside gives one.
    case rows([Expression])
    /// One row for all that is inside.
    case totals([Total])
    /// One row for each group of what is inside.
    case groups(Groups)
  }

  struct Groups: Sendable {
    let keys: [Expression]
    let totals: [Total]
    /// The columns of the answer, which shows every key.
    let shown: [Shown]

    enum Shown: Hashable, Sendable {
      case key(Int)
      case total(Int)
    }
  }

  struct Total: Sendable {
    let kind: Kind
    let filter: Expression?
    let type: SQLType

    enum Kind: Sendable {
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
    guard let made = Output(aggregation, projection, catalogue) else { return nil }
    if case .totals = made, isOrdered { return nil }
    output = made
  }
}

extension SingleTableQuestion.Output {
  fileprivate init?(_ aggregation: Plan.Aggregation, _ projection: [Expression]?, _ catalogue: Catalogue) {
    let keys = aggregation.keys
    guard aggregation.sets == [Array(keys.indices)], aggregation.groupings.isEmpty else { return nil }
    var totals: [SingleTableQuestion.Total] = []
    var shown: [SingleTableQuestion.Groups.Shown] = []
    for expression in projection ?? aggregation.types.enumerated().map({ .column($0, $1) }) {
      guard case .column(let place, _) = expression else { return nil }
      if place < keys.count {
        shown.append(.key(place))
      } else {
        guard let total = SingleTableQuestion.Total(aggregation.calls[place - keys.count], catalogue) else { return nil }
        shown.append(.total(totals.count))
        totals.append(total)
      }
    }
    if keys.isEmpty {
      self = .totals(totals)
    } else {
      // Of groups whose key is not shown only a heap of numbers is seen, which may be the same though each group has changed.
      // And a group may show another one of several equal keys once its rows have changed.
      guard keys.indices.allSatisfy({ shown.contains(.key($0)) }), keys.allSatisfy(\.type.isReadByEquality) else { return nil }
      self = .groups(SingleTableQuestion.Groups(keys: keys, totals: totals, shown: shown))
    }
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
      case .totals(let totals): totals.flatMap(\.expressions)
      case .groups(let groups): groups.keys + groups.totals.flatMap(\.expressions)
      }
    return (conditions + shown).allSatisfy(\.isTotal)
  }
}

extension SingleTableQuestion.Total {
  fileprivate var expressions: [Expression] { [argument, filter].compactMap { $0 } }
}

extension SingleTableQuestion.Total {
  /// Whether it counts something, rather than adding it up.
  var isCount: Bool { if case .sum = kind { false } else { true } }
}
