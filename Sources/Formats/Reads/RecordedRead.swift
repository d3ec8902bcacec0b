import Relations

/// One question that a branch asked, as it was recorded. A plain value: what the SQL means and of which types the values are, binding
/// says later.
public struct RecordedRead: Sendable {
  /// Its name; nil when the file gives none, and the content stands for one.
  public var id: String?
  /// nil: the only branch there is.
  public var branch: String?
  /// The question.
  public var sql: String
  /// For `$1`, `$2`, ….
  public var parameters: [Scalar] = []
  /// Microseconds from 2000-01-01 UTC.
  public var askedAt: Int64?
  /// Where on the branch's own timeline; nil: after all of the branch's writes that come before it.
  public var at: Position?
  /// The unit of work that rests on the answer.
  public var unit: String?
  /// The session, and the read's place among its statements: a read sees its own transaction's earlier writes.
  public var session: String?
  public var ordinal: Int?

  /// What came back, as much of it as was recorded.
  public var answer: Answer?
  /// How many rows came back.
  public var answerCount: Int?
  /// A digest of the rows, as the recorder makes it.
  public var answerDigest: String?
  /// The answer's columns.
  public var columns: [AnswerColumn]?
  /// What makes the answer decidable without the base, as it was written.
  public var certificate: Scalar?
  /// The session's settings that the answer may depend on, in the file's order: `TimeZone`, `search_path`, `user`, ….
  public var settings: [Setting] = []
  /// What must stay true of the answer.
  public var holdsIf: Condition?

  /// Where it was read.
  public var place: FormatError.Place

  /// A read of which only the question is known.
  public init(_ sql: String, place: FormatError.Place) {
    self.sql = sql
    self.place = place
  }

  /// What a question came back with. An error is an answer.
  public enum Answer: Hashable, Sendable {
    case rows([[Scalar]])
    case error(SQLState)
  }

  /// A column of an answer; the type as SQL writes it, where it was recorded.
  public struct AnswerColumn: Hashable, Sendable {
    public let name: String
    public let type: String?
  }

  /// A setting as `SHOW` would print it.
  public struct Setting: Hashable, Sendable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What must stay true of an answer for the decision that rests on it to stand.
  public enum Condition: Hashable, Sendable {
    /// A SQL boolean over `was.COLUMN`, `now.COLUMN` and `now.count`.
    case sql(String)
    /// Each number of the answer stays within so much of what it was: `5%`, or an amount.
    case within(String)
  }
}

/// A branch, as the reads' file declares it.
public struct BranchDeclaration: Sendable {
  public let name: String
  /// The timeline that it forked from: `main`, or a branch declared before.
  public let parent: String
  /// Where on the parent's timeline.
  public let fork: Position
  /// Where it was read.
  public let place: FormatError.Place
}

/// What a file of reads gives, in its order.
public enum ReadsItem: Sendable {
  case branch(BranchDeclaration)
  case read(RecordedRead)
  /// A branch's writes. Reads without a position of their own come after all of them that were given out before.
  case writes(ChangeBatch)
  /// A schema change or a gap on a branch.
  case event(StreamEvent, branch: String?)
  /// The write before came again; it counts once.
  case redelivered(Position, branch: String?, FormatError.Place)
}
