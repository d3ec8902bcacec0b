import Relations

/// What a domain asks of a value.
public enum DomainCheck: Sendable {
  /// That it is not null; 23502.
  case notNull
  /// That this, over the value as column 0, is not false; 23514.
  case condition(Expression)
}

/// Casts to domains. A value of a domain is one of its base type, so what is left of the cast is the check.
extension ExpressionBuilder {
  /// The operand, which is of the domain's base type, once it has passed.
  func checked(_ operand: Expression, _ domain: TypeID) throws(Failure) -> Expression {
    guard let domainChecks, let input = catalogue.functions(named: "domain_in").first else {
      throw .unsupported("domain \(catalogue.name(of: domain))")
    }
    // PostgreSQL looks at null before it looks at anything else.
    let checks = try domainChecks(domain)
    let ordered = checks.filter(\.isNotNull) + checks.filter { !$0.isNotNull }
    let passed = ordered.reduce(operand) { value, check in
      .call(.init(function: input.id, arguments: [value] + check.arguments(operand), type: operand.type))
    }
    return .relabel(passed, SQLType(domain))
  }
}

extension DomainCheck {
  fileprivate var isNotNull: Bool { if case .notNull = self { true } else { false } }

  fileprivate func arguments(_ value: Expression) -> [Expression] {
    switch self {
    case .notNull: [.isNull(value, negated: true), .constant(.bool(true), .bool)]
    case .condition(let condition): [condition.over(value), .constant(.bool(false), .bool)]
    }
  }
}

extension Expression {
  /// The expression with a value in place of its one column.
  fileprivate func over(_ value: Expression) -> Expression {
    if case .column = self { return value }
    return mappingChildren { $0.over(value) }
  }
}
