import Relations

/// Functions that PostgreSQL writes in SQL: the planner puts their bodies in their place.
///
/// Most bodies compute with the arguments as they come, and a kernel does the same. Here are those that evaluate them in another
/// order, so that of two errors another one is told, or that are declared less stable than what their bodies do.
private enum Body: String {
  /// `$2 + $1`
  case integerPlusDate = "integer_pl_date(integer,date)"
  /// `date_part($1, $2::timestamp)`
  case partOfDate = "date_part(text,date)"
  /// `$1 || $2::text`
  case textThenAny = "textanycat(text,anynonarray)"
  /// `$1::text || $2`
  case anyThenText = "anytextcat(anynonarray,text)"
}

extension Catalogue {
  /// Whether a call is computed by way of a body that is put in its place.
  func inlines(_ function: Function) -> Bool { body(of: function) != nil }

  /// What takes a call's place; nil if the call stays.
  func inlined(_ call: Expression.Call, _ function: Function) throws(Failure) -> Expression? {
    let builder = ExpressionBuilder(catalogue: self)
    let arguments = call.arguments
    return switch body(of: function) {
    case .integerPlusDate: try builder.apply("+", arguments[1], arguments[0])
    case .partOfDate: try builder.call("date_part", [arguments[0], builder.cast(arguments[1], to: .timestamp)])
    case .textThenAny: try builder.apply("||", arguments[0], builder.cast(arguments[1], to: .text))
    case .anyThenText: try builder.apply("||", builder.cast(arguments[0], to: .text), arguments[1])
    case nil: nil
    }
  }

  private func body(of function: Function) -> Body? {
    function.symbol == nil ? Body(rawValue: signature(of: function)) : nil
  }
}
