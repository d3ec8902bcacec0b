import Relations

/// Makes typed expressions out of what SQL says: chooses functions and operators, writes implicit casts out, reads literals.
///
/// What PostgreSQL's parser does between its grammar and its planner, for one node at a time: the binder walks a parse tree
/// and calls this, and nobody else turns names into meanings. Whatever PostgreSQL refuses is thrown with its SQLSTATE.
///
/// Text is of collation C throughout: compared by its bytes, with letters of ASCII alone having two cases. Whoever hands in a column
/// of another collation would get a wrong answer, so the binder does not.
public struct ExpressionBuilder: Sendable {
  public let catalogue: Catalogue
  /// Literals of types that depend on settings are read under these.
  public let style: TextStyle
  /// What else names could mean.
  public let rivals: Rivals

  public init(catalogue: Catalogue = .builtIn, style: TextStyle = TextStyle(), rivals: Rivals = Rivals()) {
    self.catalogue = catalogue
    self.style = style
    self.rivals = rivals
  }

  /// A quoted literal, or NULL (nil): of unknown type until its surroundings say.
  public func literal(_ text: String?) -> Expression {
    .constant(text.map { .text($0) } ?? .null, .unknown)
  }

  /// A number as written: the smallest of `int4`, `int8` and `numeric` that holds it, `numeric` if it has a point or exponent.
  public func number(_ digits: String) throws(Failure) -> Expression {
    if let value = Int64(digits) { return .constant(.integer(value), Int32(exactly: value) != nil ? .int4 : .int8) }
    return .constant(try Value(parsing: digits, as: .numeric, style: style), .numeric)
  }

  public func boolean(_ value: Bool) -> Expression { .constant(.bool(value), .bool) }
}

// MARK: - Operators and functions

extension ExpressionBuilder {
  /// `left name right`, or `name right`.
  public func apply(_ name: String, _ left: Expression?, _ right: Expression) throws(Failure) -> Expression {
    .call(try operation(name, left, right))
  }

  func operation(_ name: String, _ left: Expression?, _ right: Expression) throws(Failure) -> Expression.Call {
    try refuseRivals(operator: name, left?.type.id, right.type.id)
    let resolved = try raising { () throws(SQLError) in
      try catalogue.resolveOperator(name, left: left?.type.id, right: right.type.id)
    }
    let operands = left.map { [$0, right] } ?? [right]
    try refuseUserTypes(operands.map(\.type.id))
    let arguments = try coerced(operands, to: resolved.operands)
    return Expression.Call(
      function: resolved.function, arguments: arguments, type: SQLType(resolved.result), spelling: .operator(resolved.operator))
  }

  /// `name(arguments)`. A call that is a cast in disguise (`int4('7')`) becomes one.
  ///
  /// - Parameters:
  ///   - names: for arguments given as `name => value` their names, nil for those before them; empty if none has a name.
  ///   - isSpread: whether the last argument is given as `VARIADIC array`.
  public func call(
    _ name: String, _ operands: [Expression], names: [String?] = [], isSpread: Bool = false
  ) throws(Failure) -> Expression {
    let resolved = try meaning(name, operands.map(\.type.id), names: names, isSpread: isSpread)
    switch resolved {
    case .cast(let target): return try cast(operands[0], to: SQLType(target))
    case .call(let choice):
      guard choice.variadic == .none, let function = catalogue.function(choice.function) else {
        throw .unsupported("\(name) with any number of arguments")
      }
      return .call(
        .init(function: choice.function, arguments: try arguments(of: function, choice, operands), type: SQLType(choice.result)))
    }
  }

  /// What a call means, of what is built in; refused where it could mean something else.
  func meaning(
    _ name: String, _ types: [TypeID], names: [String?] = [], isSpread: Bool = false
  ) throws(Failure) -> CallMeaning {
    let meaning: Result<CallMeaning, SQLError>
    do { meaning = .success(try catalogue.resolveFunction(name, types, names: names, isSpread: isSpread)) } catch {
      meaning = .failure(error)
    }
    let isCast = if case .success(.cast) = meaning { true } else { false }
    if rivals.mayMean(function: name, types, isPlain: names.isEmpty && !isSpread, isCast: isCast, catalogue) {
      throw .unsupported("the function \(name) of the schema's")
    }
    try refuseOpaque(types)
    let found = try raising(meaning.get)
    // All that `count` wants to know is whether there is a value.
    if case .call(let choice) = found, name != "count" { try refuseUserTypes(types + choice.arguments) }
    return found
  }

  /// The arguments in the order of the parameters, those that were left out with their defaults.
  private func arguments(
    of function: Function, _ choice: FunctionChoice, _ operands: [Expression]
  ) throws(Failure) -> [Expression] {
    let given = try coerced(operands, to: choice.arguments)
    var placed = zip(choice.parameters, given).map { (parameter: $0, argument: $1) }
    for parameter in choice.defaulted { placed.append((parameter, try defaultValue(of: function, parameter))) }
    return placed.sorted { $0.parameter < $1.parameter }.map(\.argument)
  }

  /// The value that a parameter has if a call leaves it out. PostgreSQL's own functions have literals there.
  func defaultValue(of function: Function, _ parameter: Int) throws(Failure) -> Expression {
    let type = Array(function.arguments)[parameter]
    let text = function.defaults[parameter - (function.arguments.count - function.defaultCount)]
    if let quoted = text.split(separator: "'::", maxSplits: 1).first, text.hasPrefix("'") {
      return try coerce(literal(String(quoted.dropFirst())), to: SQLType(type), .implicit)
    }
    switch text {
    case "true", "false": return boolean(text == "true")
    default: return try coerce(number(text), to: SQLType(type), .implicit)
    }
  }

  func coerced(_ operands: [Expression], to types: [TypeID]) throws(Failure) -> [Expression] {
    var arguments: [Expression] = []
    for (operand, type) in zip(operands, types) { arguments.append(try coerce(operand, to: SQLType(type), .implicit)) }
    return arguments
  }

  func raising<R>(_ body: () throws(SQLError) -> R) throws(Failure) -> R {
    do { return try body() } catch { throw .raised(error) }
  }
}

// MARK: - Truth values

extension ExpressionBuilder {
  public func isNull(_ operand: Expression, negated: Bool = false) -> Expression { .isNull(operand, negated: negated) }

  public func isTruth(_ operand: Expression, _ truth: Expression.Truth, negated: Bool = false) throws(Failure) -> Expression {
    let clause = "IS \(negated ? "NOT " : "")\("\(truth)".uppercased())"
    return .isTruth(try boolean(operand, of: clause), truth, negated: negated)
  }

  /// `IS [NOT] DISTINCT FROM`; against a bare NULL it is a null test.
  public func isDistinct(_ left: Expression, _ right: Expression, negated: Bool = false) throws(Failure) -> Expression {
    if right.isBareNull { return .isNull(left, negated: !negated) }
    if left.isBareNull { return .isNull(right, negated: !negated) }
    let equality = try operation("=", left, right)
    guard equality.type.id == .bool else {
      throw .raised(SQLError(.datatypeMismatch, "IS DISTINCT FROM requires = operator to yield boolean"))
    }
    return .isDistinct(equality: equality, negated: negated)
  }

  /// A condition, as `WHERE`, `AND` or `CASE` want one. Whoever binds a list of them makes each a condition before it looks at
  /// the next, so that of two errors the first is told.
  public func boolean(_ operand: Expression, of clause: String) throws(Failure) -> Expression {
    if operand.type.id == .bool { return operand }
    do throws(Failure) {
      return try coerce(operand, to: .bool, .assignment)
    } catch {
      guard case .raised(let raised) = error, raised.state == .cannotCoerce else { throw error }
      throw .raised(
        SQLError(.datatypeMismatch, "argument of \(clause) must be type boolean, not type \(catalogue.name(of: operand.type.id))"))
    }
  }
}

extension Expression {
  /// NULL as it stands in the text, before anything gave it a type.
  var isBareNull: Bool { isNullConstant && type.id == .unknown }
}
