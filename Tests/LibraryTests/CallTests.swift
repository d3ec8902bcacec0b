import Premise
import Testing

/// Each call of the engine as a program uses it that embeds Premise.
@Suite struct CallTests {
  private static let large = "SELECT count(*) FROM orders WHERE total > $1"

  @Test func `fork at a position, at a moment, or now`() throws {
    var engine = try Shop.engine
    try engine.append(Shop.inserting(4, total: 200, at: 0x20, committedAt: 1_000, in: engine.schema))
    try engine.append(Shop.inserting(5, total: 300, at: 0x30, committedAt: 2_000, in: engine.schema))
    let early = try engine.fork("early", at: .at(Position(0x10)))
    let then = try engine.fork("then", at: .committed(by: 1_500))
    let now = try engine.fork("now")
    #expect([early, then, now].map(\.fork) == [Position(0x10), Position(0x20), Position(0x30)])
    // Branches of branches, snapshots that nobody writes to, branches that go by themselves.
    try engine.fork("sub", from: "now")
    try engine.fork("frozen", kind: .snapshot)
    try engine.fork("scratch", kind: .temporary(until: 5_000))
    #expect(throws: TimelineError.readOnly(branch: "frozen")) {
      try engine.write(Shop.inserting(9, total: 1, at: 1, in: engine.schema), to: "frozen")
    }
    #expect(engine.expire(at: 5_000).map(\.branch) == ["scratch"])
    #expect(engine.branchNames == ["early", "frozen", "now", "sub", "then"])
  }

  @Test func `ask, and ask again`() throws {
    var engine = try Shop.engine
    try engine.fork("alice")
    let recording = try engine.ask(RecordedRead(Self.large, ["100"], id: "q1", answer: [["1"]]))
    #expect(recording.isNew && recording.waitsFor == nil)
    // A retry is no second read; another question by the same name is refused.
    #expect(try !engine.ask(RecordedRead(Self.large, ["100"], id: "q1", answer: [["1"]])).isNew)
    do {
      try engine.ask(RecordedRead(Self.large, ["120"], id: "q1", answer: [["1"]]))
      Issue.record("another question by the same name was taken")
    } catch {
      #expect(error.code == "duplicate")
      #expect(error.description.contains("params"))
    }
    // A read on main itself says where it was asked; one that is ahead of main's log waits for it.
    #expect(try engine.ask(RecordedRead(Self.large, ["100"], on: "main", at: Position(0x40))).waitsFor == Position(0x40))
  }

  @Test func `verdicts, with what was and what is`() throws {
    var engine = try Shop.engine
    try engine.fork("alice")
    try engine.ask(RecordedRead(Self.large, ["100"], id: "large", answer: [["1"]]))
    try engine.ask(RecordedRead(Self.large, ["1000"], id: "huge", answer: [["0"]]))
    try engine.append(Shop.inserting(4, total: 200, at: 0x20, in: engine.schema))
    let (verdicts, asOf, _) = engine.verdicts()
    #expect(asOf == Position(0x20))
    #expect(verdicts.map(\.decision) == [.stale, .holds])
    #expect(verdicts[0].evidence.staleSince == .exactly(Position(0x20)))
    #expect(verdicts[0].evidence.witnesses.count == 1)
    // As of an earlier state.
    var options = VerdictEngine.Options()
    options.asOf = Position(0x10)
    #expect(engine.verdicts(options).verdicts.map(\.decision) == [.holds, .holds])
  }

  @Test func `a branch that emptied a table sees main's later rows land in it`() throws {
    var engine = try Shop.engine
    try engine.fork("alice")
    try engine.write(Shop.emptying(at: 1, in: engine.schema), to: "alice")
    try engine.ask(RecordedRead("SELECT count(*) FROM orders", id: "none", answer: [["0"]]))
    #expect(engine.verdicts().verdicts[0].decision == .holds)
    try engine.append(Shop.inserting(4, total: 200, at: 0x20, in: engine.schema))
    #expect(engine.verdicts().verdicts[0].decision == .stale)
  }

  @Test func `history, differences, and going back`() throws {
    var engine = try Shop.engine
    try engine.fork("alice")
    try engine.write(Shop.inserting(7, total: 70, at: 1, in: engine.schema), to: "alice")
    try engine.write(Shop.inserting(8, total: 80, at: 2, in: engine.schema), to: "alice")
    try engine.append(Shop.inserting(9, total: 90, at: 0x20, in: engine.schema))
    #expect(try engine.history().map(\.position) == [Position(0x10), Position(0x20)])
    #expect(try engine.history(of: "alice").map(\.position) == [Position(1), Position(2)])
    // Against main's present, and the branch's own work alone.
    let diff = try engine.diff(of: "alice")
    #expect(diff.tables[0].rows.map(\.changedBy) == [.branch, .branch, .parent])
    #expect(try engine.diff(of: "alice", asOf: Position(0x10)).tables[0].rows.count == 2)
    let undone = try engine.reset("alice", to: Position(1))
    #expect(undone.transactions == 1)
    #expect(try engine.diff(of: "alice", asOf: Position(0x10)).tables[0].rows.count == 1)
    #expect(engine.pins().map(\.position) == [Position(0x10)])
    #expect(try engine.delete("alice").transactions == 1)
    #expect(engine.branchNames.isEmpty)
  }

  @Test func `be told of changes, and go on after a restart`() throws {
    var engine = try Shop.engine
    try engine.fork("alice")
    try engine.ask(RecordedRead(Self.large, ["100"], id: "large"))
    let first = try engine.verdictChanges(of: "alice")
    #expect(first.changes.map(\.after) == [.holds])
    let kept = "\(first.cursor)"
    try engine.append(Shop.inserting(4, total: 200, at: 0x20, in: engine.schema))
    let news = try engine.verdictChanges(of: "alice", since: VerdictCursor(kept))
    #expect(news.changes.filter(\.isFlip).map(\.read) == ["large"])
    #expect(news.changes[0].position == Position(0x20))
    #expect(try engine.verdictChanges(of: "alice", since: news.cursor).changes.isEmpty)
  }

  /// Stands for a connection to main.
  private struct Main: RecheckAnswerer {
    mutating func answer(_ question: RecheckQuestion) -> RecheckAnswer {
      RecheckAnswer(.rows([.numeric], [["250"]]), at: Position(0x20), milliseconds: 3)
    }
  }

  @Test func `ask the database itself what the changes do not tell`() throws {
    var engine = VerdictEngine(schema: try Shop.schema)
    try engine.fork("alice", at: .at(Position(0x10)))
    try engine.ask(RecordedRead("SELECT max(total) FROM orders", answer: [["300"]]))
    try engine.append(Shop.inserting(4, total: 200, at: 0x20, in: engine.schema))
    let verdicts = engine.verdicts().verdicts
    #expect(verdicts[0].decision == .doubtful(.noBase))
    var main = Main()
    let settled = engine.rechecked(verdicts, by: &main, RecheckBudget(questions: 10, milliseconds: 1_000))
    #expect(settled[0].decision == .stale && settled[0].evidence.decidedBy == .recheck)
  }
}
