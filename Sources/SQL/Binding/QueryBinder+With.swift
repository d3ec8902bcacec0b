internal import CPgQuery
import Expressions
import Queries
import Relations

/// `WITH`: queries under names, each bound when it is declared.
extension QueryBinder {
  mutating func declare(_ with: Syntax.WithClause) throws(BindingFailure) {
    var names: Set<Identifier> = []
    var nodes: [Syntax.CommonTableExpr] = []
    for case .commonTableExpr(let node) in with.ctes.map(\.kind) {
      guard names.insert(Identifier(node.ctename)).inserted else {
        throw refusal(SQLState("42712"), "WITH query name \"\(node.ctename)\" specified more than once", node.location)
      }
      guard case .selectStmt? = node.ctequery?.kind else { throw .unsupported("WITH over a statement that writes") }
      nodes.append(node)
    }
    if with.recursive { nodes = try ordered(nodes) }
    for node in nodes {
      guard case .selectStmt(let select)? = node.ctequery?.kind else { continue }
      let common = CommonTable(node, in: surroundings)
      let isRecursive = with.recursive && select.names(common.name)
      if node.search_clause != nil || node.cycle_clause != nil { throw .unsupported("SEARCH and CYCLE") }
      let query = isRecursive ? try recursive(common, select) : try self.query(select)
      common.state = .bound(try named(query, node, isRecursive: isRecursive))
      surroundings.commonTables.append(common)
    }
  }

  /// Under `WITH RECURSIVE` an item may name one that comes later: it is bound before.
  private func ordered(_ nodes: [Syntax.CommonTableExpr]) throws(BindingFailure) -> [Syntax.CommonTableExpr] {
    var waiting = nodes
    var ordered: [Syntax.CommonTableExpr] = []
    while !waiting.isEmpty {
      let next = waiting.firstIndex { node in
        guard case .selectStmt(let select)? = node.ctequery?.kind else { return true }
        return waiting.allSatisfy { $0.ctename == node.ctename || !select.names(Identifier($0.ctename)) }
      }
      guard let next else {
        throw refusal(SQLState("0A000"), "mutual recursion between WITH items is not implemented", waiting[0].location)
      }
      ordered.append(waiting.remove(at: next))
    }
    return ordered
  }

  private func named(_ query: BoundQuery, _ node: Syntax.CommonTableExpr, isRecursive: Bool) throws(BindingFailure) -> BoundQuery {
    var query = query
    let names = node.aliascolnames.map { Identifier($0.text) }
    guard names.count <= query.names.count else {
      throw refusal(
        SQLState("42P10"),
        "WITH query \"\(node.ctename)\" has \(query.names.count) columns available but \(names.count) columns specified",
        node.location)
    }
    for (place, name) in names.enumerated() { query.names[place] = name }
    return query
  }
}

// MARK: - Recursion

extension QueryBinder {
  private func recursive(_ common: CommonTable, _ select: Syntax.SelectStmt) throws(BindingFailure) -> BoundQuery {
    let name = common.name.text
    let location = common.node.location
    let invalid = SQLState("42P19")
    guard select.op == PG_QUERY__SET_OPERATION__SETOP_UNION, let left = select.larg, let right = select.rarg else {
      throw refusal(
        invalid, "recursive query \"\(name)\" does not have the form non-recursive-term UNION [ALL] recursive-term", location)
    }
    if let naming = left.namings(of: common.name).first {
      throw refusal(invalid, "recursive reference to query \"\(name)\" must not appear within its non-recursive term", naming)
    }
    if !right.names(common.name) {
      // It is named in what stands before or behind.
      throw refusal(
        invalid, "recursive query \"\(name)\" does not have the form non-recursive-term UNION [ALL] recursive-term", location)
    }
    try refuseClauses(select)
    try RecursionCheck(name: common.name, surroundings: surroundings).check(right)
    var inner = self
    if let with = select.withClause { try inner.declare(with) }
    let initial = try named(inner.query(left), common.node, isRecursive: true)
    let types = initial.plan.types

    common.state = .recursing(initial.names, types, namings: 0)
    inner.surroundings.commonTables.append(common)
    inner.surroundings.recursions += 1
    let step = try inner.part(right)
    if case .recursing(_, _, let namings) = common.state, namings > 1 {
      let second = right.namings(of: common.name).dropFirst().first ?? location
      throw refusal(invalid, "recursive reference to query \"\(name)\" must not appear more than once", second)
    }
    let whole = try inner.combined(initial, step, select)
    for (place, (given, made)) in zip(types, whole.plan.types).enumerated() where given.id != made.id {
      let (a, b) = (surroundings.builder.catalogue.name(of: given), surroundings.builder.catalogue.name(of: made))
      throw refusal(
        .datatypeMismatch,
        "recursive query \"\(name)\" column \(place + 1) has type \(a) in non-recursive term but type \(b) overall",
        initial.location(place))
    }
    return BoundQuery(
      plan: .recursive(.init(initial.plan, step: try inner.converted(step.plan, to: types), all: select.all)), names: initial.names)
  }

  private func refuseClauses(_ select: Syntax.SelectStmt) throws(BindingFailure) {
    var order: Int32 = -1
    if case .sortBy(let item)? = select.sortClause.first?.kind { order = item.node?.leftmost ?? -1 }
    let clauses = [
      (!select.sortClause.isEmpty, "ORDER BY", order), (select.limitOffset != nil, "OFFSET", select.limitOffset?.leftmost ?? -1),
      (select.limitCount != nil, "LIMIT", select.limitCount?.leftmost ?? -1),
      (!select.lockingClause.isEmpty, "FOR UPDATE/SHARE", -1),
    ]
    for (isThere, clause, location) in clauses where isThere {
      throw refusal(SQLState("0A000"), "\(clause) in a recursive query is not implemented", location)
    }
  }
}

/// Where a recursive query may name itself: once, and where rows come in one by one.
private struct RecursionCheck {
  let name: Identifier
  let surroundings: Surroundings

  func check(_ select: Syntax.SelectStmt) throws(BindingFailure) {
    guard select.names(name) else { return }
    if select.op != PG_QUERY__SET_OPERATION__SETOP_NONE, let left = select.larg, let right = select.rarg {
      if select.op == PG_QUERY__SET_OPERATION__SETOP_EXCEPT, let naming = right.namings(of: name).first {
        throw misplaced("EXCEPT", naming)
      }
      if select.op == PG_QUERY__SET_OPERATION__SETOP_INTERSECT, select.all,
        let naming = (left.namings(of: name) + right.namings(of: name)).first
      {
        throw misplaced("INTERSECT", naming)
      }
      try check(left)
      try check(right)
      return
    }
    for item in select.fromClause { try check(item) }
    // Anywhere else it would be within a subquery.
    let others: [Message?] =
      (Array(select.targetList) + Array(select.groupClause) + Array(select.sortClause)).map { Message($0) }
      + [select.whereClause, select.havingClause, select.limitCount, select.limitOffset].map { $0.map { Message($0) } }
    for case let other? in others { if let naming = other.namings(of: name).first { throw misplaced("a subquery", naming) } }
  }

  private func check(_ item: Node) throws(BindingFailure) {
    switch item.kind {
    case .joinExpr(let join):
      try check(join.larg!)
      try check(join.rarg!)
      let (left, right) = (Message(join.larg!).namings(of: name).first, Message(join.rarg!).namings(of: name).first)
      switch join.jointype {
      case PG_QUERY__JOIN_TYPE__JOIN_LEFT: if let right { throw misplaced("an outer join", right) }
      case PG_QUERY__JOIN_TYPE__JOIN_RIGHT: if let left { throw misplaced("an outer join", left) }
      case PG_QUERY__JOIN_TYPE__JOIN_FULL: if let naming = left ?? right { throw misplaced("an outer join", naming) }
      default: break
      }
      if let quals = join.quals, let naming = Message(quals).namings(of: name).first { throw misplaced("a subquery", naming) }
    case .rangeSubselect(let derived):
      if case .selectStmt(let select)? = derived.subquery?.kind { try check(select) }
    default: break
    }
  }

  private func misplaced(_ place: String, _ location: Int32) -> BindingFailure {
    surroundings.refusal(
      SQLState("42P19"), "recursive reference to query \"\(name.text)\" must not appear within \(place)", location)
  }
}

// MARK: - Who names whom

extension Syntax.SelectStmt {
  /// Whether it names a relation of that name that no `WITH` within it declares.
  func names(_ name: Identifier) -> Bool { !namings(of: name).isEmpty }

  /// Where it does so.
  func namings(of name: Identifier) -> [Int32] { Message(OpaquePointer(c)).namings(of: name) }
}

extension Message {
  func namings(of name: Identifier) -> [Int32] {
    if typeName == "RangeVar" {
      let relation = Syntax.RangeVar(c: UnsafePointer<PgQuery__RangeVar>(opaque))
      return relation.schemaname.isEmpty && relation.relname == name.text ? [relation.location] : []
    }
    if typeName == "SelectStmt", let with = Syntax.SelectStmt(c: UnsafePointer<PgQuery__SelectStmt>(opaque)).withClause {
      for case .commonTableExpr(let common) in with.ctes.map(\.kind) where common.ctename == name.text {
        // From here on the name means the inner one; an earlier sibling may still mean the outer.
        return []
      }
    }
    var namings: [Int32] = []
    forEachChild { namings += $0.namings(of: name) }
    return namings
  }
}
