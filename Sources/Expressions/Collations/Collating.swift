import Relations

/// The collation under which text is to be taken: what `COLLATE` says, and after binding, on the first text that a function looks at,
/// a collation that decides its value and is not C.
///
/// The evaluator computes nothing of a collation that we do not have. Where we have its `rules`, text so marked is its sort key.
public struct Collating: Hashable, Sendable {
  /// Nil where PostgreSQL has none: it raises 42P22 once it wants to compare.
  public let name: QualifiedName?
  /// Whether PostgreSQL may raise for it: there is none, or it is one that some functions do not take.
  public let mayRaise: Bool
  /// Whether it is what binding came to, and not what a text says.
  public let isSettled: Bool
  /// The rules of order, where we have them and nothing else of the collation is asked.
  public let rules: CollationRules?
  /// Where the clause stands; says nothing of what is meant.
  public let location: Int32

  public init(_ name: QualifiedName?, mayRaise: Bool = false, isSettled: Bool, rules: CollationRules? = nil, location: Int32 = -1) {
    self.name = name
    self.mayRaise = mayRaise
    self.isSettled = isSettled
    self.rules = rules
    self.location = location
  }

  public static func == (a: Collating, b: Collating) -> Bool {
    a.name == b.name && a.mayRaise == b.mayRaise && a.isSettled == b.isSettled && a.rules == b.rules
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(mayRaise)
    hasher.combine(isSettled)
    hasher.combine(rules)
  }
}

extension Collating: CustomStringConvertible {
  /// What is missing.
  public var description: String {
    switch name {
    case nil: "text of no particular collation"
    case Collation.defaultName?: "text by a database collation that is not stated to be C (--collation)"
    case let name?: "text by the collation \(name)"
    }
  }
}

extension Expression {
  /// The first collation in it that we do not have.
  public var foreignCollation: Collating? {
    if case .collated(_, let collating) = self, collating.rules == nil { return collating }
    for child in children { if let found = child.foreignCollation { return found } }
    return nil
  }
}
