/// What a table promises of its rows. A promote check validates every constraint on the *merged* state; the verdicts of reads
/// rest on them only where said.

/// A primary key, a `UNIQUE` constraint or a unique index.
public struct UniqueKey: Sendable {
  public var name: Identifier
  /// What rows differ in, in the order of the index.
  public var columns: [Part]
  /// Whether two nulls clash. By default a null clashes with nothing.
  public var nullsNotDistinct: Bool
  /// `WHERE`, as SQL text: only rows that satisfy it are kept apart. Then the key identifies no row of the others.
  public var predicate: String?
  /// When it is checked.
  public var deferral: Deferral

  /// What is indexed: a column or, in an index, an expression as SQL text.
  public enum Part: Hashable, Sendable {
    case column(ColumnID)
    case expression(String)
  }

  public init(
    _ name: Identifier, _ columns: [Part], nullsNotDistinct: Bool = false, predicate: String? = nil,
    deferral: Deferral = .notDeferrable
  ) {
    self.name = name
    self.columns = columns
    self.nullsNotDistinct = nullsNotDistinct
    self.predicate = predicate
    self.deferral = deferral
  }
}

extension UniqueKey {
  /// The columns, when all rows are kept apart by columns alone.
  public var plainColumns: [ColumnID]? {
    guard predicate == nil else { return nil }
    var ids: [ColumnID] = []
    for part in columns {
      guard case .column(let id) = part else { return nil }
      ids.append(id)
    }
    return ids
  }
}

/// When a constraint is checked: at each statement, or at commit.
public enum Deferral: Hashable, Sendable {
  case notDeferrable, initiallyImmediate, initiallyDeferred
}

/// `FOREIGN KEY … REFERENCES`. Its actions make writes that nobody wrote: the stream carries them on main, and landing a branch's
/// delete makes them again.
public struct ForeignKey: Sendable {
  public var name: Identifier
  /// The referring columns, each with its partner in `targetColumns`.
  public var columns: [ColumnID]
  /// The table referred to.
  public var target: TableID
  /// The columns referred to: a unique key of the target.
  public var targetColumns: [ColumnID]
  /// What a partly null reference means.
  public var match: Match
  /// What becomes of rows that refer to a deleted row.
  public var onDelete: Action
  /// What becomes of rows that refer to a row whose key changes.
  public var onUpdate: Action
  /// When it is checked.
  public var deferral: Deferral
  /// Whether rows from before the constraint were checked too (`NOT VALID` ones were not).
  public var isValidated: Bool

  /// What a partly null reference means.
  public enum Match: Hashable, Sendable {
    /// It refers to nothing.
    case simple
    /// It is an error.
    case full
  }

  /// What happens to referring rows. `SET NULL` and `SET DEFAULT` may name the columns to set; nil sets all.
  public enum Action: Hashable, Sendable {
    case noAction, restrict, cascade
    case setNull([ColumnID]?)
    case setDefault([ColumnID]?)
  }

  public init(
    _ name: Identifier, _ columns: [ColumnID], references target: TableID, _ targetColumns: [ColumnID], match: Match = .simple,
    onDelete: Action = .noAction, onUpdate: Action = .noAction, deferral: Deferral = .notDeferrable, isValidated: Bool = true
  ) {
    precondition(columns.count == targetColumns.count, "a foreign key pairs columns")
    self.name = name
    self.columns = columns
    self.target = target
    self.targetColumns = targetColumns
    self.match = match
    self.onDelete = onDelete
    self.onUpdate = onUpdate
    self.deferral = deferral
    self.isValidated = isValidated
  }
}

/// `CHECK (…)` of a table or a domain. A row passes when the expression is true *or null*.
public struct CheckConstraint: Hashable, Sendable {
  public var name: Identifier
  /// The expression, as SQL text.
  public var expression: String
  /// Whether rows from before the constraint were checked too.
  public var isValidated: Bool
  /// Whether tables that inherit do not get it.
  public var isNoInherit: Bool

  public init(_ name: Identifier, _ expression: String, isValidated: Bool = true, isNoInherit: Bool = false) {
    self.name = name
    self.expression = expression
    self.isValidated = isValidated
    self.isNoInherit = isNoInherit
  }
}

/// `EXCLUDE USING …`, as SQL text: known, not checked by us.
public struct ExclusionConstraint: Hashable, Sendable {
  public var name: Identifier
  public var definition: String

  public init(_ name: Identifier, _ definition: String) {
    self.name = name
    self.definition = definition
  }
}
