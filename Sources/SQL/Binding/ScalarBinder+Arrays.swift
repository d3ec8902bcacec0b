internal import CPgQuery
import Expressions
import Relations

/// Arrays as values: `ARRAY[…]` and subscripts.
extension ScalarBinder {
  /// `ARRAY[a, b]`, `ARRAY[[a], [b]]`.
  ///
  /// - Parameter type: what a cast around it says.
  func constructed(_ array: Syntax.AArrayExpr, as type: SQLType? = nil) throws(BindingFailure) -> Expression {
    if array.elements.isEmpty, type == nil {
      throw refusal(SQLState("42P18"), "cannot determine type of empty array", array.location)
    }
    var elements: [Expression] = []
    for node in array.elements {
      if case .aArrayExpr(let inner) = node.kind {
        elements.append(try surroundings.binding.within(1) { () throws(BindingFailure) in try constructed(inner, as: type) })
      } else {
        elements.append(try expression(node))
      }
    }
    return try located(oneOf: Array(array.elements), elements, or: array.location) { () throws(Failure) in
      try builder.array(elements, as: type)
    }
  }

  /// `CAST (ARRAY[…] AS type)`: the type says what the elements are, if it is an array.
  func castArray(_ array: Syntax.AArrayExpr, to type: SQLType, _ node: Node) throws(BindingFailure) -> Expression {
    let base = builder.catalogue.base(of: type)
    let isArray = builder.catalogue.element(of: base.id) != nil
    let made = try constructed(array, as: isArray ? base : nil)
    return try located(node) { () throws(Failure) in try builder.cast(made, to: type) }
  }

  /// `array[1]`, `array[2:3]`.
  func indirection(_ indirection: Syntax.AIndirection, _ node: Node) throws(BindingFailure) -> Expression {
    let array = try expression(indirection.arg!)
    var subscripts: [ExpressionBuilder.Subscript] = []
    for part in indirection.indirection {
      guard case .aIndices(let indices) = part.kind else { throw .unsupported("a field of a row") }
      var (lower, upper): (Expression?, Expression?)
      if let bound = indices.lidx { lower = try expression(bound) }
      if let bound = indices.uidx { upper = try expression(bound) }
      if indices.is_slice {
        subscripts.append(.slice(lower: lower, upper: upper))
      } else if let upper {
        subscripts.append(.element(upper))
      }
    }
    return try located(node) { () throws(Failure) in try builder.subscripted(array, subscripts) }
  }
}
