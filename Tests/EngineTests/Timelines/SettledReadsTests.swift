import Formats
import Queries
import Relations
import Storage
import Testing

@testable import Engine

/// What is settled is judged no more, is kept as long as somebody said, and what is dropped is told.
@Suite struct SettledReadsTests {
  private static let orders = "CREATE TABLE orders (id int PRIMARY KEY, total int);"
  private static let base = #"{"table":"orders","row":{"id":1,"total":10}}"#

  private static func insert(_ position: String, _ id: Int) -> String {
    #"{"position":"\#(position)","changes":[{"table":"orders","op":"insert","after":{"id":\#(id),"total":1}}]}"#
  }

  private static func engine() throws -> VerdictEngine {
    var scene = try Scene(orders, base: base)
    scene.declare("bob", fork: Position(0x10))
    try scene.ask("SELECT count(*) FROM orders", answer: [["1"]])
    try scene.ask("SELECT total FROM orders WHERE id = 1", answer: [["10"]])
    try scene.ask("SELECT max(total), 1 / (count(*) - 1) FROM orders", branch: "bob")
    try scene.main(insert("0/20", 2))
    return scene.engine
  }

  @Test func `a settled read keeps its verdict whatever main does`() throws {
    var engine = try Self.engine()
    let settled = try engine.settle(["r0"], of: "alice", at: 500)
    #expect(settled.map(\.read) == ["r0"] && settled.map(\.decision) == [.stale] && settled[0].asOf == Position(0x20))
    #expect(settled[0].answers == SettledRead.Answers(was: .rows([["1"]]), now: .rows([["2"]])))
    #expect(engine.verdicts().verdicts.map(\.read) == ["r1", "r2"])
    #expect(engine.settledReads() == settled && engine.settledReads(of: "bob").isEmpty)
    #expect(throws: TimelineError.unknownBranch("carl")) { try engine.settle(of: "carl", at: 500) }
    #expect(try engine.settle(of: "alice", at: 600).map(\.decision) == [.holds])
    #expect(try engine.settle(of: "alice", at: 600).isEmpty)
  }

  @Test func `when a branch ends its reads are forgotten, or settled, as was said`() throws {
    var engine = try Self.engine()
    var gone = try engine.delete("alice")
    #expect(gone.reads == ["r0", "r1"] && gone.settled.isEmpty && engine.settledReads().isEmpty)
    engine = try Self.engine()
    engine.keeping.whenBranchEnds = .settle
    gone = try engine.delete("alice", at: 700)
    #expect(gone.reads.isEmpty && gone.settled == ["r0", "r1"])
    #expect(engine.settledReads().map(\.settledAt) == [700, 700] && engine.verdicts().verdicts.map(\.read) == ["r2"])
    // A branch whose time has come has ended too.
    try engine.fork("short", kind: .temporary(until: 800))
    try engine.ask(RecordedRead("SELECT 1", on: "short", id: "s"))
    #expect(engine.expire(at: 900).map(\.settled) == [["s"]])
    #expect(engine.settledReads(of: "short").map(\.settledAt) == [900])
  }

  @Test func `what was kept long enough is dropped, answers first, and is told`() throws {
    var engine = try Self.engine()
    try engine.settle(["r0"], of: "alice", at: 500)
    try engine.settle(of: "alice", at: 600)
    #expect(engine.collectSettled(at: .max) == SettledRemoval(reads: [], answers: []))
    engine.keeping = ReadKeeping(reads: 100, answers: 50)
    #expect(engine.collectSettled(at: 550) == SettledRemoval(reads: [], answers: []))
    var dropped = engine.collectSettled(at: 551)
    #expect(dropped.reads.isEmpty && dropped.answers.map(\.read) == ["r0"] && dropped.answers[0].answers != nil)
    #expect(engine.settledReads().map { $0.answers == nil } == [true, false])
    dropped = engine.collectSettled(at: 651)
    #expect(dropped.reads.map(\.read) == ["r0"] && dropped.answers.map(\.read) == ["r1"])
    #expect(engine.collectSettled(at: 1_000).reads.map(\.read) == ["r1"] && engine.settledReads().isEmpty)
  }

  @Test func `a store keeps what was settled, and drops it by the same setting`() throws {
    var engine = try Self.engine()
    engine.keeping.whenBranchEnds = .settle
    try engine.settle(["r0"], of: "alice", at: 500)
    try engine.delete("alice", at: 600)
    try engine.delete("bob", at: 620)
    let all = engine.settledReads()
    #expect(all.last?.answers == SettledRead.Answers(was: .raised(SQLState("22012")), now: .rows([["10", "1"]])), "\(all)")
    let store = MemoryStore()
    do {
      let registry = Registry(try DurableLedger(in: store, keys: [:]))
      try registry.settle(engine.settledReads())
      try registry.settle(engine.settledReads())
    }
    let registry = Registry(try DurableLedger(in: store, keys: [:]))
    #expect(try registry.settledReads() == all)
    var restarted = try Self.engine()
    restarted.restore(settled: try registry.settledReads())
    for clock in [540, 551, 601, 651, 675, 701, 721] as [Int64] {
      restarted.keeping = ReadKeeping(reads: 100, answers: 50)
      #expect(try registry.collectSettled(restarted.keeping, at: clock) == restarted.collectSettled(at: clock), "\(clock)")
      #expect(try registry.settledReads() == restarted.settledReads(), "\(clock)")
    }
    #expect(restarted.settledReads().isEmpty)
  }
}
