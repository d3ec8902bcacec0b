/// A range, taken apart: nothing, or all values between two bounds.
///
/// A column stores a range as PostgreSQL prints it under time zone UTC (`[1,5)`, `["2024-01-01 00:00:00",)`, `empty`). Ranges of whole
/// numbers and days have one form only, with the lower bound inside and the upper one outside.
public struct RangeValue: Sendable {
  /// Nil of the empty range.
  public let bounds: (lower: RangeBound, upper: RangeBound)?

  public static let empty = RangeValue(bounds: nil)
  public var isEmpty: Bool { bounds == nil }

  private init(bounds: (lower: RangeBound, upper: RangeBound)?) { self.bounds = bounds }
}

/// Where a range begins or ends.
public struct RangeBound: Sendable {
  /// Nil where it goes on for ever.
  public var value: Value?
  public var isInclusive: Bool
  public var isLower: Bool

  public init(_ value: Value?, isInclusive: Bool, isLower: Bool) {
    self.value = value
    // There is no infinite value that could be inside.
    self.isInclusive = isInclusive && value != nil
    self.isLower = isLower
  }

  /// What lies on the other side of the bound begins or ends here.
  public var complement: RangeBound { RangeBound(value, isInclusive: !isInclusive, isLower: !isLower) }

  /// On which side of its value the bound is, if it is not there.
  private var offset: Int { isInclusive ? 0 : isLower ? 1 : -1 }

  /// Less than, equal to or greater than zero as this bound lies before, at or after another one.
  public func compare(_ other: RangeBound, _ element: SQLType) -> Int {
    guard let value else { return other.value == nil && isLower == other.isLower ? 0 : isLower ? -1 : 1 }
    guard let otherValue = other.value else { return other.isLower ? 1 : -1 }
    let order = Value.compare(value, otherValue, as: element)
    return order != 0 ? order : offset - other.offset
  }

  /// Whether an upper bound ends just where a lower one begins.
  func meets(_ lower: RangeBound, _ element: SQLType) -> Bool {
    guard let value, let other = lower.value else { return false }
    return isInclusive != lower.isInclusive && Value.compare(value, other, as: element) == 0
  }
}

// MARK: - Making

extension RangeValue {
  /// The range between two bounds: empty if there is nothing between them, and in its one form. 22000 if they are the wrong way round.
  public init(_ lower: RangeBound, _ upper: RangeBound, of element: SQLType) throws(Failure) {
    try Self.checkOrder(lower, upper, element)
    // What is empty as it was given is not brought to another form, which might lie out of range.
    guard Self.isInhabited(lower, upper, element) else {
      self = .empty
      return
    }
    let (first, last) = (try lower.canonical(element), try upper.canonical(element))
    try Self.checkOrder(first, last, element)
    self.init(bounds: Self.isInhabited(first, last, element) ? (first, last) : nil)
  }

  private static func checkOrder(_ lower: RangeBound, _ upper: RangeBound, _ element: SQLType) throws(Failure) {
    guard let first = lower.value, let last = upper.value, Value.compare(first, last, as: element) > 0 else { return }
    throw .raised(SQLError(SQLState("22000"), "range lower bound must be less than or equal to range upper bound"))
  }

  private static func isInhabited(_ lower: RangeBound, _ upper: RangeBound, _ element: SQLType) -> Bool {
    guard let first = lower.value, let last = upper.value else { return true }
    return lower.isInclusive && upper.isInclusive || Value.compare(first, last, as: element) != 0
  }
}

extension RangeBound {
  /// A bound of whole numbers or days: inside if it is the lower one, outside if it is the upper one.
  fileprivate func canonical(_ element: SQLType) throws(Failure) -> RangeBound {
    guard case .integer(let integer)? = value, isInclusive != isLower, let last = Self.last(element) else { return self }
    if element.id == .date, integer == DateRange.infinity || integer == DateRange.minusInfinity { return self }
    guard integer < last else { throw Self.outOfRange(element) }
    return RangeBound(.integer(integer + 1), isInclusive: isLower, isLower: isLower)
  }

  /// The last value that has a next one, plus one; nil of types in which none has.
  private static func last(_ element: SQLType) -> Int64? {
    switch element.id {
    case .int4: Int64(Int32.max)
    case .int8: Int64.max
    case .date: DateRange.last
    default: nil
    }
  }

  private static func outOfRange(_ element: SQLType) -> Failure {
    switch element.id {
    case .date: .raised(SQLError(.datetimeFieldOverflow, "date out of range"))
    case .int4: .raised(SQLError(.numericValueOutOfRange, "integer out of range"))
    default: .raised(SQLError(.numericValueOutOfRange, "bigint out of range"))
    }
  }
}
