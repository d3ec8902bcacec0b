import Engine
import Formats
import Queries
import Relations
import SQL
import TestKit
import Testing

/// Doubts that a live query settles: asked of a script, and of PostgreSQL.
@Suite struct RecheckTests {
  @Test(arguments: Cases.seeds(10)) func `what a live query settles is what PostgreSQL says at both ends`(seed: UInt64) throws {
    var truth = try Truth()
    var counts = (holds: 0, stale: 0, doubtful: 0)
    for number in 0..<20 as Range<UInt64> {
      let seed = seed &* 1_000 &+ number
      let world = try World(seed: seed)
      let writes = Int(seed % UInt64(world.branch.count + 1))
      guard let states = world.states(after: writes) else { continue }
      // Without a base much is doubtful.
      var engine = try world.engine(hasBase: false, told: [.all, .key][Int(seed % 2)])
      var asked: [(text: String, query: Query)] = []
      var texts = RandomReads(seed: seed)
      for _ in 0..<15 {
        let text = texts.next()
        if let query = try? Binder(world.schema).query(text) { asked.append((text, query)) }
      }
      let (questions, sql) = (asked.map(\.query), asked.map(\.text))
      let then = try truth.answers(questions, sql, over: states.then)
      let branch = try truth.answers(questions, sql, over: states.branch)
      let main = try truth.answers(questions, sql, over: states.main)
      for (place, text) in sql.enumerated() {
        var read = RecordedRead(text, place: FormatError.Place("reads", line: place + 1, column: 1))
        (read.at, read.answer) = (Position(UInt64(writes)), RecordedRead.Answer.recorded(then[place]))
        read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
        try engine.record(read, name: "r\(place)", branch: "alice")
      }
      let verdicts = engine.verdicts().verdicts
      var live = try LiveMain(Truth.tables(world.now), at: engine.ledger.end)
      for (place, verdict) in engine.rechecked(verdicts, by: &live).enumerated() {
        guard verdict.evidence.decidedBy == .recheck else {
          #expect(verdict.decision == verdicts[place].decision)
          continue
        }
        let told: Comment =
          "\(verdict.sql): \(verdicts[place].decision) became \(verdict.decision)\n\(world)\n\(Cases.replay(seed / 1_000)), world \(number)"
        #expect(branch[place].sorted == main[place].sorted, told)
        switch verdict.decision {
        case .holds:
          counts.holds += 1
          #expect(VerdictComparison.isSame(then[place], branch[place], verdict), told)
        case .stale:
          counts.stale += 1
          #expect(!VerdictComparison.isSame(then[place], branch[place], verdict), told)
        case .doubtful: counts.doubtful += 1
        }
      }
    }
    #expect(counts.holds > 5 && counts.stale > 5 && counts.doubtful == 0, "\(counts): the test says little")
  }

  private static let orders = """
    CREATE TABLE orders (id int PRIMARY KEY, total int, at timestamptz);
    CREATE TABLE notes (id int PRIMARY KEY);
    ALTER TABLE orders REPLICA IDENTITY FULL;
    ALTER TABLE notes REPLICA IDENTITY FULL;
    """

  private static let insert =
    #"{"position":"0/20","changes":[{"table":"orders","op":"insert","after":{"id":1,"total":5,"at":null}}]}"#

  private static func rows(_ rows: [[String?]], at position: UInt64? = 0x20, milliseconds: Double = 1) -> ScriptedAnswerer {
    ScriptedAnswerer { _ in
      RecheckAnswer(.rows([.int4], rows), at: position.map { Position($0) }, milliseconds: milliseconds)
    }
  }

  private static func scene(_ questions: [String], answer: [[String?]]? = [["9"]]) throws -> Scene {
    var scene = try Scene(orders)
    try scene.main(insert)
    for question in questions { try scene.ask(question, answer: answer) }
    return scene
  }

  private static let top = "SELECT max(total) FROM orders"

  @Test func `the answer of a live query decides, and the verdict is of its state`() throws {
    let scene = try Self.scene([Self.top, "SELECT count(*) FROM notes"])
    let before = scene.verdicts()
    #expect(before.map(\.decision) == [.doubtful(.noBase), .holds])
    for (now, decision) in [("9", Verdict.Decision.holds), ("8", .stale)] {
      var answerer = Self.rows([[now]], at: 0x25)
      let after = scene.engine.rechecked(before, by: &answerer)
      #expect(after.map(\.decision) == [decision, .holds])
      #expect(after[0].evidence.decidedBy == .recheck && after[0].asOf == Position(0x25))
      #expect(after[0].evidence.now?.printed == [[now]])
      // Only what is doubtful is asked.
      #expect(answerer.asked.map(\.sql) == [Self.top])
      #expect(answerer.asked[0].state == .main(atLeast: Position(0x20)))
    }
  }

  @Test func `no answer, an earlier state and an error of the connection settle nothing`() throws {
    let scene = try Self.scene([Self.top])
    let before = scene.verdicts()
    var early = Self.rows([["9"]], at: 0x1F)
    var nowhere = Self.rows([["9"]], at: nil)
    #expect(scene.engine.rechecked(before, by: &early).map(\.decision) == [.doubtful(.noBase)])
    #expect(scene.engine.rechecked(before, by: &nowhere).map(\.decision) == [.doubtful(.noBase)])
    for state in ["57014", "08006", "42501", "40001"] {
      var failing = ScriptedAnswerer { _ in RecheckAnswer(.raised(SQLState(state)), at: Position(0x20)) }
      #expect(scene.engine.rechecked(before, by: &failing).map(\.decision) == [.doubtful(.noBase)])
    }
    var away = ScriptedAnswerer { _ in RecheckAnswer(.unavailable("no connection")) }
    #expect(scene.engine.rechecked(before, by: &away).map(\.decision) == [.doubtful(.noBase)])
  }

  @Test func `the budget ends it, and the same question is asked once`() throws {
    let scene = try Self.scene([Self.top, Self.top, "SELECT min(total) FROM orders", "SELECT avg(total)::int FROM orders"])
    let before = scene.verdicts()
    var answerer = Self.rows([["9"]])
    let some = scene.engine.rechecked(before, by: &answerer, RecheckBudget(questions: 2))
    #expect(some.map { $0.evidence.decidedBy == .recheck } == [true, true, true, false])
    #expect(answerer.asked.count == 2)
    var slow = Self.rows([["9"]], milliseconds: 600)
    let early = scene.engine.rechecked(before, by: &slow, RecheckBudget(milliseconds: 1_000))
    #expect(early.map { $0.evidence.decidedBy == .recheck } == [true, true, true, false])
  }

  @Test func `where SQL allows several answers another one proves nothing`() throws {
    let scene = try Self.scene(["SELECT total FROM orders LIMIT 1"])
    let before = scene.verdicts()
    #expect(before[0].decision != .holds && before[0].decision != .stale)
    // Where it allows one, what came and went is told.
    let all = try Self.scene(["SELECT total FROM orders WHERE total > 4 OR id IN (SELECT id FROM notes)"], answer: [["9"], ["9"]])
    var changed = Self.rows([["9"], ["8"]])
    let told = all.engine.rechecked(all.verdicts(), by: &changed)[0]
    guard case .rows(let added, let removed, false)? = told.evidence.delta?.content else {
      Issue.record("\(told.decision) without a difference")
      return
    }
    #expect(added.count == 1 && removed.count == 1)
    var other = Self.rows([["8"]])
    var same = Self.rows([["9"]])
    #expect(scene.engine.rechecked(before, by: &other)[0].decision == before[0].decision)
    #expect(scene.engine.rechecked(before, by: &same)[0].decision == .holds)
  }

  @Test func `a question over what the branch wrote itself is not asked of main`() throws {
    var scene = try Self.scene([])
    try scene.write(#"{"position":"0/1","changes":[{"table":"orders","op":"insert","after":{"id":7,"total":1,"at":null}}]}"#)
    try scene.ask(Self.top, answer: [["9"]])
    let before = scene.verdicts()
    var answerer = Self.rows([["9"]])
    #expect(scene.engine.rechecked(before, by: &answerer)[0].decision == before[0].decision)
    #expect(answerer.asked.isEmpty)
  }

  @Test func `an old answer that nobody recorded is asked of the branch while it is as it was`() throws {
    var scene = try Self.scene([Self.top], answer: nil)
    var answerer = ScriptedAnswerer { question in
      RecheckAnswer(.rows([.int4], [[question.state == .branch("alice", transactions: 0) ? "4" : "5"]]), at: Position(0x20))
    }
    #expect(scene.engine.rechecked(scene.verdicts(), by: &answerer)[0].decision == .stale)
    #expect(answerer.asked.count == 2)
    try scene.write(#"{"position":"0/1","changes":[{"table":"notes","op":"insert","after":{"id":7}}]}"#)
    #expect(scene.engine.rechecked(scene.verdicts(), by: &answerer)[0].decision == .doubtful(.noBase))
  }

  @Test func `a clock that stands still is not that of a live query`() throws {
    var scene = try Self.scene([])
    try scene.ask("SELECT count(*)::int FROM orders WHERE at > now()", answer: [["9"]], askedAt: 0)
    var options = VerdictEngine.Options()
    options.clockStandsStill = true
    let before = scene.engine.verdicts(options).verdicts
    var answerer = Self.rows([["9"]])
    _ = scene.engine.rechecked(before, by: &answerer, RecheckBudget(), options)
    #expect(answerer.asked.isEmpty)
  }
}
