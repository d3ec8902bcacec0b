import Expressions
import Relations

/// Follows conditions from the top of a plan down to the tables that its columns come from.
///
/// What makes a footprint sound. A row is left out only for a *bound*: a condition without which nothing that the row takes part in
/// reaches the answer.
///
/// - Bounds go through an operator if rows of which they are false can neither be seen above it nor change what is seen of other rows:
///   through joins to the side that they are about, to the side for which nulls may stand only where the nulls themselves are left out;
///   through groups by their keys, windows by their partitions, `DISTINCT` and set operations if they do not tell equal values apart;
///   never through a row limit or a recursion, nor into a subquery. What a subquery asks for itself bounds what it looks at.
/// - Of a condition about several tables each gets what follows for it alone: of an `OR`, the `OR` of what follows from its parts. What
///   is known of a column is known of those that are equal to it.
/// - Errors are answers, and PostgreSQL's planner may ask conditions in any order and compute columns early. So an expression that may
///   raise, and that the planner might compute of a row before a bound leaves it out, goes along as a *risk*: rows for which it raises
///   are inside. Where it looks at other tables as well, no bound is kept: the footprint is the table.
/// - Columns are used if their values reach the answer other than through bounds that are handed down whole.
struct FootprintFinder {
  private(set) var footprints: [Footprint] = []
  /// What is known of the rows around a dependent plan, the nearest first.
  var around: [Knowledge] = []
  let catalogue = Catalogue.builtIn

  mutating func visit(_ plan: Plan, _ demand: Demand) {
    switch plan {
    case .oneRow, .values, .rows, .working: break
    case .scan(let scan): note(scan, demand)
    case .filter(let input, let condition):
      var below = demand
      below.bounds = []
      for conjunct in condition.conjuncts { take(.written(conjunct), of: input, into: &below) }
      below.bounds += demand.bounds
      visit(input, below)
    case .project(let input, let expressions): visit(expressions, over: input, demand)
    case .join(let join): visit(join, demand)
    case .apply(let apply): visit(apply, demand)
    case .aggregate(let input, let aggregation): visit(aggregation, over: input, demand)
    case .window(let input, let calls): visit(calls, over: input, demand)
    case .distinct(let input):
      var below = fenced(demand)
      below.used = Set(input.types.indices)
      for bound in demand.bounds {
        if bound.condition.isInvariant || Planted.bug("what is distinct is so in every byte") {
          below.bounds.append(bound)
        } else {
          below.addRisks(of: bound.condition, over: input)
        }
      }
      visit(input, below)
    case .distinctOn(let input, let keys): visit(distinctOn: keys, input, demand)
    case .sort(let input, let keys):
      var below = demand
      for key in keys {
        below.used.formUnion(key.expression.columns)
        if !demand.bounds.isEmpty { below.addRisks(of: key.expression, over: input) }
      }
      visit(input, below)
    case .limit(let input, let limit):
      var below = Demand(used: demand.used)
      for bound in demand.bounds { below.drop(bound) }
      if Planted.bug("a condition goes below a row limit") { below.bounds = demand.bounds }
      for key in limit.ties ?? [] { below.used.formUnion(key.expression.columns) }
      visit(input, below)
    case .combine(let operation): visit(operation, demand)
    case .recursive(let recursion):
      visit(recursion.initial, Demand(used: Set(recursion.initial.types.indices)))
      visit(recursion.step, Demand(used: Set(recursion.step.types.indices)))
    }
  }

  /// Takes a condition that the rows of a plan are known to satisfy into what is demanded of it.
  func take(_ bound: Bound, of plan: Plan, into demand: inout Demand) {
    let condition = bound.condition
    guard condition.hasOuter else {
      demand.bounds.append(bound)
      return
    }
    // What it says of rows around is not for a footprint to know.
    demand.drop(bound)
    demand.addRisks(of: condition, over: plan)
    if let weaker = condition.weakened({ !$0.hasOuter || Planted.bug("a row around is known inside") }) {
      demand.bounds.append(.implied(weaker))
    }
    demand.add(carriedInward(condition))
  }

  /// What a comparison with a column of a row around says, if something is known of that one.
  private func carriedInward(_ condition: Expression) -> [Expression] {
    guard case .call(let call) = condition, catalogue.equates(call.function), call.arguments.count == 2 else { return [] }
    for (inner, outer) in [(0, 1), (1, 0)] {
      guard case .outer(let level, let column, _)? = call.arguments[outer].bareOuter, around.indices.contains(level - 1),
        case .column(let place, let type)? = call.arguments[inner].bareExpression
      else { continue }
      return around[level - 1].facts(about: column).compactMap { fact in fact.carried(to: type) { .column(place, $0) } }
    }
    return []
  }

  /// The same order of evaluation does not reach below: an operator that looks at all its rows before it hands on any.
  func fenced(_ demand: Demand) -> Demand {
    var below = Demand()
    below.risks = demand.risks
    return below
  }
}

// MARK: - Tables

extension FootprintFinder {
  private mutating func note(_ scan: Plan.Scan, _ demand: Demand) {
    let demand = demand.withoutForeignCollations
    var used = demand.used
    var conditions: [Expression] = []
    let bounds = demand.isVoid ? [] : demand.bounds.filter { !$0.condition.isPlainlyTrue }
    for bound in bounds where bound.isExact { conditions.appendNew(bound.condition) }
    for bound in bounds where !bound.isExact { conditions.appendNew(bound.condition) }
    if demand.isVoid {
      for bound in demand.bounds where bound.isExact { used.formUnion(bound.condition.columns) }
    }
    if !conditions.isEmpty {
      // Never false, and an error where it raises.
      let asked = conditions
      for risk in demand.risks where !asked.contains(where: { $0.computes(risk) }) && !Planted.bug("rows that raise are outside") {
        conditions.appendNew(.isNull(.isNull(risk, negated: false), negated: true))
      }
    }
    let footprint = Footprint(table: scan.table, condition: .all(conditions), projected: used.sorted())
    if !footprints.contains(footprint) { footprints.append(footprint) }
  }
}

// MARK: - Projections

extension FootprintFinder {
  /// Beyond this, a condition written out over what columns are computed from is not carried on.
  private static let sizeLimit = 400

  private mutating func visit(_ expressions: [Expression], over input: Plan, _ demand: Demand) {
    var below = Demand(below: demand)
    func written(_ expression: Expression) -> Expression? {
      let whole = expression.columns.reduce(expression.size) { $0 + expressions[$1].size }
      return whole > Self.sizeLimit ? nil : expression.replacingColumns { place, _ in expressions[place] }
    }
    for place in demand.used { below.used.formUnion(expressions[place].columns) }
    // Where it is computed for nobody, it may raise all the same.
    let risky = expressions.filter { $0.mayRaise(catalogue, isBounded: { input.isBounded($0, catalogue) }) }
    for expression in risky { below.used.formUnion(expression.columns) }
    for bound in demand.bounds {
      if let condition = written(bound.condition) {
        take(Bound(condition: condition, isExact: bound.isExact, isNear: false), of: input, into: &below)
      } else {
        for place in bound.condition.columns { below.used.formUnion(expressions[place].columns) }
        below.isVoid = below.isVoid || bound.condition.mayRaise(over: .project(input, expressions), catalogue)
      }
    }
    for risk in demand.risks {
      if let condition = written(risk) { below.addRisks(of: condition, over: input) } else { below.isVoid = true }
    }
    // What is selected is computed after what is asked beside it, but not after what is asked further up.
    if !demand.bounds.isEmpty || demand.isDelayed {
      for expression in risky { below.addRisks(of: expression, over: input) }
    }
    visit(input, below)
  }
}

extension Expression {
  /// The column of a row around, under whatever type has the same bytes.
  fileprivate var bareOuter: Expression? {
    switch self {
    case .outer: self
    case .relabel(let operand, _): operand.bareOuter
    default: nil
    }
  }

  /// The column, without the types put over it.
  fileprivate var bareExpression: Expression? {
    switch self {
    case .column: self
    case .relabel(let operand, _): operand.bareExpression
    default: nil
    }
  }
}

extension Expression {
  /// Whether it cannot be evaluated without something, if no operand is skipped.
  fileprivate func computes(_ part: Expression) -> Bool {
    if self == part { return true }
    switch self {
    case .and, .or, .not: return children.contains { $0.computes(part) }
    case .call(let call):
      // Beside a null constant the planner would drop it.
      return call.arguments.allSatisfy { $0.isPlainConstant || !$0.columns.isEmpty } && children.contains { $0.computes(part) }
    default: return false
    }
  }

  /// `1 = 1`: it is so for every row.
  fileprivate var isPlainlyTrue: Bool {
    guard columns.isEmpty, case .constant(let constant)? = try? folded(), case .bool(true) = constant.value else { return false }
    return true
  }

  private var isPlainConstant: Bool { if case .constant(let constant) = self { !constant.value.isNull } else { false } }
}

extension [Expression] {
  fileprivate mutating func appendNew(_ expression: Expression) { if !contains(expression) { append(expression) } }
}
