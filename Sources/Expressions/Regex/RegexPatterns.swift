import Relations

/// The patterns that a column of them mentions, each compiled once: mostly it is one for the whole batch.
struct RegexPatterns {
  private var matchers: [RegexMatcher] = []
  private var places: [Key: Result<Int, Failure>] = [:]
  private var last: (key: Key, place: Int)?

  private struct Key: Hashable {
    var pattern: [UInt8]
    var ignoresCase: Bool
  }

  /// More patterns than this are compiled again when they come again.
  private static let limit = 1_000

  /// Calls `body` with the matcher of a pattern.
  @inline(__always)
  mutating func with<Result>(
    _ pattern: UnsafeBufferPointer<UInt8>, ignoringCase: Bool, _ body: (inout RegexMatcher) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(&matchers[try place(of: pattern, ignoringCase)])
  }

  private mutating func place(of pattern: UnsafeBufferPointer<UInt8>, _ ignoresCase: Bool) throws(Failure) -> Int {
    if let last, last.key.ignoresCase == ignoresCase, last.key.pattern.elementsEqual(pattern) { return last.place }
    let key = Key(pattern: Array(pattern), ignoresCase: ignoresCase)
    if matchers.count >= Self.limit { self = RegexPatterns() }
    if places[key] == nil { places[key] = compile(key) }
    let place = try places[key]!.get()
    last = (key, place)
    return place
  }

  private mutating func compile(_ key: Key) -> Result<Int, Failure> {
    do throws(Failure) {
      matchers.append(try key.pattern.withUnsafeBufferPointer { Self.matcher($0, key.ignoresCase) }.get())
      return .success(matchers.count - 1)
    } catch {
      return .failure(error)
    }
  }

  private static func matcher(_ pattern: UnsafeBufferPointer<UInt8>, _ ignoresCase: Bool) -> Result<RegexMatcher, Failure> {
    do throws(Failure) { return .success(try RegexMatcher(pattern, ignoringCase: ignoresCase)) } catch { return .failure(error) }
  }
}
