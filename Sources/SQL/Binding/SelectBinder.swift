internal import CPgQuery
import Expressions
import Queries
import Relations

/// One `SELECT`, clause by clause in the order in which PostgreSQL looks at them, so that of two errors the same one is told; and then
/// operator by operator, from `FROM` upward.
struct SelectBinder {
  let surroundings: Surroundings

  init(_ surroundings: Surroundings) { self.surroundings = surroundings }

  func query(_ select: Syntax.SelectStmt, resolvesUnknown: Bool) throws(BindingFailure) -> BoundQuery {
    if select.intoClause != nil { throw .unsupported("SELECT INTO") }
    let source = try FromBinder(surroundings).source(select.fromClause)
    let level = Level(scope: source.scope)
    level.windowClause = select.windowClause.compactMap { if case .windowDef(let window) = $0.kind { window } else { nil } }
    let scalar = ScalarBinder(surroundings: surroundings, level: level)
    var clauses = Clauses()
    clauses.targets = try targets(select.targetList, scalar)
    if let condition = select.whereClause {
      clauses.condition = try scalar.clause(.where) { () throws(BindingFailure) in try scalar.condition(condition, of: "WHERE") }
    }
    if let condition = select.havingClause {
      let start = level.uses.count
      clauses.having = try scalar.clause(.having) { () throws(BindingFailure) in try scalar.condition(condition, of: "HAVING") }
      clauses.havingUses = start..<level.uses.count
    }
    try order(&clauses, select, scalar)
    try group(&clauses, select, scalar)
    try distinct(&clauses, select, scalar)
    try scalar.checkWindowClause()
    if resolvesUnknown { try clauses.targets.resolveAll(scalar) }
    if !level.aggregates.isEmpty, level.scope.isRecursive {
      throw refusal(
        SQLState("42P19"), "aggregate functions are not allowed in a recursive query's recursive term", level.aggregateLocations[0])
    }
    try refuseLocks(select, clauses, level)
    return try plan(clauses, source, level, select)
  }

  func refusal(_ state: SQLState, _ message: String, _ location: Int32) -> BindingFailure {
    surroundings.refusal(state, message, location)
  }
}

/// What the clauses say, in references.
struct Clauses {
  var targets = Targets()
  var condition: Expression?
  var having: Expression?
  var havingUses = 0..<0
  var order: [(target: Int, order: KeyOrder)] = []
  var isGrouped = false
  var keys: [Expression] = []
  /// The grouping sets, by places of keys; nil for the one of all keys.
  var sets: [[Int]]?
  var isDistinct = false
  var distinctOn: [Int] = []
}

// MARK: - Targets

/// What the select list computes, under which names; and behind it what only the order needs.
struct Targets {
  var expressions: [Expression] = []
  var names: [Identifier] = []
  var nodes: [Node?] = []
  /// Where each is written, and the columns that it names, by their numbers in the level.
  var places: [(location: Int32, uses: Range<Int>)] = []
  /// How many of them the answer has.
  var visibleCount: Int { names.count }

  /// The target's expression; a literal that nothing has given a type becomes text.
  mutating func resolve(_ place: Int, _ scalar: ScalarBinder) throws(BindingFailure) {
    guard expressions[place].type.id == .unknown else { return }
    expressions[place] = try surroundingsText(expressions[place], nodes[place], scalar)
  }

  mutating func resolveAll(_ scalar: ScalarBinder) throws(BindingFailure) {
    for place in expressions.indices { try resolve(place, scalar) }
  }

  private func surroundingsText(_ expression: Expression, _ node: Node?, _ scalar: ScalarBinder) throws(BindingFailure)
    -> Expression
  {
    try scalar.surroundings.located(node?.leftmost ?? -1) { () throws(Failure) in
      try scalar.builder.coerce(expression, to: .text, .implicit)
    }
  }
}

extension SelectBinder {
  private func targets(_ list: Nodes, _ scalar: ScalarBinder) throws(BindingFailure) -> Targets {
    var targets = Targets()
    for case .resTarget(let target) in list.map(\.kind) {
      guard let value = target.val else { throw .unsupported("a target without a value") }
      if let columns = try scalar.star(value) {
        for (column, expression) in columns {
          let start = scalar.level.uses.count
          scalar.note(expression, value.location)
          targets.append(expression, column.name, nil)
          targets.places.append((value.location, start..<scalar.level.uses.count))
        }
        continue
      }
      if case .aIndirection(let indirection) = value.kind, let last = indirection.indirection.last, case .aStar = last.kind {
        throw .unsupported("the columns of a row")
      }
      let name = target.name.isEmpty ? value.outputName : Identifier(target.name)
      let start = scalar.level.uses.count
      defer { targets.places.append((value.leftmost, start..<scalar.level.uses.count)) }
      targets.append(try scalar.expression(value), name, value)
    }
    return targets
  }
}

extension Targets {
  mutating func append(_ expression: Expression, _ name: Identifier, _ node: Node?) {
    expressions.append(expression)
    names.append(name)
    nodes.append(node)
  }
}

// MARK: - The plan

extension SelectBinder {
  private func plan(
    _ clauses: Clauses, _ source: FromBinder.Source, _ level: Level, _ select: Syntax.SelectStmt
  ) throws(BindingFailure) -> BoundQuery {
    var stage = Stage(level, source.plan, width: source.width, surroundings)
    if let condition = clauses.condition { try stage.filter(condition) }
    try group(&stage, clauses)
    if let having = clauses.having { try stage.filter(having) }
    try stage.window()
    try stage.series()
    let lowered = try stage.lowered(clauses.targets.expressions)
    var plan = Plan.project(stage.plan, lowered)

    let keys = clauses.order.map { Plan.SortKey(.column($0.target, lowered[$0.target].type), $0.order) }
    if clauses.isDistinct { plan = .distinct(plan) }
    if !keys.isEmpty { plan = .sort(plan, keys) }
    if !clauses.distinctOn.isEmpty {
      plan = .distinctOn(plan, clauses.distinctOn.map { .column($0, lowered[$0].type) })
    }
    plan = try QueryBinder(surroundings).limited(plan, select, keys, source.scope)
    let visible = clauses.targets.visibleCount
    if visible < lowered.count { plan = .project(plan, lowered[..<visible].enumerated().map { .column($0, $1.type) }) }
    return BoundQuery(
      plan: plan, names: clauses.targets.names, locations: clauses.targets.places.map(\.location))
  }

  private func refuseLocks(_ select: Syntax.SelectStmt, _ clauses: Clauses, _ level: Level) throws(BindingFailure) {
    guard !select.lockingClause.isEmpty else { return }
    let clauses = [
      (clauses.isDistinct || !clauses.distinctOn.isEmpty, "DISTINCT clause"), (!select.groupClause.isEmpty, "GROUP BY clause"),
      (clauses.having != nil, "HAVING clause"), (!level.aggregates.isEmpty, "aggregate functions"),
      (!level.windows.isEmpty, "window functions"), (!level.series.isEmpty, "set-returning functions in the target list"),
    ]
    for (isThere, what) in clauses where isThere {
      throw refusal(SQLState("0A000"), "FOR UPDATE is not allowed with \(what)", -1)
    }
    for case .lockingClause(let lock) in select.lockingClause.map(\.kind) {
      for case .rangeVar(let relation) in lock.lockedRels.map(\.kind)
      where level.scope.relations(Identifier(relation.relname), namespace: nil).isEmpty {
        throw refusal(
          SQLState("42P01"), "relation \"\(relation.relname)\" in FOR UPDATE clause not found in FROM clause", relation.location)
      }
      if lock.waitPolicy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitSkip { throw .undecidable(.volatile, "SKIP LOCKED") }
    }
  }
}
