import Circuits
import Queries

/// What verdicts on a question can rest on, known before anybody has asked it.
public struct QuestionOutlook: Hashable, Sendable {
  /// Whether the answer holds where no row that it looks at has changed on balance: not where time moves it.
  public let holdsByFootprint: Bool
  /// What of the changed rows alone tells whether the answer is another one; nil if they do not.
  public let changes: Changes?
  /// Whether another answer of the real database proves that the rows are others: else only the same one proves something.
  public let isSingleValued: Bool
  /// What it would take to carry the answer on without main's rows.
  public let certificate: [CertificateNeed]

  public enum Changes: Hashable, Sendable {
    /// What they add up to.
    case sums
    /// The rows that came and went are those of the answer.
    case rows
    /// Their values, one by one.
    case values
    /// The groups that they are of.
    case groups
  }

  public init(_ query: Query) {
    let known = KnownTemplate(query.template.0)
    holdsByFootprint = !known.usesClock
    changes = known.usesClock ? nil : Changes(known)
    isSingleValued = query.plan.isSingleValued
    certificate = Circuit(query).certificateNeeds
  }
}

extension QuestionOutlook.Changes {
  fileprivate init?(_ known: KnownTemplate) {
    guard let question = known.question else { return nil }
    if case .groups = question.output {
      self = .groups
    } else {
      self = known.totals != nil ? .sums : known.shownRows != nil ? .rows : .values
    }
  }
}
