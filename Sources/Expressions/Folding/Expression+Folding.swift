import Relations

/// Simplification as PostgreSQL's planner does it before any row is read.
///
/// Part of what a query means: `CASE WHEN a THEN 1/0 END` raises even over an empty table, and `1/b > 0 OR true` never does.
/// Where the planner would evaluate, so do we, in its order; where it would not, neither do we.
extension Expression {
  /// - Throws: `.raised` where PostgreSQL's planner raises, `.unsupported` where it would compute what we do not.
  public func folded(_ catalogue: Catalogue = .builtIn) throws(Failure) -> Expression {
    try Folder(catalogue: catalogue).fold(self)
  }
}

private struct Folder {
  let catalogue: Catalogue

  func fold(_ expression: Expression) throws(Failure) -> Expression {
    switch expression {
    case .column, .outer, .parameter, .constant, .clock: return expression
    case .call(let call): return try fold(call)
    case .relabel(let operand, let type): return try folding([operand]) { .relabel($0[0], type) }
    case .viaText(let operand, let type): return try foldViaText(operand, type)
    case .collated(let operand, let collating): return .collated(try fold(operand), collating)
    case .and(let operands): return try foldLogic(operands, decisive: false)
    case .or(let operands): return try foldLogic(operands, decisive: true)
    case .not(let operand): return try folding([operand]) { .not($0[0]) }
    case .isNull(let operand, let negated): return try folding([operand]) { .isNull($0[0], negated: negated) }
    case .isTruth(let operand, let truth, let negated): return try folding([operand]) { .isTruth($0[0], truth, negated: negated) }
    case .isDistinct(let equality, let negated):
      let simple = try fold(equality.arguments)
      return try evaluatedIfConstant(
        .isDistinct(equality: equality.with(arguments: simple), negated: negated), simple, by: equality.function)
    case .branches(let branches, let otherwise, let type): return try foldBranches(branches, otherwise, type)
    case .coalesce(let operands, let type): return try foldCoalesce(operands, type)
    case .nullIf(let equality, let type): return try foldNullIf(equality, type)
    case .extreme(let extreme, let operands, let type): return try folding(operands) { .extreme(extreme, $0, type) }
    case .quantified(let quantified):
      let simple = try fold([quantified.operand] + quantified.list)
      let whole = Expression.quantified(quantified.with(operand: simple[0], list: Array(simple.dropFirst())))
      return try evaluatedIfConstant(whole, simple, by: quantified.comparison)
    case .overArray(let quantified):
      let simple = try fold([quantified.operand] + quantified.list)
      let whole = Expression.overArray(quantified.with(operand: simple[0], list: Array(simple.dropFirst())))
      return try evaluatedIfConstant(whole, simple, by: quantified.comparison)
    }
  }

  /// Simplifies operands in order; if all come out constant, so does what is made of them.
  private func folding(_ operands: [Expression], _ make: ([Expression]) -> Expression) throws(Failure) -> Expression {
    let simple = try fold(operands)
    return try evaluatedIfConstant(make(simple), simple)
  }

  private func fold(_ operands: [Expression]) throws(Failure) -> [Expression] {
    var simple: [Expression] = []
    for operand in operands { simple.append(try fold(operand)) }
    return simple
  }

  private func evaluatedIfConstant(_ expression: Expression, _ operands: [Expression]) throws(Failure) -> Expression {
    operands.allSatisfy(\.isConstant) ? try evaluated(expression) : expression
  }

  /// What rests on a function that is not immutable is not evaluated ahead: its answer may depend on settings, which are not known
  /// here.
  private func evaluatedIfConstant(
    _ expression: Expression, _ operands: [Expression], by function: FunctionID
  ) throws(Failure) -> Expression {
    guard let function = catalogue.function(function), function.volatility == .immutable else { return expression }
    // It is declared so, and depends on the session's zone all the same.
    if function.symbol == "timestamptz_age" { return expression }
    return try evaluatedIfConstant(expression, operands)
  }

  /// What we cannot evaluate PostgreSQL would evaluate now, and it might raise: so it is not left for later, when a null
  /// beside it could make it vanish.
  private func evaluated(_ expression: Expression) throws(Failure) -> Expression {
    let evaluator = try Evaluator(folded: expression, catalogue: catalogue)
    return .constant(try evaluator.evaluate(Batch([], count: 1))[0].get(), expression.type)
  }
}

// MARK: - Calls

extension Folder {
  /// Arguments first; then a strict function of a null constant is null, whatever its other arguments would do; then a call of
  /// constants is evaluated; and what is left may have something simpler in its place.
  private func fold(_ call: Expression.Call) throws(Failure) -> Expression {
    let simple = call.with(arguments: try fold(call.arguments))
    guard let function = catalogue.function(call.function) else { return .call(simple) }
    if function.isStrict, simple.arguments.contains(where: \.isNullConstant) { return .constant(.null, call.type) }
    if let body = try catalogue.inlined(simple, function) { return try fold(body) }
    let folded = try evaluatedIfConstant(.call(simple), simple.arguments, by: call.function)
    if folded.isConstant { return folded }
    try simple.checkModifier(function)
    return simple.changesNothing(function) ? .relabel(simple.arguments[0], call.type) : .call(simple)
  }

  private func foldViaText(_ operand: Expression, _ type: SQLType) throws(Failure) -> Expression {
    let simple = try fold(operand)
    if simple.isNullConstant { return .constant(.null, type) }
    guard operand.type.id.isPrintedTheSame, type.id.isReadTheSame else { return .viaText(simple, type) }
    return try evaluatedIfConstant(.viaText(simple, type), [simple])
  }

  private func foldNullIf(_ equality: Expression.Call, _ type: SQLType) throws(Failure) -> Expression {
    let simple = try fold(equality.arguments)
    if simple.contains(where: \.isNullConstant) { return simple[0] }
    return try evaluatedIfConstant(.nullIf(equality: equality.with(arguments: simple), type), simple, by: equality.function)
  }
}

// MARK: - Logic and choices

extension Folder {
  /// `AND` with `decisive` false, `OR` with true. A decisive constant ends it, and whatever stood before it goes too.
  private func foldLogic(_ operands: [Expression], decisive: Bool) throws(Failure) -> Expression {
    var rest: [Expression] = []
    var sawNull = false
    for operand in operands {
      let simple = try fold(operand)
      switch simple {
      case .constant(let constant):
        if case .bool(let bit) = constant.value {
          if bit == decisive { return simple }
        } else {
          sawNull = true
        }
      default: rest.append(simple)
      }
    }
    if sawNull { rest.append(.constant(.null, .bool)) }
    if rest.isEmpty { return .constant(.bool(!decisive), .bool) }
    if rest.count == 1 { return rest[0] }
    return decisive ? .or(rest) : .and(rest)
  }

  /// A branch whose condition is constant is dropped or ends the list; what is dropped is not simplified either.
  private func foldBranches(_ branches: [Expression.Branch], _ otherwise: Expression, _ type: SQLType) throws(Failure) -> Expression
  {
    var rest: [Expression.Branch] = []
    for branch in branches {
      let condition = try fold(branch.condition)
      if case .constant(let constant) = condition {
        guard case .bool(true) = constant.value else { continue }
        let value = try fold(branch.value)
        return rest.isEmpty ? value : .branches(rest, otherwise: value, type)
      }
      rest.append(.init(condition: condition, value: try fold(branch.value)))
    }
    let simple = try fold(otherwise)
    return rest.isEmpty ? simple : .branches(rest, otherwise: simple, type)
  }

  private func foldCoalesce(_ operands: [Expression], _ type: SQLType) throws(Failure) -> Expression {
    var rest: [Expression] = []
    for operand in operands {
      let simple = try fold(operand)
      if simple.isNullConstant { continue }
      if simple.isConstant && rest.isEmpty { return simple }
      rest.append(simple)
      if simple.isConstant { break }
    }
    if rest.isEmpty { return .constant(.null, type) }
    return .coalesce(rest, type)
  }
}

// MARK: - Helpers

extension Expression {
  var isConstant: Bool { if case .constant = self { true } else { false } }

  var isNullConstant: Bool {
    switch self {
    case .constant(let constant): constant.value.isNull
    case .collated(let operand, _): operand.isNullConstant
    default: false
    }
  }
}

extension Expression.Call {
  /// Whether the call applies a modifier that its argument is declared to have already. PostgreSQL leaves it out then, and with it
  /// whatever it would have said of its other arguments.
  fileprivate func changesNothing(_ function: Function) -> Bool {
    guard ["varchar", "timestamp_scale", "timestamptz_scale"].contains(function.symbol),
      case .constant(let modifier) = arguments[1],
      case .integer(let wanted) = modifier.value
    else { return false }
    let declared = Int64(arguments[0].type.modifier)
    if wanted < 0 { return true }
    return declared >= 0 && (function.symbol == "varchar" ? declared <= wanted : wanted >= declared)
  }

  /// The planner looks at the modifier of a cast to `interval`, and refuses what no declaration makes.
  fileprivate func checkModifier(_ function: Function) throws(Failure) {
    guard function.symbol == "interval_scale", case .constant(let modifier) = arguments[1],
      case .integer(let wanted) = modifier.value
    else { return }
    let type = SQLType(.interval, modifier: Int32(truncatingIfNeeded: wanted))
    guard type.hasKnownIntervalFields else { throw .raised(SQLError(SQLState("XX000"), "invalid INTERVAL typmod: \(wanted)")) }
    if wanted >= 0, 7..<0xFFFF ~= wanted & 0xFFFF { throw .unsupported("interval with a precision of \(wanted & 0xFFFF)") }
  }

  func with(arguments: [Expression]) -> Expression.Call {
    Expression.Call(function: function, arguments: arguments, type: type, spelling: spelling)
  }
}

extension Expression.Quantified {
  func with(operand: Expression, list: [Expression]) -> Expression.Quantified {
    Expression.Quantified(comparison: comparison, symbol: symbol, operand: operand, list: list, all: all)
  }
}

extension TypeID {
  /// Whether printing and parsing depend on the type alone. Dates and times are read and written under settings.
  var isPrintedTheSame: Bool {
    switch self {
    case .date, .timestamp, .timestamptz, .interval: false
    // Said of all arrays and ranges, whatever is in them.
    default: arrayElement == nil && rangedElement == nil
    }
  }

  var isReadTheSame: Bool {
    switch self {
    case .date, .time, .timetz, .timestamp, .timestamptz, .interval: false
    default: arrayElement == nil && rangedElement == nil
    }
  }
}
