import Queries

/// What a certificate of a question would remember of the state that it was asked of, so that its answer can be carried on without the
/// tables. What is linear needs nothing.
public enum CertificateNeed: String, Hashable, Sendable, CaseIterable {
  /// Of all rows together: how many, how many values, their sums; the least or greatest value and its ties.
  case totals
  /// The same of each group.
  case groups
  /// How often each row is there.
  case multiplicities
  /// The first rows, and those behind them that may move up.
  case first
  /// How many rows a subquery has.
  case subqueryCount = "subquery-count"
  /// The one row of a subquery.
  case subqueryRow = "subquery-row"
}

extension Circuit {
  /// In the order of the plan, each once. Of what is evaluated again each time nothing is remembered.
  public var certificateNeeds: [CertificateNeed] {
    var needs: [CertificateNeed] = []
    plan.addCertificateNeeds(to: &needs)
    return needs
  }
}

extension Plan {
  fileprivate func addCertificateNeeds(to needs: inout [CertificateNeed]) {
    func add(_ need: CertificateNeed) { if !needs.contains(need) { needs.append(need) } }
    switch self {
    case .aggregate(_, let aggregation): add(aggregation.keys.isEmpty ? .totals : .groups)
    case .distinct(let input) where !input.hidesOrder: add(.multiplicities)
    case .limit(.sort(_, let keys), let limit) where limit.isTied(by: keys): add(.first)
    case .apply(let apply) where apply.subquery.outerColumns.isEmpty && apply.input.scans.isEmpty:
      if apply.kind == .exists { add(.subqueryCount) }
      if apply.kind == .scalar && apply.subquery.hasAtMostOneRow { add(.subqueryRow) }
    default: break
    }
    for input in steppedInputs { input.addCertificateNeeds(to: &needs) }
  }
}
