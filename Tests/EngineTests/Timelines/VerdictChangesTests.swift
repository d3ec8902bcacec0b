import Engine
import Formats
import Queries
import Relations
import TestKit
import Testing

/// Being told of verdicts as they change, beside asking for all of them again and again.
@Suite struct VerdictChangesTests {
  @Test(arguments: Cases.seeds(20)) func `who is told of changes knows every verdict, whenever he looks`(seed: UInt64) throws {
    var count = 0
    for world in 0..<15 as Range<UInt64> {
      count += try Self.check(seed &* 1_000 &+ world, "\(Cases.replay(seed)), world \(world)")
    }
    #expect(count > 20, "the test says little")
  }

  private static func check(_ seed: UInt64, _ replay: String) throws -> Int {
    let world = try World(seed: seed)
    var random = SplitMix64(seed: seed)
    let isSub = seed % 4 == 3
    var engine = try world.engine(hasBase: seed % 3 != 0, isSub: isSub, count: isSub ? world.beforeFork : 0)
    var texts = RandomReads(seed: seed)
    // Somebody who looks now and then, and starts again from what he has kept of his cursor.
    var cursor: VerdictCursor?
    var told: [String: Verdict.Decision] = [:]
    var changes: [VerdictChange] = []
    // Somebody who looks at the end only, from his first look on.
    var first: VerdictCursor?
    func ask() throws {
      for _ in 0..<4 {
        try engine.recordIfBound(texts.next(), name: "r\(engine.verdicts().verdicts.count)", writes: world.branch.count)
      }
    }
    func look() throws {
      let news = try engine.verdictChanges(
        of: "alice", since: cursor.flatMap { VerdictCursor("\($0)") }, limit: Int.random(in: 1...3, using: &random))
      for change in news.changes {
        #expect(change.before == nil || change.before == told[change.read], "\(change)\n\(world)\n\(replay)")
        told[change.read] = change.after
      }
      changes += news.changes
      cursor = news.cursor
      first = first ?? news.cursor
      guard news.isComplete else { return try look() }
      let now = engine.verdicts().verdicts
      #expect(told == Dictionary(uniqueKeysWithValues: now.map { ($0.read, $0.decision) }), "\(world)\n\(replay)")
    }
    try ask()
    try look()
    let early = Set(told.keys)
    for transaction in world.numbered.dropFirst(isSub ? world.beforeFork : 0) {
      let batch = try world.transactions([transaction], .all)
      if isSub { engine.append(batch, branch: "root") } else { try engine.append(batch) }
      if Int.random(in: 0..<3, using: &random) > 0 { try look() }
      if Int.random(in: 0..<4, using: &random) == 0 { try ask() }
    }
    try look()
    // Of the reads that were there from the beginning he is told the same.
    let late = try engine.verdictChanges(of: "alice", since: first).changes
    let seen = changes.dropFirst(early.count).filter { early.contains($0.read) }
    #expect(
      late.filter { early.contains($0.read) }.map(line) == seen.map(line), "\(world)\n\(replay)")
    return seen.count
  }

  private static func line(_ change: VerdictChange) -> String {
    "\(change.read) at \(change.position): \(change.before as Any) → \(change.after)"
  }

  private static let orders = "CREATE TABLE orders (id int PRIMARY KEY, total int); ALTER TABLE orders REPLICA IDENTITY FULL;"

  private static func insert(_ position: String, _ id: Int) -> String {
    #"{"position":"\#(position)","changes":[{"table":"orders","op":"insert","after":{"id":\#(id),"total":1}}]}"# + "\n"
  }

  private static func delete(_ position: String, _ id: Int) -> String {
    #"{"position":"\#(position)","changes":[{"table":"orders","op":"delete","before":{"id":\#(id),"total":1}}]}"# + "\n"
  }

  @Test func `an answer that was another one for a while is told of, though it is the old one again`() throws {
    var scene = try Scene(Self.orders)
    try scene.main(Self.insert("0/20", 1))
    try scene.ask("SELECT count(*) FROM orders WHERE id = 2")
    scene.declare("bob", fork: Position(0x20))
    try scene.ask("SELECT count(*) FROM orders WHERE id = 2", branch: "bob")
    let cursor = try scene.engine.verdictChanges(of: "bob").cursor
    try scene.main(Self.insert("0/30", 2) + Self.delete("0/40", 2))
    let news = try scene.engine.verdictChanges(of: "bob", since: cursor)
    #expect(news.changes.map(\.isFlip) == [true, false])
    #expect(news.changes.map(\.position.number) == [0x30, 0x40])
    #expect(try scene.engine.verdictChanges(of: "bob", since: news.cursor).changes.isEmpty)
  }

  @Test func `a branch that waited for main is told of when main is there`() throws {
    var scene = try Scene(Self.orders, fork: Position(0x30))
    try scene.main(Self.insert("0/20", 1))
    try scene.ask("SELECT count(*) FROM orders WHERE id = 2")
    let first = try scene.engine.verdictChanges(of: "alice")
    #expect(first.changes.map(\.after) == [.doubtful(.notReached)])
    try scene.main(Self.insert("0/30", 2))
    let second = try scene.engine.verdictChanges(of: "alice", since: first.cursor)
    #expect(second.changes.map(\.after) == [.holds])
  }

  @Test func `what was taken back is told anew`() throws {
    var scene = try Scene(Self.orders)
    try scene.main(Self.insert("0/20", 1) + Self.insert("0/30", 2))
    scene.declare("bob", fork: Position(0x20))
    try scene.ask("SELECT count(*) FROM orders WHERE id = 2", branch: "bob")
    var engine = scene.engine
    let first = try engine.verdictChanges(of: "bob")
    #expect(first.changes.map(\.after) == [.stale])
    engine.append(.rewind(to: Position(0x20)))
    let second = try engine.verdictChanges(of: "bob", since: first.cursor)
    #expect(second.isRestarted)
    #expect(second.changes.map(\.after) == engine.verdicts().verdicts.map(\.decision))
  }

  @Test func `a hole in the branch's own log is told of`() throws {
    var scene = try Scene(Self.orders)
    try scene.main(Self.insert("0/20", 1))
    try scene.ask("SELECT count(*) FROM orders WHERE id = 2")
    let first = try scene.engine.verdictChanges(of: "alice")
    #expect(first.changes.map(\.after) == [.holds])
    try scene.write(#"{"position":"0/3","event":"gap"}"#)
    #expect(try scene.engine.verdictChanges(of: "alice", since: first.cursor).changes.map(\.after) == [.doubtful(.gap)])
  }

  @Test func `a cursor is read as it was printed, and nothing else is one`() throws {
    let cursor = try Scene(Self.orders).engine.verdictChanges(of: "alice").cursor
    #expect(VerdictCursor("\(cursor)") == cursor)
    for text in ["", "1", "1.2.3.4", "1.2.3.4.x", "1.2.3.4.-5", "1.2.3.4.5.6"] { #expect(VerdictCursor(text) == nil) }
  }
}

extension VerdictEngine {
  fileprivate mutating func recordIfBound(_ text: String, name: String, writes: Int) throws {
    var read = RecordedRead(text, place: FormatError.Place("reads", line: 1, column: 1))
    read.at = Position(UInt64(writes))
    read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
    try record(read, name: name, branch: "alice")
  }
}
