import Relations

/// What `date_trunc` cuts off below, and what `extract` takes out.
enum DateTimeUnit: String, CaseIterable {
  case microseconds, milliseconds, second, minute, hour, day, week, month, quarter, year, decade, century, millennium
  case dow, isodow, doy, isoyear, julian, epoch
  case timezone, timezoneHour, timezoneMinute
}

extension DateTimeUnit {
  /// A unit as people write it.
  struct Name {
    /// Nil for words that have a meaning, and none here.
    let unit: DateTimeUnit?
    /// Whether it is a length of time.
    let isLength: Bool
  }

  /// What a word means; nil if it is none. PostgreSQL looks at ten characters, in lower case.
  static func named(_ word: UnsafeBufferPointer<UInt8>) -> Name? {
    names[word.prefix(10).map { $0 &- UInt8(ascii: "A") < 26 ? $0 &+ 32 : $0 }]
  }

  private static let names: [[UInt8]: Name] = {
    var names: [[UInt8]: Name] = [:]
    for (unit, words) in lengths {
      for word in words.split(separator: " ") { names[Array(word.utf8)] = Name(unit: unit, isLength: true) }
    }
    for (unit, words) in others {
      for word in words.split(separator: " ") { names[Array(word.utf8)] = Name(unit: unit, isLength: false) }
    }
    return names
  }()

  private static let lengths: [(DateTimeUnit, String)] = [
    (.microseconds, "microsecon us usec usecs"), (.milliseconds, "millisecon ms msec msecs"),
    (.second, "s sec secs second seconds"),
    (.minute, "m min mins minute minutes"), (.hour, "h hour hours hr hrs"), (.day, "d day days"), (.week, "w week weeks"),
    (.month, "mon mons month months"), (.quarter, "qtr quarter"), (.year, "y year years yr yrs"),
    (.decade, "dec decade decades decs"),
    (.century, "c cent centuries century"), (.millennium, "mil millennia millennium mils"),
    (.timezone, "timezone"), (.timezoneHour, "timezone_h"), (.timezoneMinute, "timezone_m"),
  ]

  private static let others: [(DateTimeUnit?, String)] = [
    (.minute, "mm"), (.dow, "dow"), (.isodow, "isodow"), (.doy, "doy"), (.isoyear, "isoyear"), (.julian, "j jd julian"),
    (.epoch, "epoch"),
    (nil, "-infinity infinity allballs now today tomorrow yesterday"),
  ]
}

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
