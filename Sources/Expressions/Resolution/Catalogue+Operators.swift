import Relations

/// An operator chosen for operands: what the operands become, and what comes out.
public struct OperatorChoice: Hashable, Sendable {
  /// What was chosen.
  public let `operator`: OperatorID
  /// What computes it.
  public let function: FunctionID
  /// The types to which the operands are coerced, implicitly; one for a prefix operator, else two.
  public let operands: [TypeID]
  /// The type of the expression, with anything polymorphic settled.
  public let result: TypeID
}

extension Catalogue {
  /// The operator that `left name right` means, or `name right` if there is no left.
  ///
  /// A literal whose type nothing says yet is of type `unknown`.
  ///
  /// - Throws: 42883 if there is none, 42725 if there are several, 42804 if its polymorphic operands do not agree.
  public func resolveOperator(_ name: String, left: TypeID?, right: TypeID) throws(SQLError) -> OperatorChoice {
    let operands = left.map { [$0, right] } ?? [right]
    let found = try find(name, left, right, operands)
    guard found.function.oid != 0 else {
      throw SQLError(.undefinedFunction, "operator is only a shell: \(signature(name, left, right))")
    }
    let declared = found.left.map { [$0, found.right] } ?? [found.right]
    let settled = try settle(operands, declared, result: found.result)
    return OperatorChoice(operator: found.id, function: found.function, operands: settled.arguments, result: settled.result)
  }

  private func find(_ name: String, _ left: TypeID?, _ right: TypeID, _ operands: [TypeID]) throws(SQLError) -> Operator {
    let memo = additions?.memo ?? OperatorMemo.builtIn
    return try memo.find(name, left, right) { () throws(SQLError) in try search(name, left, right, operands) }
  }

  private func search(_ name: String, _ left: TypeID?, _ right: TypeID, _ operands: [TypeID]) throws(SQLError) -> Operator {
    let operators = operators(named: name).filter { ($0.left == nil) == (left == nil) }
    if let exact = exact(operators, left, right) { return exact }
    let candidates = operators.indices.map { place in
      let found = operators[place]
      return Candidate(place: place, arguments: found.left.map { [$0, found.right] } ?? [found.right])
    }
    switch choose(for: operands, among: candidates) {
    case .one(let candidate): return operators[candidate.place]
    case .none: throw SQLError(.undefinedFunction, "operator does not exist: \(signature(name, left, right))")
    case .several: throw SQLError(.ambiguousFunction, "operator is not unique: \(signature(name, left, right))")
    }
  }

  /// The operator declared for exactly these types. Beside a literal of unknown type, the literal is taken to be of the other's type
  /// (its base type, if that is a domain without an operator of its own).
  private func exact(_ operators: [Operator], _ left: TypeID?, _ right: TypeID) -> Operator? {
    guard var left else { return operators.first { $0.right == right } }
    var right = right
    let hasLiteral = (left == .unknown) != (right == .unknown)
    if hasLiteral {
      if left == .unknown { left = right } else { right = left }
    }
    if let found = operators.first(where: { $0.left == left && $0.right == right }) { return found }
    guard hasLiteral else { return nil }
    let base = base(of: left)
    return base == left ? nil : operators.first { $0.left == base && $0.right == base }
  }

  private func signature(_ name: String, _ left: TypeID?, _ right: TypeID) -> String {
    (left.map { self.name(of: $0) + " " } ?? "") + "\(name) \(self.name(of: right))"
  }
}

/// `x op ANY (array)`, `x op ALL (array)`.
extension Catalogue {
  /// The operator between an operand and the elements of an array. The choice's second operand is the array type that the array
  /// becomes.
  ///
  /// - Throws: as `resolveOperator`; 42809 if the right side is no array or the operator yields no truth value; 42704 if there is no
  ///   array of the type that the elements become.
  public func resolveArrayOperator(_ name: String, left: TypeID, array: TypeID) throws(SQLError) -> OperatorChoice {
    let wrongObjectType = SQLState("42809")
    let element = array == .unknown ? .unknown : element(of: base(of: array))
    guard let element else { throw SQLError(wrongObjectType, "op ANY/ALL (array) requires array on right side") }
    let found = try find(name, left, element, [left, element])
    guard found.result == .bool else { throw SQLError(wrongObjectType, "op ANY/ALL (array) requires operator to yield boolean") }
    if function(found.function)?.returnsSet ?? false {
      throw SQLError(wrongObjectType, "op ANY/ALL (array) requires operator not to return a set")
    }
    guard let declared = found.left else { preconditionFailure("an infix operator has a left side") }
    let settled = try settle([left, element], [declared, found.right], result: found.result)
    // An array of polymorphic elements stays what it is.
    var target = found.right.isPolymorphic && array != .unknown ? array : self.array(of: settled.arguments[1])
    if found.right == .any { target = array }
    guard let target else {
      throw SQLError(.undefinedObject, "could not find array type for data type \(self.name(of: settled.arguments[1]))")
    }
    return OperatorChoice(
      operator: found.id, function: found.function, operands: [settled.arguments[0], target], result: settled.result)
  }
}
