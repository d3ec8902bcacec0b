import Engine
import Formats
import Queries
import Relations
import TestKit
import Testing

/// A branch of a branch against main: as if its parent were promoted, and once it was. Beside it, plain lists.
@Suite struct PromotingTests {
  private struct Tally {
    var (holds, stale, doubtful, contested) = (0, 0, 0, 0)
  }

  @Test(arguments: Cases.seeds(20)) func `a read of a sub-branch is judged against main as its parent would land`(seed: UInt64)
    throws
  {
    var tally = Tally()
    for number in 0..<25 as Range<UInt64> {
      try Self.check(seed &* 1_000 &+ number, &tally, "\(Cases.replay(seed)), world \(number)")
    }
    #expect(tally.holds > 40 && tally.stale > 10 && tally.doubtful < tally.holds + tally.stale, "\(tally): the test says little")
    if Cases.replayed != nil { print(tally) }
  }

  private static func check(_ seed: UInt64, _ tally: inout Tally, _ replay: String) throws {
    var random = SplitMix64(seed: seed ^ 0xAB)
    func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    let world = try World(seed: seed)
    let left = pick(world.branch.count + 1)
    let (before, own) = (Array(world.branch[..<left]), Array(world.branch[left...]))
    let seen = before.joined().reduce(world.fork) { $0.applying($1) }
    let later = world.transactions(over: seen, count: pick(3), seed: seed ^ 0x1A)
    let hasBase = pick(3) > 0
    var engine = try engine(world, hasBase, before + later, own, left)
    let writes = pick(own.count + 1)
    let questions = (0..<20).map { PlainQuestion.make($0, pick(9)) }
    for (place, question) in questions.enumerated() {
      var read = RecordedRead(question.sql, on: "sub", id: "r\(place)", at: Position(UInt64(writes)))
      read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
      if let then = world.states(after: left + writes)?.then, pick(2) == 0 { read.answer = .recorded(.rows(question.sorted(then))) }
      try engine.record(read, name: "r\(place)", branch: "sub")
    }
    // What both wrote on their own has no order.
    guard
      let then = world.with(base: world.base, main: world.main, beforeFork: world.beforeFork, branch: before + own),
      let landed = world.with(
        base: world.base, main: world.main, beforeFork: world.beforeFork, branch: before + later + own)
    else { return }
    guard let seenByReads = then.states(after: left + writes)?.then,
      let now = landed.states(after: left + later.count + writes)
    else { return }
    let verdicts = try engine.verdictsAgainstMain(of: "sub")
    for (question, verdict) in zip(questions, verdicts) {
      compare(
        question, verdict, seenByReads, now.branch, now.main, &tally, "\(world)\n left after \(left), then \(later)\n\(replay)")
    }

    // The parent lands, if that is plain, and main goes on.
    guard let parent = world.with(base: world.base, main: world.main, beforeFork: world.beforeFork, branch: before + later),
      let state = parent.states(after: left + later.count), state.branch == state.main
    else { return }
    let landing = zip(world.now, state.branch).enumerated().flatMap { table, rows in edits(table, from: rows.0, to: rows.1) }
    guard !landing.isEmpty else { return }
    let further = world.transactions(over: state.branch, count: pick(3), seed: seed ^ 0x2B)
    var position = UInt64(101 + world.main.count)
    for edits in [landing] + further {
      try engine.append(try world.transactions([(Position(position), edits)], .all))
      position += 1
    }
    try engine.promoted("alice", at: Position(UInt64(101 + world.main.count)))
    #expect(engine.branchNames == ["sub"])
    guard let after = world.with(base: state.branch, main: further, beforeFork: 0, branch: own),
      let then = after.states(after: writes)
    else { return }
    let followed = engine.verdicts().verdicts
    for (question, verdict) in zip(questions, followed) {
      compare(
        question, verdict, seenByReads, then.branch, then.main, &tally,
        "landed: \(world)\n left after \(left), then \(later), landing \(landing), further \(further)\n\(replay)")
    }
    #expect(throws: TimelineError.followsMain(branch: "sub")) { try engine.verdictChanges(of: "sub") }
  }

  private static func engine(
    _ world: World, _ hasBase: Bool, _ alices: [[World.Edit]], _ subs: [[World.Edit]], _ left: Int
  ) throws -> VerdictEngine {
    var engine = VerdictEngine(schema: world.schema)
    if hasBase { engine.load(try world.baseTables(at: Position(100))) }
    engine.declare("alice", fork: Position(UInt64(100 + world.beforeFork)))
    try engine.append(try world.transactions(world.numbered, .all))
    func numbered(_ edits: [[World.Edit]]) -> [(Position, [World.Edit])] {
      edits.enumerated().map { (Position(UInt64($0 + 1)), $1) }
    }
    engine.append(try world.transactions(numbered(alices), .all), branch: "alice")
    engine.declare("sub", parent: "alice", fork: Position(UInt64(left)))
    engine.append(try world.transactions(numbered(subs), .all), branch: "sub")
    return engine
  }

  /// The rows that go and those that come.
  private static func edits(_ table: Int, from old: World.Rows, to new: World.Rows) -> [World.Edit] {
    var (gone, come) = (old, new)
    for row in old {
      if let place = come.firstIndex(of: row) { come.remove(at: place); gone.remove(at: gone.firstIndex(of: row)!) }
    }
    return gone.map { World.Edit(table: table, before: $0, after: nil) }
      + come.map { World.Edit(table: table, before: nil, after: $0) }
  }

  private static func compare(
    _ question: PlainQuestion, _ verdict: Verdict, _ then: [World.Rows], _ branch: [World.Rows], _ main: [World.Rows],
    _ tally: inout Tally, _ replay: String
  ) {
    let (then, branch, main) = (question.sorted(then), question.sorted(branch), question.sorted(main))
    let told: Comment = "\(question.sql): \(verdict.decision), then \(then), now \(branch) or \(main)\n\(replay)"
    switch verdict.decision {
    case .holds:
      tally.holds += 1
      #expect(then == branch && then == main, told)
    case .stale:
      tally.stale += 1
      #expect(then != branch && then != main, told)
    case .doubtful(let reason):
      tally.doubtful += 1
      if reason == .contested { tally.contested += 1 }
    }
  }

  @Test func `who asks against main is told of both`() throws {
    var scene = try Scene("CREATE TABLE t (id int PRIMARY KEY, x int)", base: #"{"table":"t","row":{"id":1,"x":1}}"#)
    scene.declare("sub", parent: "alice", fork: Position(1))
    func change(_ position: String, _ id: Int) -> String {
      #"{"position":"\#(position)","changes":[{"table":"t","op":"insert","after":{"id":\#(id),"x":1}}]}"#
    }
    try scene.write(change("0/1", 2).replacing("{\"position\"", with: #"{"branch":"alice","position""#))
    for question in ["SELECT count(*) FROM t", "SELECT x FROM t WHERE id = 9"] { try scene.ask(question, branch: "sub") }
    #expect(scene.decisions == [.holds, .holds])
    #expect(try scene.engine.verdictsAgainstMain(of: "sub").map(\.decision) == [.holds, .holds])
    try scene.main(change("0/20", 9))
    // Its parent has not moved; main has.
    #expect(scene.decisions == [.holds, .holds])
    #expect(try scene.engine.verdictsAgainstMain(of: "sub").map(\.decision) == [.stale, .stale])
    try scene.write(change("0/2", 3).replacing("{\"position\"", with: #"{"branch":"alice","position""#))
    let verdicts = try scene.engine.verdictsAgainstMain(of: "sub")
    #expect(verdicts.map(\.decision) == [.stale, .stale])
    #expect(verdicts[0].evidence.was.sortedRows == #"rows([[Optional("2")]])"#)
    #expect(verdicts[0].evidence.now.sortedRows == #"rows([[Optional("4")]])"#)
    var engine = scene.engine
    #expect(throws: TimelineError.notOnMain(branch: "sub")) { try engine.promoted("sub", at: Position(0x20)) }
    #expect(throws: TimelineError.self) { try engine.promoted("alice", at: Position(0x30)) }
  }
}
