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
    #expect(wrong.status == 2 && wrong.output.contains("check, stat, backup, restore"), "\(wrong.output)")
  }
}
