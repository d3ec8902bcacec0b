import Engine
import Formats
import Queries
import Relations
import SQL
import TestKit

/// A shop with a thousand reads of the mix, a fifth of them asked on a branch that has written.
struct MixWorld {
  let mix: ReadMix
  let shop: MixShop
  let schema: Schema
  private(set) var reads: [Read] = []

  struct Read {
    let place: Int
    let kind: Int
    let text: String
    let branch: String
    let query: Query

    /// Whether the question says in which order its rows come.
    var isOrdered: Bool {
      var depth = 0
      for place in text.indices {
        if text[place] == "(" { depth += 1 }
        if text[place] == ")" { depth -= 1 }
        if depth == 0, text[place...].hasPrefix(" ORDER BY ") { return true }
      }
      return false
    }

    /// Whether PostgreSQL can say one thing only: no dice, and no ties at the end of a list.
    var isDetermined: Bool {
      let hasTies = ["total DESC NULLS LAST LIMIT", "priority, opened_at LIMIT", "placed_at DESC LIMIT"].contains {
        text.contains($0)
      }
      return !hasTies && !text.contains("random()")
    }
  }

  /// What PostgreSQL said at the fork and says now; nil where it may say one thing or another.
  struct Answers {
    var then: [Truth.Answer?]
    var now: [Truth.Answer?]
  }

  init(_ mix: ReadMix, seed: UInt64) throws {
    self.mix = mix
    shop = MixShop(seed: seed)
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(mix.definitions)
    schema = loader.schema
    let binder = Binder(schema)
    var random = SplitMix64(seed: seed ^ 0x1CE)
    for place in 0..<1_000 {
      let (kind, text) = mix.draw(&random)
      let branch = Int.random(in: 0..<5, using: &random) == 0 ? "busy" : "plain"
      reads.append(Read(place: place, kind: kind, text: text, branch: branch, query: try binder.query(text)))
    }
  }

  /// When the questions were asked, and when they are judged.
  private static let (asked, judged) = (MixShop.microseconds(day: 1), MixShop.microseconds(day: 26))

  func answers() throws -> Answers {
    var truth = try Truth()
    var answers = Answers(then: Array(repeating: nil, count: reads.count), now: Array(repeating: nil, count: reads.count))
    let present = shop.fork.laying(shop.main.joined())
    for (branch, own) in [("plain", []), ("busy", Array(shop.branch.joined()))] {
      let asked = reads.filter { $0.branch == branch && $0.isDetermined }
      let (then, now) = (shop.fork.laying(own), present.laying(own))
      for (read, answer) in zip(asked, try ask(asked, &truth, over: then, at: Self.asked)) { answers.then[read.place] = answer }
      for (read, answer) in zip(asked, try ask(asked, &truth, over: now, at: Self.judged)) { answers.now[read.place] = answer }
    }
    return answers
  }

  private func ask(
    _ reads: [Read], _ truth: inout Truth, over state: [MixShop.Rows], at clock: Int64
  ) throws -> [Truth.Answer] {
    let moment = Value.integer(clock).text(as: .timestamptz, style: TextStyle())!
    let texts = reads.map { $0.text.replacing("now()", with: "timestamptz '\(moment)'") }
    return try truth.answers(reads.map(\.query), texts, over: mix.definitions + MixShop.sql(state))
  }

  func verdicts(hasBase: Bool, _ answers: Answers) throws -> [Verdict] {
    var engine = try shop.engine(schema, hasBase: hasBase)
    let binder = ReadBinder(schema)
    for read in reads {
      var record = RecordedRead(read.text, place: FormatError.Place("reads", line: read.place + 1, column: 1))
      record.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
      record.askedAt = Self.asked
      record.at = Position(UInt64(shop.branch.count))
      if case .rows(let rows)? = answers.then[read.place] {
        record.answer = .rows(rows.map { $0.map { $0.map { .text($0) } ?? .null } })
      }
      try engine.record(record, name: "r\(read.place)", branch: read.branch, binder: binder)
    }
    var options = VerdictEngine.Options()
    options.clock = Self.judged
    // This is about verdicts, not about since when.
    options.explanationBudget = 100_000
    return engine.verdicts(options).verdicts
  }
}
