import Engine
import Formats
import Queries
import Relations
import SQL
import TestKit
import Testing

/// Verdicts across changes of names, beside PostgreSQL: a view is carried by it as a read is by us, so each question is made a view before
/// anything gets another name, and asked behind it. What somebody asks later is the view's text as PostgreSQL prints it then.
@Suite struct RenamedWorldTests {
  private static let tallies = ReadTallies()

  @Test(arguments: Cases.seeds(5)) func `what has another name is asked as before`(seed: UInt64) throws {
    var tally = ReadTally()
    var truth = try Truth()
    for number in 0..<10 as Range<UInt64> {
      let mixed = seed &* 1_000 &+ number
      try Self.check(mixed, &truth, &tally, "\(Cases.replay(seed)), world \(number)")
    }
    #expect(tally.all.holds > 50 && tally.all.stale > 20, "\(tally): the test says little")
    if Cases.replayed != nil { return print("\(tally)") }
    guard let all = Self.tallies.add(tally, of: Cases.count(5)) else { return }
    print("==> verdicts beside PostgreSQL: across changes of names\n\(all)")
    #expect(all.all.wrongHolds == 0 && all.all.wrongStale == 0)
  }

  /// A question, and what it is made of.
  private struct Asked {
    let text: String
    let query: Query
  }

  private static func check(_ seed: UInt64, _ truth: inout Truth, _ tally: inout ReadTally, _ replay: String) throws {
    let renamed = try RenamedWorld(seed: seed)
    let world = renamed.world
    let binder = Binder(world.schema)
    var reads = RandomReads(seed: seed)
    let asked = (0..<16).compactMap { _ -> Asked? in
      let text = reads.next()
      return text.contains("now()") ? nil : (try? binder.query(text)).map { Asked(text: text, query: $0) }
    }
    let later = min(world.main.count, world.beforeFork + Int(seed % 3))
    let (hasBase, isBehind) = (seed % 3 != 0, seed % 2 == 0)
    let writes = world.branch.isEmpty ? 0 : Int(seed % UInt64(world.branch.count + 1))
    guard let states = world.states(after: writes) else { return }

    let (alices, bobs) = (
      try texts(asked, renamed, world.beforeFork, isBehind, &truth), try texts(asked, renamed, later, true, &truth)
    )
    let engine = try engine(renamed, alices, bobs, isBehind: isBehind, later: later, hasBase: hasBase, writes: writes)
    func answers(_ rows: [World.Rows]) throws -> [Truth.Answer] {
      let statements = renamed.statements(after: world.main.count, withSteps: true)
      return try truth.answers(
        asked.map(\.query), asked.indices.map { "SELECT * FROM q\($0)" },
        over: definitions(asked, world, statements) + inserts(rows, renamed.names(after: world.main.count, withSteps: true), world))
    }
    let (then, branch, main) = (try answers(states.then), try answers(states.branch), try answers(states.main))
    let (laterThen, now) = (try answers(world.state(after: later)), try answers(world.now))
    for (place, verdict) in engine.verdicts().verdicts.enumerated() {
      let number = place % asked.count
      let isBobs = place >= asked.count
      let comparison = VerdictComparison(
        verdict: verdict, then: (isBobs ? laterThen : then)[number], branch: (isBobs ? now : branch)[number],
        main: (isBobs ? now : main)[number])
      let faults = comparison.faults(&tally)
      tally.count(
        verdict.decision, [isBobs ? "asked behind new names" : "asked before them", hasBase ? "with a base" : "without"],
        isRight: faults.isEmpty)
      for fault in faults {
        Issue.record(
          """
          \(verdict.sql): \(verdict.decision) by \(verdict.evidence.decidedBy as Any): \(fault), was asked as \(asked[number].text)
          then \(comparison.then), now \(comparison.branch)
          \(renamed.log)
          \(world)
          \(replay)
          """)
      }
    }
  }

  private static func engine(
    _ renamed: RenamedWorld, _ alices: [String], _ bobs: [String], isBehind: Bool, later: Int, hasBase: Bool, writes: Int
  ) throws -> VerdictEngine {
    let world = renamed.world
    var engine = VerdictEngine(schema: world.schema)
    // Rows of a base are by the first names, and those are from before what follows it.
    if hasBase { engine.load(try world.baseTables(at: RenamedWorld.position(0))) }
    engine.declare("alice", fork: RenamedWorld.position(world.beforeFork, withSteps: isBehind))
    engine.declare("bob", fork: RenamedWorld.position(later, withSteps: true))
    func ask() throws {
      for (place, text) in (alices + bobs).enumerated() {
        var read = RecordedRead(text, place: FormatError.Place("reads", line: place + 1, column: 1))
        read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
        if place < alices.count { read.at = Position(UInt64(writes)) }
        try engine.record(read, name: "r\(place)", branch: place < alices.count ? "alice" : "bob")
      }
    }
    // A question that makes no sense by the first names is refused where it is asked too early, if its types do not fit.
    let isEarly = writes % 2 == 0 && world.beforeFork == 0 && !isBehind && later == 0
    if isEarly { try ask() }
    var log = ChangeLogReader([MemorySource("log", Array(renamed.log.utf8))], schema: engine.mainSchema)
    var names = MainNames(engine)
    while let item = try log.next() {
      switch item {
      case .transactions(let batch): try engine.append(batch.transactions)
      case .event(let event, _):
        engine.append(event)
        log.passOverUnknownColumns()
        if names.take(event) { log.use(names.schema) }
      case .redelivered: break
      }
    }
    for (place, edits) in world.branch.enumerated() {
      engine.append(try world.transactions([(Position(UInt64(place + 1)), edits)], .all), branch: "alice")
    }
    if !isEarly { try ask() }
    return engine
  }

  /// The questions as they are asked after some of main's transactions.
  private static func texts(
    _ asked: [Asked], _ renamed: RenamedWorld, _ count: Int, _ withSteps: Bool, _ truth: inout Truth
  ) throws -> [String] {
    let statements = renamed.statements(after: count, withSteps: withSteps)
    if statements.isEmpty { return asked.map(\.text) }
    let text = try Binder(renamed.world.schema).query("SELECT 'a'::text")
    let found = try truth.answers(
      asked.map { _ in text }, asked.indices.map { "SELECT rtrim(pg_get_viewdef('q\($0)'::regclass), ';')" },
      over: definitions(asked, renamed.world, statements))
    return zip(asked, found).map { asked, found in
      if case .rows(let rows) = found { rows[0][0]! } else { asked.text }
    }
  }

  private static func definitions(_ asked: [Asked], _ world: World, _ statements: [String]) -> String {
    let views = asked.enumerated().map { place, asked in
      let columns = asked.query.columns.indices.map { "c\($0)" }.joined(separator: ", ")
      return "CREATE VIEW q\(place) (\(columns)) AS \(asked.text);"
    }
    return world.tables.definitions.replacing("public.", with: "") + views.joined() + statements.map { $0 + ";" }.joined()
  }

  private static func inserts(_ rows: [World.Rows], _ names: RenamedWorld.Names, _ world: World) -> String {
    zip(names.tables, rows).filter { !$1.isEmpty }.map { name, rows in
      let values = rows.map { row in
        "(" + row.map { $0.map { "'\($0.replacing("'", with: "''"))'" } ?? "NULL" }.joined(separator: ",") + ")"
      }
      return "INSERT INTO \(name) VALUES \(values.joined(separator: ","));"
    }.joined()
  }
}
