import Relations

/// `regexp_replace`, in all its forms, and `substring(text from pattern)`.
extension RegexKernels {
  static let replacing: [(String, Kernel)] = [
    ("textregexsubstr", Kernel(substring)),
    ("textregexreplace_noopt", Kernel { a in replaced(a) { _ in Replacement() } }),
    (
      "textregexreplace",
      Kernel { a in
        a.withText(3) { flags in
          replaced(a) { row throws(Failure) in Replacement(try RegexOptions(flags[row])) }
        }
      }
    ),
    (
      "textregexreplace_extended_no_n",
      Kernel { a in
        let starts = a.integers(3)
        return replaced(a) { row throws(Failure) in try Replacement().starting(at: starts[row]) }
      }
    ),
    (
      "textregexreplace_extended_no_flags",
      Kernel { a in
        let (starts, numbers) = (a.integers(3), a.integers(4))
        return replaced(a) { row throws(Failure) in try Replacement().starting(at: starts[row]).only(numbers[row]) }
      }
    ),
    (
      "textregexreplace_extended",
      Kernel { a in
        let (starts, numbers) = (a.integers(3), a.integers(4))
        return a.withText(5) { flags in
          replaced(a) { row throws(Failure) in
            let asked = try Replacement().starting(at: starts[row]).only(numbers[row])
            return Replacement(try RegexOptions(flags[row]), like: asked)
          }
        }
      }
    ),
  ]

  /// What is replaced.
  fileprivate struct Replacement {
    var ignoresCase = false
    /// The first character that is looked at, counted from 0.
    var start = 0
    /// Which match, counted from 1; 0 for all.
    var number: Int64 = 1

    init() {}

    init(_ options: RegexOptions) {
      ignoresCase = options.ignoresCase
      number = options.isGlobal ? 0 : 1
    }

    init(_ options: RegexOptions, like other: Replacement) {
      self = other
      ignoresCase = options.ignoresCase
    }

    func starting(at start: Int64) throws(Failure) -> Replacement {
      guard start > 0 else { throw .raised(SQLError(.invalidParameterValue, "invalid value for parameter \"start\": \(start)")) }
      var result = self
      result.start = Int(start) - 1
      return result
    }

    func only(_ number: Int64) throws(Failure) -> Replacement {
      guard number >= 0 else { throw .raised(SQLError(.invalidParameterValue, "invalid value for parameter \"n\": \(number)")) }
      var result = self
      result.number = number
      return result
    }
  }

  private static func replaced(
    _ a: Kernel.Arguments, _ replacement: (Int) throws(Failure) -> Replacement
  ) -> Kernel.Outcome {
    a.withText(0) { texts in
      a.withTexts(1, 2) { patterns, replacements in
        var matchers = RegexPatterns()
        return a.write { row, writer throws(Failure) in
          let what = try replacement(row)
          try matchers.with(patterns[row], ignoringCase: what.ignoresCase) { matcher throws(Failure) in
            try writer.append(texts[row], replacing: what, matching: &matcher, with: replacements[row])
          }
        }
      }
    }
  }

  /// The first match, or what its first parentheses capture; null if there is none.
  @Sendable private static func substring(_ a: Kernel.Arguments) -> Kernel.Outcome {
    var nulls = Bitmap(repeating: false, count: a.count)
    var outcome = a.withText(1) { patterns in
      var matchers = RegexPatterns()
      return a.cut { text, row throws(Failure) in
        let found = try matchers.with(patterns[row], ignoringCase: false) { matcher throws(Failure) -> Range<Int>? in
          if matcher.tree.groups == 0 && !matcher.isFound(in: text) { return nil }
          try matcher.begin(text)
          guard let match = try matcher.nextMatch(in: text) else { return nil }
          return matcher.tree.groups == 0 ? match : try matcher.captures(of: match, in: text)[0]
        }
        if found == nil { nulls[row] = true }
        return found ?? 0..<0
      }
    }
    outcome.nulls = nulls
    return outcome
  }
}

extension TextWriter {
  fileprivate mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, replacing what: RegexKernels.Replacement, matching matcher: inout RegexMatcher,
    with replacement: UnsafeBufferPointer<UInt8>
  ) throws(Failure) {
    let refers = replacement.contains(UInt8(ascii: "\\"))
    // Most texts have nothing to replace, which is seen faster than where it would be.
    if what.start > text.count || !matcher.isFound(in: text) { return append(text) }
    var from = text.offset(ofCharacter: what.start)
    if from == text.count && what.start > text.characterCount { return append(text) }
    var (done, count) = (0, Int64(0))
    try matcher.begin(text)
    while let match = try matcher.nextMatch(in: text, from: from) {
      count += 1
      from =
        match.isEmpty
        ? (match.upperBound < text.count ? text.endOfCharacter(at: match.upperBound) : text.count + 1) : match.upperBound
      if what.number > 0 && count != what.number { continue }
      append(text[done..<match.lowerBound])
      try require(replacement.count)
      if refers {
        try append(replacement, for: match, of: text, &matcher)
      } else {
        append(replacement)
      }
      done = match.upperBound
      if what.number > 0 { break }
    }
    append(text[done...])
  }

  /// A replacement in which `\1` to `\9` stand for what was captured and `\&` for the match. Any other backslash is one.
  private mutating func append(
    _ replacement: UnsafeBufferPointer<UInt8>, for match: Range<Int>, of text: UnsafeBufferPointer<UInt8>,
    _ matcher: inout RegexMatcher
  ) throws(Failure) {
    var captured: [Range<Int>?]?
    var place = 0
    while place < replacement.count {
      let byte = replacement[place]
      place += 1
      guard byte == UInt8(ascii: "\\"), place < replacement.count else {
        append(byte)
        continue
      }
      switch replacement[place] {
      case UInt8(ascii: "1")...UInt8(ascii: "9"):
        let group = Int(replacement[place] - UInt8(ascii: "1"))
        if captured == nil { captured = try matcher.captures(of: match, in: text) }
        if group < captured!.count, let part = captured![group] {
          try require(part.count)
          append(text[part])
        }
      case UInt8(ascii: "&"):
        try require(match.count)
        append(text[match])
      case UInt8(ascii: "\\"): append(UInt8(ascii: "\\"))
      default:
        append(byte)
        continue
      }
      place += 1
    }
  }
}
