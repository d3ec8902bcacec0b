import Engine
import Formats
import Queries
import Relations
import SQL
import TestKit
import Testing

/// Sums of floats, which depend on the order of adding: PostgreSQL adds them up in many orders, at both ends.
@Suite struct FloatingSumsTests {
  private static let definitions = """
    CREATE TABLE points (id int PRIMARY KEY, g int, x float8, y float4);
    ALTER TABLE points REPLICA IDENTITY FULL;
    """

  private static let questions = [
    "SELECT sum(x) FROM points", "SELECT avg(x) FROM points", "SELECT sum(y) FROM points", "SELECT avg(y) FROM points",
    "SELECT g, sum(x), count(*) FROM points GROUP BY g", "SELECT g, avg(y) FROM points GROUP BY g ORDER BY g",
    "SELECT sum(x) FROM points GROUP BY g", "SELECT count(*), sum(y) FILTER (WHERE g = 1) FROM points WHERE id <> 3",
    "SELECT count(*), stddev(x) FROM points",
  ]

  private typealias Row = (id: Int, g: Int, x: Double, y: Float)

  private static func number(_ random: inout SplitMix64) -> Double {
    let plain = Double(Int.random(in: -1_000...1_000, using: &random)) / 10
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return plain * 1e15
    case 1: return plain * 1e-12
    case 2: return [Double.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude, 1e30].randomElement(using: &random)!
    default: return plain
    }
  }

  @Test(arguments: Cases.seeds(20)) func `sums are called other ones only if they are, whatever the order`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var truth = try Truth()
    var counts = (stale: 0, doubtful: 0)
    for _ in 0..<12 {
      let rows = (0..<Int.random(in: 0..<9, using: &random)).map { id -> Row in
        let value = Self.number(&random)
        return (id, Int.random(in: 0..<3, using: &random), value, Float(Self.number(&random)))
      }
      var later = rows
      switch Int.random(in: 0..<4, using: &random) {
      case 0: later.append((90, 1, Self.number(&random), Float(Self.number(&random))))
      case 1 where !later.isEmpty: later.removeLast()
      case 2 where !later.isEmpty: later[0].x = later[0].x.nextUp
      default:
        for place in later.indices where Bool.random(using: &random) { later[place].x = Self.number(&random) }
      }
      let verdicts = try Self.verdicts(rows, later)
      let queries = try Self.questions.map { try Binder(Self.schema).query($0) }
      let (then, now) = (try Self.answers(&truth, queries, rows), try Self.answers(&truth, queries, later))
      for (place, verdict) in verdicts.enumerated() {
        let told: Comment = "\(verdict.sql): \(verdict.decision), \(rows) → \(later)\n\(Cases.replay(seed))"
        switch verdict.decision {
        case .stale:
          counts.stale += 1
          #expect(then[place].allSatisfy { !now[place].contains($0) }, told)
        case .holds: #expect(then[place] == now[place], told)
        case .doubtful(let reason):
          counts.doubtful += 1
          #expect(reason == .floatRounding || reason == .errorOrder, told)
        }
      }
    }
    #expect(counts.stale > 20 && counts.doubtful > 0, "\(counts): the test says little")
  }

  private static var schema: Schema {
    get throws {
      var loader = SchemaLoader()
      try loader.load(definitions)
      return loader.schema
    }
  }

  private static func verdicts(_ rows: [Row], _ later: [Row]) throws -> [Verdict] {
    func json(_ row: Row) -> String { #"{"id":\#(row.id),"g":\#(row.g),"x":"\#(text(row.x))","y":"\#(text(Double(row.y)))"}"# }
    var scene = try Scene(
      definitions, base: rows.map { #"{"table":"points","row":\#(json($0))}"# }.joined(separator: "\n"))
    let changes =
      rows.map { #"{"table":"points","op":"delete","before":\#(json($0))}"# }
      + later.map { #"{"table":"points","op":"insert","after":\#(json($0))}"# }
    try scene.main(#"{"position":"0/20","changes":[\#(changes.joined(separator: ","))]}"#)
    for question in questions { try scene.ask(question) }
    return scene.verdicts()
  }

  private static func text(_ number: Double) -> String {
    number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
  }

  /// Of each question the answers that some orders of adding give.
  private static func answers(_ truth: inout Truth, _ queries: [Query], _ rows: [Row]) throws -> [[Truth.Answer]] {
    let values = rows.map { "(\($0.id), \($0.g), '\(text($0.x))', '\(text(Double($0.y)))')" }
    let tables =
      "CREATE TABLE points (id int, g int, x float8, y float4);"
      + (rows.isEmpty ? "" : "INSERT INTO points VALUES \(values.joined(separator: ","));")
    var answers = queries.map { _ in [Truth.Answer]() }
    for order in 0..<12 {
      let texts = questions.map { text in
        ["x", "y"].reduce(text) { text, name in
          text.replacing("(\(name))", with: "(\(name) ORDER BY md5(id || 'seed \(order)'))")
        }
      }
      for (place, answer) in try truth.answers(queries, texts, over: tables).map(\.sorted).enumerated()
      where !answers[place].contains(answer) { answers[place].append(answer) }
    }
    return answers
  }

  @Test func `a sum that differs by more than rounding is stale, and one that may differ by rounding is doubtful`() throws {
    let points = "CREATE TABLE points (id int PRIMARY KEY, x float8);"
    let base = #"{"table":"points","row":{"id":1,"x":"0.1"}}"# + "\n" + #"{"table":"points","row":{"id":2,"x":"0.2"}}"#
    func decision(_ x: String, _ question: String) throws -> Verdict.Decision {
      let change = #"{"position":"0/20","changes":[{"table":"points","op":"insert","after":{"id":3,"x":"\#(x)"}}]}"#
      return try VerdictEngine.decision(points, base: base, main: change, question)
    }
    for question in ["SELECT sum(x) FROM points", "SELECT avg(x) FROM points"] {
      #expect(try decision("5", question) == .stale)
    }
    #expect(try decision("1e-30", "SELECT sum(x) FROM points") == .doubtful(.floatRounding))
    // What is counted beside it has changed.
    #expect(try decision("1e-30", "SELECT sum(x), count(*) FROM points") == .stale)
  }
}
