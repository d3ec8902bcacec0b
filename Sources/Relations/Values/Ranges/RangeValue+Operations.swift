/// What PostgreSQL asks of two ranges, and makes of them.
extension RangeValue {
  /// Less than, equal to or greater than zero; the empty range comes first.
  public func compare(_ other: RangeValue, _ element: SQLType) -> Int {
    guard let bounds else { return other.isEmpty ? 0 : -1 }
    guard let others = other.bounds else { return 1 }
    let order = bounds.lower.compare(others.lower, element)
    return order != 0 ? order : bounds.upper.compare(others.upper, element)
  }

  public func contains(_ value: Value, _ element: SQLType) -> Bool {
    guard let bounds else { return false }
    let point = RangeBound(value, isInclusive: true, isLower: true)
    return bounds.lower.compare(point, element) <= 0 && bounds.upper.compare(point, element) >= 0
  }

  public func contains(_ other: RangeValue, _ element: SQLType) -> Bool {
    guard let others = other.bounds else { return true }
    guard let bounds else { return false }
    return bounds.lower.compare(others.lower, element) <= 0 && bounds.upper.compare(others.upper, element) >= 0
  }

  public func overlaps(_ other: RangeValue, _ element: SQLType) -> Bool {
    guard let bounds, let others = other.bounds else { return false }
    return bounds.lower.compare(others.upper, element) <= 0 && others.lower.compare(bounds.upper, element) <= 0
  }

  /// `<<`
  public func isBefore(_ other: RangeValue, _ element: SQLType) -> Bool {
    guard let bounds, let others = other.bounds else { return false }
    return bounds.upper.compare(others.lower, element) < 0
  }

  /// `&<`: nothing of it lies behind the other one.
  public func endsWithin(_ other: RangeValue, _ element: SQLType) -> Bool {
    guard let bounds, let others = other.bounds else { return false }
    return bounds.upper.compare(others.upper, element) <= 0
  }

  /// `&>`: nothing of it lies before the other one.
  public func beginsWithin(_ other: RangeValue, _ element: SQLType) -> Bool {
    guard let bounds, let others = other.bounds else { return false }
    return bounds.lower.compare(others.lower, element) >= 0
  }

  /// `-|-`
  public func isAdjacent(to other: RangeValue, _ element: SQLType) -> Bool {
    guard let bounds, let others = other.bounds else { return false }
    return bounds.upper.meets(others.lower, element) || others.upper.meets(bounds.lower, element)
  }
}

// MARK: - Ranges of ranges

extension RangeValue {
  /// What begins with the one that begins first and ends with the one that ends last.
  public func merged(_ other: RangeValue, _ element: SQLType) throws(Failure) -> RangeValue {
    guard let bounds else { return other }
    guard let others = other.bounds else { return self }
    return try RangeValue(
      bounds.lower.compare(others.lower, element) < 0 ? bounds.lower : others.lower,
      bounds.upper.compare(others.upper, element) > 0 ? bounds.upper : others.upper, of: element)
  }

  /// `+`. 22000 if there were a gap.
  public func union(_ other: RangeValue, _ element: SQLType) throws(Failure) -> RangeValue {
    guard isEmpty || other.isEmpty || overlaps(other, element) || isAdjacent(to: other, element) else {
      throw .raised(SQLError(SQLState("22000"), "result of range union would not be contiguous"))
    }
    return try merged(other, element)
  }

  /// `*`
  public func intersection(_ other: RangeValue, _ element: SQLType) throws(Failure) -> RangeValue {
    guard overlaps(other, element), let bounds, let others = other.bounds else { return .empty }
    return try RangeValue(
      bounds.lower.compare(others.lower, element) >= 0 ? bounds.lower : others.lower,
      bounds.upper.compare(others.upper, element) <= 0 ? bounds.upper : others.upper, of: element)
  }

  /// `-`. 22000 if there were a gap.
  public func subtracting(_ other: RangeValue, _ element: SQLType) throws(Failure) -> RangeValue {
    let parts = try difference(other, element)
    guard parts.count < 2 else {
      throw .raised(SQLError(SQLState("22000"), "result of range difference would not be contiguous"))
    }
    return parts.first ?? .empty
  }

  /// What is left of it: nothing, one range or two.
  func difference(_ other: RangeValue, _ element: SQLType) throws(Failure) -> [RangeValue] {
    guard overlaps(other, element), let bounds, let others = other.bounds else { return isEmpty ? [] : [self] }
    var parts: [RangeValue] = []
    if bounds.lower.compare(others.lower, element) < 0 {
      parts.append(try RangeValue(bounds.lower, others.lower.complement, of: element))
    }
    if bounds.upper.compare(others.upper, element) > 0 {
      parts.append(try RangeValue(others.upper.complement, bounds.upper, of: element))
    }
    return parts.filter { !$0.isEmpty }
  }
}
