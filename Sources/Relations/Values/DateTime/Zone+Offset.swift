/// From moments to local time and back. Seconds are counted from 1970-01-01, as the tz database counts them; local seconds are what
/// the same count would be if the clock on the wall showed UTC.
extension Zone {
  /// A stretch of time without a transition.
  public struct Span: Hashable, Sendable {
    /// Seconds east of Greenwich.
    public let offset: Int32
    /// The transition that began it, or `Int64.min`.
    public let start: Int64
    /// The transition that ends it, or `Int64.max`.
    public let end: Int64

    /// Whether the offset holds at the moment.
    @inlinable
    public func contains(_ seconds: Int64) -> Bool { start <= seconds && seconds < end }
  }

  /// What holds at a moment.
  public func span(at seconds: Int64) -> Span {
    guard let first = transitions.first, let last = transitions.last else {
      return rule?.span(at: seconds, after: .min, offset: initial) ?? Span(offset: initial, start: .min, end: .max)
    }
    if seconds < first { return Span(offset: initial, start: .min, end: first) }
    if seconds >= last {
      let offset = offsets[offsets.count - 1]
      return rule?.span(at: seconds, after: last, offset: offset) ?? Span(offset: offset, start: last, end: .max)
    }
    let next = firstTransition(after: seconds)
    return Span(offset: offsets[next - 1], start: transitions[next - 1], end: transitions[next])
  }

  private func firstTransition(after seconds: Int64) -> Int { transitions.partitionPoint { $0 > seconds } }

  /// Seconds east of Greenwich at a moment.
  public func offset(at seconds: Int64) -> Int32 { span(at: seconds).offset }

  /// The offset by which PostgreSQL reads a local time. What the clock skips in spring counts as before the transition,
  /// what it shows twice in autumn as after it. Like PostgreSQL, this looks at the first transition from a day before and at no other.
  public func offset(atLocal local: Int64) -> Int32 {
    let span = span(at: local - 86_400)
    guard span.end != .max else { return span.offset }
    let before = span.offset
    let after = offset(at: span.end)
    let ifBefore = local - Int64(before)
    let ifAfter = local - Int64(after)
    if ifBefore < span.end && ifAfter < span.end { return before }
    if ifBefore > span.end && ifAfter >= span.end { return after }
    return ifBefore > ifAfter ? before : after
  }
}
