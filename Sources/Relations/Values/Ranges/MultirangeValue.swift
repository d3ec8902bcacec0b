/// Several ranges of one type: in order, none empty, with a gap between each two.
public struct MultirangeValue: Sendable {
  public let ranges: [RangeValue]

  /// - Parameter ranges: in any order, empty ones and such as overlap or touch among them.
  public init(_ ranges: [RangeValue], of element: SQLType) throws(Failure) {
    let sorted = ranges.filter { !$0.isEmpty }.sorted { $0.compare($1, element) < 0 }
    var merged: [RangeValue] = []
    for range in sorted {
      guard let last = merged.last else {
        merged.append(range)
        continue
      }
      if last.overlaps(range, element) || last.isAdjacent(to: range, element) {
        merged[merged.count - 1] = try last.merged(range, element)
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
  }

  /// One range, or none if it is empty.
  public init(_ range: RangeValue) { ranges = range.isEmpty ? [] : [range] }

  public var isEmpty: Bool { ranges.isEmpty }
}

// MARK: - Operations

extension MultirangeValue {
  /// From where the first begins to where the last ends.
  public func span(_ element: SQLType) throws(Failure) -> RangeValue {
    guard let first = ranges.first?.bounds, let last = ranges.last?.bounds else { return .empty }
    return try RangeValue(first.lower, last.upper, of: element)
  }

  public func compare(_ other: MultirangeValue, _ element: SQLType) -> Int {
    for (a, b) in zip(ranges, other.ranges) {
      let order = a.compare(b, element)
      if order != 0 { return order }
    }
    return ranges.count - other.ranges.count
  }

  public func contains(_ value: Value, _ element: SQLType) -> Bool { ranges.contains { $0.contains(value, element) } }

  public func contains(_ other: MultirangeValue, _ element: SQLType) -> Bool {
    other.ranges.allSatisfy { inner in ranges.contains { $0.contains(inner, element) } }
  }

  public func overlaps(_ other: MultirangeValue, _ element: SQLType) -> Bool {
    ranges.contains { range in other.ranges.contains { range.overlaps($0, element) } }
  }

  /// `-|-`: the one begins just where the other one ends.
  public func isAdjacent(to other: MultirangeValue, _ element: SQLType) -> Bool {
    func touch(_ first: MultirangeValue, _ second: MultirangeValue) -> Bool {
      guard let end = first.ranges.last?.bounds?.upper, let start = second.ranges.first?.bounds?.lower else { return false }
      return end.meets(start, element)
    }
    return touch(self, other) || touch(other, self)
  }

  public func union(_ other: MultirangeValue, _ element: SQLType) throws(Failure) -> MultirangeValue {
    try MultirangeValue(ranges + other.ranges, of: element)
  }

  public func intersection(_ other: MultirangeValue, _ element: SQLType) throws(Failure) -> MultirangeValue {
    var parts: [RangeValue] = []
    for a in ranges { for b in other.ranges { parts.append(try a.intersection(b, element)) } }
    return try MultirangeValue(parts, of: element)
  }

  public func subtracting(_ other: MultirangeValue, _ element: SQLType) throws(Failure) -> MultirangeValue {
    var parts = ranges
    for range in other.ranges {
      var rest: [RangeValue] = []
      for part in parts { rest += try part.difference(range, element) }
      parts = rest
    }
    return try MultirangeValue(parts, of: element)
  }
}
