import Relations

/// What an evaluation depends on beside its rows. Everything that decides is handed in; nothing is looked up.
public struct EvaluationContext: Sendable {
  /// The values of `$1`, `$2`, …
  public var parameters: [Value]
  /// What `now()` answers, in microseconds since 2000-01-01 UTC; nil if nobody knows when the question was asked.
  public var clock: Int64?
  public var style: TextStyle

  public init(parameters: [Value] = [], clock: Int64? = nil, style: TextStyle = TextStyle()) {
    self.parameters = parameters
    self.clock = clock
    self.style = style
  }
}
