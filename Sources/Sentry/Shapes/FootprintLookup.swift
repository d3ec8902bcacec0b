import Expressions
import Queries
import Relations

/// In which index a change finds the reads of a footprint that it concerns: the same for all reads that differ in constants alone.
public struct FootprintLookup: Hashable, Sendable {
  /// A condition without `OR`; several where one with `OR` was taken apart.
  public let parts: [Part]
  /// Whether no index tells the reads apart: changes are kept until somebody asks, and then joined with all reads at once.
  public let isDeferred: Bool

  public struct Part: Hashable, Sendable {
    /// Compared by equality with a constant each: together a hash key.
    public let equal: [Expression]
    /// Compared by equality with several constants: a hash key for each of them.
    public let members: [Expression]
    /// Compared with constants that bound it: an ordered index, of its own for each hash key.
    public let ordered: Expression?
  }

  /// - Parameter footprint: in its template form, with parameters in the places of constants.
  /// - Throws: where a condition is not evaluated.
  public init(_ footprint: Footprint) throws(Failure) {
    // What is said is what is done: the template is registered, without any read.
    let registered = try RegisteredTemplate(
      footprint, sums: [], key: FingerprintKey(words: 0, 0), context: EvaluationContext())
    var parts: [Part] = []
    for part in registered.parts where part.sign > 0 {
      let conjuncts = Conjuncts(try part.watched.footprint.condition.folded())
      parts.append(
        Part(
          equal: conjuncts.equalities.map(\.subject), members: conjuncts.lists.map(\.subject), ordered: conjuncts.leadingRange))
    }
    self.parts = parts
    isDeferred = registered.parts.contains { $0.watched.shape.form == .deferred }
  }
}
