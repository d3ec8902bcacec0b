import Engine
import Formats
import Queries
import Relations
import SQL
import TestKit
import Testing

/// Random worlds, and PostgreSQL asked at both ends of each verdict.
@Suite struct VerdictTests {
  @Test(arguments: Cases.seeds(20)) func `a verdict is what PostgreSQL says at both ends`(seed: UInt64) throws {
    var truth = try Truth()
    var tally = Tally()
    for world in 0..<110 as Range<UInt64> {
      try Self.check(seed &* 1_000 &+ world, &truth, &tally, "\(Cases.replay(seed)), world \(world)")
    }
    #expect(tally.contradicted > 25, "\(tally): wrong answers pass unseen")
    #expect(tally.holds > 250 && tally.stale > 250, "\(tally): the test says little")
    #expect(tally.unbound.isEmpty, "\(Cases.replay(seed))")
    if Cases.replayed != nil { print(tally) }
  }

  /// PostgreSQL's database orders words, and the engine has been told another collation, or none: what it decides is right all the same.
  @Test(arguments: Cases.seeds(6)) func `a verdict by a collation that we do not have is right or is not given`(seed: UInt64) throws
  {
    let cluster = try Cluster.shared()
    let database = "words_\(seed)"
    try cluster.execute("CREATE DATABASE \(database) TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'")
    var truth = try Truth(database: database)
    var tally = Tally()
    for world in 0..<30 as Range<UInt64> {
      let told = "\(Cases.replay(seed)), world \(world)"
      try Self.check(
        seed &* 1_000 &+ world, &truth, &tally, told, collation: world % 2 == 0 ? nil : "en_US.UTF-8", also: Self.byWords)
    }
    #expect(tally.holds > 150 && tally.stale > 100, "\(tally): the test says little")
    #expect(tally.doubtful["collation"] ?? 0 > 40, "\(tally): the test says little")
  }

  private static let byWords = [
    "SELECT id FROM items WHERE c < 'B' ORDER BY id", "SELECT count(*) FROM items WHERE c >= 'b' AND a > 2",
    "SELECT min(c) FROM items",
    "SELECT id, c FROM items ORDER BY c, id", "SELECT c FROM items WHERE a > 1 ORDER BY c LIMIT 2", "SELECT upper(c) FROM items",
    "SELECT y, count(*) FROM pairs GROUP BY y ORDER BY y", "SELECT max(y) FROM pairs WHERE f",
    "SELECT x FROM pairs WHERE y ILIKE 'A%'",
    "SELECT i.id FROM items i JOIN parts p ON p.note > i.c ORDER BY i.id, p.n LIMIT 5",
    "SELECT n FROM parts WHERE note ~* 'A' ORDER BY n",
    "SELECT n FROM parts WHERE note BETWEEN 'A' AND 'c' AND n = 2 ORDER BY n", "SELECT sum(a) FROM items WHERE lower(c) = 'b'",
    "SELECT id, j FROM things ORDER BY j, id", "SELECT id FROM things WHERE t < ARRAY['b'] ORDER BY id",
    "SELECT DISTINCT c FROM items",
    "SELECT id FROM items WHERE c COLLATE \"C\" < 'B' ORDER BY id", "SELECT count(*) FROM items WHERE c = 'b' OR c > 'x'",
    "SELECT i.id, p.note FROM items i JOIN parts p ON p.item = i.id WHERE i.a > 1 ORDER BY p.note, i.id, p.n",
  ]

  struct Tally {
    var holds = 0
    var stale = 0
    var contradicted = 0
    var doubtful: [String: Int] = [:]
    var unbound: Set<String> = []
  }

  private static func check(
    _ seed: UInt64, _ truth: inout Truth, _ tally: inout Tally, _ replay: String, collation: String? = "C", also: [String] = []
  ) throws {
    let world = try World(seed: seed, collation: collation)
    let binder = Binder(world.schema)
    var reads = RandomReads(seed: seed)
    var asked: [(text: String, query: Query)] = []
    for _ in 0..<15 {
      let text = reads.next()
      // The same with other constants: they share a template, and are looked at together.
      for text in [text] + (0..<2 as Range<Int>).compactMap({ _ in reads.sibling(of: text) }) {
        if let query = try? binder.query(text) { asked.append((text, query)) } else { tally.unbound.insert(text) }
      }
    }
    for text in also { if let query = try? binder.query(text) { asked.append((text, query)) } else { tally.unbound.insert(text) } }
    let writes = world.branch.isEmpty ? 0 : Int(seed % UInt64(world.branch.count + 1))
    guard let states = world.states(after: writes) else { return }
    let texts = asked.map(\.text)
    let then = try truth.answers(asked.map(\.query), texts, over: states.then)
    let branch = try truth.answers(asked.map(\.query), texts, over: states.branch)
    let main = try truth.answers(asked.map(\.query), texts, over: states.main)
    let isRecorded = (0..<asked.count).map { (seed / 7 + UInt64($0)) % 3 > 0 }
    let hasBase = seed % 3 != 0
    let isSub = seed % 4 == 3
    let isTold = hasBase || seed / 3 % 3 == 0
    var engine = try world.engine(
      hasBase: hasBase, batch: seed % 2 == 0 ? .max : 2, told: [.all, .key, .keyIfItChanged][Int(seed / 3 % 3)],
      isSub: isSub)
    let binders = seed % 5 == 0 ? nil : ReadBinder(world.schema)
    for (place, question) in asked.enumerated() {
      var read = RecordedRead(question.text, place: FormatError.Place("reads", line: place + 1, column: 1))
      read.at = Position(UInt64(writes))
      read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
      if isRecorded[place] { read.answer = recorded(then[place]) }
      // Where there is a base, it notices that this is not what was answered.
      if hasBase, isWrong(place), case .rows(let rows) = then[place] {
        read.answer = rows.isEmpty ? .error(SQLState("22012")) : .rows([])
      }
      try engine.record(read, name: "r\(place)", branch: "alice", binder: binders)
    }
    // Positions are those of the timeline that the branch left.
    let moments = isSub ? [] : Array(world.beforeFork...world.main.count)
    let earlier = Dictionary(
      uniqueKeysWithValues: moments.map { count in
        let position = Position(UInt64(100 + count))
        var options = VerdictEngine.Options()
        options.asOf = position
        options.explanationBudget = 0
        return (position, engine.verdicts(options).verdicts.map(\.decision))
      })
    for (place, verdict) in engine.verdicts().verdicts.enumerated() {
      tally.contradicted += verdict.evidence.recorded == nil ? 0 : 1
      let (before, ours, theirs) = (then[place], branch[place], main[place])
      let told: Comment =
        "\(verdict.sql): \(verdict.decision) by \(verdict.evidence.decidedBy as Any), base \(hasBase), \(writes) writes\n\(world)\n\(replay)"
      switch verdict.decision {
      case .holds:
        tally.holds += 1
        #expect(isSame(before, ours, verdict) && isSame(before, theirs, verdict), told)
      case .stale:
        tally.stale += 1
        #expect(!isSame(before, ours, verdict) && !isSame(before, theirs, verdict), told)
        // Where the base cannot tell, a wrong answer that was recorded stays.
        let isContradicted = verdict.evidence.recorded != nil || !(hasBase && isWrong(place))
        if let was = verdict.evidence.was, isContradicted { #expect(printed(was).sorted == before.sorted, told) }
        if let now = verdict.evidence.now { #expect(printed(now).sorted == ours.sorted, told) }
        checkDelta(verdict, before, ours, told)
        // A row that the log does not tell is no witness.
        if isTold { #expect(verdict.evidence.witnessCount ?? 0 > 0, told) }
        checkSince(verdict, place, earlier, told)
      case .doubtful(let reason):
        tally.doubtful[reason.rawValue, default: 0] += 1
        if reason == .contested, let under = verdict.evidence.under {
          #expect((under.branch == .holds) == isSame(before, ours, verdict) || under.branch.isDoubt, told)
          #expect((under.main == .holds) == isSame(before, theirs, verdict) || under.main.isDoubt, told)
        }
      }
    }
  }

  private static func isWrong(_ place: Int) -> Bool { place % 11 == 5 }

  /// The old answer, without what went and with what came, is the new one.
  private static func checkDelta(_ verdict: Verdict, _ before: Truth.Answer, _ now: Truth.Answer, _ told: Comment) {
    guard let delta = verdict.evidence.delta, case .rows(let before) = before, case .rows(let now) = now else { return }
    switch delta.content {
    case .rows(let added, let removed, let isTruncated):
      guard !isTruncated, case .rows(let added) = printed(AnswerRows(delta.types, added)),
        case .rows(let removed) = printed(AnswerRows(delta.types, removed))
      else { return }
      #expect(Truth.Answer.rows(before + added).sorted == Truth.Answer.rows(now + removed).sorted, told)
    case .totals(let changes):
      for (column, change) in changes.enumerated() {
        guard let change, let was = before[0][column].flatMap(Double.init), let `is` = now[0][column].flatMap(Double.init) else {
          continue
        }
        #expect(abs(was + (Double(change.description) ?? .nan) - `is`) <= 1e-9 * max(1, abs(`is`)), told)
      }
    }
  }

  /// The answer was the old one before, and never again after.
  private static func checkSince(
    _ verdict: Verdict, _ place: Int, _ earlier: [Position: [Verdict.Decision]], _ told: Comment
  ) {
    guard case .exactly(let since)? = verdict.evidence.staleSince else { return }
    for (position, decisions) in earlier {
      if position >= since { #expect(decisions[place] != .holds, told) }
      if position.number + 1 == since.number { #expect(decisions[place] != .stale, told) }
    }
  }

  static func isSame(_ a: Truth.Answer, _ b: Truth.Answer, _ verdict: Verdict) -> Bool {
    // Of several rows that raise, the first one in the table tells: the same rows may lie in another order.
    if case (.raised, .raised) = (a, b), verdict.evidence.decidedBy == .footprint { return true }
    return isOrdered(verdict.sql) ? a == b : a.sorted == b.sorted
  }

  /// Whether the rows are ordered: what is in parentheses orders something else.
  private static func isOrdered(_ text: String) -> Bool {
    text.ranges(of: " ORDER BY ").last.map { !text[$0.upperBound...].contains(")") } ?? false
  }

  static func recorded(_ answer: Truth.Answer) -> RecordedRead.Answer {
    switch answer {
    case .rows(let rows): .rows(rows.map { row in row.map { $0.map { .text($0) } ?? .null } })
    case .raised(let state): .error(SQLState(state))
    }
  }

  private static func printed(_ answer: AnswerRows) -> Truth.Answer {
    switch answer.content {
    case .raised(let state): return .raised(state.description)
    case .rows(let rows):
      return .rows(
        rows.map { row in
          zip(row, answer.types).map { value, type in
            if case .numeric(let number) = value { return Value.numeric(number.trimmedScale).text(as: type, style: TextStyle()) }
            return value.text(as: type, style: TextStyle())
          }
        })
    }
  }
}

extension Verdict.Decision {
  fileprivate var isDoubt: Bool { if case .doubtful = self { true } else { false } }
}
