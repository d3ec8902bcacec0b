import Expressions
import Relations

/// Which collation a value has, and on what ground: the standard's derivation.
struct CollationState: Equatable {
  let ground: Ground
  /// Nil where there is none, or several.
  let name: QualifiedName?
  /// Where a clause stands.
  var location: Int32 = -1
  /// Of a conflict, what does not go together.
  var rivals: [QualifiedName] = []

  enum Ground: Int, Comparable {
    /// Not of text, or of text that came without one.
    case none
    /// It came with a column or a type.
    case implicit
    /// It came with two that differ: whoever needs one has none, unless a clause says which.
    case conflict
    /// `COLLATE` says it.
    case explicit

    static func < (a: Ground, b: Ground) -> Bool { a.rawValue < b.rawValue }
  }

  static let none = CollationState(ground: .none, name: nil)

  static func implicit(_ name: QualifiedName?) -> CollationState {
    CollationState(ground: name == nil ? .none : .implicit, name: name)
  }

  static func == (a: CollationState, b: CollationState) -> Bool { a.ground == b.ground && a.name == b.name }
}

extension CollationState {
  /// What operands make together, one after the other.
  mutating func merge(_ other: CollationState) throws(CollationMismatch) {
    if other.ground > ground { return self = other }
    guard other.ground == ground, other.name != name else { return }
    switch ground {
    case .none, .conflict: break
    case .implicit:
      // The database's own gives way to any other.
      if name == Collation.defaultName { return self = other }
      if other.name == Collation.defaultName { return }
      self = CollationState(ground: .conflict, name: nil, rivals: [name!, other.name!])
    case .explicit:
      throw CollationMismatch(
        message: "collation mismatch between explicit collations \"\(name!.name.text)\" and \"\(other.name!.name.text)\"",
        location: other.location)
    }
  }

  static func merged(_ states: [CollationState]) throws(CollationMismatch) -> CollationState {
    var merged = CollationState.none
    for state in states { try merged.merge(state) }
    return merged
  }

  /// As a column that somebody names: of a clause only the collation is left, of a conflict nothing.
  var named: CollationState { .implicit(name) }

  /// For whoever has to have one: a conflict is an error.
  func required() throws(CollationMismatch) {
    guard ground == .conflict else { return }
    throw CollationMismatch(
      message: "collation mismatch between implicit collations \"\(rivals[0].name.text)\" and \"\(rivals[1].name.text)\"",
      location: -1)
  }
}

/// 42P21.
struct CollationMismatch: Error {
  let message: String
  let location: Int32
}
