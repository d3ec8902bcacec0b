import Relations

/// Units of time, as the functions on dates look at them.
extension DateTimeUnit {
  /// Whether it is a part of the time of day.
  var isOfTime: Bool {
    switch self {
    case .microseconds, .milliseconds, .second, .minute, .hour: true
    default: false
    }
  }

  var isOfZone: Bool {
    switch self {
    case .timezone, .timezoneHour, .timezoneMinute: true
    default: false
    }
  }

  /// Whether it only grows with time, and so is infinite for infinite moments. The others are null for them.
  var isMonotonic: Bool {
    switch self {
    case .year, .decade, .century, .millennium, .isoyear, .julian, .epoch: true
    default: false
    }
  }
}

extension Failure {
  static func unknownUnit(_ word: UnsafeBufferPointer<UInt8>) -> Failure {
    .raised(SQLError(.invalidParameterValue, "unit \"\(String(decoding: word, as: UTF8.self))\" not recognized"))
  }

  static func unsupportedUnit(_ word: UnsafeBufferPointer<UInt8>) -> Failure {
    .raised(SQLError(SQLState("0A000"), "unit \"\(String(decoding: word, as: UTF8.self))\" not supported"))
  }
}

// MARK: - A unit for each row

/// The units that an argument names.
struct LentUnits {
  private let words: LentText
  private let meaning: (UnsafeBufferPointer<UInt8>) -> Result<DateTimeUnit, Failure>
  /// The unit, if it is the same in all rows and there is one.
  let constant: DateTimeUnit?

  init(_ words: LentText, _ meaning: @escaping (UnsafeBufferPointer<UInt8>) -> Result<DateTimeUnit, Failure>) {
    self.words = words
    self.meaning = meaning
    constant = words.step == 0 ? try? meaning(words[0]).get() : nil
  }

  @inline(__always)
  func unit(_ row: Int) throws(Failure) -> DateTimeUnit {
    if let constant { return constant }
    return try meaning(words[row]).get()
  }
}
