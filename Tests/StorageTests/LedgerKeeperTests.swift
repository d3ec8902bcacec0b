import Glibc
import Relations
import TestKit
import Testing

@testable import Storage

/// What keeps a ledger small takes nothing away that somebody can ask for.
@Suite struct LedgerKeeperTests {
  /// Transaction n is committed at n thousand.
  private static func ledger(_ history: inout NumberedHistory, _ count: Int) throws -> DurableLedger {
    let ledger = try DurableLedger(in: MemoryStore(), keys: [NumberedHistory.table: NumberedHistory.key])
    try ledger.append(TransactionBatch(history.next(count)) { _ in NumberedHistory.types })
    return ledger
  }

  @Test func `what is younger than it keeps stays whole`() throws {
    var history = NumberedHistory()
    let ledger = try Self.ledger(&history, 100)
    try LedgerKeeper.round(of: ledger, keeping: 40_000, now: 90_000)
    #expect(try ledger.read().horizon == Position(50))
    // It never goes back.
    try LedgerKeeper.round(of: ledger, keeping: 80_000, now: 90_000)
    #expect(try ledger.read().horizon == Position(50))
    try LedgerKeeper.round(of: ledger, keeping: 0, now: .max)
    #expect(try ledger.read().horizon == Position(100))
  }

  @Test func `without times nothing is taken for old`() throws {
    let ledger = try DurableLedger(in: MemoryStore(), keys: [NumberedHistory.table: NumberedHistory.key])
    var history = NumberedHistory()
    let bare = history.next(10).map { Transaction(Transaction.Header($0.header.position), $0.changes) }
    try ledger.append(TransactionBatch(bare) { _ in NumberedHistory.types })
    try LedgerKeeper.round(of: ledger, keeping: 0, now: .max)
    #expect(try ledger.read().horizon == .start)
  }

  @Test func `one that only derives writes what has gathered, and collects nothing`() throws {
    var history = NumberedHistory()
    let ledger = try Self.ledger(&history, 10)
    var options = LedgerKeeper.Options.deriving
    (options.tail, options.pause) = (10_000, 100)
    let keeper = LedgerKeeper(ledger, options) { Issue.record($0) }
    for _ in 0..<200 { try ledger.append(TransactionBatch(history.next(20)) { _ in NumberedHistory.types }) }
    while try ledger.read().state.tailBytes > 10_000 { usleep(1000) }
    keeper.stop()
    #expect(try ledger.read().horizon == .start && ledger.read().state.derived > .beginning)
    #expect(try LedgerModel.net(ledger.read(), NumberedHistory.table, 0, history.end) == [history.net(since: NumberedHistory())])
  }

  @Test func `it works while others append and pin, and gives back what pins have kept`() throws {
    var history = NumberedHistory()
    let ledger = try Self.ledger(&history, 10)
    var options = LedgerKeeper.Options()
    (options.keeps, options.pause) = (0, 100)
    let keeper = LedgerKeeper(ledger, options, clock: { .max }) { Issue.record($0) }
    var pinned: [(name: String, state: NumberedHistory)] = []
    for step in 0..<60 {
      if step % 10 == 0 {
        try ledger.pin("fork \(step)", at: ledger.read().end)
        pinned.append(("fork \(step)", history))
      }
      try ledger.append(TransactionBatch(history.next(20)) { _ in NumberedHistory.types })
    }
    keeper.stop()
    keeper.stop()
    try LedgerKeeper.round(of: ledger, keeping: 0, now: .max)
    for (_, state) in pinned {
      #expect(try LedgerModel.net(ledger.read(), NumberedHistory.table, state.end, history.end) == [history.net(since: state)])
    }
    let promised = try ledger.wouldFree(removing: pinned.map(\.name))
    for (name, _) in pinned { try ledger.unpin(name) }
    let collected = try ledger.collect(horizon: ledger.read().end)
    // A collection leaves some for later, which goes as well.
    #expect(promised > 0 && promised <= collected.before - collected.after && collected.after == 0)
  }
}
