/// What a declaration such as `interval day to second(3)` does to the intervals that are stored.
extension SQLType {
  /// The fields that an `interval` is declared to have, as a mask.
  var intervalFields: Int32 { modifier < 0 ? TypeModifier.anyFields : modifier >> 16 & TypeModifier.anyFields }
}

extension SQLType {
  /// Whether the modifier is one that PostgreSQL makes; only a call of the cast function with any number has another.
  public var hasKnownIntervalFields: Bool { TypeModifier.names(ofFields: intervalFields) != nil }
}

extension Interval {
  /// Without the fields below the last declared one, seconds rounded to the declared digits. Fields above the first declared one stay;
  /// of a single `year`, `month` or `day` the smaller ones go.
  public func coerced(to type: SQLType) -> Interval {
    guard type.modifier >= 0 else { return self }
    var kept = cut(to: type.intervalFields)
    let precision = type.modifier & 0xFFFF
    guard precision < 6 else { return kept }
    var unit: Int64 = 1
    for _ in precision..<6 { unit *= 10 }
    // Overflows at the very ends, as in PostgreSQL.
    let isNegative = kept.microseconds < 0
    let rounded = ((isNegative ? 0 &- kept.microseconds : kept.microseconds) &+ unit / 2) / unit &* unit
    kept.microseconds = isNegative ? 0 &- rounded : rounded
    return kept
  }

  private func cut(to fields: Int32) -> Interval {
    if fields == TypeModifier.anyFields { return self }
    func has(_ unit: DateTimeUnit) -> Bool { fields & TypeModifier.mask(unit) != 0 }
    var kept = self
    if has(.second) { return kept }
    if has(.minute) {
      kept.microseconds -= microseconds % 60_000_000
    } else if has(.hour) {
      kept.microseconds -= microseconds % 3_600_000_000
    } else {
      kept.microseconds = 0
      if has(.day) { return kept }
      kept.days = 0
      if !has(.month) { kept.months -= months % 12 }
    }
    return kept
  }
}

extension TypeModifier {
  /// The bit of a unit that may be declared.
  static func mask(_ unit: DateTimeUnit) -> Int32 { field(unit.rawValue) ?? 0 }
}
