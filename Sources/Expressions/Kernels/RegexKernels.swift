import Relations

/// `~` and its kin, `regexp_like`, and `SIMILAR TO`, which is `~` of a pattern that `similar_to_escape` has rewritten.
///
/// Shaped for one pattern over a whole column: it is compiled once a batch, and reading a character is one look into a table. What the
/// automaton does not know (back references, look-around, …) is `unsupported` in every row.
enum RegexKernels {
  static let all: [(String, Kernel)] = matching + similarity + replacing + counting + parts

  private static let matching: [(String, Kernel)] = [
    ("textregexeq", matching(ignoringCase: false, negated: false)),
    ("textregexne", matching(ignoringCase: false, negated: true)),
    ("texticregexeq", matching(ignoringCase: true, negated: false)),
    ("texticregexne", matching(ignoringCase: true, negated: true)),
    ("regexp_like_no_flags", matching(ignoringCase: false, negated: false)),
    (
      "regexp_like",
      Kernel { a in
        a.withText(2) { flags in
          matching(a, negated: false) { row throws(Failure) in try RegexOptions(flags[row]).refusingGlobal().ignoresCase }
        }
      }
    ),
  ]

  private static func matching(ignoringCase: Bool, negated: Bool) -> Kernel {
    Kernel { a in
      a.withTexts(0, 1) { texts, patterns in
        guard patterns.step == 0, let matcher = try? RegexMatcher(patterns[0], ignoringCase: ignoringCase) else {
          return matching(a, negated: negated) { _ in ignoringCase }
        }
        var one = matcher
        return .init(.bits(Bitmap(count: a.count) { one.isFound(in: texts[$0]) != negated }))
      }
    }
  }

  @inline(__always)
  private static func matching(
    _ a: Kernel.Arguments, negated: Bool, _ ignoringCase: (Int) throws(Failure) -> Bool
  ) -> Kernel.Outcome {
    a.withTexts(0, 1) { texts, patterns in
      var matchers = RegexPatterns()
      var failures: [(row: Int32, failure: Failure)] = []
      let bits = Bitmap(count: a.count) { row in
        do throws(Failure) {
          return try matchers.with(patterns[row], ignoringCase: try ignoringCase(row)) { $0.isFound(in: texts[row]) } != negated
        } catch {
          failures.append((Int32(row), error))
          return false
        }
      }
      return .init(.bits(bits), failures: failures)
    }
  }
}
