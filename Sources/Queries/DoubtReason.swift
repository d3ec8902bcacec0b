/// Why a read cannot be decided: the closed list that users see. A verdict that is `doubtful` has one of these and nothing else.
public enum DoubtReason: String, Hashable, Sendable, CaseIterable {
  /// It asks what cannot be asked again: `random()`, `nextval()`, `clock_timestamp()`.
  case volatile
  /// It uses the clock, and nobody knows when it was asked.
  case noClock = "no-clock"
  /// Changes may be missing from the log.
  case gap
  /// The timeline was restored to an earlier position.
  case rewound
  /// A schema change touched what it was bound to.
  case schema
  /// The stream lacks the old rows of a table.
  case noBeforeImage = "no-before-image"
  /// The stream lacks a column.
  case missingColumn = "missing-column"
  /// The table's rows are needed, and there is no base.
  case noBase = "no-base"
  /// The log begins after its fork.
  case notCovered = "not-covered"
  /// The stream does not carry the relation: unlogged, foreign, materialized, a catalog.
  case notFollowed = "not-followed"
  /// What its position needs was collected.
  case notRetained = "not-retained"
  /// The log has not come to its position.
  case notReached = "not-reached"
  /// Row security decides what it sees.
  case rowSecurity = "row-security"
  /// It calls a function, operator or cast of the user's whose body is not bound.
  case userFunction = "user-function"
  /// It depends on a setting that is not known.
  case setting
  /// It orders or compares text by a collation that we do not have.
  case collation
  /// We do not evaluate something in it.
  case unsupported
  /// SQL allows several answers.
  case undetermined
  /// An aggregate depends on the order of its input, which nothing fixes.
  case unordered
  /// Whether an error is raised depends on the planner.
  case errorOrder = "error-order"
  /// A floating sum differs by no more than rounding may.
  case floatRounding = "float-rounding"
  /// Branch and main changed the same thing differently.
  case contested
  /// Rows cannot be told apart by a key.
  case noKey = "no-key"
  /// Its transaction was rolled back.
  case uncommitted
  /// It names what only the branch's schema has.
  case branchSchema = "branch-schema"
  /// It would cost more than was allowed.
  case budget
}
