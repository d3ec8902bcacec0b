import Engine
import Formats
import Queries
import Relations
import Storage
import Testing

/// Branches come and go, and say what happened to them.
@Suite struct BranchTests {
  private static let orders = "CREATE TABLE orders (id int PRIMARY KEY, total int); ALTER TABLE orders REPLICA IDENTITY FULL;"

  private static func insert(_ position: String, _ id: Int, at time: String? = nil) -> String {
    let time = time.map { #""committed_at":"\#($0)","# } ?? ""
    return #"{"position":"\#(position)",\#(time)"changes":[{"table":"orders","op":"insert","after":{"id":\#(id),"total":1}}]}"#
      + "\n"
  }

  private static let log =
    insert("0/20", 1, at: "2026-05-01T10:00:00Z") + insert("0/30", 2, at: "2026-05-01T12:00:00Z")
    + insert("0/40", 3, at: "2026-05-01T11:00:00Z") + insert("0/50", 4, at: "2026-05-01T13:00:00Z")

  private static let ten: Int64 = 9_617 * 86_400_000_000 + 10 * 3_600_000_000
  private static let hour: Int64 = 3_600_000_000

  private static func scene() throws -> Scene {
    var scene = try Scene(orders, fork: Position(0x20))
    try scene.main(log)
    return scene
  }

  @Test func `a fork by time is the state before the first later commit, and is told`() throws {
    var engine = try Self.scene().engine
    let forks = [0, 59, 60, 119, 120, 180].map { Self.ten + $0 * Self.hour / 60 }
    var positions: [UInt64] = []
    for (place, time) in forks.enumerated() {
      positions.append(try engine.fork("b\(place)", at: .committed(by: time)).fork.number)
    }
    // The clock went back between two commits: at twelve, what comes with a time of eleven was there too.
    #expect(positions == [0x20, 0x20, 0x20, 0x20, 0x40, 0x50])
    #expect(throws: TimelineError.beforeKnownTime(Self.ten - 1, first: Self.ten)) {
      try engine.fork("early", at: .committed(by: Self.ten - 1))
    }
    #expect(throws: TimelineError.beforeKnownTime(0, first: nil)) { try engine.fork("sub", from: "alice", at: .committed(by: 0)) }
  }

  @Test func `the same fork again is the same branch, and another one of its name is refused`() throws {
    var engine = try Self.scene().engine
    let bob = try engine.fork("bob", at: .at(Position(0x30)))
    #expect(try engine.fork("bob", at: .at(Position(0x30))) == bob)
    #expect(throws: TimelineError.branchExists("bob")) { try engine.fork("bob", at: .at(Position(0x40))) }
    #expect(throws: TimelineError.branchExists("bob")) { try engine.fork("bob", at: .at(Position(0x30)), kind: .snapshot) }
    #expect(throws: TimelineError.unknownBranch("eve")) { try engine.fork("sub", from: "eve") }
    #expect(try engine.fork("late").fork == Position(0x50))
    #expect(try engine.fork("later", at: .at(Position(0x60))).waitsFor == Position(0x60))
  }

  @Test func `a snapshot is not written to, and a branch's writes come in order`() throws {
    var scene = try Self.scene()
    var engine = scene.engine
    try scene.write(Self.insert("0/1", 10) + Self.insert("0/2", 11))
    let batch = TransactionBatch(
      [Transaction(Transaction.Header(Position(5)), [])], types: { _ in [] })
    try engine.fork("frozen", kind: .snapshot)
    #expect(throws: TimelineError.readOnly(branch: "frozen")) { try engine.write(batch, to: "frozen") }
    try engine.write(batch, to: "alice")
    #expect(throws: TimelineError.outOfOrder(branch: "alice", Position(5), expectedAfter: Position(5))) {
      try engine.write(batch, to: "alice")
    }
    #expect(throws: TimelineError.unknownBranch("eve")) { try engine.write(batch, to: "eve") }
  }

  @Test func `what a branch wrote after a position is undone, and what it asked then is forgotten`() throws {
    var scene = try Self.scene()
    let count = "SELECT count(*) FROM orders WHERE id > 9"
    try scene.ask(count)
    try scene.write(Self.insert("0/1", 10))
    try scene.ask(count)
    try scene.write(Self.insert("0/2", 11))
    try scene.ask(count)
    var engine = scene.engine
    let undone = try engine.reset("alice", to: Position(1))
    #expect(undone.transactions == 1 && undone.reads == ["r2"])
    #expect(try engine.branch("alice").end == Position(1))
    #expect(engine.verdicts().verdicts.map(\.decision) == [.holds, .holds])
    #expect(try engine.diff(of: "alice", asOf: Position(0x20)).tables.flatMap(\.rows).count == 1)
    try engine.fork("sub", from: "alice")
    #expect(throws: TimelineError.inUse(branch: "alice", by: ["sub"])) { try engine.reset("alice", to: .start) }
  }

  @Test func `a deleted parent stays hidden until its last branch is gone`() throws {
    var scene = try Self.scene()
    try scene.write(Self.insert("0/1", 10))
    try scene.ask("SELECT count(*) FROM orders")
    scene.declare("sub", parent: "alice", fork: Position(1))
    try scene.write(Self.insert("0/1", 11), branch: "sub")
    try scene.ask("SELECT count(*) FROM orders", branch: "sub")
    var engine = scene.engine
    let gone = try engine.delete("alice")
    #expect(gone.transactions == 1 && gone.reads == ["r0"] && gone.isHidden)
    #expect(engine.branchNames == ["sub"])
    #expect(throws: TimelineError.unknownBranch("alice")) { try engine.branch("alice") }
    #expect(engine.verdicts().verdicts.map(\.decision) == [.holds])
    #expect(throws: TimelineError.branchExists("alice")) { try engine.fork("alice", at: .at(Position(0x20))) }
    #expect(try !engine.delete("sub").isHidden)
    #expect(try engine.fork("alice", at: .at(Position(0x30))).fork == Position(0x30))
  }

  @Test func `temporary branches go when their time has come`() throws {
    var engine = try Self.scene().engine
    try engine.fork("short", kind: .temporary(until: 100))
    try engine.fork("long", kind: .temporary(until: 200))
    #expect(engine.expire(at: 99).isEmpty)
    #expect(engine.expire(at: 100).map(\.branch) == ["short"])
    #expect(engine.branchNames == ["alice", "long"])
  }

  @Test func `history tells transactions, events and forks in their order`() throws {
    var scene = try Self.scene()
    try scene.main(#"{"position":"0/60","event":"gap"}"#)
    try scene.write(Self.insert("0/1", 10) + #"{"position":"0/2","changes":[{"table":"orders","op":"truncate"}]}"#)
    scene.declare("sub", parent: "alice", fork: Position(1))
    let engine = scene.engine
    let main = try engine.history()
    #expect(main.map(\.position.number) == [0x20, 0x20, 0x30, 0x40, 0x50, 0x60])
    guard case .fork(branch: "alice") = main[1].content, case .event(.gap) = main[5].content,
      case .transaction(_, let changes) = main[0].content
    else { throw Unexpected(what: "\(main)") }
    #expect(changes?.values.map(\.inserted) == [1])
    #expect(try engine.history(after: Position(0x20), limit: 2).map(\.position.number) == [0x30, 0x40])
    #expect(try engine.history(after: Position(0x40), limit: 2).map(\.position.number) == [0x50, 0x60])
    let own = try engine.history(of: "alice")
    #expect(own.map(\.position.number) == [1, 1, 2])
    guard case .transaction(_, let emptied) = own[2].content else { throw Unexpected(what: "\(own)") }
    #expect(emptied?.values.map(\.truncations) == [1])
  }

  struct Unexpected: Error { let what: String }

  @Test func `a state that was not kept is refused, and who was told of one is told anew`() throws {
    var engine = VerdictEngine(schema: try Scene(Self.orders).engine.schema)
    engine.retain([Position(0x20)], images: 2)
    func change(_ log: String) throws {
      var reader = ChangeLogReader([MemorySource("log", Array(log.utf8))], schema: engine.schema)
      while case .transactions(let batch)? = try reader.next() { try engine.append(batch.transactions) }
    }
    try change(Self.insert("0/20", 1))
    try engine.fork("alice", at: .at(Position(0x20)))
    try engine.ask(RecordedRead("SELECT count(*) FROM orders WHERE id = 1", id: "r1"))
    let first = try engine.verdictChanges(of: "alice")
    for version in 1...6 { try change(Self.update("0/\(version + 2)0", 1, version, version + 1)) }
    let start = engine.ledger.wholeFrom
    #expect(start > Position(0x30))
    #expect(throws: TimelineError.notRetained(Position(0x30), from: start)) { try engine.fork("bob", at: .at(Position(0x30))) }
    #expect(throws: TimelineError.notRetained(Position(0x30), from: start)) { try engine.diff(of: "alice", asOf: Position(0x30)) }
    #expect(try engine.diff(of: "alice").tables.flatMap(\.rows).count == 1)
    let second = try engine.verdictChanges(of: "alice", since: first.cursor)
    #expect(second.isRestarted && second.changes.map(\.after) == [.holds])
    guard case .transaction(_, changes: nil) = try engine.history()[0].content else {
      Issue.record("what is not kept is counted")
      return
    }
  }

  @Test func `who is given what came of changes says so, and asks of what is known`() throws {
    var scene = try Scene(Self.orders, fork: Position(0x20))
    try scene.main(Self.insert("0/20", 1) + Self.update("0/40", 1, 1, 3))
    try scene.ask("SELECT count(*) FROM orders WHERE total > 2")
    var engine = scene.engine
    #expect(engine.verdicts().verdicts[0].evidence.staleSince == .exactly(Position(0x40)))
    engine.becomeNet(between: [Position(0x20), Position(0x40)])
    #expect(engine.verdicts().verdicts[0].evidence.staleSince == .between(after: Position(0x20), by: Position(0x40)))
    #expect(throws: TimelineError.notRetained(Position(0x30), from: Position(0x40))) {
      try engine.fork("bob", at: .at(Position(0x30)))
    }
    #expect(try engine.fork("bob", at: .at(Position(0x20))).fork == Position(0x20))
    let cursor = try engine.verdictChanges(of: "alice").cursor
    let further = #"{"position":"0/50","changes":[{"table":"orders","op":"delete","before":{"id":1,"total":3}}]}"#
    var log = ChangeLogReader([MemorySource("log", Array(further.utf8))], schema: engine.schema)
    while case .transactions(let batch)? = try log.next() { try engine.append(batch.transactions) }
    let news = try engine.verdictChanges(of: "alice", since: cursor)
    #expect(!news.isRestarted && news.changes.map(\.after) == [.holds])
  }

  @Test func `what a branch pins is where its line left main, and what only it keeps apart is counted`() throws {
    var scene = try Scene(Self.orders, fork: Position(0x30))
    try scene.main(
      Self.insert("0/20", 1) + Self.update("0/28", 1, 1, 2) + Self.update("0/38", 1, 2, 3) + Self.update("0/48", 1, 3, 4))
    var engine = scene.engine
    try engine.fork("bob", at: .at(Position(0x20)))
    try engine.fork("sub", from: "bob", at: .at(.start))
    try engine.fork("carl", at: .at(Position(0x48)))
    let pins = engine.pins()
    #expect(pins.map(\.branch) == ["alice", "bob", "carl", "sub"])
    #expect(pins.map(\.position.number) == [0x30, 0x20, 0x48, 0x20])
    #expect(pins.map(\.shared) == [[], ["sub"], [], ["bob"]])
    #expect(pins[3].ancestors == ["bob"])
    // Between bob's fork and the present the row has one version more for alice's sake: two images, one of them on each side.
    #expect(pins.map { $0.alone.values.reduce(0, +) } == [2, 0, 0, 0])
  }

  private static func update(_ position: String, _ id: Int, _ old: Int, _ new: Int) -> String {
    #"{"position":"\#(position)","changes":[{"table":"orders","op":"update","before":{"id":\#(id),"total":\#(old)},"#
      + #""after":{"id":\#(id),"total":\#(new)}}]}"# + "\n"
  }
}
