import Relations

/// `regexp_match` and `regexp_split_to_array`, and what `regexp_matches` and `regexp_split_to_table` make rows of: texts that a pattern cuts
/// out, or that lie between its matches.
extension RegexKernels {
  static let parts: [(String, Kernel)] = [
    ("regexp_match_no_flags", Kernel(firstMatch)), ("regexp_match", Kernel(firstMatch)),
    ("regexp_split_to_array_no_flags", Kernel(splits)), ("regexp_split_to_array", Kernel(splits)),
  ]

  @Sendable private static func firstMatch(_ a: Kernel.Arguments) -> Kernel.Outcome {
    cut(a) { text, matcher throws(Failure) in try matcher.cutOut(of: text, all: false).first }
  }

  @Sendable private static func splits(_ a: Kernel.Arguments) -> Kernel.Outcome {
    cut(a) { text, matcher throws(Failure) in try matcher.between(in: text) }
  }

  /// An array of parts for each row, or null.
  private static func cut(
    _ a: Kernel.Arguments,
    _ parts: (UnsafeBufferPointer<UInt8>, inout RegexMatcher) throws(Failure) -> [Range<Int>?]?
  ) -> Kernel.Outcome {
    a.withTexts(0, 1) { texts, patterns in
      var matchers = RegexPatterns()
      return a.writeOrNull { row, writer throws(Failure) in
        var options = RegexOptions()
        if a.operands.count > 2, case .bytes(let letters) = a.value(2, row) { options = try RegexOptions(letters).refusingGlobal() }
        let found = try matchers.with(patterns[row], ignoringCase: options.ignoresCase) { matcher throws(Failure) in
          try parts(texts[row], &matcher)
        }
        guard let found else { return false }
        writer.append(array(found, of: texts[row]).stored(as: a.type))
        return true
      }
    }
  }

  private static func array(_ parts: [Range<Int>?], of text: UnsafeBufferPointer<UInt8>) -> ArrayValue {
    ArrayValue(parts.map { part in part.map { .bytes(Array(text[$0])) } ?? .null })
  }
}

// MARK: - Rows

extension RegexKernels {
  /// `regexp_matches`: an array for each match.
  static func matches(_ text: [UInt8], _ pattern: [UInt8], _ flags: [UInt8]) throws(Failure) -> [Value] {
    let options = try RegexOptions(flags)
    return try withMatcher(pattern, options, text) { text, matcher throws(Failure) in
      try matcher.cutOut(of: text, all: options.isGlobal).map { .bytes(array($0, of: text).stored(as: SQLType(.textArray))) }
    }
  }

  /// `regexp_split_to_table`: a text for each part.
  static func split(_ text: [UInt8], _ pattern: [UInt8], _ flags: [UInt8]) throws(Failure) -> [Value] {
    let options = try RegexOptions(flags).refusingGlobal()
    return try withMatcher(pattern, options, text) { text, matcher throws(Failure) in
      try matcher.between(in: text).map { .bytes(Array(text[$0])) }
    }
  }

  private static func withMatcher(
    _ pattern: [UInt8], _ options: RegexOptions, _ text: [UInt8],
    _ body: (UnsafeBufferPointer<UInt8>, inout RegexMatcher) throws(Failure) -> [Value]
  ) throws(Failure) -> [Value] {
    var matcher = try pattern.withUnsafeBufferPointer { pattern throws(Failure) in
      try RegexMatcher(pattern, ignoringCase: options.ignoresCase)
    }
    return try text.withUnsafeBufferPointer { text throws(Failure) in try body(text, &matcher) }
  }
}

// MARK: - Matches one after the other

extension RegexMatcher {
  /// What the parentheses of each match capture, or the match of a pattern without any.
  fileprivate mutating func cutOut(of text: UnsafeBufferPointer<UInt8>, all: Bool) throws(Failure) -> [[Range<Int>?]] {
    var found: [[Range<Int>?]] = []
    try forEachMatch(in: text) { matcher, match throws(Failure) in
      found.append(matcher.tree.groups == 0 ? [match] : try matcher.captures(of: match, in: text))
      return all
    }
    return found
  }

  /// The parts between matches. Empty matches at the ends and right behind others part nothing.
  fileprivate mutating func between(in text: UnsafeBufferPointer<UInt8>) throws(Failure) -> [Range<Int>] {
    var (parts, start, last) = ([Range<Int>](), 0, 0)
    try forEachMatch(in: text) { _, match in
      if match.lowerBound < text.count && (match.upperBound > last || Planted.bug("an empty match behind another parts")) {
        parts.append(start..<match.lowerBound)
        start = match.upperBound
      }
      last = match.upperBound
      return true
    }
    return parts + [start..<text.count]
  }

  private mutating func forEachMatch(
    in text: UnsafeBufferPointer<UInt8>, _ body: (inout RegexMatcher, Range<Int>) throws(Failure) -> Bool
  ) throws(Failure) {
    if tree.groups == 0 && !isFound(in: text) { return }
    try begin(text)
    var from = 0
    while let match = try nextMatch(in: text, from: from) {
      if try !body(&self, match) || match.isEmpty && match.upperBound == text.count { return }
      from = match.isEmpty ? text.endOfCharacter(at: match.upperBound) : match.upperBound
    }
  }
}
