import Relations

/// A regular expression as a graph: a text matches if it can be read along a path from the start to the end.
///
/// For reading a text backwards there is the same graph turned round.
struct RegexGraph: Sendable {
  private(set) var steps: [Step] = []
  private(set) var start = 0
  /// Whether it matters what stands beside a place.
  private(set) var hasAssertions = false

  enum Step: Sendable {
    case end
    /// Reads a character.
    case read(CodePointSet, then: Int32)
    case check(RegexAssertion, then: Int32)
    case fork(Int32, Int32)
  }

  private static let limit = 20_000

  init(_ syntax: RegexSyntax, backwards: Bool) throws(Failure) {
    steps = [.end]
    start = Int(try add(syntax, then: 0, backwards))
  }

  private mutating func add(_ step: Step) throws(Failure) -> Int32 {
    if steps.count >= Self.limit { throw .unsupportedRegex("very many parts") }
    steps.append(step)
    return Int32(steps.count - 1)
  }

  /// Adds what reads `syntax` and goes on at `next`; returns where that starts.
  private mutating func add(_ syntax: RegexSyntax, then next: Int32, _ backwards: Bool) throws(Failure) -> Int32 {
    switch syntax {
    case .empty: return next
    case .set(let set): return try add(.read(set, then: next))
    case .assertion(let assertion):
      hasAssertions = true
      return try add(.check(assertion, then: next))
    case .sequence(let parts):
      var place = next
      for part in backwards ? parts : parts.reversed() { place = try add(part, then: place, backwards) }
      return place
    case .choice(let parts):
      var place = try add(parts[0], then: next, backwards)
      for part in parts.dropFirst() { place = try add(.fork(try add(part, then: next, backwards), place)) }
      return place
    case .repetition(let part, let least, let most): return try add(part, least, most, then: next, backwards)
    }
  }

  private mutating func add(
    _ part: RegexSyntax, _ least: Int, _ most: Int?, then next: Int32, _ backwards: Bool
  ) throws(Failure) -> Int32 {
    var place = next
    if let most {
      for _ in least..<max(least, most) { place = try add(.fork(try add(part, then: place, backwards), next)) }
    } else {
      let loop = try add(.fork(next, next))
      steps[Int(loop)] = .fork(try add(part, then: loop, backwards), next)
      place = loop
    }
    for _ in 0..<least { place = try add(part, then: place, backwards) }
    return place
  }
}
