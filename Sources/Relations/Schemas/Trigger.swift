/// `CREATE TRIGGER`. A trigger's writes reach the stream as rows; the trigger is never run again on main.
public struct Trigger: Hashable, Sendable {
  public var name: Identifier
  /// When it fires, seen from the row or statement.
  public var timing: Timing
  /// What fires it.
  public var events: Set<Event>
  /// The columns of `UPDATE OF`; empty for all.
  public var updateColumns: [ColumnID]
  /// Whether it fires once per row, not once per statement.
  public var isForEachRow: Bool
  /// `WHEN (…)`, as SQL text.
  public var condition: String?
  /// What it runs.
  public var function: QualifiedName
  public var arguments: [String]
  /// Whether it fires at all: one that does not wrote nothing.
  public var enabled: Enabled
  /// The whole definition, as SQL text: by its hash a promote check tells whether main's trigger is still the one that ran.
  public var definition: String

  /// When it fires, seen from the row or statement.
  public enum Timing: Hashable, Sendable {
    case before, after, insteadOf
  }

  /// What fires it.
  public enum Event: Hashable, Sendable {
    case insert, update, delete, truncate
  }

  /// In which `session_replication_role` it fires.
  public enum Enabled: Hashable, Sendable {
    case origin, disabled, replica, always
  }

  public init(
    _ name: Identifier, _ timing: Timing, _ events: Set<Event>, updateColumns: [ColumnID] = [], isForEachRow: Bool,
    condition: String? = nil, function: QualifiedName, arguments: [String] = [], enabled: Enabled = .origin, definition: String
  ) {
    self.name = name
    self.timing = timing
    self.events = events
    self.updateColumns = updateColumns
    self.isForEachRow = isForEachRow
    self.condition = condition
    self.function = function
    self.arguments = arguments
    self.enabled = enabled
    self.definition = definition
  }
}

/// `CREATE RULE`, as SQL text. Statements on a relation with rules become other statements: what that does to a read is not
/// followed beyond views' own.
public struct RewriteRule: Hashable, Sendable {
  public var name: Identifier
  public var definition: String

  public init(_ name: Identifier, _ definition: String) {
    self.name = name
    self.definition = definition
  }
}
