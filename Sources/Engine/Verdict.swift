import Formats
import Queries
import Relations

/// What is said of a read: whether its answer is still the answer, how that is known, and what has changed.
public struct Verdict: Sendable {
  /// Apart, because it is large, and very many verdicts are handed on.
  private var content: Content

  private final class Content: Sendable {
    let placed: PlacedRead
    let decision: Decision
    let level: Level
    let evidence: Evidence
    let asOf: Position

    init(_ placed: PlacedRead, _ decision: Decision, _ level: Level, _ evidence: Evidence, asOf: Position) {
      (self.placed, self.decision, self.level, self.evidence, self.asOf) = (placed, decision, level, evidence, asOf)
    }
  }

  init(_ placed: PlacedRead, _ decision: Decision, _ level: Level, _ evidence: Evidence, asOf: Position) {
    content = Content(placed, decision, level, evidence, asOf: asOf)
  }

  /// The read's name.
  public var read: String { content.placed.name }
  public var branch: String { content.placed.branch }
  public var decision: Decision { content.decision }
  /// What it claims something about.
  public var level: Level { content.level }
  /// The state that it speaks of.
  public var asOf: Position { content.asOf }
  public var evidence: Evidence {
    get { content.evidence }
    set { content = Content(content.placed, decision, level, newValue, asOf: asOf) }
  }

  /// What else is said of the same read.
  func settled(_ decision: Decision, _ evidence: Evidence, asOf: Position) -> Verdict {
    Verdict(content.placed, decision, level, evidence, asOf: asOf)
  }

  public enum Decision: Hashable, Sendable {
    case holds
    case stale
    case doubtful(DoubtReason)
  }

  /// From the narrowest claim to the one that people care about.
  public enum Level: String, Hashable, Sendable, CaseIterable {
    /// Something that the read looked at has changed.
    case footprint
    /// Rows came or went.
    case membership
    /// The answer is another one.
    case answer
    /// What was decided on the answer stands no longer; the answer, where nothing was said of that.
    case decision
  }

  /// What proved it.
  public enum Tier: String, Hashable, Sendable {
    /// Nothing that the read can see has changed on balance.
    case footprint
    /// The answer's change was computed from the changes of its rows.
    case answer
    /// The question was evaluated at both ends.
    case circuit
    /// The question was run on the real database.
    case recheck
  }

  /// Everything that is known beside the decision itself.
  public struct Evidence: Sendable {
    public var decidedBy: Tier?
    /// The answer then and now, as far as known.
    public var was: AnswerRows?
    public var now: AnswerRows?
    /// What came into the answer and what left it, where the two of them do not say it at a glance.
    public var delta: AnswerDelta?
    /// What was recorded, if the base gives another answer at the fork: then it was asked elsewhere, and the verdict is about `was`.
    public var recorded: AnswerRows?
    /// What made it stale; nil if that is not known.
    public var because: Cause?
    /// The transaction since which the answer has differed without interruption.
    public var staleSince: Since?
    public var witnesses: [Witness] = []
    /// How many there are, of which `witnesses` shows the first; nil if nobody looked.
    public var witnessCount: Int?
    /// The position that the log has to come to, where that is what a doubt is about.
    public var waitsFor: Position?
    /// What a doubt is about, in words.
    public var detail: String?
    /// The verdict under each way to resolve what both sides changed, where they differ.
    public var under: (branch: Decision, main: Decision)?
    /// Whether what rests on the answer still stands; nil if nothing was said to.
    public var condition: Condition?

    public init() {}
  }

  /// What a stale answer is owed to.
  public enum Cause: String, Hashable, Sendable {
    case data, clock
    /// Each alone suffices.
    case both
    /// Neither alone does.
    case together
  }

  public enum Since: Hashable, Sendable {
    case exactly(Position)
    /// After the first and at the second at the latest.
    case between(after: Position, by: Position)
  }

  /// What became of a read's `holds_if`.
  public enum Condition: String, Hashable, Sendable {
    case stands, fails, unknown
  }
}

extension Verdict {
  public var unit: String? { content.placed.read.unit }
  public var sql: String { content.placed.read.sql }
  /// What stood in the places of `$1`, `$2`, ….
  public var parameters: [Scalar] { content.placed.read.parameters }
}

/// Rows of an answer, boxed: answers are small.
public struct AnswerRows: Sendable {
  public let types: [SQLType]
  public let content: Content

  public enum Content: Sendable {
    case rows([[Value]])
    /// An error is an answer.
    case raised(SQLState)
  }

  public init(_ types: [SQLType], _ rows: [[Value]]) {
    self.types = types
    content = .rows(rows)
  }

  public init(_ state: SQLState) {
    types = []
    content = .raised(state)
  }

  /// The rows; nil of an error.
  public var rows: [[Value]]? { if case .rows(let rows) = content { rows } else { nil } }
}

/// A net change on main that a stale verdict rests on.
public struct Witness: Sendable {
  public let table: TableID
  /// The row before and after; nil where there was none, or where it is not known.
  public let before: [Value]?
  public let after: [Value]?
  /// The last transaction that touched the row.
  public let position: Position
}
