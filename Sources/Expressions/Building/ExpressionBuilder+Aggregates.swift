import Relations

/// Aggregates and window functions are resolved as functions are; what they compute is not an expression of one row, so it is for others
/// to do.
extension ExpressionBuilder {
  /// The function that a call over many rows means, its arguments coerced, and what it gives.
  ///
  /// - Parameter isSpread: whether the last argument is given as `VARIADIC array`.
  public func aggregate(
    _ name: String, _ operands: [Expression], isSpread: Bool = false
  ) throws(Failure) -> (function: Function, arguments: [Expression], type: SQLType) {
    let meaning = try meaning(name, operands.map(\.type.id), isSpread: isSpread)
    guard case .call(let choice) = meaning, let function = catalogue.function(choice.function) else {
      throw .unsupported("the aggregate \(name) with these arguments")
    }
    guard choice.variadic == .none else { throw .unsupported("\(name) with any number of arguments") }
    var arguments = try coerced(operands, to: choice.arguments)
    for parameter in choice.defaulted { arguments.append(try defaultValue(of: function, parameter)) }
    return (function, arguments, SQLType(choice.result))
  }
}
