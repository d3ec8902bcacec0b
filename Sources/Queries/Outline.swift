import Relations

/// What a question that has no plan depends on, as far as its text tells: PostgreSQL takes it, and we do not evaluate it.
///
/// The tables are all that it can read, whole or by columns; where nothing in them has changed on balance, and nothing else that it
/// depends on can have, its answer is the one that it was.
public struct Outline: Hashable, Sendable {
  /// Why there is no plan.
  public let doubt: Doubt
  /// The question in words, key words and names in lower case, with constants that are compared taken out.
  public let template: String
  /// The constants, as they are written.
  public let constants: [String]
  /// One for each table that it can read, all rows.
  public let footprints: [Footprint]
  /// Whether the clock may be an input.
  public let usesClock: Bool
  /// Why the answer may differ though no row does; nil if it cannot.
  public let obstacle: Doubt?
  /// Whether it may read any table: the footprints are not all then.
  public let readsEverything: Bool

  public struct Doubt: Hashable, Sendable {
    public let reason: DoubtReason
    /// What the doubt is about, in words.
    public let detail: String

    public init(_ reason: DoubtReason, _ detail: String) {
      self.reason = reason
      self.detail = detail
    }
  }

  public init(
    _ doubt: Doubt, template: String, constants: [String], footprints: [Footprint], usesClock: Bool, obstacle: Doubt?,
    readsEverything: Bool
  ) {
    self.doubt = doubt
    self.template = template
    self.constants = constants
    self.footprints = footprints
    self.usesClock = usesClock
    self.obstacle = obstacle
    self.readsEverything = readsEverything
  }
}
