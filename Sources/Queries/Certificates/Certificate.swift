import Relations

/// The little that makes an answer decidable later without the tables: made when the question is evaluated, and carried on by the
/// changes of its tables.
///
///     SELECT region, max(total) FROM orders GROUP BY region HAVING count(*) > 1 ORDER BY 2 DESC LIMIT 10
///
///     at 0       the ten rows, those that tie with the tenth, and a few more
///     at 0.0.0   for each region: how many rows, the greatest totals and how often each is there
///
/// It belongs to one question with its constants, to one state of the tables and, if the clock is in the question, to one moment: who
/// keeps it says of which state it is. What operators make and read of the tables of a part is said in `Specs/certificates.md`.
public struct Certificate: Sendable {
  /// Tells questions with their constants apart.
  public let question: UInt64
  /// The moment that it is of; nil if the question does not look at the clock.
  public let clock: Int64?
  /// In the order of their places.
  public let parts: [Part]

  public init(question: UInt64, clock: Int64?, parts: [Part]) {
    self.question = question
    self.clock = clock
    self.parts = parts
  }

  /// What one operator of the question's plan remembers.
  public struct Part: Sendable {
    /// Where the operator is: the numbers of inputs from the top of the plan down.
    public let place: [UInt8]
    public let form: Form
    public let tables: [Batch]

    public init(_ place: [UInt8], _ form: Form, _ tables: [Batch]) {
      self.place = place
      self.form = form
      self.tables = tables
    }
  }

  /// How much is remembered.
  public struct Limits: Hashable, Sendable {
    /// The most rows of an operator; what would take more is left to the tables.
    public var rows: Int
    /// How many least values, and rows behind the first ones, are remembered so that others may go; at least one. Of many groups
    /// fewer are.
    public var spare: Int

    public init(rows: Int = 10_000, spare: Int = 8) {
      self.rows = rows
      self.spare = max(spare, 1)
    }

    public static let standard = Limits()
  }

  public enum Form: UInt8, Hashable, Sendable {
    /// Of groups, how many rows each has and what its aggregates are made of.
    case groups = 1
    /// The first rows of an order.
    case first = 2
    /// All rows, of which there are few.
    case rows = 3
  }
}

extension Certificate {
  /// How many rows its tables have.
  public var count: Int { parts.reduce(0) { $0 + $1.tables.reduce(0) { $0 + $1.count } } }
}
