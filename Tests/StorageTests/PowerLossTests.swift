import Relations
import TestKit
import Testing

@testable import Storage

/// The power goes at any write, writes fail, the disk fills up: what was acknowledged is there, nothing is there twice, and all
/// answers are those of lists to which none of it happened.
@Suite struct PowerLossTests {
  @Test(arguments: Cases.seeds(300)) func `what was acknowledged survives the loss of power`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let comment = Comment(rawValue: Cases.replay(seed))
    var store = MemoryStore()
    var model = LedgerModel()
    for _ in 0..<8 {
      store.set(MemoryStore.Faults(powerLossAt: store.writes + Int.random(in: 0...30, using: &random)))
      var inFlight = model
      if let opened = open(store) {
        var ledger = opened
        while true {
          let step = LedgerStep.random(model, &random)
          inFlight = model
          let expected = step.apply(to: &inFlight)
          guard let thrown = step.run(&ledger, store) else {
            model = inFlight
            continue
          }
          if thrown.code == "storage-failed" { break }
          #expect(thrown.code == expected, "\(step) \(comment)")
        }
      }
      store = store.afterPowerLoss(&random)
      let ledger = try #require(open(store), comment)
      try settle(&model, inFlight, ledger, comment)
      try model.check(ledger, &random, questions: 6, comment)
    }
  }

  @Test(arguments: Cases.seeds(60)) func `it goes on after writes that failed`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let comment = Comment(rawValue: Cases.replay(seed))
    let store = MemoryStore()
    var model = LedgerModel()
    var ledger = try DurableLedger(in: store, keys: LedgerModel.keys)
    for _ in 0..<60 {
      let failing = (0..<4).map { _ in store.writes + Int.random(in: 0...6, using: &random) }
      store.set(MemoryStore.Faults(failing: Set(failing)))
      let step = LedgerStep.random(model, &random)
      var next = model
      let expected = step.apply(to: &next)
      let thrown = step.run(&ledger, store)
      store.set(MemoryStore.Faults())
      if thrown?.code == "storage-failed" {
        // Who could not open the store tries again; the one before him knows nothing of what he met.
        if case .restart = step {
          try store.recover()
          ledger = try DurableLedger(in: store, keys: LedgerModel.keys)
        }
        // The next thing that is written finds out what came of it.
        try ledger.pin("probe", at: ledger.read().end)
        try ledger.unpin("probe")
        try settle(&model, next, ledger, comment)
      } else {
        #expect(thrown?.code == expected, "\(step) \(comment)")
        if thrown == nil { model = next }
      }
      try model.check(ledger, &random, questions: 3, comment)
    }
  }

  @Test(arguments: Cases.seeds(20)) func `a full disk refuses, and when there is space it goes on`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let comment = Comment(rawValue: Cases.replay(seed))
    let store = MemoryStore()
    var model = LedgerModel()
    var ledger = try DurableLedger(in: store, keys: LedgerModel.keys)
    var refusals = 0
    for round in 0..<80 {
      store.set(MemoryStore.Faults(capacity: round % 20 < 10 ? store.diskBytes + Int.random(in: 0...600, using: &random) : nil))
      let step = LedgerStep.random(model, &random)
      var next = model
      let expected = step.apply(to: &next)
      let thrown = step.run(&ledger, store)
      if thrown?.code == "disk-full" {
        refusals += 1
        store.set(MemoryStore.Faults())
        try ledger.pin("probe", at: ledger.read().end)
        try ledger.unpin("probe")
        try settle(&model, next, ledger, comment)
      } else {
        #expect(thrown?.code == expected, "\(step) \(comment)")
        if thrown == nil { model = next }
      }
      try model.check(ledger, &random, questions: 2, comment)
    }
    #expect(refusals > 0, comment)
  }

  private func open(_ store: MemoryStore) -> DurableLedger? {
    try? DurableLedger(in: store, keys: LedgerModel.keys)
  }

  /// What was being done when it ended is there or not.
  private func settle(_ model: inout LedgerModel, _ inFlight: LedgerModel, _ ledger: DurableLedger, _ comment: Comment) throws {
    let reader = try ledger.read()
    func fits(_ candidate: LedgerModel) -> Bool {
      let pins = reader.pins.mapValues(\.position.number)
      return candidate.end == reader.end.number && candidate.pins == pins
        && candidate.events.last?.event.storedBytes == reader.events().last?.storedBytes
    }
    let candidates = [model, inFlight]
    guard var found = candidates.first(where: fits) ?? withoutEvents(candidates, reader) else {
      Issue.record("neither before nor after: \(comment)")
      return
    }
    // A horizon may have been moved and the rest of a collection not been done.
    found.horizon = reader.horizon.number
    #expect([model.horizon, inFlight.horizon].contains(reader.horizon.number), comment)
    model = found
  }

  /// Events are collected too; then the end and the pins must do.
  private func withoutEvents(_ candidates: [LedgerModel], _ reader: LedgerReader) -> LedgerModel? {
    candidates.first { candidate in
      candidate.end == reader.end.number && candidate.pins == reader.pins.mapValues(\.position.number)
        && (candidate.events.last.map { $0.place <= reader.horizon.number } ?? true)
    }
  }
}
