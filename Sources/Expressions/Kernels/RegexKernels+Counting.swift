import Relations

/// `regexp_count`, `regexp_instr` and `regexp_substr`: all matches one after the other, or one of them by its number.
extension RegexKernels {
  static let counting: [(String, Kernel)] =
    variants(["_no_start", "_no_flags", ""], of: "regexp_count", counted)
    + variants(["_no_start", "_no_n", "_no_endoption", "_no_flags", "_no_subexpr", ""], of: "regexp_instr", placed)
    + variants(["_no_start", "_no_n", "_no_flags", "_no_subexpr", ""], of: "regexp_substr", cut)

  /// The forms with fewer arguments.
  private static func variants(
    _ endings: [String], of name: String, _ compute: @escaping @Sendable (Kernel.Arguments) -> Kernel.Outcome
  ) -> [(String, Kernel)] {
    endings.map { (name + $0, Kernel(compute)) }
  }

  @Sendable private static func counted(_ a: Kernel.Arguments) -> Kernel.Outcome {
    searched(a, Search.init(counting:row:)) { search, matcher, text throws(Failure) in
      var count: Int64 = 0
      try search.forEachMatch(of: &matcher, in: text) { _ in
        count += 1
        return true
      }
      return count
    }
  }

  @Sendable private static func placed(_ a: Kernel.Arguments) -> Kernel.Outcome {
    searched(a, Search.init(placing:row:)) { search, matcher, text throws(Failure) in
      guard let found = try search.found(by: &matcher, in: text) else { return 0 }
      let place = search.wantsEnd ? found.upperBound : found.lowerBound
      return Int64(UnsafeBufferPointer(rebasing: text[..<place]).characterCount + 1)
    }
  }

  private static func searched(
    _ a: Kernel.Arguments, _ search: (Kernel.Arguments, Int) throws(Failure) -> Search,
    _ number: (Search, inout RegexMatcher, UnsafeBufferPointer<UInt8>) throws(Failure) -> Int64
  ) -> Kernel.Outcome {
    a.withTexts(0, 1) { texts, patterns in
      var matchers = RegexPatterns()
      let (results, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in
        let search = try search(a, row)
        return try matchers.with(patterns[row], ignoringCase: search.ignoresCase) { matcher throws(Failure) in
          try number(search, &matcher, texts[row])
        }
      }
      return .init(.integers(results), failures: failures)
    }
  }

  @Sendable private static func cut(_ a: Kernel.Arguments) -> Kernel.Outcome {
    var nulls = Bitmap(repeating: false, count: a.count)
    var outcome = a.withText(1) { patterns in
      var matchers = RegexPatterns()
      return a.cut { text, row throws(Failure) in
        let search = try Search(cutting: a, row: row)
        let found = try matchers.with(patterns[row], ignoringCase: search.ignoresCase) { matcher throws(Failure) in
          try search.found(by: &matcher, in: text)
        }
        if found == nil { nulls[row] = true }
        return found ?? 0..<0
      }
    }
    outcome.nulls = nulls
    return outcome
  }
}

// MARK: - What is asked

/// From where, for which match, for what of it.
private struct Search {
  var ignoresCase = false
  /// The first character that is looked at, counted from 0.
  var start: Int64 = 0
  /// Which match, counted from 1.
  var number: Int64 = 1
  var wantsEnd = false
  /// Which parentheses, counted from 1; 0 for the match.
  var group: Int64 = 0

  init(counting a: Kernel.Arguments, row: Int) throws(Failure) {
    start = try Self.number(a, 2, row, "start", 1...) - 1
    ignoresCase = try Self.ignoresCase(a, 3, row)
  }

  init(placing a: Kernel.Arguments, row: Int) throws(Failure) {
    start = try Self.number(a, 2, row, "start", 1...) - 1
    number = try Self.number(a, 3, row, "n", 1...)
    wantsEnd = a.operands.count > 4 ? try Self.number(a, 4, row, "endoption", 0..., upTo: 1) == 1 : false
    group = a.operands.count > 6 ? try Self.number(a, 6, row, "subexpr", 0...) : 0
    ignoresCase = try Self.ignoresCase(a, 5, row)
  }

  init(cutting a: Kernel.Arguments, row: Int) throws(Failure) {
    start = try Self.number(a, 2, row, "start", 1...) - 1
    number = try Self.number(a, 3, row, "n", 1...)
    group = a.operands.count > 5 ? try Self.number(a, 5, row, "subexpr", 0...) : 0
    ignoresCase = try Self.ignoresCase(a, 4, row)
  }

  private static func number(
    _ a: Kernel.Arguments, _ index: Int, _ row: Int, _ name: String, _ range: PartialRangeFrom<Int64>, upTo most: Int64 = .max
  ) throws(Failure) -> Int64 {
    guard index < a.operands.count else { return 1 }
    let number = Int64(Kernel.Arguments.int4(a.integers(index), row))
    guard range.contains(number), number <= most else {
      throw .raised(SQLError(.invalidParameterValue, "invalid value for parameter \"\(name)\": \(number)"))
    }
    return number
  }

  private static func ignoresCase(_ a: Kernel.Arguments, _ index: Int, _ row: Int) throws(Failure) -> Bool {
    guard index < a.operands.count else { return false }
    let (column, isConstant) = a.bytes(index)
    let letters = column[isConstant ? 0 : row]
    let options = letters.withUnsafeBufferPointer { letters in Result { () throws(Failure) in try RegexOptions(letters) } }
    return try options.get().refusingGlobal().ignoresCase
  }
}

extension Search {
  /// Calls `body` with one match after the other until it has enough.
  func forEachMatch(
    of matcher: inout RegexMatcher, in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Bool
  ) throws(Failure) {
    guard start <= text.characterCount else { return }
    var from = text.offset(ofCharacter: Int(start))
    try matcher.begin(text)
    while let match = try matcher.nextMatch(in: text, from: from) {
      if !body(match) || match.isEmpty && match.upperBound == text.count { return }
      from = match.isEmpty ? text.endOfCharacter(at: match.upperBound) : match.upperBound
    }
  }

  /// The match that is asked for, or what is captured in it.
  func found(by matcher: inout RegexMatcher, in text: UnsafeBufferPointer<UInt8>) throws(Failure) -> Range<Int>? {
    // Without parentheses the match stands for the first.
    if group > max(matcher.tree.groups, 1) { return nil }
    var rest = number
    var found: Range<Int>?
    try forEachMatch(of: &matcher, in: text) { match in
      rest -= 1
      if rest == 0 { found = match }
      return rest > 0
    }
    guard let found, group > 0, matcher.tree.groups > 0 else { return found }
    return try matcher.captures(of: found, in: text)[Int(group) - 1]
  }
}
