import Circuits
import Queries
import Relations

/// Tier 1 by a certificate: what the old answer changes by, from what was remembered of it and the changes that the read can see, without
/// main's rows.
extension ReadJudge {
  /// nil if there is none, or if it does not tell; then `evidence.detail` says why.
  func decideByCertificate(_ way: Side.Way, _ evidence: inout Verdict.Evidence) -> Verdict.Decision? {
    guard uses(.certificates), run.engine.takesCertificates, let recorded = placed.read.certificate else { return nil }
    // What it remembers of a moment does not tell another one.
    guard !known.usesClock, known.template.query.foreignCollation == nil else { return nil }
    var certificate: Certificate
    do throws(SealedCertificate.Fault) {
      // Under the branch's own writes the old answer was one of another state.
      guard standpoint.branch == nil else { throw .ofAnotherFork }
      certificate = try SealedCertificate(recorded, of: placed.read, at: standpoint.fork).certificate
      guard circuit.accepts(certificate, context(clocks.then)) else { throw .ofAnotherQuestion }
    } catch {
      evidence.detail = error.words
      return nil
    }
    guard let changes = changes(way) else { return nil }
    guard case .delta(let delta) = circuit.advance(&certificate, on: NoTables(), by: changes, context(clocks.then)) else {
      evidence.detail = "its certificate does not tell any more: too much of what it remembers has gone"
      return nil
    }
    guard let decision = decision(delta, &evidence) else { return nil }
    evidence.decidedBy = .answer
    return decision
  }

  private func decision(_ delta: Circuits.AnswerDelta, _ evidence: inout Verdict.Evidence) -> Verdict.Decision? {
    if delta.isEmpty {
      evidence.now = evidence.was
      return .holds
    }
    guard delta.rows.printsDifferently else { return nil }
    // What orders the rows need not be in them.
    evidence.now = circuit.isOrdered ? nil : was?.changed(by: delta.rows)
    return .stale
  }
}
