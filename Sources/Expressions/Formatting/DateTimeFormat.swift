import Relations

/// A template of `to_char`, `to_date` or `to_timestamp`: fields of a moment with text between them.
struct DateTimeFormat: Sendable {
  let nodes: [Node]

  enum Node: Sendable {
    case field(Field, Style)
    /// One character that stands for itself.
    case character([UInt8], Kind)
  }

  /// What a literal character is when a text is read.
  enum Kind: Sendable { case separator, space, other }

  /// How a field is written.
  struct Style: Sendable {
    /// `FM`: without zeros and blanks that fill it up.
    var isBare = false
    /// `TM`: in the language of the locale.
    var isTranslated = false
    var ordinal: Letters?
  }

  enum Letters: Sendable { case upper, capital, lower }

  enum Field: Hashable, Sendable {
    case era(Letters, dotted: Bool)
    case meridiem(Letters, dotted: Bool)
    case century
    case dayName(Letters, isShort: Bool)
    case dayOfYear, day, dayOfWeek
    /// So many digits behind the point, to which a moment that is read is rounded, or not.
    case fraction(Int, isRounded: Bool)
    case milliseconds
    case exact
    case hour24, hour12
    case isoDayOfYear, isoDayOfWeek, isoWeek
    /// So many digits from the right.
    case isoYear(Int)
    case julianDay
    case minute, month
    case monthName(Letters, isShort: Bool)
    case offset
    case quarter
    case romanMonth(Letters)
    case secondOfDay, second
    case zoneHour, zoneMinute
    case zoneName(Letters)
    case weekOfYear, weekOfMonth
    case groupedYear
    case year(Int)
  }
}

// MARK: - Reading a template

extension DateTimeFormat {
  /// Every text is a template. What is no field stands for itself.
  init(_ template: UnsafeBufferPointer<UInt8>) {
    var nodes: [Node] = []
    var place = 0
    while place < template.count {
      var style = Style()
      for (prefix, isTranslated) in Self.prefixes where template.has(prefix, at: place) {
        if isTranslated { style.isTranslated = true } else { style.isBare = true }
        place += prefix.count
        break
      }
      if place == template.count { break }
      if let (word, field) = Self.keywords[Int(template[place])]?.first(where: { template.has($0.0, at: place) }) {
        place += word.count
        for (suffix, letters) in Self.suffixes where template.has(suffix, at: place) {
          if let letters { style.ordinal = letters }
          place += suffix.count
          break
        }
        nodes.append(.field(field, style))
      } else {
        Self.readLiteral(template, &place, &nodes)
      }
    }
    self.nodes = nodes
  }

  private static func readLiteral(_ template: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ nodes: inout [Node]) {
    let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
    func character(_ kind: (UInt8) -> Kind) {
      let end = template.endOfCharacter(at: place)
      nodes.append(.character(Array(template[place..<end]), kind(template[place])))
      place = end
    }
    guard template[place] == quote else {
      // A backslash only matters in front of a quote.
      if template[place] == backslash, place + 1 < template.count, template[place + 1] == quote { place += 1 }
      character(Kind.init)
      return
    }
    place += 1
    while place < template.count {
      if template[place] == quote {
        place += 1
        return
      }
      if template[place] == backslash && place + 1 < template.count { place += 1 }
      character { _ in .other }
    }
  }

  private static let prefixes: [([UInt8], isTranslated: Bool)] = [
    (Array("FM".utf8), false), (Array("fm".utf8), false), (Array("TM".utf8), true), (Array("tm".utf8), true),
  ]

  private static let suffixes: [([UInt8], Letters?)] = [
    (Array("TH".utf8), .upper), (Array("th".utf8), .lower), (Array("SP".utf8), nil),
  ]
}

extension DateTimeFormat.Kind {
  /// Of a character outside of quotes.
  fileprivate init(_ byte: UInt8) {
    if byte == 0x20 || 0x09...0x0D ~= byte {
      self = .space
    } else if 0x21..<0x7F ~= byte, (byte | 0x20) &- UInt8(ascii: "a") >= 26, byte &- UInt8(ascii: "0") >= 10 {
      self = .separator
    } else {
      self = .other
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func has(_ word: [UInt8], at place: Int) -> Bool {
    place + word.count <= count && word.indices.allSatisfy { self[place + $0] == word[$0] }
  }
}

// MARK: - Words

extension DateTimeFormat {
  /// By their first byte, longer ones before those that they begin with.
  private static let keywords: [Int: [([UInt8], Field)]] = {
    let words = fixed.flatMap { word, field in [(word, field), (word.lowercased(), field)] } + spelled
    let sorted = words.map { (Array($0.0.utf8), $0.1) }.sorted { $0.0.count > $1.0.count }
    return Dictionary(grouping: sorted) { Int($0.0[0]) }
  }()

  /// In capitals or small letters.
  private static let fixed: [(String, Field)] =
    [
      ("CC", .century), ("DDD", .dayOfYear), ("DD", .day), ("D", .dayOfWeek), ("FX", .exact), ("HH24", .hour24), ("HH12", .hour12),
      ("HH", .hour12), ("IDDD", .isoDayOfYear), ("ID", .isoDayOfWeek), ("IW", .isoWeek), ("IYYY", .isoYear(4)),
      ("IYY", .isoYear(3)),
      ("IY", .isoYear(2)), ("I", .isoYear(1)), ("J", .julianDay), ("MI", .minute), ("MM", .month), ("MS", .milliseconds),
      ("OF", .offset), ("Q", .quarter), ("SSSSS", .secondOfDay), ("SSSS", .secondOfDay), ("SS", .second), ("TZH", .zoneHour),
      ("TZM", .zoneMinute), ("US", .fraction(6, isRounded: false)), ("WW", .weekOfYear), ("W", .weekOfMonth),
      ("Y,YYY", .groupedYear),
      ("YYYY", .year(4)), ("YYY", .year(3)), ("YY", .year(2)), ("Y", .year(1)),
    ] + (1...6).map { ("FF\($0)", .fraction($0, isRounded: true)) }

  /// Whose letters say how the result is spelled.
  private static let spelled: [(String, Field)] = {
    var words: [(String, Field)] = []
    func add(_ upper: String, _ field: (Letters) -> Field) {
      words.append((upper, field(.upper)))
      words.append((upper.lowercased(), field(.lower)))
    }
    for word in ["AD", "BC"] { add(word) { .era($0, dotted: false) } }
    for word in ["A.D.", "B.C."] { add(word) { .era($0, dotted: true) } }
    for word in ["AM", "PM"] { add(word) { .meridiem($0, dotted: false) } }
    for word in ["A.M.", "P.M."] { add(word) { .meridiem($0, dotted: true) } }
    add("DAY") { .dayName($0, isShort: false) }
    add("DY") { .dayName($0, isShort: true) }
    add("MONTH") { .monthName($0, isShort: false) }
    add("MON") { .monthName($0, isShort: true) }
    add("RM") { .romanMonth($0) }
    add("TZ") { .zoneName($0) }
    words.append(("Day", .dayName(.capital, isShort: false)))
    words.append(("Dy", .dayName(.capital, isShort: true)))
    words.append(("Month", .monthName(.capital, isShort: false)))
    words.append(("Mon", .monthName(.capital, isShort: true)))
    return words
  }()

  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]
  static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  static let romanMonths = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
}
