import Relations

/// Functions that PostgreSQL writes in SQL: the planner puts their bodies in their place.
///
/// Most bodies evaluate the arguments as they come, and a kernel does the same. Here are those that do not, where of two
/// errors another one would be told.
private enum Body: String {
  /// `$2 + $1`
  case integerPlusDate = "integer_pl_date(integer,date)"
  /// `date_part($1, $2::timestamp)`
  case partOfDate = "date_part(text,date)"
}

extension Catalogue {
  /// Whether a call is computed by way of a body that is put in its place.
  func inlines(_ function: Function) -> Bool { body(of: function) != nil }

  /// The call that takes a call's place: itself, mostly.
  func inlined(_ call: Expression.Call) -> Expression.Call {
    switch function(call.function).flatMap(body) {
    case .integerPlusDate:
      guard let sum = functions(named: "date_pli").first else { return call }
      return Expression.Call(function: sum.id, arguments: call.arguments.reversed(), type: call.type)
    case .partOfDate:
      guard case .function(let cast)? = cast(from: .date, to: .timestamp)?.method,
        let part = functions(named: "date_part").first(where: { $0.arguments.elementsEqual([.text, .timestamp]) })
      else { return call }
      let moment = Expression.call(.init(function: cast, arguments: [call.arguments[1]], type: .timestamp, spelling: .explicitCast))
      return Expression.Call(function: part.id, arguments: [call.arguments[0], moment], type: call.type)
    case nil: return call
    }
  }

  private func body(of function: Function) -> Body? {
    function.symbol == nil ? Body(rawValue: signature(of: function)) : nil
  }
}
