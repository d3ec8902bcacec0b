import Relations

/// What a change log gives, in its order.
public enum ChangeLogItem: Sendable {
  /// Transactions of one timeline, one after the other.
  case transactions(ChangeBatch)
  /// Something that is no transaction. Whatever came before it in the file was given out before.
  ///
  /// After a schema change the reader goes on with the schema that it has; hand it the new one before asking for more.
  case event(StreamEvent, branch: String?)
  /// The transaction before came again, byte for byte the same; it counts once and is not in a batch again.
  case redelivered(Position, branch: String?, FormatError.Place)
}

/// Transactions of one timeline, with what the file says beyond rows.
public struct ChangeBatch: Sendable {
  /// The branch whose writes these are; nil for main's changes.
  public let branch: String?
  /// The changes.
  public let transactions: TransactionBatch
  /// How the file writes positions.
  public let form: PositionForm
  /// One for each transaction; none at all if no transaction says anything.
  public let contexts: [WriteContext]
  /// What single changes say about themselves, beyond what their transaction says.
  public let notes: [ChangeNote]
  /// Values that are absent because they were not read.
  public let unread: [UnreadValue]
}

/// What a branch's transaction says about itself.
public struct WriteContext: Hashable, Sendable {
  /// The unit of work that is promoted as one.
  public var unit: String?
  public var session: String?
  /// What the writes mean, as it was written.
  public var intent: Scalar?
  /// The trigger that made the writes.
  public var trigger: TriggerMark?

  /// A context of what is known.
  public init(unit: String? = nil, session: String? = nil, intent: Scalar? = nil, trigger: TriggerMark? = nil) {
    self.unit = unit
    self.session = session
    self.intent = intent
    self.trigger = trigger
  }

  /// Whether nothing is said.
  public var isEmpty: Bool { self == WriteContext() }
}

/// Which trigger made a write, and as what it was defined then.
public struct TriggerMark: Hashable, Sendable {
  public let name: String
  /// Of the definition.
  public let hash: String

  /// A trigger by its name and the hash of its definition.
  public init(name: String, hash: String) {
    self.name = name
    self.hash = hash
  }
}

/// What one change says about itself.
public struct ChangeNote: Hashable, Sendable {
  /// The index in `TransactionBatch.transactions`.
  public let transaction: Int
  /// The place among the transaction's changes, over all tables, those that the schema lacks not counted.
  public let ordinal: Int
  public let intent: Scalar?
  public let trigger: TriggerMark?
}

/// How a change log is read.
public struct ChangeLogOptions: Sendable {
  /// Where tables without a schema are looked for.
  public var path = SearchPath.standard()
  /// The session in which moments without an offset were written.
  public var style = TextStyle()
  /// Main's transactions at or before this position are passed over: they are in the base, or were delivered before.
  public var after: Position?
  /// Forks, bases and the like: positions for which it must be clear which transactions are before them. Some formats say of a
  /// transaction only between which positions it ended; if one of these lies there, it is refused. Asked for when it matters.
  public var pins: @Sendable () -> [Position] = { [] }
  /// Somebody promises that no number in the log is NaN or infinite: then wal2json's `null`, which stands for these too, is NULL.
  public var numbersAreFinite = false
  /// Longer lines are refused. A transaction is a line, and is held in memory whole.
  public var longestLine = 1 << 30
  /// A batch is closed when its lines have so many bytes; a longer line is a batch of its own.
  public var batchBytes = 4 << 20
  /// How many bytes the values of a batch may take beyond those they were written with: a few bytes can stand for very many.
  public var greatestExpansion = 1 << 28

  /// What is usual.
  public init() {}
}
