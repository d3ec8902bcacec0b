/// The types of ranges that PostgreSQL brings. What `CREATE TYPE … AS RANGE` makes is not evaluated.
extension TypeID {
  /// What a range is a range of.
  public var rangeElement: TypeID? {
    switch oid {
    case 3904: .int4
    case 3906: .numeric
    case 3908: .timestamp
    case 3910: .timestamptz
    case 3912: .date
    case 3926: .int8
    default: nil
    }
  }

  /// What a multirange has many of.
  public var multirangeRange: TypeID? {
    switch oid {
    case 4451: TypeID(3904)
    case 4532: TypeID(3906)
    case 4533: TypeID(3908)
    case 4534: TypeID(3910)
    case 4535: TypeID(3912)
    case 4536: TypeID(3926)
    default: nil
    }
  }

  /// What a range or a multirange is of, in the end.
  public var rangedElement: TypeID? { rangeElement ?? multirangeRange?.rangeElement }
}

// MARK: - Stored forms

extension RangeValue {
  /// Reads the stored form.
  public init(stored: UnsafeBufferPointer<UInt8>, of element: SQLType) throws(Failure) {
    self = try TextForm.parseRange(stored, of: element, style: .stored)
  }

  public func stored(of element: SQLType) -> [UInt8] {
    var text: [UInt8] = []
    TextForm.appendRange(self, of: element, style: .stored, to: &text)
    return text
  }
}

extension MultirangeValue {
  /// Reads the stored form.
  public init(stored: UnsafeBufferPointer<UInt8>, of element: SQLType) throws(Failure) {
    self = try TextForm.parseMultirange(stored, of: element, style: .stored)
  }

  public func stored(of element: SQLType) -> [UInt8] {
    var text: [UInt8] = []
    TextForm.appendMultirange(self, of: element, style: .stored, to: &text)
    return text
  }
}
