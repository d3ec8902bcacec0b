import PostgreSQL
import Relations
import TestKit
import Testing

@testable import Formats

/// One workload, captured from a server by every plugin and in every form: all of it must be the same transactions, and these must lead
/// to what the server has.
@Suite(.serialized) struct CaptureTests {
  private static let cluster = Result { try Cluster.decoding() }

  @Test(.timeLimit(.minutes(5)), arguments: Cases.seeds(3))
  func `all plugins tell the same`(seed: UInt64) throws {
    let capture = try Capture(try Self.cluster.get(), seed: seed)
    let replay = Cases.replay(seed)
    let reference = try capture.read(capture.pgoutput(protocol: 1), "pgoutput 1")
    #expect(reference.transactions.count > 10, "\(replay)")
    try capture.expectState(reference.transactions, replay)

    let expected = capture.lines(reference.transactions)
    for (name, bytes) in try capture.complete() {
      let other = try capture.read(bytes, name)
      expectSame(capture.lines(other.transactions), expected, "\(name) \(replay)")
    }
    // Our own.
    var printer = ChangeLogPrinter(capture.tables.schema)
    for transaction in reference.transactions { printer.append(transaction) }
    expectSame(capture.lines(try capture.read(printer.take(), "own").transactions), expected, "own \(replay)")

    // wal2json writes NaN as null, and version 1 no TRUNCATE.
    for (name, bytes) in try capture.wal2json() {
      let other = try capture.read(bytes, name)
      let known = other.transactions
      let wanted = reference.transactions.map { capture.withoutUnread($0, likeIn: known, truncations: name == "wal2json 2") }
      expectSame(capture.lines(known), capture.lines(wanted), "\(name) \(replay)")
    }
    try capture.end()
  }

  /// Captures that are nearly right: whatever comes of them, it is an answer or an error at a place, and soon.
  @Test(.timeLimit(.minutes(5)), arguments: Cases.seeds(2))
  func `no capture does harm`(seed: UInt64) throws {
    let capture = try Capture(try Self.cluster.get(), seed: seed + 1000, transactions: 6)
    var random = SplitMix64(seed: seed)
    for (name, bytes) in try capture.complete() + capture.wal2json() {
      var refused = 0
      for _ in 0..<60 {
        // Some piece of it from the beginning, so that a text is short and its beginning is known.
        let text = Mutation.of(Array(bytes.prefix(Int.random(in: 50...6000, using: &random))), using: &random)
        do throws(FormatError) {
          var log = ChangeLogReader(
            [MemorySource(name, text, piece: Int.random(in: 1...4000, using: &random))], schema: capture.tables.schema)
          while try log.next() != nil {}
        } catch {
          refused += 1
          #expect(error.place.line >= 1 && error.place.column >= 1, "\(name): \(error) \(Cases.replay(seed))")
        }
      }
      #expect(refused > 5, "\(name): \(refused) \(Cases.replay(seed))")
    }
    try capture.end()
  }

  private func expectSame(_ ours: [String], _ expected: [String], _ name: String) {
    guard ours != expected else { return }
    let place = zip(ours, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(ours.count, expected.count)
    Issue.record(
      "\(name): line \(place) of \(ours.count) and \(expected.count):\n\(ours.dropFirst(place).first?.prefix(700) ?? "-")\n\(expected.dropFirst(place).first?.prefix(700) ?? "-")"
    )
  }
}

/// A workload that was run, with a slot for each plugin.
private struct Capture {
  let cluster: Cluster
  let tables: CapturedTables
  private let slots: [String]

  init(_ cluster: Cluster, seed: UInt64, transactions: Int = 40) throws {
    self.cluster = cluster
    tables = CapturedTables(try cluster.schema())
    let name = tables.namespace
    slots = ["p", "s", "t", "w"].map { "\(name)_\($0)" }
    var session = try cluster.connect()
    for definition in tables.definitions { try session.execute(definition) }
    try session.execute("CREATE PUBLICATION \(name) FOR ALL TABLES")
    for (slot, plugin) in zip(slots, ["pgoutput", "pgoutput", "test_decoding", "wal2json"]) {
      _ = try session.query("SELECT pg_create_logical_replication_slot('\(slot)', '\(plugin)', false, \(slot == "\(name)_s"))")
    }
    // What is prepared keeps its locks.
    try session.execute("SET lock_timeout = '50ms'")
    var workload = CapturedWorkload(tables, seed: seed)
    for statements in workload.transactions(transactions) {
      do throws(PostgresError) {
        for statement in statements { try session.execute(statement) }
      } catch {
        // A key that is there already is part of the game.
        guard error.sqlState.hasPrefix("23") || ["42704", "55P03"].contains(error.sqlState) else { throw error }
        try session.execute("ROLLBACK")
        for gid in try session.query("SELECT quote_literal(gid) FROM pg_prepared_xacts").rows {
          try session.execute("ROLLBACK PREPARED \(gid[0]!)")
        }
      }
    }
    // Slots are read up to what is on disk.
    try session.execute("SET synchronous_commit = on; CREATE TABLE \(name).last (); DROP TABLE \(name).last")
  }

  func end() throws {
    for slot in slots { _ = try cluster.query("SELECT pg_drop_replication_slot('\(slot)')") }
    try cluster.execute("DROP PUBLICATION \(tables.namespace); DROP SCHEMA \(tables.namespace) CASCADE")
  }
}

// MARK: - Captures

extension Capture {
  private func rows(_ slot: String, _ options: String, isBinary: Bool = false) throws -> [[String?]] {
    var session = try cluster.connect()
    let name = isBinary ? "pg_logical_slot_peek_binary_changes" : "pg_logical_slot_peek_changes"
    return try session.query("SELECT lsn, xid, data FROM \(name)('\(slot)', NULL, NULL, \(options))").rows
  }

  private func pgoutputRows(protocol version: Int) throws -> [[String?]] {
    let slot = "\(tables.namespace)_\(version >= 3 ? "s" : "p")"
    let streaming = version >= 2 ? ", 'streaming', 'on'" : ""
    let twoPhase = version >= 3 ? ", 'two_phase', 'on'" : ""
    return try rows(
      slot, "'proto_version', '\(version)', 'publication_names', '\(tables.namespace)'\(streaming)\(twoPhase)", isBinary: true)
  }

  /// As bytes, as `pg_recvlogical` writes them.
  func pgoutput(protocol version: Int, lineEnds: Bool = true) throws -> [UInt8] {
    try pgoutputRows(protocol: version).flatMap { row in
      Self.bytes(row[2]!) + (lineEnds ? [0x0A] : [])
    }
  }

  static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.utf8.dropFirst(2).map { UInt8($0 < 0x40 ? $0 - 0x30 : $0 - 0x57) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// Rows as psql prints them, and as `COPY … TO` writes them.
  static func printed(_ rows: [[String?]]) -> [UInt8] { rows.flatMap { "\($0[0]!)|\($0[1]!)|\($0[2]!)\n".utf8 } }

  static func copied(_ rows: [[String?]]) -> [UInt8] {
    rows.flatMap { row in
      var text: [UInt8] = Array("\(row[0]!)\t\(row[1]!)\t".utf8)
      for byte in row[2]!.utf8 {
        switch byte {
        case UInt8(ascii: "\\"): text += Array("\\\\".utf8)
        case 0x0A: text += Array("\\n".utf8)
        case 0x0D: text += Array("\\r".utf8)
        case 0x09: text += Array("\\t".utf8)
        default: text.append(byte)
        }
      }
      return text + [0x0A]
    }
  }

  /// Everything that leaves nothing out.
  func complete() throws -> [(name: String, bytes: [UInt8])] {
    let decoded = try rows("\(tables.namespace)_t", "'include-timestamp', '1'")
    return [
      ("pgoutput 1 without line ends", try pgoutput(protocol: 1, lineEnds: false)),
      ("pgoutput 2", try pgoutput(protocol: 2)), ("pgoutput 3", try pgoutput(protocol: 3)),
      ("pgoutput 3, printed", Self.printed(try pgoutputRows(protocol: 3))),
      ("pgoutput 1, copied", Self.copied(try pgoutputRows(protocol: 1))),
      ("test_decoding, printed", Self.printed(decoded)), ("test_decoding, copied", Self.copied(decoded)),
    ]
  }

  func wal2json() throws -> [(name: String, bytes: [UInt8])] {
    let slot = "\(tables.namespace)_w"
    let options = "'include-lsn', '1', 'include-timestamp', '1', 'include-xids', '1'"
    func plain(_ rows: [[String?]]) -> [UInt8] { rows.flatMap { "\($0[2]!)\n".utf8 } }
    let one = try rows(slot, options)
    return [
      ("wal2json 1", plain(one)), ("wal2json 1, pretty", plain(try rows(slot, "\(options), 'pretty-print', '1'"))),
      ("wal2json 1, copied", Self.copied(try rows(slot, "'include-timestamp', '1'"))),
      ("wal2json 2", plain(try rows(slot, "\(options), 'format-version', '2'"))),
      ("wal2json 2", Self.printed(try rows(slot, "'include-timestamp', '1', 'format-version', '2'"))),
    ]
  }
}

// MARK: - Reading

extension Capture {
  func read(_ bytes: [UInt8], _ name: String) throws -> (transactions: [Transaction], notes: [String]) {
    var options = ChangeLogOptions()
    options.batchBytes = 1 << 16
    var log = ChangeLogReader([MemorySource(name, bytes, piece: 1 << 12)], schema: tables.schema, options: options)
    var transactions: [Transaction] = []
    while let item = try log.next() {
      guard case .transactions(let batch) = item else {
        Issue.record("\(name): \(item)")
        continue
      }
      transactions += batch.transactions.boxed
    }
    #expect(log.unknownTables.isEmpty)
    return (transactions, log.notes)
  }

  /// What has changed, in words. Transactions in which nothing did are not told by all plugins.
  func lines(_ transactions: [Transaction]) -> [String] {
    transactions.filter { !$0.changes.isEmpty }.flatMap { transaction in
      ["\(transaction.position) \(transaction.header.committedAt ?? 0)"] + transaction.changes.map(line)
    }
  }

  private func line(_ change: Change) -> String {
    let table = tables.schema[change.table]!
    let images = [change.before, change.after].map { $0.map { Sample.describe($0, table) } ?? "-" }
    return "  \(table.name) \(images.joined(separator: " =>"))"
  }

  /// The transaction without what another format does not tell: values that are NULL or NaN and absent there.
  func withoutUnread(_ transaction: Transaction, likeIn others: [Transaction], truncations: Bool) -> Transaction {
    var transaction = transaction
    if !truncations { transaction.changes.removeAll { if case .truncate = $0.operation { true } else { false } } }
    guard let other = others.first(where: { $0.position == transaction.position }), other.changes.count == transaction.changes.count
    else { return transaction }
    transaction.changes = zip(transaction.changes, other.changes).map { change, other in
      switch (change.operation, other.operation) {
      case (.insert(let after), .insert(let known)): Change(change.table, .insert(after: without(after, known, change.table)))
      case (.update(let before, let after), .update(let knownBefore, let knownAfter)):
        Change(
          change.table,
          .update(before: without(before, knownBefore, change.table), after: without(after, knownAfter, change.table)))
      default: change
      }
    }
    return transaction
  }

  private func without(_ image: RowImage, _ other: RowImage, _ table: TableID) -> RowImage {
    let types = tables.schema[table]!.types
    return RowImage(
      zip(zip(image.columns, other.columns), types).map { pair, type in
        guard let value = pair.0, pair.1 == nil, [.float4, .float8, .numeric].contains(type.id) else { return pair.0 }
        let text = value.text(as: type, style: TextStyle()) ?? "NULL"
        return text.contains("N") || text.contains("I") ? nil : value
      })
  }
}

// MARK: - What the server has

extension Capture {
  /// Applies the changes to tables that were empty, and compares with the server's.
  func expectState(_ transactions: [Transaction], _ comment: String) throws {
    var rows: [TableID: [[String?]]] = [:]
    for change in transactions.flatMap(\.changes) { try apply(change, to: &rows[change.table, default: []]) }
    for table in tables.schema.allTables {
      let columns = table.columns.map { "CASE WHEN \($0.name) IS NOT NULL THEN concat(\($0.name)) END" }.joined(separator: ", ")
      let server = try cluster.query("SELECT \(columns) FROM \(table.name)")
      let ours = (rows[table.id] ?? []).map { "\($0)" }.sorted()
      #expect(ours == server.map { "\($0)" }.sorted(), "\(table.name) \(comment)")
    }
  }

  private func apply(_ change: Change, to rows: inout [[String?]]) throws {
    let table = tables.schema[change.table]!
    let types = table.types
    func texts(_ image: RowImage) -> [String??] {
      zip(image.columns, types).map { value, type in value.map { $0.text(as: type, style: TextStyle()) } }
    }
    func place(_ image: RowImage) throws -> Int {
      let known = texts(image)
      return try #require(
        rows.firstIndex { row in zip(row, known).allSatisfy { $1 == nil || $0 == $1! } }, "\(table.name): the row is there")
    }
    switch change.operation {
    case .truncate: rows = []
    case .insert(let after): rows.append(texts(after).map { $0 ?? "absent" })
    case .delete(let before): rows.remove(at: try place(before))
    case .update(let before, let after):
      let index = try place(before)
      rows[index] = zip(rows[index], texts(after)).map { $1 ?? $0 }
    }
  }
}
