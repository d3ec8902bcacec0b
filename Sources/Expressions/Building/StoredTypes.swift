import Relations

/// Puts what a schema knows of its types into an expression, so that whoever computes it needs the built-in types alone.
///
/// Below the binder a value of a domain is one of its base type, and a value of an enum is its label (see `Schema.storedType`). Labels
/// are equal as texts are; their order is that of their ranks, which are looked up.
public struct StoredTypes: Sendable {
  private let catalogue: Catalogue
  private let builder = ExpressionBuilder()

  public init(_ catalogue: Catalogue) { self.catalogue = catalogue }
}

// MARK: - Types

extension StoredTypes {
  /// What values of a type are stored as.
  public func type(_ type: SQLType) -> SQLType {
    if type.id < .firstUserDefined { return type }
    let base = catalogue.base(of: type)
    if isEnum(base) { return .text }
    if let element = catalogue.element(of: base.id) {
      let stored = self.type(SQLType(element))
      if let array = Catalogue.builtIn.array(of: stored.id) { return SQLType(array, modifier: stored.modifier) }
    }
    return base
  }

  /// Whether values are ordered by rank.
  public func isEnum(_ type: SQLType) -> Bool { catalogue.labels(of: catalogue.base(of: type.id)) != nil }

  /// Whether the order of values is not that of what they are stored as, and is not looked up either.
  private func isEnumArray(_ type: SQLType) -> Bool { catalogue.element(of: type.id).map { isEnum(SQLType($0)) } ?? false }
}

// MARK: - Ranks

extension StoredTypes {
  /// What rows are ordered by where they are ordered by an expression.
  public func sortKey(_ expression: Expression) throws(Failure) -> Expression {
    if isEnumArray(expression.type) { throw .unsupported("the order of arrays of enums") }
    return isEnum(expression.type) ? try rank(expression) : try self.expression(expression)
  }

  /// The place of an enum's value among its labels.
  public func rank(_ expression: Expression) throws(Failure) -> Expression {
    let labels = try labels(of: expression.type)
    return call("enum_cmp", [try self.expression(expression), labels.joined], .int4)
  }

  /// The label of a rank.
  public func label(_ rank: Expression, of type: SQLType) throws(Failure) -> Expression {
    var branches: [Expression.Branch] = []
    for (place, label) in try labels(of: type).labels.enumerated() {
      let condition = try builder.apply("=", rank, .constant(.integer(Int64(place + 1)), .int4))
      branches.append(.init(condition: condition, value: .constant(.text(label), .text)))
    }
    return .branches(branches, otherwise: .constant(.null, .text), .text)
  }

  private func labels(of type: SQLType) throws(Failure) -> EnumLabels {
    guard let labels = catalogue.labels(of: catalogue.base(of: type.id)) else { throw .unsupported("an enum without labels") }
    return labels
  }

  /// The labels are written as what belongs to the type of a cast: they are no constant of a template.
  private func call(_ name: String, _ arguments: [Expression], _ type: SQLType) -> Expression {
    guard let function = Catalogue.builtIn.functions(named: name).first else { preconditionFailure("PostgreSQL has \(name)") }
    return .call(.init(function: function.id, arguments: arguments, type: type, spelling: .implicitCast))
  }
}

// MARK: - Expressions

extension StoredTypes {
  /// The same over stored values.
  public func expression(_ expression: Expression) throws(Failure) -> Expression {
    switch expression {
    case .column(let place, let type): return .column(place, self.type(type))
    case .outer(let level, let place, let type): return .outer(level: level, place, self.type(type))
    case .parameter(let index, let type): return .parameter(index, self.type(type))
    case .constant(let constant):
      let type = self.type(constant.type)
      return type == constant.type ? expression : .constant(Constant(constant.value, type, from: constant.origin))
    case .relabel(let operand, let type): return relabeled(try self.expression(operand), self.type(type))
    case .viaText(let operand, let type): return try viaText(operand, type)
    case .call(let call):
      if let labels = try labels(asked: call) { return labels }
      return .call(try self.call(call))
    case .isDistinct(let equality, let negated): return .isDistinct(equality: try call(equality), negated: negated)
    case .nullIf(let equality, let type): return .nullIf(equality: try call(equality), self.type(type))
    case .collated(let operand, let collating): return .collated(try self.expression(operand), collating)
    case .branches, .coalesce, .and, .or, .not, .isNull, .isTruth, .clock:
      return try expression.rewritingChildren { (child) throws(Failure) in try self.expression(child) }.retyped(
        type(expression.type))
    case .extreme(let extreme, let operands, let type): return try self.extreme(extreme, operands, type)
    case .quantified(let quantified): return try self.quantified(quantified)
    case .overArray(let quantified): return try overArray(quantified)
    }
  }

  private func relabeled(_ operand: Expression, _ type: SQLType) -> Expression {
    operand.type == type ? operand : .relabel(operand, type)
  }

  private func viaText(_ operand: Expression, _ type: SQLType) throws(Failure) -> Expression {
    let stored = try expression(operand)
    if isEnumArray(type) || isEnumArray(operand.type) && !isText(type) { throw .unsupported("casts of arrays of enums") }
    if isEnum(type) {
      let text = stored.type.id == .text ? stored : Expression.relabel(stored, .text)
      guard isText(stored.type) else { throw .unsupported("casts to enums from what is no text") }
      return call("enum_in", [text, try labels(of: type).joined], .text)
    }
    if isEnum(operand.type), isText(type) { return relabeled(stored, type) }
    return .viaText(stored, self.type(type))
  }

  private func isText(_ type: SQLType) -> Bool { [.text, .varchar, .bpchar].contains(type.id) }

  private func extreme(_ extreme: Expression.Extreme, _ operands: [Expression], _ type: SQLType) throws(Failure) -> Expression {
    if isEnumArray(type) { throw .unsupported("the order of arrays of enums") }
    var stored: [Expression] = []
    for operand in operands { stored.append(try isEnum(type) ? rank(operand) : expression(operand)) }
    return isEnum(type) ? try label(.extreme(extreme, stored, .int4), of: type) : .extreme(extreme, stored, self.type(type))
  }

  private func quantified(_ quantified: Expression.Quantified) throws(Failure) -> Expression {
    let name = catalogue.function(quantified.comparison)?.symbol ?? ""
    var list: [Expression] = []
    guard let comparison = EnumComparison(symbol: name) else {
      for member in quantified.list { list.append(try expression(member)) }
      return .quantified(quantified.with(operand: try expression(quantified.operand), list: list))
    }
    for member in quantified.list { list.append(try operand(member, comparison)) }
    let operand = try operand(quantified.operand, comparison)
    let (function, symbol) = try comparison.resolved(operand.type.id)
    return .quantified(.init(comparison: function, symbol: symbol, operand: operand, list: list, all: quantified.all))
  }

  /// The elements of an array are compared as they are stored.
  private func overArray(_ quantified: Expression.Quantified) throws(Failure) -> Expression {
    let name = catalogue.function(quantified.comparison)?.symbol ?? ""
    let (operand, array) = (try expression(quantified.operand), try expression(quantified.list[0]))
    guard let comparison = EnumComparison(symbol: name) else { return .overArray(quantified.with(operand: operand, list: [array])) }
    guard comparison.isEquality else { throw .unsupported("the order of enums in an array") }
    let (function, symbol) = try comparison.resolved(.text)
    return .overArray(.init(comparison: function, symbol: symbol, operand: operand, list: [array], all: quantified.all))
  }

  private func operand(_ operand: Expression, _ comparison: EnumComparison) throws(Failure) -> Expression {
    comparison.isEquality ? try expression(operand) : try rank(operand)
  }
}

// MARK: - Calls

extension StoredTypes {
  /// `enum_first`, `enum_last` and `enum_range` of a type's values, which look at nothing but the type; nil for all else.
  private func labels(asked call: Expression.Call) throws(Failure) -> Expression? {
    guard let symbol = catalogue.function(call.function)?.symbol, let argument = call.arguments.first,
      ["enum_first", "enum_last", "enum_range_all"].contains(symbol), call.arguments.count == 1, isEnum(argument.type)
    else { return nil }
    switch argument {
    case .constant, .column, .outer, .viaText(.constant, _), .relabel(.column, _), .relabel(.constant, _): break
    // It might raise.
    default: return nil
    }
    let labels = try labels(of: argument.type).labels
    guard let first = labels.first, let last = labels.last else { return nil }
    switch symbol {
    case "enum_first": return .constant(.text(first), .text)
    case "enum_last": return .constant(.text(last), .text)
    default:
      let type = self.type(call.type)
      return .constant(.bytes(ArrayValue(labels.map { .text($0) }).stored(as: type)), type)
    }
  }
}

extension StoredTypes {
  private func call(_ call: Expression.Call) throws(Failure) -> Expression.Call {
    guard let function = catalogue.function(call.function) else { throw .unsupported("a function of the schema's own") }
    if let comparison = EnumComparison(symbol: function.symbol ?? "") {
      let (left, right) = (try operand(call.arguments[0], comparison), try operand(call.arguments[1], comparison))
      let (function, symbol) = try comparison.resolved(left.type.id)
      return .init(function: function, arguments: [left, right], type: .bool, spelling: .operator(symbol))
    }
    if function.arguments.contains(.anyEnum) { throw .unsupported(catalogue.signature(of: function)) }
    if call.arguments.contains(where: { isEnumArray($0.type) }), function.ordersArrays {
      throw .unsupported("the order of arrays of enums")
    }
    var arguments: [Expression] = []
    for argument in call.arguments { arguments.append(try expression(argument)) }
    return .init(function: call.function, arguments: arguments, type: type(call.type), spelling: call.spelling)
  }
}

/// One of the six comparisons of enums.
private struct EnumComparison {
  let name: String
  var isEquality: Bool { name == "=" || name == "<>" }

  init?(symbol: String) {
    switch symbol {
    case "enum_eq": name = "="
    case "enum_ne": name = "<>"
    case "enum_lt": name = "<"
    case "enum_le": name = "<="
    case "enum_gt": name = ">"
    case "enum_ge": name = ">="
    default: return nil
    }
  }

  /// The comparison of labels, or of ranks.
  func resolved(_ type: TypeID) throws(Failure) -> (FunctionID, OperatorID) {
    do throws(SQLError) {
      let choice = try Catalogue.builtIn.resolveOperator(name, left: type, right: type)
      return (choice.function, choice.operator)
    } catch { throw .raised(error) }
  }
}

extension Function {
  fileprivate var ordersArrays: Bool {
    ["array_lt", "array_le", "array_gt", "array_ge", "btarraycmp", "array_larger", "array_smaller"].contains(symbol)
  }
}

extension Expression {
  /// The same construct with another type, where it bears one.
  fileprivate func retyped(_ type: SQLType) -> Expression {
    switch self {
    case .branches(let branches, let otherwise, _): .branches(branches, otherwise: otherwise, type)
    case .coalesce(let operands, _): .coalesce(operands, type)
    default: self
    }
  }
}
