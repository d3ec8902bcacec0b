import Relations
import Storage
import Synchronization
import TestKit

/// What a service does to its store, a step at a time; it says what it begins, and what it has acknowledged.
///
///     end N               the ledger reached transaction N
///     branching NAME N    begun: a branch that forks at N; `reading NAME N`: it will have N reads; `removing NAME 0`
///     done                what was begun last is durable; `refused`: it will not be
///     checkpoint N        the sentry's state at transaction N is kept
final class ServiceSteps: Sendable {
  let ledger: DurableLedger
  private let history: Mutex<NumberedHistory>
  private let say: @Sendable (String) -> Void

  init(_ ledger: DurableLedger, say: @escaping @Sendable (String) -> Void) throws {
    self.ledger = ledger
    self.say = say
    var history = NumberedHistory()
    history.advance(to: try ledger.read().end.number)
    self.history = Mutex(history)
  }

  func append(_ random: inout SplitMix64) throws {
    let count = Int.random(in: 1...20, using: &random)
    // Transactions are submitted in their order, and waited for in any.
    let ticket = try history.withLock { history in
      try ledger.submit(TransactionBatch(history.next(count)) { _ in NumberedHistory.types })
    }
    say("end \(try ticket.wait().end.number)")
  }

  func maintain(_ random: inout SplitMix64) throws {
    if Bool.random(using: &random) { return try ledger.derive() }
    let reader = try ledger.read()
    try ledger.collect(horizon: Position(UInt64.random(in: reader.horizon.number...reader.end.number, using: &random)))
  }

  /// Declares a branch, removes one, or adds reads to one.
  func register(_ random: inout SplitMix64) throws {
    let registry = Registry(ledger)
    let branches = try registry.branches()
    let reader = try ledger.read()
    let name = branches.keys.sorted().randomElement(using: &random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0..<2 where branches.count < 6:
      let fork = UInt64.random(in: reader.horizon.number...reader.end.number, using: &random)
      // No branch has the name of one before it.
      let name = "branch\(fork)-\(random.next() % 1_000_000)"
      say("branching \(name) \(fork)")
      do throws(StoreError) { try registry.declare(BranchRecord(name, fork: Position(fork))) } catch {
        guard case .notRetained = error else { throw error }
        return say("refused")
      }
      say("done")
    case 0..<3:
      guard let name else { return }
      say("removing \(name) 0")
      try registry.remove(branch: name)
      say("done")
    default:
      guard let name else { return }
      var known = 0
      try registry.forEachRead(on: name) { _, _ throws(StoreError) in known += 1 }
      let count = known > 60 ? 1 : Int.random(in: 1...8, using: &random)
      say("reading \(name) \(known + count)")
      let fork = branches[name]!.fork.number
      try registry.record((known..<known + count).map { NumberedQuestion($0, fork: fork).record }, on: name)
      say("done")
    }
  }

  /// Follows, and keeps a checkpoint now and then.
  func follow(_ sentry: inout FollowingSentry, _ random: inout SplitMix64) throws {
    try sentry.follow()
    if Int.random(in: 0..<3, using: &random) == 0, try sentry.keep() { say("checkpoint \(sentry.position.number)") }
  }
}
