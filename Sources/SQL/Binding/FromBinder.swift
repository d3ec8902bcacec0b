internal import CPgQuery
import Expressions
import Queries
import Relations

/// `FROM`: relations, joins and what else makes rows, and the names of their columns.
struct FromBinder {
  /// Of the query: what its condition could name beside its own columns.
  let surroundings: Surroundings
  /// What stands to the left and is in sight of what is `LATERAL`, the nearest first.
  private var neighbours: [Surroundings.Row] = []

  init(_ surroundings: Surroundings) { self.surroundings = surroundings }

  /// Rows and the names of their columns.
  struct Source {
    var plan: Plan
    var scope: Scope
    /// The columns of the plan, among them such as have no name.
    var width: Int

    init(_ plan: Plan, _ scope: Scope, width: Int? = nil) {
      self.plan = plan
      self.scope = scope
      self.width = width ?? plan.types.count
    }
  }

  /// A list with commas: all pairs of its items' rows, from left to right.
  func source(_ items: Nodes) throws(BindingFailure) -> Source {
    guard let first = items.first else { return Source(.oneRow, .none) }
    var source = try self.source(first)
    for item in items.dropFirst() {
      let right = try beside(source, isAllowed: true).source(item)
      try refuseSameNames(source.scope, right.scope)
      source = joined(.inner, source, right, on: .constant(.bool(true), .bool))
    }
    return source
  }

  /// The same binder for an item to the right of a source.
  func beside(_ source: Source, isAllowed: Bool) -> FromBinder {
    var inner = self
    inner.neighbours.insert(Surroundings.Row(level: Level(.lateral(isAllowed: isAllowed), scope: source.scope)), at: 0)
    return inner
  }

  /// What an item sees beside its own columns.
  func surroundings(isLateral: Bool) -> Surroundings {
    var all = surroundings
    all.rows = neighbours.map { Surroundings.Row(level: $0.level, isVisible: $0.isVisible && isLateral) } + surroundings.rows
    return all
  }

  func refusal(_ state: SQLState, _ message: String, _ location: Int32) -> BindingFailure {
    surroundings.refusal(state, message, location)
  }
}

extension FromBinder {
  func source(_ item: Node) throws(BindingFailure) -> Source {
    try surroundings.binding.spend(1)
    return try surroundings.binding.within(1) { () throws(BindingFailure) in try made(item) }
  }

  private func made(_ item: Node) throws(BindingFailure) -> Source {
    switch item.kind {
    case .rangeVar(let relation): return try self.relation(relation)
    case .joinExpr(let join): return try self.join(join)
    case .rangeSubselect(let derived): return try self.derived(derived)
    case .rangeFunction(let function): return try functions(function)
    case .rangeTableSample(let sample):
      _ = try source(sample.relation!)
      throw .undecidable(.volatile, "TABLESAMPLE")
    default: throw .unsupported("\(item.typeName) in FROM")
    }
  }

  private func derived(_ derived: Syntax.RangeSubselect) throws(BindingFailure) -> Source {
    guard case .selectStmt(let select)? = derived.subquery?.kind else { throw .unsupported("a derived table that is no SELECT") }
    let query = try QueryBinder(surroundings(isLateral: derived.lateral)).query(select)
    return try named(query, derived.alias, -1)
  }

  /// A query's rows under an alias.
  func named(_ query: BoundQuery, _ alias: Syntax.Alias?, _ location: Int32, fallback: Identifier = "") throws(BindingFailure)
    -> Source
  {
    let types = query.plan.types
    let columns = query.names.indices.map {
      Scope.Column(
        name: query.names[$0], expression: .column($0, types[$0]))
    }
    var scope = try scope(columns, alias, fallback: fallback, location)
    scope.relations[0].row = scope.relations[0].columns
    return Source(query.plan, scope)
  }

  /// One relation's scope: its columns under its alias and the names that come with that.
  func scope(
    _ columns: [Scope.Column], _ alias: Syntax.Alias?, fallback: Identifier, table: (id: TableID, namespace: Identifier)? = nil,
    hasSystemColumns: Bool = false, _ location: Int32
  ) throws(BindingFailure) -> Scope {
    guard let alias else {
      let relation = Scope.Relation(name: fallback, table: table, hasSystemColumns: hasSystemColumns, columns: columns)
      return Scope(columns: columns, relations: [relation])
    }
    let renamed = try self.renamed(columns, alias, location)
    let relation = Scope.Relation(name: Identifier(alias.aliasname), hasSystemColumns: hasSystemColumns, columns: renamed)
    return Scope(columns: renamed, relations: [relation])
  }

  func renamed(_ columns: [Scope.Column], _ alias: Syntax.Alias, _ location: Int32) throws(BindingFailure) -> [Scope.Column] {
    let names = alias.colnames.map { Identifier($0.text) }
    guard names.count <= columns.count else {
      throw refusal(
        SQLState("42P10"),
        "table \"\(alias.aliasname)\" has \(columns.count) columns available but \(names.count) columns specified", -1)
    }
    return columns.indices.map { $0 < names.count ? columns[$0].renamed(names[$0]) : columns[$0] }
  }

  /// No two relations of one `FROM` have a name together, except tables of different namespaces.
  func refuseSameNames(_ left: Scope, _ right: Scope) throws(BindingFailure) {
    for one in right.relations {
      for other in left.relations where other.name == one.name && !one.name.text.isEmpty {
        if let a = one.table, let b = other.table, a.id != b.id { continue }
        throw refusal(SQLState("42712"), "table name \"\(one.name.text)\" specified more than once", -1)
      }
    }
  }
}
