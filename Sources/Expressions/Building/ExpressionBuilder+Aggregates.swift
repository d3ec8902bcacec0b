import Relations

/// Aggregates are resolved as functions are; what they compute is not an expression of one row, so it is for others to do.
extension ExpressionBuilder {
  /// The aggregate that a call means, its arguments coerced, and what it gives.
  public func aggregate(_ name: String, _ operands: [Expression]) throws(Failure) -> (FunctionID, arguments: [Expression], SQLType)
  {
    let meaning = try raising { () throws(SQLError) in try catalogue.resolveFunction(name, operands.map(\.type.id)) }
    guard case .call(let choice) = meaning, choice.defaulted.isEmpty, choice.variadic == .none else {
      throw .unsupported("the aggregate \(name) with these arguments")
    }
    return (choice.function, try coerced(operands, to: choice.arguments), SQLType(choice.result))
  }
}
