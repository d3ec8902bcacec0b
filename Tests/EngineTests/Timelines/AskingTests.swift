import Engine
import Formats
import Queries
import Relations
import SQL
import Testing

/// Reads that come twice, and reads that come too early.
@Suite struct AskingTests {
  private static let orders = "CREATE TABLE orders (id int PRIMARY KEY, total int); ALTER TABLE orders REPLICA IDENTITY FULL;"

  private static func read(_ sql: String, id: String? = nil, answer: String? = nil, line: Int = 1) -> RecordedRead {
    var read = RecordedRead(sql, place: FormatError.Place("reads", line: line, column: 1))
    read.id = id
    read.answer = answer.map { .rows([[.text($0)]]) }
    return read
  }

  @Test func `a read that comes again is one read, by its id or by its content`() throws {
    var engine = try Scene(Self.orders).engine
    let count = "SELECT count(*) FROM orders"
    #expect(try engine.ask(Self.read(count, id: "r1")).isNew)
    #expect(try !engine.ask(Self.read(count, id: "r1", line: 2)).isNew)
    let first = try engine.ask(Self.read(count))
    #expect(try engine.ask(Self.read(count, line: 5)).read == first.read)
    // Asked again, and answered differently: two reads, each of them one.
    let second = try engine.ask(Self.read(count, answer: "1"))
    #expect(second.isNew && second.read != first.read)
    #expect(try !engine.ask(Self.read(count, answer: "1")).isNew)
    #expect(engine.verdicts().verdicts.map(\.read) == ["r1", first.read, second.read])
    // A read is found again when others have gone.
    try engine.fork("bob")
    var other = Self.read(count, id: "b1")
    other.branch = "bob"
    #expect(try engine.ask(other).isNew)
    try engine.delete("alice")
    #expect(try !engine.ask(other).isNew)
  }

  @Test func `an id that is taken by another read is refused`() throws {
    var engine = try Scene(Self.orders).engine
    try engine.ask(Self.read("SELECT 1", id: "r1"))
    #expect(throws: ReadError.differs(read: "r1", fields: ["sql"])) { try engine.ask(Self.read("SELECT 2", id: "r1")) }
    #expect(throws: ReadError.differs(read: "r1", fields: ["answer"])) {
      try engine.ask(Self.read("SELECT 1", id: "r1", answer: "1"))
    }
    #expect(engine.verdicts().verdicts.count == 1)
  }

  @Test func `a read that nobody can place, or that is no SQL, is refused`() throws {
    var engine = try Scene(Self.orders).engine
    try engine.fork("bob")
    #expect(throws: ReadError.noBranch) { try engine.ask(Self.read("SELECT 1")) }
    var read = Self.read("SELECT 1")
    read.branch = "eve"
    #expect(throws: ReadError.unknownBranch("eve")) { try engine.ask(read) }
    read.branch = "main"
    #expect(throws: ReadError.noPosition) { try engine.ask(read) }
    read.branch = "bob"
    read.sql = "SELEC 1"
    #expect { try engine.ask(read) } throws: { ($0 as? ReadError)?.code == "42601" }
  }

  @Test func `a read of a position that main has not come to waits for it, and says so`() throws {
    var scene = try Scene(Self.orders, base: #"{"table":"orders","row":{"id":1,"total":1}}"#, fork: Position(0x30))
    var engine = scene.engine
    let count = "SELECT count(*) FROM orders"
    #expect(try engine.ask(Self.read(count, id: "r1")).waitsFor == Position(0x30))
    var onMain = Self.read(count, id: "r2")
    (onMain.branch, onMain.at) = ("main", Position(0x20))
    #expect(try engine.ask(onMain).waitsFor == Position(0x20))
    let waiting = engine.verdicts().verdicts
    #expect(waiting.map(\.decision) == [.doubtful(.notReached), .doubtful(.notReached)])
    #expect(waiting.map(\.evidence.waitsFor) == [Position(0x30), Position(0x20)])
    try scene.main(#"{"position":"0/20","changes":[{"table":"orders","op":"insert","after":{"id":2,"total":1}}]}"#)
    try scene.ask(count)
    // The state that is asked for may lie ahead too.
    #expect(scene.verdicts(asOf: Position(0x40))[0].evidence.waitsFor == Position(0x40))
    #expect(scene.verdicts()[0].evidence.waitsFor == Position(0x30))
    try scene.main(#"{"position":"0/30","changes":[]}"#)
    #expect(scene.decisions == [.holds])
  }

  @Test func `what main was at a position that it has not come to is not guessed for branches of branches`() throws {
    var scene = try Scene(Self.orders, base: #"{"table":"orders","row":{"id":1,"total":1}}"#, fork: Position(0x30))
    scene.declare("sub", parent: "alice", fork: .start)
    try scene.ask("SELECT max(total) FROM orders", branch: "sub")
    try scene.write(#"{"position":"0/1","changes":[{"table":"orders","op":"insert","after":{"id":9,"total":0}}]}"#)
    // Whether anything larger than 0 is there in the state at 0/30 nobody knows yet.
    #expect(scene.decisions != [.holds])
    try scene.main(#"{"position":"0/30","changes":[]}"#)
    #expect(scene.decisions == [.holds])
  }
}
