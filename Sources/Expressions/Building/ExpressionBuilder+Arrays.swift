import Relations

/// Arrays that are written, taken apart, and compared with.
///
/// `ARRAY[…]` and subscripts have no functions in PostgreSQL. Here they are calls of functions that no question can mean with such
/// arguments: `array_append` of any number of elements, and `array_subscript_handler` of an array and its subscripts.
extension ExpressionBuilder {
  /// `ARRAY[a, b]`, of elements that agree on a type; of arrays an array of one dimension more.
  ///
  /// - Parameter array: the type, where a cast around it says so: then the elements are cast to its elements.
  public func array(_ elements: [Expression], as array: SQLType? = nil) throws(Failure) -> Expression {
    if let array, let element = catalogue.element(of: array.id) {
      var cast: [Expression] = []
      for operand in elements {
        let target = operand.isArray(of: array) ? array : SQLType(element, modifier: array.modifier)
        cast.append(try coerce(operand, to: target, .explicit))
      }
      return try constructed(cast, SQLType(array.id))
    }
    let unified = try unified(elements, context: "ARRAY")
    if catalogue.element(of: unified.type.id) != nil { return try constructed(unified.expressions, SQLType(unified.type.id)) }
    guard let type = catalogue.array(of: unified.type.id) else {
      throw .raised(
        SQLError(.undefinedObject, "could not find array type for data type \(catalogue.name(of: unified.type.id))"))
    }
    return try constructed(unified.expressions, SQLType(type))
  }

  private func constructed(_ elements: [Expression], _ type: SQLType) throws(Failure) -> Expression {
    if elements.isEmpty { return .constant(.text("{}"), type) }
    guard let function = catalogue.functions(named: "array_append").first else { throw .unsupported("ARRAY[…]") }
    return .call(.init(function: function.id, arguments: elements, type: type))
  }

  /// Whether a call of `array_append` stands for `ARRAY[…]`.
  static func isConstructor(_ arguments: [SQLType], _ type: SQLType) -> Bool {
    arguments.count != 2 || arguments[0].id != type.id || arguments[1].id == type.id
  }

  /// One subscript, or the bounds of a slice, of which one or both may be left out.
  public enum Subscript {
    case element(Expression)
    case slice(lower: Expression?, upper: Expression?)
  }

  /// `array[1]`, `array[1:2][3]`: among slices, a single subscript is a slice from 1.
  public func subscripted(_ array: Expression, _ subscripts: [Subscript]) throws(Failure) -> Expression {
    let base = catalogue.base(of: array.type)
    if base.id == .jsonb { return try member(of: array, subscripts) }
    if catalogue.facts(of: base.id).map({ $0.element == nil && $0.kind != .composite }) ?? false {
      throw .raised(
        SQLError(
          .datatypeMismatch,
          "cannot subscript type \(catalogue.name(of: base.id)) because it does not support subscripting"))
    }
    guard let element = catalogue.element(of: base.id), catalogue.kind(of: base.id) == .array,
      let function = catalogue.functions(named: "array_subscript_handler").first
    else { throw .unsupported("a subscript of type \(catalogue.name(of: array.type))") }
    guard subscripts.count <= ArrayValue.mostDimensions else {
      throw .raised(SQLError(.programLimitExceeded, "number of array dimensions exceeds the maximum allowed (6)"))
    }
    let isSlice = subscripts.contains { if case .slice = $0 { true } else { false } }
    var arguments = [array]
    for subscript_ in subscripts {
      switch subscript_ {
      case .element(let place):
        if isSlice { arguments.append(.constant(.integer(1), .int4)) }
        arguments.append(try place_(place))
      case .slice(let lower, let upper):
        arguments.append(try lower.map { (bound) throws(Failure) in try place_(bound) } ?? boolean(true))
        arguments.append(try upper.map { (bound) throws(Failure) in try place_(bound) } ?? boolean(true))
      }
    }
    let type = isSlice ? SQLType(base.id, modifier: base.modifier) : SQLType(element, modifier: base.modifier)
    return .call(.init(function: function.id, arguments: arguments, type: type))
  }

  /// `document['a'][0]`, which is what `#>` finds.
  private func member(of document: Expression, _ subscripts: [Subscript]) throws(Failure) -> Expression {
    var path: [Expression] = []
    for subscript_ in subscripts {
      guard case .element(let step) = subscript_ else {
        throw .raised(SQLError(.datatypeMismatch, "jsonb subscript does not support slices"))
      }
      switch step.type.id {
      case .unknown, .text, .varchar: path.append(try coerce(step, to: .text, .implicit))
      case .int2, .int4: path.append(try coerce(step, to: .text, .explicit))
      default: throw .unsupported("a subscript of type \(catalogue.name(of: step.type))")
      }
    }
    return try apply("#>", document, array(path))
  }

  private func place_(_ expression: Expression) throws(Failure) -> Expression {
    do throws(Failure) { return try coerce(expression, to: .int4, .assignment) } catch {
      guard case .raised(let raised) = error, raised.state == .cannotCoerce else { throw error }
      throw .raised(SQLError(.datatypeMismatch, "array subscript must have type integer"))
    }
  }

  /// `operand name ANY (array)`, or `ALL`, over an array that is a value like any other.
  public func quantified(_ operand: Expression, _ name: String, over array: Expression, all: Bool) throws(Failure) -> Expression {
    let element = catalogue.element(of: catalogue.base(of: array.type.id))
    try refuseRivals(operator: name, operand.type.id, element ?? .anyElement)
    let resolved = try raising { () throws(SQLError) in
      try catalogue.resolveArrayOperator(name, left: operand.type.id, array: array.type.id)
    }
    try refuseUserTypes([operand.type.id] + resolved.operands)
    return .overArray(
      .init(
        comparison: resolved.function, symbol: resolved.operator,
        operand: try coerce(operand, to: SQLType(resolved.operands[0]), .implicit),
        list: [try coerce(array, to: SQLType(resolved.operands[1]), .implicit)], all: all))
  }
}

extension Expression {
  fileprivate func isArray(of array: SQLType) -> Bool {
    if case .call(let call) = self, type.id.arrayElement != nil {
      return ExpressionBuilder.isConstructor(call.arguments.map(\.type), call.type)
    }
    return type.id == array.id
  }
}
