import Relations
import TestKit
import Testing

@testable import Storage

extension LedgerModel {
  /// Asks a ledger at random places what the lists know, and expects the same.
  func check(_ ledger: DurableLedger, _ random: inout SplitMix64, questions: Int = 8, _ comment: Comment) throws {
    let reader = try ledger.read()
    #expect(reader.end.number == end, comment)
    #expect(reader.horizon.number <= max(horizon, end), comment)
    for _ in 0..<questions {
      let (since, until) = (position(&random), position(&random))
      let table = LedgerModel.tables.randomElement(using: &random)!
      if since > until || until > end { continue }
      guard isRetained(since), isRetained(until) else {
        let refused = !isRetained(since) ? since : until
        #expect(throws: StoreError.notRetained(Position(refused), horizon: reader.horizon), comment) {
          try reader.require(Position(since))
          try reader.require(Position(until))
        }
        continue
      }
      let net = try LedgerModel.net(reader, table, since, until)
      #expect(net == self.net(table, since: since, until: until), "\(table) \(since)...\(until) \(comment)")
      try checkKeys(reader, table, since, &random, comment)
      if since >= horizon { try checkLog(reader, since, until, &random, comment) }
    }
  }

  private func checkKeys(
    _ reader: LedgerReader, _ table: TableID, _ position: UInt64, _ random: inout SplitMix64, _ comment: Comment
  ) throws {
    guard LedgerModel.keys[table] != nil, let key = keys(table).randomElement(using: &random) else { return }
    let row = row(key, table, at: position)
    switch try reader.row(key, of: table, at: Position(position)) {
    case .row(let image): #expect("\(image.columns.map { $0! })" == row.map { "\($0)" } ?? "none", comment)
    case .absent: #expect(row == nil, comment)
    case .unknown: break
    }
    let truncated = transactions.contains { transaction in
      transaction.position.number > position
        && transaction.changes.contains { if case .truncate = $0.operation { $0.table == table } else { false } }
    }
    if truncated { return }
    let change = try reader.change(of: key, in: table, since: Position(position))
    let now = self.row(key, table, at: end)
    let isSame = row.map { row in now.map { LedgerModel.same(row, $0) } ?? false } ?? (now == nil)
    #expect((change == nil) == isSame, comment)
    if let change {
      #expect(change.before.map { "\($0.columns.map { $0! })" } == row.map { "\($0)" }, comment)
      #expect(change.after.map { "\($0.columns.map { $0! })" } == now.map { "\($0)" }, comment)
      checkEnds(change, key, table, since: position, comment)
    }
  }

  /// The first and the last transaction of a change touched the key; where all is whole, nothing changed it before or behind them.
  private func checkEnds(_ change: KeyChange, _ key: [UInt8], _ table: TableID, since: UInt64, _ comment: Comment) {
    let touching = transactions.filter { transaction in
      transaction.position.number > since
        && transaction.changes.contains { each in
          each.table == table
            && [each.before, each.after].contains { $0.map { LedgerModel.key($0.columns.map { $0! }, table) == key } ?? false }
        }
    }.map(\.position.number)
    #expect(touching.contains(change.first.number) && touching.contains(change.last.number), comment)
    #expect(change.first <= change.last, comment)
    guard since >= horizon else { return }
    let real = touching.filter { "\(row(key, table, at: $0 - 1) as Any)" != "\(row(key, table, at: $0) as Any)" }
    #expect(change.first.number <= real.first ?? .max && change.last.number >= real.last ?? 0, comment)
  }

  private func checkLog(
    _ reader: LedgerReader, _ since: UInt64, _ until: UInt64, _ random: inout SplitMix64, _ comment: Comment
  ) throws {
    let stream = try reader.transactions(since: Position(since), until: Position(until))
    var seen: [String] = []
    while let batch = try stream.next() { seen += batch.boxed.map { LedgerModel.line($0) } }
    let expected = transactions.filter { $0.position.number > since && $0.position.number <= until }
    #expect(seen == expected.map { LedgerModel.line($0) }, comment)
    #expect(try reader.commitTime(at: Position(since)) == commitTime(at: since), comment)
    let time = Int64(since * 10) - Int64.random(in: 0...9, using: &random)
    let latest = transactions.lazy.filter { $0.position.number <= horizon }.compactMap(\.header.committedAt).max()
    let found: UInt64? = (try? reader.position(at: time))?.number
    if let found {
      #expect(time >= latest ?? .min && found == position(at: time), "\(time) \(comment)")
    } else {
      // After a rewind to before the horizon more is refused than would have to be.
      #expect(time < latest ?? .min || !rewound.isEmpty || events.contains { $0.event.isRewind }, "\(time) \(comment)")
    }
    let events = self.events.filter { $0.place > since }.map(\.event.storedBytes)
    #expect(reader.events(since: Position(since)).map(\.storedBytes) == events || since == 0, comment)
  }

  static func line(_ transaction: Transaction) -> String {
    // Changes of one transaction, as the batch brings them back.
    "\(transaction.header) "
      + transaction.changes.map { "\($0.table) \($0.before?.columns ?? []) \($0.after?.columns ?? [])" }.joined()
  }

  /// What the ledger says, as lines, era by era.
  static func net(_ reader: LedgerReader, _ table: TableID, _ since: UInt64, _ until: UInt64) throws -> [[String]] {
    var eras: [[String]] = [[]]
    guard let net = try reader.netChanges(of: table, since: Position(since), until: Position(until)) else { return eras }
    while let part = try net.next() {
      switch part {
      case .block(let block):
        for row in 0..<block.changes.count {
          eras[eras.count - 1].append("\(block.changes.rows[row]) × \(block.changes.weights[row])")
        }
      case .truncation(let position): eras.append(["truncated at \(position.number)"])
      case .shape(let position): eras.append(["shape at \(position.number)"])
      case .unknownRow(let position): eras.append(["unknown row at \(position.number)"])
      }
    }
    return eras.map { $0.sorted() }
  }
}

extension StreamEvent {
  fileprivate var isRewind: Bool { if case .rewind = self { true } else { false } }
}
