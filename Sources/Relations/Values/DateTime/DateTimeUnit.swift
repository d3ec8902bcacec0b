/// The units of time that have names: what `date_trunc` cuts off below, what `extract` takes out, what an interval counts.
public enum DateTimeUnit: String, CaseIterable, Sendable {
  case microseconds, milliseconds, second, minute, hour, day, week, month, quarter, year, decade, century, millennium
  case dow, isodow, doy, isoyear, julian, epoch
  case timezone, timezoneHour, timezoneMinute
}

extension DateTimeUnit {
  /// A unit as people write it.
  public struct Name: Sendable {
    /// Nil for words that have a meaning, and none here.
    public let unit: DateTimeUnit?
    /// Whether it is a length of time.
    public let isLength: Bool
  }

  /// What a word means; nil if it is none. PostgreSQL looks at ten characters, in lower case.
  public static func named(_ word: UnsafeBufferPointer<UInt8>) -> Name? {
    var key: UInt128 = 0
    for byte in word.prefix(10) { key = key << 8 | UInt128(byte &- UInt8(ascii: "A") < 26 ? byte &+ 32 : byte) }
    return names[key]
  }

  /// By the bytes of the word, side by side.
  private static let names: [UInt128: Name] = {
    var names: [UInt128: Name] = [:]
    func add(_ unit: DateTimeUnit?, _ words: String, isLength: Bool) {
      for word in words.split(separator: " ") {
        names[word.utf8.reduce(0) { $0 << 8 | UInt128($1) }] = Name(unit: unit, isLength: isLength)
      }
    }
    for (unit, words) in lengths { add(unit, words, isLength: true) }
    for (unit, words) in others { add(unit, words, isLength: false) }
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
