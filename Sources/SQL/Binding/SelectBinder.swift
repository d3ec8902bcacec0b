internal import CPgQuery
import Expressions
import Queries
import Relations

/// One `SELECT`, clause by clause in the order in which PostgreSQL looks at them, so that of two errors the same one is told.
struct SelectBinder {
  let binder: Binder
  let text: String
  let parameters: [String?]

  func query(_ select: Syntax.SelectStmt) throws(BindingFailure) -> Query {
    try refuseWhatIsNotBound(select)
    let (source, scope) = try from(select.fromClause)
    let targets = try self.targets(select.targetList, scope)
    var plan = source
    if let condition = select.whereClause {
      var scalar = scalar(scope, aggregates: .refused("WHERE"))
      plan = .filter(plan, try scalar.condition(condition, of: "WHERE"))
    }
    return try grouped(plan, scope, targets, select)
  }

  func scalar(_ scope: Scope, aggregates: AggregatePolicy) -> ScalarBinder {
    ScalarBinder(binder: binder, text: text, parameters: parameters, scope: scope, policy: aggregates)
  }

  private func refuseWhatIsNotBound(_ select: Syntax.SelectStmt) throws(BindingFailure) {
    let clauses: [(Bool, String)] = [
      (select.withClause != nil, "WITH"), (select.op != PG_QUERY__SET_OPERATION__SETOP_NONE, "set operations"),
      (!select.valuesLists.isEmpty, "VALUES"), (select.intoClause != nil, "SELECT INTO"),
      (!select.distinctClause.isEmpty, "DISTINCT"), (!select.windowClause.isEmpty, "WINDOW"),
      (!select.sortClause.isEmpty, "ORDER BY"), (select.limitCount != nil || select.limitOffset != nil, "LIMIT"),
      (!select.lockingClause.isEmpty, "FOR UPDATE and its kin"), (select.groupDistinct, "GROUP BY DISTINCT"),
    ]
    for (isThere, name) in clauses where isThere { throw .unsupported(name) }
  }
}

// MARK: - FROM

extension SelectBinder {
  private func from(_ items: Nodes) throws(BindingFailure) -> (Plan, Scope) {
    guard let item = items.first else { return (.oneRow, .empty) }
    guard items.count == 1, case .rangeVar(let relation) = item.kind else { throw .unsupported("FROM with more than one table") }
    let name = QualifiedName(
      relation.schemaname.isEmpty ? nil : Identifier(relation.schemaname), Identifier(relation.relname))
    guard let table = binder.schema.table(name, binder.path) else {
      throw refusal(SQLState("42P01"), "relation \"\(relation.written)\" does not exist", relation.location)
    }
    guard table.kind == .table, table.parents.isEmpty, binder.schema.children(of: table.id).isEmpty, !table.rowSecurity.isEnabled,
      table.rules.isEmpty
    else { throw .unsupported("relation \(table.name): only plain tables without inheritance, rules or row security are bound") }
    if let column = table.columns.first(where: { !($0.collation?.isBytewise ?? true) }) {
      throw .unsupported("relation \(table.name): the collation of \(column.name)")
    }
    return (.scan(.init(table.id, columns: table.columns.map(\.type))), try scope(table, relation))
  }

  private func scope(_ table: Table, _ relation: Syntax.RangeVar) throws(BindingFailure) -> Scope {
    let key = table.primaryKey.map { key in
      table.columns.indices.filter { key.columns.contains(.column(table.columns[$0].id)) }
    }
    guard let alias = relation.alias else {
      let columns = table.columns.map { Scope.Column(relation: table.name.name, name: $0.name, type: $0.type) }
      return Scope(columns: columns, namespaces: table.name.namespace.map { [table.name.name: $0] } ?? [:], primaryKey: key)
    }
    let name = Identifier(alias.aliasname)
    let renamed = alias.colnames.map { Identifier($0.text) }
    guard renamed.count <= table.columns.count else {
      throw refusal(
        SQLState("42P10"),
        "table \"\(name.text)\" has \(table.columns.count) columns available but \(renamed.count) columns specified",
        relation.location)
    }
    let columns = table.columns.enumerated().map { place, column in
      Scope.Column(relation: name, name: place < renamed.count ? renamed[place] : column.name, type: column.type)
    }
    return Scope(columns: columns, namespaces: [:], primaryKey: key)
  }

  func refusal(_ state: SQLState, _ message: String, _ location: Int32) -> BindingFailure {
    .refused(SQLTextError(state, message, at: location < 0 ? nil : Int(location), in: text))
  }
}

extension QualifiedName {
  /// Whether it names a collation that orders text by its bytes. `default` is the database's own, which is taken to be so.
  fileprivate var isBytewise: Bool { ["C", "POSIX", "ucs_basic", "default"].contains(name.text) }
}

extension Syntax.RangeVar {
  fileprivate var written: String { schemaname.isEmpty ? relname : schemaname + "." + relname }
}

// MARK: - Targets

extension SelectBinder {
  /// What the select list computes, under which names.
  struct Targets {
    var expressions: [Expression] = []
    var names: [Identifier] = []
    var calls: [Plan.AggregateCall] = []
  }

  private func targets(_ list: Nodes, _ scope: Scope) throws(BindingFailure) -> Targets {
    var targets = Targets()
    var scalar = scalar(scope, aggregates: .collected)
    for case .resTarget(let target) in list.map(\.kind) {
      guard let value = target.val else { throw .unsupported("a target without a value") }
      if let places = try star(value, scope) {
        targets.expressions += places.map { .column($0, scope.columns[$0].type) }
        targets.names += places.map { scope.columns[$0].name }
        continue
      }
      let expression = try scalar.expression(value)
      targets.expressions.append(expression.type.id == .unknown ? try scalar.coerced(expression, to: .text, value) : expression)
      targets.names.append(target.name.isEmpty ? value.outputName : Identifier(target.name))
    }
    targets.calls = scalar.calls
    return targets
  }

  /// The columns that `*` or `relation.*` stands for; nil for anything else.
  private func star(_ value: Node, _ scope: Scope) throws(BindingFailure) -> [Int]? {
    guard case .columnRef(let reference) = value.kind, let last = reference.fields.last, case .aStar = last.kind else { return nil }
    if scope.columns.isEmpty && reference.fields.count == 1 {
      throw refusal(SQLState("42601"), "SELECT * with no tables specified is not valid", reference.location)
    }
    guard reference.fields.count > 1 else { return Array(scope.columns.indices) }
    let relation = Identifier(reference.fields[reference.fields.count - 2].text)
    guard reference.fields.count == 2 || scope.namespaces[relation] == Identifier(reference.fields[0].text), scope.has(relation)
    else {
      throw refusal(SQLState("42P01"), "missing FROM-clause entry for table \"\(relation.text)\"", reference.location)
    }
    return scope.columns.indices.filter { scope.columns[$0].relation == relation }
  }
}
