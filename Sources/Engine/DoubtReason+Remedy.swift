import Queries

extension DoubtReason {
  /// What would settle a doubt, most often.
  public enum Remedy: String, Hashable, Sendable, CaseIterable {
    /// Main's rows at the fork, or before.
    case base
    /// More of main's changes.
    case changes
    /// When the question was asked.
    case askedAt = "asked_at"
    /// The settings of the session that asked.
    case settings
    /// The collation of the database.
    case collation
    /// More time.
    case time
    /// The question asked again of the live database.
    case recheck
    /// A person.
    case judgment
  }

  public var remedy: Remedy {
    switch self {
    case .noBase, .noBeforeImage, .missingColumn: .base
    case .notReached: .changes
    case .noClock: .askedAt
    case .setting: .settings
    case .collation: .collation
    case .budget: .time
    case .gap, .schema, .notCovered, .notFollowed, .notRetained, .unsupported, .undetermined, .unordered, .floatRounding: .recheck
    case .volatile, .rewound, .rowSecurity, .userFunction, .errorOrder, .contested, .noKey, .uncommitted, .branchSchema: .judgment
    }
  }

  /// Whether running the question on the real database says what it is about.
  public var isSettledByRecheck: Bool {
    switch remedy {
    // Rows, an order or an answer that we lack, a live database has.
    case .base, .collation, .time, .recheck: true
    // Time, settings and users are not there again; landing a branch's writes is not what a query does.
    case .changes, .askedAt, .settings, .judgment: false
    }
  }
}
