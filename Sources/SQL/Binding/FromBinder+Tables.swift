internal import CPgQuery
import Expressions
import Queries
import Relations

/// Relations by name: common table expressions, tables, views.
extension FromBinder {
  func relation(_ relation: Syntax.RangeVar) throws(BindingFailure) -> Source {
    let name = Identifier(relation.relname)
    if relation.schemaname.isEmpty, let common = surroundings.commonTables.last(where: { $0.name == name }) {
      return try self.common(common, relation)
    }
    let qualified = QualifiedName(relation.schemaname.isEmpty ? nil : Identifier(relation.schemaname), name)
    guard !relation.isHiddenByCatalogue(surroundings.binder.path),
      let table = surroundings.binder.schema.table(qualified, surroundings.binder.path)
    else {
      if relation.isInCatalogue { throw .undecidable(.notFollowed, "the catalogue \(relation.written)") }
      throw refusal(SQLState("42P01"), "relation \"\(relation.written)\" does not exist", relation.location)
    }
    if table.kind == .view { return try view(table, relation) }
    let plan = try rows(of: table, withChildren: relation.inh)
    let columns = table.columns.enumerated().map { place, column in
      Scope.Column(name: column.name, expression: .column(place, column.type))
    }
    if table.columns.contains(where: { $0.collation != nil || $0.type.id >= .firstUserDefined }) {
      surroundings.binding.notesCollation()
    }
    var scope = try self.scope(
      columns, relation.alias, fallback: table.name.name, table: table.name.namespace.map { (table.id, $0) },
      hasSystemColumns: true, relation.location)
    // A table's row has the names that it was declared with, whatever they are here.
    scope.relations[0].row = columns
    if let key = table.primaryKey, key.deferral == .notDeferrable, let ids = key.plainColumns {
      let isInherited = table.kind != .partitioned && relation.inh && !surroundings.binder.schema.children(of: table.id).isEmpty
      scope.keyed = [
        .init(columns: 0..<table.columns.count, key: ids.compactMap { table.index(of: $0) }, isSound: !isInherited)
      ]
    }
    return Source(plan, scope)
  }

  private func view(_ view: Table, _ relation: Syntax.RangeVar) throws(BindingFailure) -> Source {
    guard let query = view.query else { throw .unsupported("the view \(view.name), whose query is not known") }
    if surroundings.binding.views.contains(view.id) { throw .unsupported("the view \(view.name), which is within itself") }
    var bound = try surroundings.binding.expanding(view, query)
    // A name for each column may have come with the view.
    for (place, column) in view.columns.enumerated() where place < bound.names.count { bound.names[place] = column.name }
    let source = try named(bound, nil, relation.location)
    var scope = try scope(
      source.scope.columns, relation.alias, fallback: view.name.name, table: view.name.namespace.map { (view.id, $0) },
      relation.location)
    scope.relations[0].row = source.scope.columns
    return Source(source.plan, scope)
  }
}

extension TextBinding {
  /// The plan of a view, from the text of its query.
  fileprivate func expanding(_ view: Table, _ query: String) throws(BindingFailure) -> BoundQuery {
    let binding = TextBinding(self, view: view, query: query)
    let outcome: Result<BoundQuery, BindingFailure>
    do throws(SQLTextError) {
      outcome = try SQLParser.withTree(of: query) { tree throws(SQLTextError) in
        Result { () throws(BindingFailure) in
          guard tree.statementCount == 1, case .selectStmt(let select) = tree.statement(0).node.kind else {
            throw .unsupported("the view \(view.name), whose query is no SELECT")
          }
          let bound = try QueryBinder(Surroundings(binding: binding)).query(select)
          try binding.spend(bound.plan.operatorCount)
          return bound
        }
      }
    } catch {
      outcome = .failure(.refused(error))
    }
    // It is not the reader's text that is wrong.
    if case .failure(.refused(let error)) = outcome { throw .unsupported("the view \(view.name): \(error.message)") }
    return try outcome.get()
  }
}

// MARK: - Tables and their children

extension FromBinder {
  /// All rows that a read of a table sees: its own and those of the tables that are part of it.
  private func rows(of table: Table, withChildren: Bool) throws(BindingFailure) -> Plan {
    var plan: Plan?
    for leaf in try leaves(of: table, withChildren: withChildren) {
      try surroundings.binding.spend(1)
      let scan = Plan.scan(.init(leaf.id, columns: leaf.types, keys: keys(of: leaf)))
      let rows = leaf.id == table.id ? scan : try scan.picking(table.columns, of: leaf)
      plan = plan.map { .combine(.init(.union, all: true, $0, rows)) } ?? rows
    }
    return plan ?? .values([], table.types)
  }

  /// The primary key alone: rows of main and of a branch together may break another one, and their primary key tells which are the same.
  private func keys(of table: Table) -> [[Int]] {
    guard let key = table.primaryKey, key.deferral == .notDeferrable, let ids = key.plainColumns else { return [] }
    let places = ids.compactMap { table.index(of: $0) }
    return places.count == ids.count ? [places] : []
  }

  private func leaves(of table: Table, withChildren: Bool) throws(BindingFailure) -> [Table] {
    var leaves: [Table] = []
    var waiting = [table]
    var seen: Set<TableID> = []
    while !waiting.isEmpty {
      let next = waiting.removeFirst()
      guard seen.insert(next.id).inserted else { continue }
      try refuseWhatIsNotFollowed(next, as: table)
      if next.kind != .partitioned { leaves.append(next) }
      if withChildren { waiting += surroundings.binder.schema.children(of: next.id) }
    }
    return leaves
  }

  private func refuseWhatIsNotFollowed(_ table: Table, as parent: Table) throws(BindingFailure) {
    if table.unstreamed != nil { throw .undecidable(.notFollowed, "the relation \(table.name)") }
    if table.rowSecurity.isEnabled { throw .undecidable(.rowSecurity, "the relation \(table.name)") }
  }
}

extension Plan {
  /// A child's rows as its parent's: columns by their names.
  fileprivate func picking(_ columns: [TableColumn], of child: Table) throws(BindingFailure) -> Plan {
    var places: [Expression] = []
    for column in columns {
      guard let place = child.index(of: column.name), child.columns[place].type == column.type else {
        throw .unsupported("the table \(child.name), which lacks a column of its parent")
      }
      places.append(.column(place, column.type))
    }
    if Planted.bug("children have the columns in their parent's order")
      || places == child.columns.indices.map({ .column($0, child.columns[$0].type) })
    {
      return self
    }
    return .project(self, places)
  }
}

extension Syntax.RangeVar {
  var written: String { schemaname.isEmpty ? relname : schemaname + "." + relname }

  /// Whether it is PostgreSQL's own.
  var isInCatalogue: Bool {
    schemaname == "pg_catalog" || schemaname == "information_schema" || (schemaname.isEmpty && relname.hasPrefix("pg_"))
  }

  /// Whether it means a relation of PostgreSQL's own though the schema has one of the name.
  func isHiddenByCatalogue(_ path: SearchPath) -> Bool {
    schemaname.isEmpty && relname.hasPrefix("pg_") && CatalogueRelations.names.contains(relname)
      && path.effective.first { $0 == "pg_catalog" || path.namespaces.contains($0) } == "pg_catalog"
  }
}

// MARK: - Common table expressions

extension FromBinder {
  private func common(_ common: CommonTable, _ relation: Syntax.RangeVar) throws(BindingFailure) -> Source {
    switch common.state {
    case .waiting, .inProgress: throw .unsupported("WITH items that name each other")
    case .recursing(let names, let types, let namings):
      common.state = .recursing(names, types, namings: namings + 1)
      let plan = Plan.working(level: surroundings.recursions - common.recursions, types)
      var source = try named(BoundQuery(plan: plan, names: names), relation.alias, relation.location, fallback: common.name)
      source.scope.isRecursive = true
      return source
    case .bound(var query):
      try surroundings.binding.spend(query.plan.operatorCount)
      query.plan = query.plan.shiftingOuter(by: surroundings(isLateral: false).rows.count - common.rowCount)
        .shiftingWorking(by: surroundings.recursions - common.recursions)
      return try named(query, relation.alias, relation.location, fallback: common.name)
    }
  }
}
