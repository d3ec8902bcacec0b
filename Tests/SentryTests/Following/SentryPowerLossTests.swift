import Relations
import Storage
import Synchronization
import TestKit
import Testing

/// The power goes at any write of a service, and its disk forgets, tears and reorders what was not synced: whoever starts it again finds
/// of every read what a sentry says to which none of it happened.
@Suite struct SentryPowerLossTests {
  private static let losses = 12

  @Test(arguments: Cases.seeds(150)) func `after the loss of power verdicts are those of a run that never lost it`(seed: UInt64)
    throws
  {
    var random = SplitMix64(seed: seed)
    var expected = NeverKilled()
    var store = MemoryStore()
    for loss in 0..<Self.losses {
      store.set(MemoryStore.Faults(powerLossAt: store.writes + Int.random(in: 0...60, using: &random)))
      let said = Mutex<[String]>([])
      let thrown = run(on: store, &random) { line in said.withLock { $0.append(line) } }
      #expect(thrown?.code == "storage-failed", "\(String(describing: thrown)) \(Cases.replay(seed))")
      store = store.afterPowerLoss(&random)
      try expected.check(store, after: said.withLock { $0 }, "loss \(loss) \(Cases.replay(seed))")
    }
    #expect(expected.tally.differences > 0 || Cases.replayed == nil, "\(Cases.replay(seed))")
  }

  /// Goes on until the power goes.
  private func run(on store: MemoryStore, _ random: inout SplitMix64, say: @escaping @Sendable (String) -> Void) -> StoreError? {
    do {
      let steps = try ServiceSteps(
        DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key]), say: say)
      var sentry = try FollowingSentry(steps.ledger)
      while true {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3: try steps.append(&random)
        case 3: try steps.maintain(&random)
        case 4..<8: try steps.register(&random)
        default: try steps.follow(&sentry, &random)
        }
      }
    } catch {
      return error as? StoreError
    }
  }
}
