import Relations
import TestKit
import Testing

@testable import Storage

/// `premise store`, as somebody would run it.
@Suite struct StoreCommandTests {
  @Test func `a store is checked, told about, backed up and restored`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/store"
    var history = NumberedHistory()
    do {
      let ledger = try DurableLedger(in: RocksStore(at: path), keys: [NumberedHistory.table: NumberedHistory.key])
      try ledger.append(TransactionBatch(history.next(500)) { _ in NumberedHistory.types })
      try ledger.pin("alice", at: Position(100))
    }
    let check = try Program.run(["store", "check", path])
    #expect(check.status == 0 && check.output.contains("everything is as it was written"), "\(check.output)")
    let stat = try Program.run(["store", "stat", path])
    #expect(stat.status == 0 && stat.output.contains("alice") && stat.output.contains("0/1F4"), "\(stat.output)")
    #expect(try Program.run(["store", "stat", path, "--format", "json"]).output.contains("\"end\":\"0/1F4\""))

    #expect(try Program.run(["store", "backup", path, directory.path + "/backups"]).status == 0)
    let again = try Program.run(["store", "restore", directory.path + "/backups", path])
    #expect(again.status == 2 && again.output.contains("already"), "\(again.output)")
    #expect(try Program.run(["store", "restore", directory.path + "/backups", directory.path + "/restored"]).status == 0)
    let restored = try DurableLedger(in: RocksStore(at: directory.path + "/restored", creating: false))
    let net = try LedgerModel.net(restored.read(), NumberedHistory.table, 0, 500)
    #expect(net == [history.net(since: NumberedHistory())])
    #expect(try restored.read().position(of: "alice") == Position(100))
  }

  @Test func `of a damaged backup no store is made`() throws {
    let directory = try TemporaryDirectory()
    let (path, backups) = (directory.path + "/store", directory.path + "/backups")
    var history = NumberedHistory()
    do {
      let ledger = try DurableLedger(in: RocksStore(at: path), keys: [NumberedHistory.table: NumberedHistory.key])
      try ledger.append(TransactionBatch(history.next(500)) { _ in NumberedHistory.types })
    }
    #expect(try Program.run(["store", "backup", path, backups]).status == 0)
    let files = try Program.shell("find \(backups) -name '*.sst'").output.split(separator: "\n")
    try #require(!files.isEmpty)
    let change = "dd of=\(files[0]) bs=1 seek=$(($(stat -c %s \(files[0])) / 2)) conv=notrunc 2>/dev/null"
    let before = try Program.shell(
      "dd if=\(files[0]) bs=1 skip=$(($(stat -c %s \(files[0])) / 2)) count=1 2>/dev/null | od -An -tu1")
    let byte = (Int(before.output.filter(\.isNumber)) ?? 0) ^ 1
    _ = try Program.shell("printf '\\\(String(byte, radix: 8))' | \(change)")
    let restored = directory.path + "/restored"
    let run = try Program.run(["store", "restore", backups, restored])
    #expect(run.status == 2 && run.output.contains("damaged"), "\(run.output)")
    let check = try Program.run(["store", "check", restored])
    #expect(check.status == 2 && check.output.contains("there is no store"), "\(check.output)")
    // Whole again, it is restored over what was left behind.
    _ = try Program.shell("printf '\\\(String(byte ^ 1, radix: 8))' | \(change)")
    #expect(try Program.run(["store", "restore", backups, restored]).status == 0)
    #expect(try DurableLedger(in: RocksStore(at: restored, creating: false)).read().end == Position(500))
  }

  @Test func `what is not needed any more is counted, and collected`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/store"
    var history = NumberedHistory()
    do {
      let ledger = try DurableLedger(in: RocksStore(at: path), keys: [NumberedHistory.table: NumberedHistory.key])
      for _ in 0..<20 { try ledger.append(TransactionBatch(history.next(100)) { _ in NumberedHistory.types }) }
      try ledger.pin("alice", at: Position(1000))
    }
    func collect(_ arguments: String...) throws -> Program.Run {
      try Program.run(["store", "collect", path, "--format", "json"] + arguments)
    }
    /// What is told of a part, with the figures of another run in the place of its own.
    func part(_ run: Program.Run, _ what: String) -> Substring? {
      run.output.split(separator: "\"\(what)\":").dropFirst().first?.prefix { $0 != "}" }
    }
    let kept = try collect()
    #expect(kept.status == 0 && part(kept, "log")?.hasSuffix("\"freed\":0") == true, "\(kept.output)")
    // All commits were in January 2000.
    for limit in [["--before", "0/7D0"], ["--keep", "7d"]] {
      let told = try Program.run(["store", "collect", path, "--format", "json", "--dry-run"] + limit)
      #expect(told.output.contains("\"dry_run\":true,\"horizon\":\"0/7D0\""), "\(told.output)")
      #expect(part(told, "log")?.hasSuffix("\"freed\":0") == false && !told.output.contains("disk"), "\(told.output)")
    }
    let told = try collect("--dry-run", "--before", "0/7D0")
    let without = try collect("--dry-run", "--before", "0/7D0", "--without", "alice")
    #expect(part(without, "versions")?.contains("\"after\":0") == true && part(told, "versions") != part(without, "versions"))
    let done = try collect("--before", "0/7D0")
    #expect(done.output.contains("\"dry_run\":false,\"horizon\":\"0/7D0\"") && done.output.contains("disk"), "\(done.output)")
    for what in ["versions", "log"] { #expect(part(done, what) == part(told, what), "\(done.output) \(told.output)") }
    var first = NumberedHistory()
    first.advance(to: 1000)
    let ledger = try DurableLedger(in: RocksStore(at: path, creating: false))
    #expect(try LedgerModel.net(ledger.read(), NumberedHistory.table, 1000, 2000) == [history.net(since: first)])
    #expect(throws: StoreError.self) { try ledger.read().require(Position(1001)) }
  }

  @Test(arguments: [
    (["--before", "0/1", "--keep", "7d"], "give one of them"), (["--keep", "soon"], "90s, 45m, 12h or 7d"),
    (["--without", "alice"], "wants '--dry-run'"), (["--before", "0/999999"], "has not been reached"),
    (["--dry-run", "--without", "nobody"], "there is no pin 'nobody'"), (["--before", "never"], "is a position"),
  ])
  func `what a collection cannot do is said`(arguments: [String], words: String) throws {
    let directory = try TemporaryDirectory()
    _ = try DurableLedger(in: RocksStore(at: directory.path))
    let run = try Program.run(["store", "collect", directory.path] + arguments)
    #expect(run.status == 2 && run.output.contains(words), "\(run.output)")
  }

  @Test func `a backup is made while the store is used`() throws {
    let directory = try TemporaryDirectory()
    let store = try RocksStore(at: directory.path + "/store")
    let ledger = try DurableLedger(in: store, keys: [NumberedHistory.table: NumberedHistory.key])
    var history = NumberedHistory()
    for count in [100, 200] {
      try ledger.append(TransactionBatch(history.next(count)) { _ in NumberedHistory.types })
      try store.backUp(to: directory.path + "/backups")
    }
    try ledger.append(TransactionBatch(history.next(50)) { _ in NumberedHistory.types })
    try RocksStore.restore(from: directory.path + "/backups", to: directory.path + "/restored")
    let restored = try DurableLedger(in: RocksStore(at: directory.path + "/restored"))
    #expect(try restored.read().end == Position(300))
  }

  @Test func `what cannot be done is said`() throws {
    let missing = try Program.run(["store", "check", "/tmp/there is no store here"])
    #expect(missing.status == 2 && missing.output.contains("there is no store"), "\(missing.output)")
    let wrong = try Program.run(["store", "chekc", "/tmp"])
    #expect(wrong.status == 2 && wrong.output.contains("check, stat, collect, backup, restore"), "\(wrong.output)")
  }
}
