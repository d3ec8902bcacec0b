internal import CPgQuery
import Expressions
import Queries
import Relations

/// Joins: their conditions, and the columns that `USING` and `NATURAL` merge.
extension FromBinder {
  func join(_ join: Syntax.JoinExpr) throws(BindingFailure) -> Source {
    let kind = try self.kind(join)
    let left = try source(join.larg!)
    let right = try beside(left, isAllowed: kind == .inner || kind == .left).source(join.rarg!)
    try refuseSameNames(left.scope, right.scope)
    let names = join.isNatural ? common(left.scope, right.scope) : join.usingClause.map { Identifier($0.text) }
    var joined: Source
    if join.isNatural || !names.isEmpty {
      let (condition, merged) = try self.merged(names, kind, left, right, isNatural: join.isNatural)
      joined = self.joined(kind, left, right, on: condition)
      joined.scope = scope(joined.scope, left, merged, names)
      if let alias = join.join_using_alias {
        let relation = Scope.Relation(name: Identifier(alias.aliasname), columns: merged)
        try refuseSameNames(joined.scope, Scope(relations: [relation]))
        joined.scope.relations.append(relation)
      }
    } else if let condition = join.quals {
      joined = try self.joined(kind, left, right, on: condition)
    } else {
      joined = self.joined(kind, left, right, on: .constant(.bool(true), .bool))
    }
    if let alias = join.alias {
      let hidden = joined.scope
      joined.scope = try scope(hidden.columns, alias, fallback: "", -1)
      joined.scope.keyed = hidden.keyed
      joined.scope.isRecursive = hidden.isRecursive
    }
    return joined
  }

  private func kind(_ join: Syntax.JoinExpr) throws(BindingFailure) -> Plan.Join.Kind {
    switch join.jointype {
    case PG_QUERY__JOIN_TYPE__JOIN_INNER: return .inner
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT: return .left
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT: return .right
    case PG_QUERY__JOIN_TYPE__JOIN_FULL: return .full
    default: throw .unsupported("a join of another kind")
    }
  }

  /// Pairs of rows. The right side was bound as one that may name the left one's columns; if it does not, it is a plan like any other.
  func joined(_ kind: Plan.Join.Kind, _ left: Source, _ right: Source, on condition: Expression) -> Source {
    let levels = right.plan.outerLevels
    let isLateral = levels.contains(1)
    let plan = isLateral || levels.isEmpty ? right.plan : right.plan.shiftingOuter(by: -1)
    let shifted = right.scope.shifted(by: left.width)
    return Source(
      .join(.init(kind, left.plan, plan, on: condition, isLateral: isLateral)),
      Scope(
        columns: left.scope.columns + shifted.columns,
        relations: (kind == .right || kind == .full ? left.scope.relations.map(\.withoutRow) : left.scope.relations)
          + (kind == .left || kind == .full ? shifted.relations.map(\.withoutRow) : shifted.relations),
        keyed: left.scope.keyed + shifted.keyed, isRecursive: left.scope.isRecursive || shifted.isRecursive),
      width: left.width + right.width)
  }
}

// MARK: - ON

extension FromBinder {
  private func joined(_ kind: Plan.Join.Kind, _ left: Source, _ right: Source, on node: Node) throws(BindingFailure) -> Source {
    var joined = self.joined(kind, left, right, on: .constant(.bool(true), .bool))
    let level = Level(scope: joined.scope)
    level.clause = .joinCondition
    let scalar = ScalarBinder(surroundings: surroundings(isLateral: false), level: level)
    let condition = try scalar.condition(node, of: "JOIN/ON")
    guard case .join(let plain) = joined.plan else { preconditionFailure("a join was made") }
    if level.subqueries.isEmpty {
      joined.plan = .join(.init(kind, plain.left, plain.right, on: condition, isLateral: plain.isLateral))
      return joined
    }
    switch kind {
    case .inner:
      var stage = Stage(level, joined.plan, width: joined.width, surroundings)
      let lowered = try stage.lowered(condition)
      joined.plan = .filter(stage.plan, lowered)
      joined.width = stage.width
    case .left:
      // What the subqueries say is asked for each pair: on the right side, which sees the left one's row.
      let plan = plain.isLateral ? plain.right : plain.right.shiftingOuter(by: 1)
      var stage = Stage(level, plan, width: right.width, surroundings)
      stage.leftWidth = left.width
      let lowered = try stage.lowered(condition)
      joined.plan = .join(
        .init(kind, plain.left, .filter(stage.plan, lowered), on: .constant(.bool(true), .bool), isLateral: true))
      joined.width = left.width + stage.width
    default: throw .unsupported("a subquery in the condition of a \(kind) join")
    }
    return joined
  }
}

// MARK: - USING and NATURAL

extension FromBinder {
  private func common(_ left: Scope, _ right: Scope) -> [Identifier] {
    left.columns.map(\.name).filter { name in right.columns.contains { $0.name == name } }
  }

  private func merged(
    _ names: [Identifier], _ kind: Plan.Join.Kind, _ left: Source, _ right: Source, isNatural: Bool
  ) throws(BindingFailure) -> (condition: Expression, columns: [Scope.Column]) {
    var conditions: [Expression] = []
    var columns: [Scope.Column] = []
    for (place, name) in names.enumerated() {
      if names[..<place].contains(name), !isNatural {
        throw refusal(SQLState("42701"), "column name \"\(name.text)\" appears more than once in USING clause", -1)
      }
      let a = try only(name, left.scope, "left")
      let b = try only(name, right.scope, "right").shifted(by: left.width)
      columns.append(try merged(a, b, kind))
      let equality = try surroundings.located(-1) { () throws(Failure) in
        try surroundings.builder.boolean(surroundings.builder.apply("=", a.expression, b.expression), of: "JOIN/USING")
      }
      conditions.append(equality)
    }
    let condition: Expression =
      conditions.isEmpty ? .constant(.bool(true), .bool) : conditions.count == 1 ? conditions[0] : .and(conditions)
    return (condition, columns)
  }

  private func only(_ name: Identifier, _ scope: Scope, _ side: String) throws(BindingFailure) -> Scope.Column {
    let found = scope.columns(named: name)
    if found.count > 1 {
      throw refusal(SQLState("42702"), "common column name \"\(name.text)\" appears more than once in \(side) table", -1)
    }
    guard let column = found.first else {
      throw refusal(
        SQLState("42703"), "column \"\(name.text)\" specified in USING clause does not exist in \(side) table", -1)
    }
    return column
  }

  /// The side that is never null for want of a partner; of a full join, whichever there is.
  private func merged(_ left: Scope.Column, _ right: Scope.Column, _ kind: Plan.Join.Kind) throws(BindingFailure) -> Scope.Column {
    let builder = surroundings.builder
    let both = try surroundings.located(-1) { () throws(Failure) in
      try builder.unified([left.expression, right.expression], context: "JOIN/USING")
    }
    let (a, b) = (both.expressions[0], both.expressions[1])
    let expression: Expression =
      switch kind {
      // Equal either way; the one that needs no cast is the one that PostgreSQL shows.
      case .inner: a == left.expression ? a : b == right.expression ? b : a
      case .left: a
      case .right: Planted.bug("a right join shows its left side's columns") ? a : b
      case .full: .coalesce([a, b], both.type)
      }
    return Scope.Column(name: left.name, expression: expression)
  }

  /// Merged columns first, then what is left of both sides.
  private func scope(_ scope: Scope, _ left: Source, _ merged: [Scope.Column], _ names: [Identifier]) -> Scope {
    var scope = scope
    scope.columns = merged + scope.columns.filter { !names.contains($0.name) }
    return scope
  }
}
