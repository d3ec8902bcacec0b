import Glibc
import Relations
import TestKit
import Testing

@testable import Storage

/// Flipped bits, foreign formats, files that cannot be written, disks that are full: a clear error, or the right answer.
@Suite struct DamageTests {
  private static func filled(_ store: any KeyValueStore, transactions count: Int = 60) throws -> NumberedHistory {
    let ledger = try DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key])
    try ledger.loadBase(of: NumberedHistory.table, types: NumberedHistory.types, at: .start).finish()
    var history = NumberedHistory()
    for step in 0..<count / 10 {
      try ledger.append(TransactionBatch(history.next(10)) { _ in NumberedHistory.types })
      if step % 2 == 1 { try ledger.derive() }
      try ledger.pin("pin \(step)", at: ledger.read().end)
    }
    try ledger.append(.gap(before: Position(history.end)))
    try fillRegistry(Registry(ledger))
    return history
  }

  /// One record of each kind at least.
  private static func fillRegistry(_ registry: Registry) throws {
    try registry.declare(BranchRecord("alice", fork: Position(20)))
    try registry.record(
      (0..<3).map { number in
        let read = NumberedRead(number)
        return ReadRecord(template: NumberedRead.template, types: NumberedRead.types, constants: read.constants, fields: ["a": [1]])
      }, on: "alice")
    var writes = NumberedHistory()
    try registry.append(TransactionBatch(writes.next(3)) { _ in NumberedHistory.types }, on: "alice")
    try registry.set("rule escrow", to: [1, 2, 3])
    try registry.set(TimelineRecord(definitions: "CREATE TABLE numbered (id int)"))
    let rows = (0..<5).map { NumberedHistory.row($0, writer: 1) }
    try registry.keep(
      BaseRecord(at: .start, form: nil, tables: [NumberedHistory.table: []], notes: []),
      [(table: NumberedHistory.table, rows: Batch(NumberedHistory.types, rows: rows))])
    try registry.setCheckpoint([1, 2, 3, 4], at: Position(30))
    // Rows of the image that begin with it, and others behind.
    try registry.ledger.collect(horizon: Position(5))
  }

  /// Everything that can be asked, as lines.
  private static func answers(_ store: any KeyValueStore) throws -> [String] {
    let ledger = try DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key])
    let reader = try ledger.read()
    var lines = ["\(reader.end) \(reader.pins.sorted { $0.key < $1.key }) \(reader.events().map(\.storedBytes))"]
    for since in [reader.horizon.number] + reader.pins.values.map(\.position.number).sorted() {
      lines += try LedgerModel.net(reader, NumberedHistory.table, since, reader.end.number).flatMap { $0 }
      lines.append("\(try reader.commitTime(at: Position(since)) ?? 0) \(try reader.position(at: Int64(since) * 1000))")
    }
    let stream = try reader.transactions(since: reader.horizon)
    while let batch = try stream.next() { lines += batch.boxed.map { LedgerModel.line($0) } }
    let scan = try reader.scan(NumberedHistory.table, at: reader.end)
    while let block = try scan.next() { lines += (0..<block.changes.count).map { "\(block.changes.rows[$0])" } }
    let found = try ledger.index(of: NumberedHistory.table, on: [1]).rows()
    while let block = try found.next() { lines += (0..<block.changes.count).map { "\(block.changes.rows[$0])" } }
    ledger.dropIndexes()
    return try lines + registered(Registry(ledger))
  }

  private static func registered(_ registry: Registry) throws -> [String] {
    var lines = ["\(try registry.branches())"]
    try registry.forEachRead(on: "alice") { lines.append("\($0) \($1.template) \($1.constants) \($1.fields)") }
    try registry.forEachWrite(on: "alice") { lines += $0.boxed.map { LedgerModel.line($0) } }
    lines.append("\(try registry.value(of: "rule escrow") ?? []) \(try registry.timeline().map { "\($0)" } ?? "")")
    let base = try #require(try registry.base())
    try registry.forEachRows(of: base) { table, rows in lines += (0..<rows.count).map { "\(table) \(rows[$0])" } }
    let checkpoint = try registry.checkpoint()
    lines.append("\(checkpoint.map { "\($0.position) \($0.bytes)" } ?? "none")")
    return lines
  }

  @Test func `a flipped bit in any value is an error or changes nothing, and a check finds it`() throws {
    let seed: UInt64 = Cases.replayed ?? 1
    var random = SplitMix64(seed: seed)
    let store = MemoryStore()
    _ = try Self.filled(store)
    let truth = try Self.answers(store)
    #expect(try StoreCheck(of: store).problems.isEmpty)
    var errors = 0
    // Each kind of value is there, and each kind of record.
    #expect(Set(store.keys.map { $0[0] }) == Set(StoreCheck.Kind.allCases.map(\.rawValue)))
    #expect(Set(store.keys.lazy.filter { $0[0] == 6 }.map { $0[1] }) == Set(1...7))
    for key in store.keys {
      for _ in 0..<4 {
        let bit = Int.random(in: 0..<8 * store.byteCount(of: key), using: &random)
        store.flip(bit, of: key)
        do {
          #expect(try Self.answers(store) == truth, "\(StoredValue.named("bit \(bit)", key))")
        } catch let error as StoreError {
          errors += 1
          #expect(error.code == "corrupt" && error.description.contains("key "), "\(error)")
        }
        let problems: [StoreError]
        do { problems = try StoreCheck(of: store).problems } catch { problems = [error] }
        #expect(!problems.isEmpty, "\(StoredValue.named("bit \(bit)", key))")
        store.flip(bit, of: key)
      }
    }
    #expect(errors > 30)
    #expect(try Self.answers(store) == truth)
  }

  @Test func `a store of a newer format is refused`() throws {
    let store = MemoryStore()
    var batch = WriteBatch()
    batch.put(StoreKey.format, StoreFormat.value(StoreFormat.current + 1))
    try store.write(batch, durably: true)
    #expect(throws: StoreError.newerFormat(found: 2, known: 1)) { try DurableLedger(in: store) }
  }

  @Test func `a store of a format that is not read any more is refused, and the way out said`() throws {
    let store = MemoryStore()
    var batch = WriteBatch()
    batch.put(StoreKey.format, StoreFormat.value(StoreFormat.earliest - 1))
    try store.write(batch, durably: true)
    #expect { try DurableLedger(in: store) } throws: {
      ($0 as? StoreError)?.code == "older-format" && "\($0)".contains("make it anew from a base")
    }
    #expect(store.keys == [StoreKey.format], "nothing is written into it")
  }

  @Test func `a second owner is refused, and told who has the store`() throws {
    let directory = try TemporaryDirectory()
    let store = try RocksStore(at: directory.path)
    #expect { try RocksStore(at: directory.path) } throws: {
      "\($0)".contains("process \(getpid())") && ($0 as? StoreError)?.code == "locked"
    }
    let other = try RunningProgram("StoreCrasher", [directory.path, "1"])
    #expect(other.readLine()?.contains("in use: process \(getpid())") == true)
    #expect(other.end() == 1)
    _ = store.diskBytes
  }

  @Test func `a store that is not there is not made by looking`() throws {
    #expect(throws: StoreError.missing(path: "/tmp/there is no store here")) {
      try RocksStore(at: "/tmp/there is no store here", creating: false)
    }
  }

  @Test func `RocksDB gives back what was written, after opening again`() throws {
    let directory = try TemporaryDirectory()
    let history: NumberedHistory
    do { history = try Self.filled(RocksStore(at: directory.path), transactions: 500) }
    let ledger = try DurableLedger(in: RocksStore(at: directory.path))
    var first = NumberedHistory()
    first.advance(to: 5)
    #expect(try LedgerModel.net(ledger.read(), NumberedHistory.table, 5, history.end) == [history.net(since: first)])
  }

  @Test func `a flipped bit in a file is an error or changes nothing`() throws {
    let seed: UInt64 = Cases.replayed ?? 1
    var random = SplitMix64(seed: seed)
    let directory = try TemporaryDirectory()
    do { _ = try Self.filled(RocksStore(at: directory.path), transactions: 200) }
    let truth = try Self.answers(RocksStore(at: directory.path))
    var errors = 0
    for _ in 0..<24 {
      let copy = try TemporaryDirectory()
      try Self.shell("cp -r \(directory.path)/. \(copy.path) && rm -f \(copy.path)/data/LOG*")
      let files = try Self.files(copy.path + "/data").filter { $0.hasSuffix(".sst") || $0.hasPrefix("MANIFEST") }
      let file = copy.path + "/data/" + files.randomElement(using: &random)!
      try Self.flipBit(of: file, &random)
      do {
        #expect(try Self.answers(RocksStore(at: copy.path)) == truth, "\(file) \(Cases.replay(seed))")
      } catch is StoreError {
        errors += 1
      }
    }
    #expect(errors > 5)
  }

  /// Runs a command on a small disk of its own, `$0` being the program and `$1` the disk's directory. Returns what it says.
  private static func onSmallDisk(_ command: String) throws -> (said: [String], status: Int32) {
    let directory = try TemporaryDirectory()
    let script = "mount -t tmpfs -o size=20m none \"$1\" && \(command)"
    let program = try RunningProgram("StoreCrasher", [directory.path], wrapper: ["unshare", "-rm", "sh", "-c", script])
    var said: [String] = []
    while let line = program.readLine() { said.append(line) }
    return (said, program.end())
  }

  @Test func `a store on a full disk says so and goes on when there is space`() throws {
    let (said, status) = try Self.onSmallDisk("exec \"$0\" \"$1\" full")
    #expect(
      status == 0 && said.dropLast() == ["refused disk-full", "brim", "refused disk-full", "refused disk-full"], "\(said)")
    #expect(said.last?.hasPrefix("went on") == true, "\(said)")
  }

  @Test func `whoever takes the last space from under a store takes nothing that was acknowledged`() throws {
    let seed: UInt64 = Cases.replayed ?? 1
    var random = SplitMix64(seed: seed)
    for _ in 0..<Cases.count(10) {
      let pause = Int.random(in: 0...400_000, using: &random)
      // RocksDB may end the process; what counts is what is there then.
      let (said, status) = try Self.onSmallDisk(
        "{ \"$0\" \"$1\" crowded \(pause) 2>&1; echo ended $?; exec \"$0\" \"$1\" after; }")
      func numbers(_ word: String) -> [UInt64] {
        said.filter { $0.hasPrefix(word + " ") }.compactMap { UInt64($0.dropFirst(word.count + 1)) }
      }
      let (acknowledged, found) = (numbers("end").max() ?? 0, numbers("found").last)
      #expect(status == 0 && found.map { $0 >= acknowledged } == true, "\(said.suffix(5)) \(Cases.replay(seed))")
      #expect(!said.contains { $0.hasPrefix("error") }, "\(said.suffix(5)) \(Cases.replay(seed))")
    }
  }

  @Test func `files that cannot be written are named as such`() throws {
    let directory = try TemporaryDirectory()
    do { _ = try Self.filled(RocksStore(at: directory.path)) }
    // As a user for whom they really cannot: root writes to anything.
    try Self.shell("chmod -R a+rX,a-w \(directory.path) && chmod 755 \(directory.path)")
    let wrapper = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
    let probe = try RunningProgram.shell("\(wrapper.joined(separator: " ")) touch \(directory.path)/data/probe")
    try #require(probe.end() != 0, "the fault is not real")
    let program = try RunningProgram("StoreCrasher", [directory.path, "1"], wrapper: wrapper)
    let said = program.readLine()
    #expect(said?.contains("cannot be written") == true, "\(said ?? "")")
    #expect(program.end() == 1)
  }

  private static func shell(_ command: String) throws {
    let status = try RunningProgram.shell(command).end()
    try #require(status == 0, "\(command)")
  }

  private static func files(_ path: String) throws -> [String] {
    let program = try RunningProgram.shell("ls \(path)")
    var files: [String] = []
    while let line = program.readLine() { files.append(line) }
    _ = program.end()
    return files
  }

  private static func flipBit(of path: String, _ random: inout SplitMix64) throws {
    let file = try #require(fopen(path, "r+"))
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let place = Int.random(in: 0..<ftell(file), using: &random)
    fseek(file, place, SEEK_SET)
    let byte = fgetc(file)
    fseek(file, place, SEEK_SET)
    fputc(byte ^ 1 << Int32.random(in: 0..<8, using: &random), file)
  }
}
