import Relations

/// Constructs whose operands must agree on a type.
extension ExpressionBuilder {
  /// The operand of `CASE operand WHEN …`.
  public func subject(_ operand: Expression) throws(Failure) -> Expression {
    operand.type.id == .unknown ? try coerce(operand, to: .text, .implicit) : operand
  }

  /// What stands behind a `WHEN`; with a subject it is compared with that.
  public func condition(_ condition: Expression, subject: Expression?) throws(Failure) -> Expression {
    guard let subject else { return try boolean(condition, of: "CASE/WHEN") }
    return try boolean(apply("=", subject, condition), of: "CASE/WHEN")
  }

  /// `CASE`, its conditions made by `condition(_:subject:)`.
  public func branches(_ branches: [Expression.Branch], otherwise: Expression?) throws(Failure) -> Expression {
    // The default counts first where types compete.
    let values = try unified([otherwise ?? literal(nil)] + branches.map(\.value), context: "CASE")
    let made = zip(branches, values.expressions.dropFirst()).map { Expression.Branch(condition: $0.condition, value: $1) }
    return .branches(made, otherwise: values.expressions[0], values.type)
  }

  public func coalesce(_ operands: [Expression]) throws(Failure) -> Expression {
    let unified = try unified(operands, context: "COALESCE")
    return .coalesce(unified.expressions, unified.type)
  }

  public func extreme(_ extreme: Expression.Extreme, _ operands: [Expression]) throws(Failure) -> Expression {
    let unified = try unified(operands, context: extreme == .greatest ? "GREATEST" : "LEAST")
    try refuseUserTypes([unified.type.id])
    guard catalogue.comparison(.less, of: unified.type.id) != nil else {
      throw .raised(
        SQLError(.undefinedFunction, "could not identify a comparison function for type \(catalogue.name(of: unified.type.id))"))
    }
    return .extreme(extreme, unified.expressions, unified.type)
  }

  public func nullIf(_ left: Expression, _ right: Expression) throws(Failure) -> Expression {
    let equality = try operation("=", left, right)
    guard equality.type.id == .bool else {
      throw .raised(SQLError(.datatypeMismatch, "NULLIF requires = operator to yield boolean"))
    }
    return .nullIf(equality: equality, equality.arguments[0].type)
  }

  /// Operands brought to their common type. The modifier stays if all have the same.
  public func unified(_ operands: [Expression], context: String) throws(Failure) -> (expressions: [Expression], type: SQLType) {
    let id = try raising { () throws(SQLError) in try catalogue.chosenType(of: operands.map(\.type.id), in: context) }
    let modifier =
      operands.allSatisfy { $0.type == SQLType(id, modifier: operands[0].type.modifier) } ? operands[0].type.modifier : -1
    var expressions: [Expression] = []
    for operand in operands {
      try raising { () throws(SQLError) in try catalogue.checkCoercible(operand.type.id, to: id, in: context) }
      expressions.append(try coerce(operand, to: SQLType(id), .implicit))
    }
    return (expressions, SQLType(id, modifier: modifier))
  }
}

// MARK: - Lists

extension ExpressionBuilder {
  /// `operand [NOT] IN (list)`. Members without columns make one list; each of the others is a comparison of its own.
  public func isIn(_ operand: Expression, _ list: [Expression], negated: Bool = false) throws(Failure) -> Expression {
    let symbol = negated ? "<>" : "="
    var parts: [Expression] = []
    var rest = list
    let plain = list.filter { !$0.hasColumns }
    if plain.count > 1, let quantified = try membership(operand, plain, symbol, all: negated) {
      parts.append(quantified)
      rest = list.filter(\.hasColumns)
    }
    for member in rest { parts.append(try boolean(apply(symbol, operand, member), of: "IN")) }
    if parts.count == 1 { return parts[0] }
    return negated ? .and(parts) : .or(parts)
  }

  /// Nil if the members have no common type.
  private func membership(_ operand: Expression, _ list: [Expression], _ symbol: String, all: Bool) throws(Failure) -> Expression? {
    guard let id = catalogue.commonTypeIfAny(of: ([operand] + list).map(\.type.id)), id != .record,
      let array = catalogue.array(of: id)
    else { return nil }
    try refuseRivals(operator: symbol, operand.type.id, id)
    let resolved = try raising { () throws(SQLError) in
      try catalogue.resolveArrayOperator(symbol, left: operand.type.id, array: array)
    }
    try refuseUserTypes([operand.type.id] + resolved.operands)
    guard let element = catalogue.element(of: resolved.operands[1]) else { throw .unsupported("IN over members that are no array") }
    var members: [Expression] = []
    for member in list {
      let common = try coerce(member, to: SQLType(id), .implicit)
      members.append(try coerce(common, to: SQLType(element), .implicit))
    }
    return .quantified(
      .init(
        comparison: resolved.function, symbol: resolved.operator,
        operand: try coerce(operand, to: SQLType(resolved.operands[0]), .implicit), list: members, all: all))
  }
}

extension ExpressionBuilder {
  /// `operand name ANY (array)`, or `ALL`, over an array whose elements are known one by one.
  ///
  /// - Parameters:
  ///   - elements: of the array's element type; literals of unknown type for an array of unknown type; nil for NULL instead of an array.
  ///   - array: the array's type.
  public func quantified(
    _ operand: Expression, _ name: String, _ elements: [Expression]?, of array: TypeID, all: Bool
  ) throws(Failure) -> Expression {
    try refuseRivals(operator: name, operand.type.id, array == .unknown ? .unknown : catalogue.element(of: array) ?? .anyElement)
    let resolved = try raising { () throws(SQLError) in
      try catalogue.resolveArrayOperator(name, left: operand.type.id, array: array)
    }
    try refuseUserTypes([operand.type.id] + resolved.operands)
    guard let elements else { return .constant(.null, .bool) }
    guard let element = catalogue.element(of: resolved.operands[1]) else {
      throw .unsupported("an operator over an array of any type")
    }
    var members: [Expression] = []
    for member in elements { members.append(try coerce(member, to: SQLType(element), .implicit)) }
    return .quantified(
      .init(
        comparison: resolved.function, symbol: resolved.operator,
        operand: try coerce(operand, to: SQLType(resolved.operands[0]), .implicit), list: members, all: all))
  }
}

extension Expression {
  /// Whether any column of the batch is used.
  public var hasColumns: Bool {
    if case .column = self { return true }
    return children.contains(where: \.hasColumns)
  }
}
