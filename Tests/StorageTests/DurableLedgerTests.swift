import Relations
import TestKit
import Testing

@testable import Storage

/// The ledger on disk beside plain lists, in memory: whatever happens to it, in whatever order.
@Suite struct DurableLedgerTests {
  @Test(arguments: Cases.seeds(60)) func `answers what plain lists answer`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let comment = Comment(rawValue: Cases.replay(seed))
    let store = MemoryStore()
    var ledger = try DurableLedger(in: store, keys: LedgerModel.keys)
    var model = LedgerModel()
    for _ in 0..<60 {
      let step = LedgerStep.random(model, &random)
      var next = model
      let expected = step.apply(to: &next)
      var promised: Collected?
      if case .collect(let horizon) = step { promised = try ledger.wouldCollect(horizon: Position(horizon)) }
      let thrown = step.run(&ledger, store)
      #expect(thrown?.code == expected, "\(step) \(comment)")
      if thrown == nil { model = next }
      // What a collection would come to is what it comes to.
      if let promised { #expect(try ledger.read().state.storedBytes == promised.after, comment) }
      try model.check(ledger, &random, questions: 3, comment)
    }
  }
}

/// Something that happens to a ledger.
enum LedgerStep {
  case append([Transaction])
  case event(StreamEvent)
  case pin(String, UInt64)
  case unpin(String)
  case derive
  case collect(UInt64)
  case index(TableID, [Int], UInt64)
  case restart

  private static let map = SchemaMap([
    SchemaMap.TableEntry(
      QualifiedName("a", "b"), QualifiedName("c"), columns: [SchemaMap.ColumnEntry("x", "y"), SchemaMap.ColumnEntry("z", nil)],
      keys: [SchemaMap.KeyEntry(["1"], ["2"])])
  ])

  static func random(_ model: LedgerModel, _ random: inout SplitMix64) -> LedgerStep {
    switch Int.random(in: 0..<21, using: &random) {
    case 0..<8: return .append(model.next(&random, count: Int.random(in: 1...4, using: &random)))
    case 8: return again(model, &random)
    case 9:
      let position = Position(model.end + UInt64.random(in: 0...2, using: &random))
      return .event(
        [
          .gap(before: position), .schemaChange(SchemaChange(position, sql: "ALTER", rewritten: false)),
          .schemaChange(SchemaChange(position, LedgerStep.map)),
        ].randomElement(
          using: &random)!)
    case 10: return Int.random(in: 0..<3, using: &random) == 0 ? .event(.rewind(to: Position(model.position(&random)))) : .derive
    case 11...13: return .pin("pin \(Int.random(in: 0..<4, using: &random))", model.position(&random))
    case 14: return .unpin("pin \(Int.random(in: 0..<4, using: &random))")
    case 15, 16: return .derive
    case 17, 18: return .collect(UInt64.random(in: model.horizon...max(model.horizon, model.end), using: &random))
    case 19: return .index(TableID(1), [2], model.end)
    default: return .restart
    }
  }

  /// What has been there before, perhaps with what is new behind it, perhaps not quite the same.
  private static func again(_ model: LedgerModel, _ random: inout SplitMix64) -> LedgerStep {
    let known = model.transactions.filter { $0.position.number > model.horizon }
    guard !known.isEmpty else { return .restart }
    let start = Int.random(in: known.indices, using: &random)
    var again = Array(known[start...].prefix(Int.random(in: 1...5, using: &random)))
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      let row = RowImage([.integer(99), .text("another")])
      again[0].changes.append(Change(TableID(3), .insert(after: row)))
    case 1 where again.count == known.count - start: again += model.next(&random, count: 2)
    default: break
    }
    return .append(again)
  }

  /// Changes the model. Returns the code of the error that a ledger throws instead.
  func apply(to model: inout LedgerModel) -> String? {
    switch self {
    case .append(let transactions):
      for transaction in transactions where transaction.position.number <= model.end {
        guard let known = model.transactions.first(where: { $0.position == transaction.position }) else { return "out-of-order" }
        if LedgerModel.line(known) != LedgerModel.line(transaction) { return "differs" }
      }
      model.append(transactions.filter { $0.position.number > model.end })
    case .event(.rewind(let to)):
      if to.number > model.end { return "not-reached" }
      if !model.isRetained(to.number) { return "not-retained" }
      if let last = model.events.last, model.end == to.number, last.place == to.number,
        last.event.storedBytes == StreamEvent.rewind(to: to).storedBytes
      {
        return nil
      }
      model.rewind(to: to.number)
    case .event(let event):
      if model.events.contains(where: { $0.event.storedBytes == event.storedBytes && $0.place == event.position.number }) {
        return nil
      }
      if event.position.number < model.end { return "out-of-order" }
      model.append(event)
    case .pin(let name, let position):
      if !model.isRetained(position) { return position > model.end ? "not-reached" : "not-retained" }
      model.pins[name] = position
      model.rewound.remove(name)
    case .unpin(let name):
      if model.pins[name] == nil { return "unknown-name" }
      model.pins[name] = nil
      model.rewound.remove(name)
    case .collect(let horizon): model.horizon = max(model.horizon, min(horizon, model.end))
    case .derive, .index, .restart: break
    }
    return nil
  }

  func run(_ ledger: inout DurableLedger, _ store: any KeyValueStore) -> StoreError? {
    do throws(StoreError) {
      switch self {
      case .append(let transactions):
        try ledger.append(TransactionBatch(transactions) { LedgerModel.types[$0]! })
      case .event(let event): try ledger.append(event)
      case .pin(let name, let position): try ledger.pin(name, at: Position(position))
      case .unpin(let name): try ledger.unpin(name)
      case .derive: try ledger.derive()
      case .collect(let horizon): try ledger.collect(horizon: Position(horizon))
      case .index(let table, let columns, let position): try LedgerStep.index(ledger, table, columns, position)
      case .restart: ledger = try DurableLedger(in: store, keys: LedgerModel.keys)
      }
      return nil
    } catch {
      return error
    }
  }

  /// Rows that were not loaded cannot be in an index; then it is no step.
  private static func index(_ ledger: DurableLedger, _ table: TableID, _ columns: [Int], _ position: UInt64) throws(StoreError) {
    do throws(StoreError) { _ = try ledger.index(of: table, on: columns, at: Position(position)) } catch {
      if error.code != "unknown-name" && error.code != "not-retained" { throw error }
    }
  }
}
