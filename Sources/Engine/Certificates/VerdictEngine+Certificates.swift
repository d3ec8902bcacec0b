import Circuits
import Expressions
import Queries
import Relations

/// What is remembered of answers, so that they can be judged later without main's rows.
extension VerdictEngine {
  /// A read, and its certificate as it is recorded with it.
  public struct CertifiedRead: Sendable {
    /// The read's place in the order in which reads came.
    public let place: Int
    public let certificate: String
  }

  /// Certificates of all reads that gain something by one, made of main's rows at their forks.
  ///
  /// None is made without these; of questions that look at the clock; on a branch that had written before,
  /// or whose parent is a branch; or where SQL leaves the answer open.
  public func certificates(threads: Int = Workers.available) -> [CertifiedRead] {
    guard base != nil else { return [] }
    let packs = packs(least: 256)
    let forks = RunMemory(self, asOf: ledger.end, earliestFork: nil)
    return Workers.outcomes(of: packs, threads: threads) { pack in
      pack.templates.flatMap { template in
        template.groups.flatMap { group in
          // What comes after the fork is none of its business.
          let memory = forks.at(group.standpoint.fork, ifNew: true)!
          return group.reads.compactMap { certified($0, group, memory) }
        }
      }
    }.joined().sorted { $0.place < $1.place }
  }

  private func certified(_ place: Int, _ group: ReadGroup, _ memory: RunMemory) -> CertifiedRead? {
    let known = templates[group.template]
    guard takesCertificates, group.standpoint.branch == nil, !known.usesClock, known.template.query.foreignCollation == nil else {
      return nil
    }
    let placed = reads[place]
    let circuit = Circuit(known.template.query(placed.constants))
    guard !circuit.certificateNeeds.isEmpty else { return nil }
    let context = EvaluationContext(
      parameters: placed.constants, clock: placed.read.askedAt, style: placed.style ?? TextStyle())
    let state = StateSnapshot(memory: memory, standpoint: group.standpoint, side: .then)
    guard let certificate = circuit.certify(on: state, context).certificate, !certificate.parts.isEmpty else { return nil }
    let sealed = SealedCertificate(fork: group.standpoint.fork, certificate: certificate)
    return CertifiedRead(place: place, certificate: sealed.text(of: placed.read))
  }
}
