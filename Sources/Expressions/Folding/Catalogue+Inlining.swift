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
  /// `$2 + $1`
  case intervalPlusDate = "interval_pl_date(interval,date)"
  case intervalPlusTime = "interval_pl_time(interval,time without time zone)"
  case intervalPlusZonedTime = "interval_pl_timetz(interval,time with time zone)"
  case intervalPlusTimestamp = "interval_pl_timestamp(interval,timestamp without time zone)"
  case intervalPlusMoment = "interval_pl_timestamptz(interval,timestamp with time zone)"
  case timePlusDate = "timedate_pl(time without time zone,date)"
  case zonedTimePlusDate = "timetzdate_pl(time with time zone,date)"
  /// `($1 + $2)::timestamptz`
  case momentOfDateAndTime = "timestamptz(date,time without time zone)"
  /// `age(CURRENT_DATE, $1)`
  case ageOfTimestamp = "age(timestamp without time zone)"
  case ageOfMoment = "age(timestamp with time zone)"
  /// `$1 || $2::text`
  case textThenAny = "textanycat(text,anynonarray)"
  /// `$1::text || $2`
  case anyThenText = "anytextcat(anynonarray,text)"
  /// `quote_literal($1::text)`
  case quotedAny = "quote_literal(anyelement)"
  case quotedAnyOrNull = "quote_nullable(anyelement)"
  /// `substring($1, similar_to_escape($2, $3))`
  case partThatIsSimilar = "substring(text,text,text)"
}

extension Catalogue {
  /// Whether a call is computed by way of a body that is put in its place.
  func inlines(_ function: Function) -> Bool { body(of: function) != nil || isOverlapOfLengths(function) }

  /// Whether the clock is an input of a function: by itself, or by the body that takes its place.
  public func readsClock(_ function: Function) -> Bool {
    switch body(of: function) {
    case .ageOfTimestamp, .ageOfMoment: true
    default: function.isPresent
    }
  }

  /// What takes a call's place; nil if the call stays.
  func inlined(_ call: Expression.Call, _ function: Function) throws(Failure) -> Expression? {
    let builder = ExpressionBuilder(catalogue: self)
    if isOverlapOfLengths(function) { return try overlap(call.arguments, function, builder) }
    let arguments = call.arguments
    let today = Expression.clock(.currentDate, .date)
    return switch body(of: function) {
    case .integerPlusDate: try builder.apply("+", arguments[1], arguments[0])
    case .partOfDate: try builder.call("date_part", [arguments[0], builder.cast(arguments[1], to: .timestamp)])
    case .intervalPlusDate, .intervalPlusTime, .intervalPlusZonedTime, .intervalPlusTimestamp, .intervalPlusMoment, .timePlusDate,
      .zonedTimePlusDate:
      try builder.apply("+", arguments[1], arguments[0])
    case .momentOfDateAndTime: try builder.cast(builder.apply("+", arguments[0], arguments[1]), to: .timestamptz)
    case .ageOfTimestamp: try builder.call("age", [builder.cast(today, to: .timestamp), arguments[0]])
    case .ageOfMoment: try builder.call("age", [builder.cast(today, to: .timestamptz), arguments[0]])
    case .textThenAny: try builder.apply("||", arguments[0], builder.cast(arguments[1], to: .text))
    case .anyThenText: try builder.apply("||", builder.cast(arguments[0], to: .text), arguments[1])
    case .quotedAny: try builder.call("quote_literal", [builder.cast(arguments[0], to: .text)])
    case .quotedAnyOrNull: try builder.call("quote_nullable", [builder.cast(arguments[0], to: .text)])
    case .partThatIsSimilar:
      try builder.call("substring", [arguments[0], builder.call("similar_to_escape", Array(arguments[1...]))])
    case nil: nil
    }
  }

  /// `(start, length) OVERLAPS …` and its kin.
  private func isOverlapOfLengths(_ function: Function) -> Bool { function.name == "overlaps" && function.symbol == nil }

  /// A length is added to its start.
  private func overlap(
    _ arguments: [Expression], _ function: Function, _ builder: ExpressionBuilder
  ) throws(Failure) -> Expression {
    var ends = arguments
    let declared = Array(function.arguments)
    for place in [1, 3] where declared[place] == .interval {
      ends[place] = try builder.apply("+", arguments[place - 1], arguments[place])
    }
    return try builder.call("overlaps", ends)
  }

  private func body(of function: Function) -> Body? {
    function.symbol == nil ? Body(rawValue: signature(of: function)) : nil
  }
}
