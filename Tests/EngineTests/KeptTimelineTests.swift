import Formats
import Queries
import Relations
import SQL
import Storage
import TestKit
import Testing

@testable import Engine

/// An engine that is told what a store has kept says what one says that was told everything at once: however the log came in parts, some of
/// it again, and wherever the power went meanwhile.
@Suite struct KeptTimelineTests {
  @Test(arguments: Cases.seeds(12)) func `from a store come the verdicts that come from the files`(seed: UInt64) throws {
    var tally: [String: Int] = [:]
    for world in 0..<25 as Range<UInt64> {
      let story = try Story(seed: seed &* 1_000 &+ world)
      let expected = try story.verdicts { engine in
        if let base = story.base { engine.load(base) }
        for item in story.items { try engine.take(item) }
      }
      for verdict in expected { tally["\(verdict.prefix { $0 != "(" })", default: 0] += 1 }
      let store = try story.kept()
      let found = try story.verdicts { engine in
        let kept = try story.opened(store)
        if let base = try kept.loadBase() { engine.load(base) }
        try kept.replay(into: &engine)
      }
      #expect(found == expected, "\(Cases.replay(seed)), world \(world)\n\(story.world)\n\(story.items)")
    }
    #expect(tally["holds", default: 0] > 10 && tally["stale", default: 0] > 3, "\(tally): the test says little")
  }

  @Test func `what does not go with a store is refused`() throws {
    let story = try Story(seed: 4, hasBase: true)
    let store = MemoryStore()
    let kept = try story.opened(store)
    try kept.take(story.base!, form: .lsn, notes: ["a note"])
    let first = try story.world.transactions([(Position(101), story.world.main[0])], .all)
    _ = try kept.take(first, form: .decimal)
    try kept.commit()
    #expect(try story.opened(store).baseRecord?.notes == ["a note"])

    func refused(_ expected: KeptTimelineError?, _ body: (KeptTimeline) throws -> Void) throws {
      do {
        try body(try story.opened(store))
        Issue.record("it was taken")
      } catch let error as KeptTimelineError { #expect(error == expected) } catch let error as StoreError {
        #expect(expected == nil && error.code == "differs", "\(error)")
      }
    }
    try refused(.otherForm(stored: .decimal)) { _ = try $0.take(first, form: .lsn) }
    var earlier = BaseTables(at: Position(99))
    for (table, rows) in story.base!.rows { earlier.append(rows, to: table) }
    try refused(.otherBase(stored: Position(100), given: Position(99))) { try $0.take(earlier, form: nil, notes: []) }
    var other = story.base!
    other.append([try story.world.rows([["999", nil, nil, nil, nil]], 0)], to: story.world.id(0))
    try refused(.otherBase(stored: Position(100), given: Position(100))) { try $0.take(other, form: nil, notes: []) }
    try refused(nil) {
      let header = [Transaction.Header(Position(101), committedAt: 5)]
      _ = try $0.take(TransactionBatch(transactions: header, tables: first.tables), form: .decimal)
    }
    // The same again is none of that.
    try story.opened(store).take(story.base!, form: .lsn, notes: [])
    #expect(try story.opened(store).take(first, form: .decimal).isEmpty)
  }

  @Test func `a schema by which the rows would be others is refused, and one with another view is not`() throws {
    let store = MemoryStore()
    func open(_ definitions: String) throws {
      var loader = SchemaLoader(Schema(collation: "C"))
      try loader.load(definitions)
      let kept = try KeptTimeline(in: store, definitions: definitions, loader.schema)
      try kept.commit()
    }
    let definitions = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (a int PRIMARY KEY, b numeric(4,1), m mood);"
    try open(definitions)
    try open("-- Dumped.\n" + definitions + "CREATE VIEW v AS SELECT a FROM t;")
    for (old, new) in [
      ("numeric(4,1)", "numeric(4,2)"), ("a int", "a bigint"), ("b numeric", "c numeric"), (" PRIMARY KEY", ""), ("t (", "u ("),
      ("'ok'", "'fine'"),
    ] {
      #expect(throws: KeptTimelineError.self, "\(new)") { try open(definitions.replacing(old, with: new)) }
    }
  }

  @Test func `a base that the log does not follow is refused, and where it is there, nothing is decided by it`() throws {
    let story = try Story(seed: 4, hasBase: true)
    let start = StreamEvent.start(Coverage(from: Position(105), tables: nil))
    let kept = try story.opened(MemoryStore())
    _ = try kept.take(start)
    try kept.commit()
    #expect(throws: KeptTimelineError.baseBehind(base: Position(100), log: Position(105))) {
      try kept.take(story.base!, form: nil, notes: [])
    }
    var engine = VerdictEngine(schema: story.world.schema)
    engine.load(story.base!)
    engine.append(start)
    engine.declare("alice", fork: Position(106))
    let change = Change(story.world.id(0), .insert(after: RowImage([.integer(500), .integer(1), .null, .null, .null])))
    let transaction = Transaction(Transaction.Header(Position(107)), [change])
    try engine.append(TransactionBatch([transaction]) { story.world.schema[$0]!.types })
    let place = FormatError.Place("reads", line: 1, column: 1)
    try engine.record(RecordedRead("SELECT max(a) FROM items", place: place), name: "q", branch: "alice")
    #expect(engine.verdicts().verdicts[0].decision == .doubtful(.notCovered))
  }
}

extension VerdictEngine {
  fileprivate mutating func take(_ item: LogItem) throws {
    switch item {
    case .transactions(let batch): try append(batch)
    case .event(let event): append(event)
    }
  }
}

/// A world's log with events in it, and how it comes into a store.
private struct Story {
  let world: World
  let base: BaseTables?
  private(set) var items: [LogItem] = []
  private let seed: UInt64
  private var rewinds: [Int] { items.indices.filter { if case .event(.rewind) = items[$0] { true } else { false } } }

  init(seed: UInt64, hasBase: Bool? = nil) throws {
    self.seed = seed
    var random = SplitMix64(seed: seed)
    let world = try World(seed: seed)
    self.world = world
    let told: World.Told = [.all, .key, .keyIfItChanged].randomElement(using: &random)!
    if hasBase ?? (Int.random(in: 0..<3, using: &random) > 0) {
      var tables = BaseTables(at: Position(100))
      for table in 0..<3 {
        let unknown = Int.random(in: 0..<8, using: &random) == 0 ? [2] : []
        tables.append([try world.rows(world.base[table], table)], to: world.id(table), unknown: unknown)
      }
      base = tables
    } else {
      base = nil
    }
    if Bool.random(using: &random) { items.append(.event(.start(Coverage(from: Position(100), tables: nil)))) }
    var rest = world.main.enumerated().map { (Position(UInt64(101 + $0)), $1) }[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(Int.random(in: 1...3, using: &random)))
      rest = rest.dropFirst(part.count)
      items.append(.transactions(try world.transactions(part, told)))
      let end = part.last!.0
      switch Int.random(in: 0..<24, using: &random) {
      case 0: items.append(.event(.gap(before: end)))
      case 1: items.append(.event(.schemaChange(SchemaChange(end, sql: "ALTER TABLE public.items ADD COLUMN z int"))))
      case 2: items.append(.event(.schemaChange(SchemaChange(end, sql: "ALTER TABLE public.parts RENAME COLUMN n TO o"))))
      case 3: items.append(.event(.rewind(to: Position(end.number - 1))))
      default: break
      }
    }
  }

  func opened(_ store: any KeyValueStore) throws -> KeptTimeline {
    try KeptTimeline(in: store, definitions: WorldTables.small.definitions, world.schema)
  }

  /// A store into which everything came, part by part.
  func kept() throws -> MemoryStore {
    var random = SplitMix64(seed: seed ^ 0xF00D)
    var store = MemoryStore()
    var count = 0
    // A log that was rewound is not told again from before.
    let mayRepeat = rewinds.isEmpty
    var baseComes = Int.random(in: 0...items.count, using: &random)
    var isDone = false
    while !isDone {
      let end = Int.random(in: count...items.count, using: &random)
      let start = mayRepeat ? Int.random(in: 0...count, using: &random) : count
      let kept = try opened(store)
      if let base, end >= baseComes || end == items.count { try kept.take(base, form: .lsn, notes: []) }
      for item in items[start..<end] {
        switch item {
        case .transactions(let batch): _ = try kept.take(batch, form: .lsn)
        case .event(let event): _ = try kept.take(event)
        }
      }
      // Some readers end before they have committed, and some meanwhile.
      switch mayRepeat ? Int.random(in: 0..<4, using: &random) : 3 {
      case 0: continue
      case 1:
        store.set(MemoryStore.Faults(powerLossAt: store.writes + Int.random(in: 0...8, using: &random)))
        do { try kept.commit() } catch { count = 0 }
        store = store.afterPowerLoss(&random)
        baseComes = 0
      default:
        try kept.commit()
        count = end
        isDone = end == items.count
      }
    }
    return store
  }

  /// What an engine says that was told so, all of it.
  func verdicts(_ tell: (inout VerdictEngine) throws -> Void) throws -> [String] {
    var engine = VerdictEngine(schema: world.schema, key: FingerprintKey(0..<16))
    try tell(&engine)
    engine.declare("alice", fork: Position(UInt64(100 + world.beforeFork)))
    for (place, edits) in world.branch.enumerated() {
      engine.append(try world.transactions([(Position(UInt64(place + 1)), edits)], .all), branch: "alice")
    }
    var reads = RandomReads(seed: seed)
    for place in 0..<8 {
      let read = RecordedRead(reads.next(), place: FormatError.Place("reads", line: place + 1, column: 1))
      do throws(SQLTextError) { try engine.record(read, name: "r\(place)", branch: "alice") } catch {}
    }
    let (verdicts, asOf, clock) = engine.verdicts()
    return verdicts.map { "\($0.decision)(\($0)" } + ["\(asOf) \(clock as Any) \(engine.coverage as Any)"]
  }
}
