import Engine
import Queries
import Relations
import Testing

/// What a verdict means, by small stories: one for each thing that a careless engine gets wrong.
@Suite struct MeaningTests {
  private static let orders = "CREATE TABLE orders (id int PRIMARY KEY, customer int, total numeric(10,2), note text);"

  private static let base = """
    {"table":"orders","row":{"id":1,"customer":1,"total":"150.00","note":"a"}}
    {"table":"orders","row":{"id":2,"customer":1,"total":"50.00","note":"b"}}
    {"table":"orders","row":{"id":7,"customer":5,"total":"90.00","note":null}}
    """

  private static func after(_ changes: String) -> String { #"{"position":"0/20","changes":[\#(changes)]}"# }

  private static func decision(
    _ question: String, _ changes: String, writes: String? = nil, more: String = "", base: String? = MeaningTests.base
  ) throws -> Verdict.Decision {
    try VerdictEngine.decision(
      orders + more, base: base, main: after(changes), writes: writes.map { #"{"position":"0/1","changes":[\#($0)]}"# }, question)
  }

  @Test func `a phantom makes stale what found nothing`() throws {
    let insert = #"{"table":"orders","op":"insert","after":{"id":9,"customer":9,"total":"500.00","note":null}}"#
    for question in [
      "SELECT * FROM orders WHERE id = 9", "SELECT count(*) FROM orders WHERE total > 400",
      "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM orders WHERE customer = 9)", "SELECT note FROM orders WHERE customer = 9",
    ] {
      #expect(try Self.decision(question, insert) == .stale, "\(question)")
    }
  }

  @Test func `what is undone leaves the answer holding`() throws {
    let there = #"{"table":"orders","op":"update","before":{"id":1,"customer":1,"total":"150.00","note":"a"},"#
    let changes =
      there + #""after":{"id":1,"customer":1,"total":"99.00","note":"a"}},"#
      + #"{"table":"orders","op":"update","before":{"id":1,"customer":1,"total":"99.00","note":"a"},"#
      + #""after":{"id":1,"customer":1,"total":"150.00","note":"a"}}"#
    #expect(try Self.decision("SELECT sum(total) FROM orders", changes) == .holds)
    #expect(try Self.decision("SELECT * FROM orders WHERE id = 1", changes, base: nil) == .holds)
  }

  @Test func `a column that the question does not use may change`() throws {
    let change =
      #"{"table":"orders","op":"update","before":{"id":1,"customer":1,"total":"150.00","note":"a"},"#
      + #""after":{"id":1,"customer":1,"total":"170.00","note":"c"}}"#
    #expect(try Self.decision("SELECT count(*) FROM orders WHERE total > 100", change) == .holds)
    #expect(try Self.decision("SELECT customer FROM orders WHERE total > 100", change) == .holds)
    #expect(try Self.decision("SELECT note FROM orders WHERE total > 100", change) == .stale)
  }

  @Test func `what orders the rows counts though it is not shown`() throws {
    let change =
      #"{"table":"orders","op":"update","before":{"id":1,"customer":1,"total":"150.00","note":"a"},"#
      + #""after":{"id":1,"customer":1,"total":"10.00","note":"a"}}"#
    #expect(try Self.decision("SELECT id FROM orders ORDER BY total, id", change) == .stale)
    #expect(try Self.decision("SELECT id FROM orders ORDER BY total, id", change, base: nil) == .doubtful(.noBase))
    #expect(try Self.decision("SELECT id FROM orders WHERE total < 1000", change) == .holds)
  }

  @Test func `rows that both sides touched merge by column or are contested`() throws {
    let raised = #"{"table":"orders","op":"update","before":{"id":7,"total":"90.00"},"after":{"id":7,"total":"150.00"}}"#
    let noted = #"{"table":"orders","op":"update","before":{"id":7,"note":null},"after":{"id":7,"note":"late"}}"#
    let lowered = #"{"table":"orders","op":"update","before":{"id":7,"total":"90.00"},"after":{"id":7,"total":"80.00"}}"#
    let deleted = #"{"table":"orders","op":"delete","before":{"id":7}}"#
    let count = "SELECT count(*) FROM orders WHERE total > 100"
    #expect(try Self.decision(count, raised, writes: noted) == .stale)
    #expect(try Self.decision(count, raised, writes: lowered) == .doubtful(.contested))
    #expect(try Self.decision(count, raised, writes: deleted) == .doubtful(.contested))
    #expect(try Self.decision("SELECT note FROM orders WHERE id = 7", raised, writes: noted) == .holds)
    // Either way the row is not one that this sees.
    #expect(try Self.decision("SELECT count(*) FROM orders WHERE customer = 1", raised, writes: lowered) == .holds)
  }

  @Test func `two reads of one branch have different overlays`() throws {
    var scene = try Scene(Self.orders, base: Self.base)
    try scene.main(
      Self.after(
        #"{"table":"orders","op":"update","before":{"id":7,"total":"90.00"},"after":{"id":7,"total":"150.00"}}"#))
    try scene.ask("SELECT count(*) FROM orders WHERE total > 100")
    try scene.write(#"{"position":"0/1","changes":[{"table":"orders","op":"delete","before":{"id":7}}]}"#)
    try scene.ask("SELECT count(*) FROM orders WHERE total > 100")
    #expect(scene.decisions == [.stale, .doubtful(.contested)])
  }

  @Test func `a join in which a branch's row meets a change of main is stale`() throws {
    let customers = "CREATE TABLE customers (id int PRIMARY KEY, region text);"
    let base = Self.base + "\n" + #"{"table":"customers","row":{"id":5,"region":"apac"}}"#
    let moved = #"{"table":"customers","op":"update","before":{"id":5,"region":"apac"},"after":{"id":5,"region":"emea"}}"#
    let insert = #"{"table":"orders","op":"insert","after":{"id":9,"customer":5,"total":"1.00","note":null}}"#
    let question = "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer WHERE c.region = 'emea'"
    #expect(try Self.decision(question, insert, writes: moved, more: customers, base: base) == .stale)
    #expect(try Self.decision(question, insert, more: customers, base: base) == .holds)
  }

  @Test func `null is three-valued`() throws {
    let null = #"{"table":"orders","op":"insert","after":{"id":9,"customer":null,"total":null,"note":null}}"#
    #expect(try Self.decision("SELECT 1 WHERE 4 NOT IN (SELECT customer FROM orders)", null) == .stale)
    #expect(try Self.decision("SELECT count(total) FROM orders", null) == .holds)
    #expect(try Self.decision("SELECT count(*) FROM orders WHERE total > 0 OR total <= 0", null) == .holds)
    let zero = #"{"table":"orders","op":"insert","after":{"id":9,"customer":8,"total":"0.00","note":null}}"#
    #expect(try Self.decision("SELECT sum(total) FROM orders WHERE customer = 8", zero) == .stale)
    #expect(try Self.decision("SELECT sum(total) FROM orders WHERE customer = 1", zero) == .holds)
  }

  @Test func `numerics answer by value and are told apart by representation where that shows`() throws {
    let scaled =
      #"{"table":"rates","op":"update","before":{"id":1,"rate":"1.0"},"after":{"id":1,"rate":"1.00"}}"#
    let rates = "CREATE TABLE rates (id int PRIMARY KEY, rate numeric);"
    let base = #"{"table":"rates","row":{"id":1,"rate":"1.0"}}"#
    #expect(try Self.decision("SELECT rate FROM rates", scaled, more: rates, base: base) == .holds)
    #expect(try Self.decision("SELECT rate::text FROM rates", scaled, more: rates, base: base) == .stale)
    #expect(try Self.decision("SELECT count(*) FROM rates WHERE rate = 1", scaled, more: rates, base: base) == .holds)
  }

  @Test func `floating sums that changed are never taken for equal`() throws {
    let points = "CREATE TABLE points (id int PRIMARY KEY, x float8);"
    let base = #"{"table":"points","row":{"id":1,"x":"0.1"}}"# + "\n" + #"{"table":"points","row":{"id":2,"x":"0.2"}}"#
    func change(_ x: String) -> String { #"{"table":"points","op":"insert","after":{"id":3,"x":"\#(x)"}}"# }
    #expect(try Self.decision("SELECT sum(x) FROM points", change("5"), more: points, base: base) != .holds)
    #expect(try Self.decision("SELECT sum(x) FROM points", change("1e-30"), more: points, base: base) != .holds)
  }

  @Test func `time alone can make an answer stale`() throws {
    let visits = "CREATE TABLE visits (id int PRIMARY KEY, at timestamptz);"
    var scene = try Scene(visits, base: #"{"table":"visits","row":{"id":1,"at":"2026-05-01 00:00:00+00"}}"#)
    let day: Int64 = 86_400_000_000
    let may: Int64 = 9_617 * day  // 2026-05-01
    try scene.ask("SELECT count(*) FROM visits WHERE at > now() - interval '90 days'", askedAt: may + day)
    try scene.ask("SELECT count(*) FROM visits WHERE at > now() - interval '90 days'")
    #expect(scene.verdicts(clock: may + 80 * day).map(\.decision) == [.holds, .doubtful(.noClock)])
    let later = scene.verdicts(clock: may + 100 * day)[0]
    #expect(later.decision == .stale && later.evidence.because == .clock)
  }

  /// The body of `age` with one argument has `CURRENT_DATE` in it, though nobody wrote it.
  @Test(arguments: [
    "SELECT age(at) FROM visits", "SELECT age(at::timestamp) FROM visits", "SELECT count(*) FROM visits WHERE age(at) < '5 days'",
  ])
  func `an age is another one every day`(question: String) throws {
    let visits = "CREATE TABLE visits (id int PRIMARY KEY, at timestamptz);"
    var scene = try Scene(visits, base: #"{"table":"visits","row":{"id":1,"at":"2026-05-01 00:00:00+00"}}"#)
    let day: Int64 = 86_400_000_000
    let may: Int64 = 9_617 * day  // 2026-05-01
    try scene.ask(question, askedAt: may + day)
    try scene.ask(question)
    #expect(scene.verdicts(clock: may + day + day / 2).map(\.decision) == [.holds, .doubtful(.noClock)])
    let later = scene.verdicts(clock: may + 9 * day)[0]
    #expect(later.decision == .stale && later.evidence.because == .clock)
  }

  @Test func `what cannot be asked again is doubtful`() throws {
    let change = #"{"table":"orders","op":"delete","before":{"id":1,"customer":1,"total":"150.00","note":"a"}}"#
    #expect(try Self.decision("SELECT id FROM orders ORDER BY random()", change) == .doubtful(.volatile))
    #expect(try Self.decision("SELECT clock_timestamp()", change) == .doubtful(.volatile))
    #expect(try Self.decision("SELECT ctid FROM orders", change) == .doubtful(.notFollowed))
    #expect(try Self.decision("SELECT count(*) FROM pg_class", change) == .doubtful(.notFollowed))
    let function = "CREATE FUNCTION mine(int) RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN 1; END$$;"
    #expect(try Self.decision("SELECT mine(id) FROM orders", change, more: function) == .doubtful(.userFunction))
  }

  @Test func `a change that comes twice counts once, and out of order it is refused`() throws {
    var scene = try Scene(Self.orders, base: Self.base)
    let insert = Self.after(#"{"table":"orders","op":"insert","after":{"id":9,"customer":9,"total":"1.00","note":null}}"#)
    try scene.main(insert + "\n" + insert)
    try scene.ask("SELECT count(*) FROM orders", answer: [["3"]])
    #expect(scene.verdicts()[0].evidence.now?.printed == [["4"]])
    #expect(throws: (any Error).self) { try scene.main(insert.replacing("0/20", with: "0/18")) }
  }

  @Test func `rows that a log does not show are taken from the base, or are in doubt`() throws {
    let thin = #"{"table":"orders","op":"update","after":{"id":7,"customer":5,"total":"95.00","note":null}}"#
    let count = "SELECT count(*) FROM orders WHERE total > 100"
    #expect(try Self.decision(count, thin) == .holds)
    #expect(try Self.decision("SELECT sum(total) FROM orders", thin) == .stale)
    #expect(try Self.decision(count, thin, base: nil) == .doubtful(.noBeforeImage))
    let truncate = #"{"table":"orders","op":"truncate"}"#
    #expect(try Self.decision(count, truncate) == .stale)
    #expect(try Self.decision("SELECT count(*) FROM orders WHERE total > 1000", truncate) == .holds)
    #expect(try Self.decision(count, truncate, base: nil) == .doubtful(.noBase))
  }

  @Test func `a branch that empties a table deletes the rows that it could see, and not those that main gets later`() throws {
    let truncate = #"{"table":"orders","op":"truncate"}"#
    func insert(_ id: Int) -> String {
      #"{"table":"orders","op":"insert","after":{"id":\#(id),"customer":1,"total":"1.00","note":null}}"#
    }
    let raised =
      #"{"table":"orders","op":"update","before":{"id":7,"customer":5,"total":"90.00","note":null},"after":{"id":7,"total":"150.00"}}"#
    let deleted = #"{"table":"orders","op":"delete","before":{"id":7,"customer":5,"total":"90.00","note":null}}"#
    let count = "SELECT count(*) FROM orders"
    // What main changed tells whether the branch could see it: no base is needed.
    for base in [Self.base, nil] {
      #expect(try Self.decision(count, insert(9), writes: truncate, base: base) == .stale)
      #expect(try Self.decision(count, deleted, writes: truncate, base: base) == .holds)
      #expect(try Self.decision(count, raised, writes: truncate, base: base) == .doubtful(.contested))
      // It put in a row of its own again: in the place of the old one, or where main has put in another one.
      #expect(try Self.decision(count, insert(9), writes: truncate + "," + insert(9), base: base) == .holds)
      #expect(try Self.decision(count, deleted, writes: truncate + "," + insert(7), base: base) == .doubtful(.contested))
      // What it had put in before is gone.
      #expect(try Self.decision(count, insert(9), writes: insert(9) + "," + truncate, base: base) == .stale)
    }
  }

  @Test func `a hole in the log is never taken for silence`() throws {
    var scene = try Scene(Self.orders, base: Self.base)
    try scene.main(
      Self.after(#"{"table":"orders","op":"insert","after":{"id":9,"customer":9,"total":"1.00","note":null}}"#) + "\n"
        + #"{"position":"0/30","event":"gap"}"#)
    try scene.ask("SELECT count(*) FROM orders WHERE total > 100")
    scene.declare("bob", fork: Position(0x30))
    try scene.ask("SELECT max(total) FROM orders", branch: "bob")
    #expect(scene.decisions == [.doubtful(.gap), .holds])
    // What the base says is not what was there behind the hole.
    try scene.main(
      #"{"position":"0/40","changes":[{"table":"orders","op":"delete","before":{"id":7,"customer":5,"total":"90.00","note":null}}]}"#
    )
    #expect(scene.decisions[1] == .doubtful(.gap))
  }

  @Test func `a group that shows another one of equal keys has changed`() throws {
    let points = "CREATE TABLE points (id int PRIMARY KEY, x float8, i interval);"
    let base = #"{"table":"points","row":{"id":1,"x":"0","i":"1 mon"}}"#
    let change = #"{"table":"points","op":"update","before":{"id":1,"x":"0","i":"1 mon"},"after":{"id":1,"x":"-0","i":"30 days"}}"#
    for question in ["SELECT x, count(*) FROM points GROUP BY x", "SELECT i, count(*) FROM points GROUP BY i"] {
      #expect(try Self.decision(question, change, more: points, base: base) == .stale, "\(question)")
      #expect(try Self.decision(question, change, more: points, base: nil) != .holds, "\(question)")
    }
  }

  @Test func `a row that the branch put in, took away and put in again is there once`() throws {
    var scene = try Scene(Self.orders, base: Self.base)
    let insert = #"{"table":"orders","op":"insert","after":{"id":9,"customer":9,"total":"1.00","note":null}}"#
    let delete = #"{"table":"orders","op":"delete","before":{"id":9,"customer":9,"total":"1.00","note":null}}"#
    try scene.write(#"{"position":"0/1","changes":[\#(insert),\#(delete),\#(insert)]}"#)
    try scene.main(Self.after(#"{"table":"orders","op":"delete","before":{"id":1,"customer":1,"total":"150.00","note":"a"}}"#))
    try scene.ask("SELECT count(*) FROM orders")
    #expect(scene.verdicts()[0].evidence.was?.printed == [["4"]])
  }
}

extension AnswerRows {
  /// As text, for comparison.
  var printed: [[String?]]? { rows.map { $0.map { zip($0, types).map { $0.text(as: $1, style: TextStyle()) } } } }
}
