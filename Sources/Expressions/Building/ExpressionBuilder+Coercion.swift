import Relations

/// Values made into values of another type: what was asked for, and what happens by itself.
extension ExpressionBuilder {
  /// `CAST (operand AS type)`, modifier applied.
  public func cast(_ operand: Expression, to type: SQLType) throws(Failure) -> Expression {
    try coerce(operand, to: type, .explicit)
  }

  /// The operand as a value of a type, as far as the context allows; 42846 where it does not.
  public func coerce(_ operand: Expression, to type: SQLType, _ context: CoercionContext) throws(Failure) -> Expression {
    if !Planted.bug("casts of a schema are as good as any") { try refuseAddedCast(from: operand.type.id, to: type.id, context) }
    let steps = try raising { () throws(SQLError) in try catalogue.steps(from: operand.type, to: type, context) }
    var expression = operand
    if !steps.isEmpty, catalogue.kind(of: operand.type.id) == .domain { try refuseUserTypes([operand.type.id]) }
    for step in steps { expression = try self.step(expression, step, context) }
    // A cast to the bare type takes a modifier away, though no value changes.
    let forgetsModifier = context == .explicit && steps.isEmpty && operand.type.modifier >= 0 && type.modifier < 0
    return forgetsModifier ? .relabel(expression, SQLType(operand.type.id)) : expression
  }

  private func step(_ operand: Expression, _ step: CoercionStep, _ context: CoercionContext) throws(Failure) -> Expression {
    switch step {
    case .input(let type): return try read(operand, as: type)
    case .relabel(let id): return .relabel(operand, SQLType(id))
    case .inputOutput(let id): return .viaText(operand, SQLType(id))
    case .call(let function, let result, let extra):
      let type = SQLType(result, modifier: extra.modifier ?? -1)
      let spelling: Expression.Call.Spelling = context == .explicit ? .explicitCast : .implicitCast
      return .call(.init(function: function, arguments: [operand] + extra.expressions, type: type, spelling: spelling))
    case .elements(let steps, let result):
      let isRelabeling = steps.allSatisfy { if case .relabel = $0 { true } else { false } }
      if isRelabeling { return .relabel(operand, SQLType(result)) }
      // Element by element means the same as by way of the text where each element's cast does.
      guard steps.count == 1, steps[0].isAsGoodAsText(catalogue) else { throw .unsupported("casts of arrays") }
      return .viaText(operand, SQLType(result))
    case .domain(let id): return try checked(operand, id)
    }
  }

  /// A literal takes its value now: PostgreSQL reads it while it parses, and so do its errors come before all others.
  private func read(_ operand: Expression, as type: SQLType) throws(Failure) -> Expression {
    guard case .constant(let literal) = operand else { throw .unsupported("a value of unknown type that is no literal") }
    guard case .bytes(let text) = literal.value else { return .constant(.null, type) }
    do { return try read(text, literal, as: type) } catch {
      literal.origin?.isRefused = true
      throw error
    }
  }

  private func read(_ text: [UInt8], _ literal: Constant, as type: SQLType) throws(Failure) -> Expression {
    // PostgreSQL would read it now and might refuse it.
    if let labels = catalogue.labels(of: type.id) {
      guard labels.rank(of: text) != nil else { throw labels.noLabel(text, of: catalogue.name(of: type)) }
      // Another literal in its place might be no label, so it belongs to the question like a truth value.
      return .constant(literal.value, type)
    }
    guard type.id.isEvaluated else { throw .unsupported("a literal of type \(catalogue.name(of: type))") }
    let value = try Value(parsing: text, as: type, style: style)
    // A truth value is no constant of a template, whatever it was written as.
    if case .bool = value { return .constant(value, type) }
    return .constant(Constant(value, type, from: literal.origin))
  }
}

extension CoercionStep {
  /// Whether a cast of one value gives what reading its print gives, errors included.
  fileprivate func isAsGoodAsText(_ catalogue: Catalogue) -> Bool {
    switch self {
    case .inputOutput: return true
    case .call(let function, _, let arguments):
      guard arguments.modifier ?? -1 < 0, let symbol = catalogue.function(function)?.symbol else { return false }
      return [
        "int2toi4", "i2toi4", "i4toi2", "int28", "int48", "int82", "int84", "int2_numeric", "int4_numeric", "int8_numeric",
        "numeric_float8", "i2tod", "i4tod", "i8tod",
      ].contains(symbol)
    default: return false
    }
  }
}

extension CastArguments {
  /// What follows the value in the cast function's argument list.
  fileprivate var expressions: [Expression] {
    var expressions: [Expression] = []
    if let modifier { expressions.append(.constant(.integer(Int64(modifier)), .int4)) }
    if let isExplicit { expressions.append(.constant(.bool(isExplicit), .bool)) }
    return expressions
  }
}
