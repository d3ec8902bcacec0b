import Formats
import Queries
import Relations
import SQL
import TestKit
import Testing

@testable import Engine

/// Questions over a random world, judged as of several states of main, and PostgreSQL asked at both ends of each verdict.
///
/// A read at a state of main is a pair; each is counted by what the question is made of and by where it was asked. Shaped for tens of
/// thousands of pairs a minute: PostgreSQL holds the states of a world one after the other in one transaction, and is asked all questions
/// at once.
struct Differential: ~Copyable {
  private var truth: Truth
  var tally = ReadTally()
  private var hasShrunk = false

  init(database: String = "postgres") throws { truth = try Truth(database: database) }

  /// A question as it is asked, and what is known of it beforehand.
  private struct Asked {
    let text: String
    let query: Query
    let kinds: Set<String>

    var usesClock: Bool { kinds.contains("now()") }
  }

  /// One state of main, and what PostgreSQL answers there to each question: contested keys resolved the branch's way and main's way.
  private struct Moment {
    /// So many of main's transactions.
    let count: Int
    let clock: Int64
    var branch: [Truth.Answer] = []
    var main: [Truth.Answer] = []

    var position: Position { Position(UInt64(100 + count)) }
  }

  /// How a world is told to the engine.
  private struct Telling: CustomStringConvertible {
    let writes: Int
    let hasBase: Bool
    let isSub: Bool
    let told: World.Told
    let isInOne: Bool
    let askedAt: Int64

    init(_ world: World, _ seed: UInt64) {
      writes = world.branch.isEmpty ? 0 : Int(seed % UInt64(world.branch.count + 1))
      hasBase = seed % 3 != 0
      isSub = seed % 4 == 3
      told = [.all, .key, .keyIfItChanged][Int(seed / 3 % 3)]
      isInOne = seed % 2 == 0
      askedAt = Int64(100 + world.beforeFork) * 1_000_000 + Int64(seed % 3) * 1_500_000
    }

    var description: String { "base \(hasBase), \(writes) writes, old rows \(told)\(isSub ? ", a branch of a branch" : "")" }

    /// Whether the log tells of rows what they were, or a base does.
    var tellsRows: Bool { hasBase || told == .all }

    var kinds: [String] {
      ["· \(hasBase ? "with" : "without") main's rows"] + (isSub ? ["· on a branch of a branch"] : [])
        + (writes > 0 ? ["· on a branch that wrote"] : []) + (told == .all ? [] : ["· old rows not told"])
    }
  }
}

extension Differential {
  /// Records what PostgreSQL contradicts; the first of it in a world as small as it can be.
  ///
  /// - Parameter texts: the questions; they may use `now()`.
  mutating func check(_ world: World, _ texts: [String], seed: UInt64, _ replay: String) throws {
    var counted = ReadTally()
    let faults = try faults(world, texts, seed, &counted)
    tally.add(counted)
    for fault in faults { Issue.record("\(fault.what)\n\(replay)") }
    // One is enough to look at.
    guard let first = faults.first, !hasShrunk else { return }
    hasShrunk = true
    let (small, fault) = try shrunk(world, texts, seed, first)
    Issue.record("the first of them in a small world: \(fault.what)\n\(small)\n\(replay)")
  }

  /// What is wrong with a verdict.
  private struct Fault {
    let read: Int
    let what: String
  }

  private mutating func faults(
    _ world: World, _ texts: [String], _ seed: UInt64, _ tally: inout ReadTally
  ) throws -> [Fault] {
    let binder = Binder(world.schema)
    var asked: [Asked] = []
    for text in texts {
      guard let query = try? binder.query(text) else {
        tally.unbound.insert(text)
        continue
      }
      let question = Asked(text: text, query: query, kinds: query.constructs)
      // PostgreSQL's own clock cannot be set.
      if question.usesClock, !text.contains("now()") { continue }
      asked.append(question)
    }
    let telling = Telling(world, seed)
    guard let (then, moments) = try answers(world, asked, telling, seed) else { return [] }
    let certificates = try certificates(world, asked, telling, then, seed)
    let engine = try engine(world, asked, telling, then, seed, certificates)
    // Positions are those of the timeline that the branch left.
    var decisions: [Position: [Verdict.Decision]] = [:]
    for count in telling.isSub ? 0..<0 : world.beforeFork..<world.main.count + 1 {
      var options = VerdictEngine.Options()
      options.asOf = Position(UInt64(100 + count))
      options.explanationBudget = 0
      decisions[options.asOf!] = engine.verdicts(options).verdicts.map(\.decision)
    }
    var found: [Fault] = []
    for moment in moments {
      var options = VerdictEngine.Options()
      options.asOf = telling.isSub ? nil : moment.position
      // By steps wherever they say something, and without any.
      let others = [.evaluation, .steps].map { self.decisions(engine, options, without: $0) }
      for (place, verdict) in engine.verdicts(options).verdicts.enumerated() {
        let comparison = VerdictComparison(
          verdict: verdict, then: then[place], branch: moment.branch[place], main: moment.main[place],
          isMisrecorded: telling.hasBase && Self.isWrong(place))
        var faults = comparison.faults(&tally)
        let certified = certificates[place].map { _ in "· with a certificate, without main's rows" }
        tally.count(
          verdict.decision, asked[place].kinds.union(telling.kinds).union(certified.map { [$0] } ?? []), isRight: faults.isEmpty)
        if verdict.decision == .stale, !asked[place].usesClock {
          faults += comparison.faultsOfSince(decisions.filter { $0.key <= moment.position }.mapValues { $0[place] }, &tally)
          // A row that the log does not tell is no witness.
          if telling.tellsRows, verdict.evidence.witnessCount ?? 0 == 0 { faults.append("it has no witness") }
        }
        for (way, other) in zip(["by steps", "by evaluating"], others) where verdict.decision.isOther(than: other[place]) {
          faults.append("\(way) it is \(other[place])")
        }
        // What is decided without steps is decided with them.
        if case .doubtful = verdict.decision, !others[1][place].isDoubtful { faults.append("evaluating it decides it") }
        if faults.isEmpty { continue }
        let told =
          "\(verdict.sql): \(verdict.decision) by \(verdict.evidence.decidedBy as Any) as of \(moment.position), \(telling): \(faults)"
        found.append(Fault(read: place, what: told + "\n    then \(then[place])\n    now  \(moment.branch[place])"))
      }
    }
    return found
  }

  /// The world without whatever can go while the same read is judged wrongly.
  private mutating func shrunk(_ world: World, _ texts: [String], _ seed: UInt64, _ fault: Fault) throws -> (World, Fault) {
    var (world, fault) = (world, fault)
    var place = 0
    while place < world.pieces.count {
      var ignored = ReadTally()
      guard let smaller = world.without(world.pieces[place]),
        let found = try faults(smaller, texts, seed, &ignored).first(where: { $0.read == fault.read })
      else {
        place += 1
        continue
      }
      // What could not go before may go now.
      (world, fault, place) = (smaller, found, 0)
    }
    return (world, fault)
  }

  private func decisions(
    _ engine: VerdictEngine, _ options: VerdictEngine.Options, without means: VerdictEngine.Options.Means
  ) -> [Verdict.Decision] {
    var options = options
    options.without = [means]
    options.explanationBudget = 0
    return engine.verdicts(options).verdicts.map(\.decision)
  }

  /// Reads now and then come with an answer that was got elsewhere.
  private static func isWrong(_ place: Int) -> Bool { place % 11 == 5 }

  /// What PostgreSQL answers where the branch saw it, and at several states of main, the last one among them. Nil where landing what the
  /// branch wrote makes no sense.
  private mutating func answers(
    _ world: World, _ asked: [Asked], _ telling: Telling, _ seed: UInt64
  ) throws -> (then: [Truth.Answer], moments: [Moment])? {
    var counts = [world.main.count]
    if !telling.isSub {
      let others = (world.beforeFork..<world.main.count).filter { (seed / 5 + UInt64($0)) % 2 == 0 }
      counts = others.prefix(3) + counts
    }
    var states: [(rows: [World.Rows], clock: Int64)] = []
    var moments: [(moment: Moment, branch: Int, main: Int)] = []
    for count in counts {
      guard let state = world.states(after: telling.writes, over: count) else { continue }
      if states.isEmpty { states.append((state.then, telling.askedAt)) }
      let clock = count == 0 ? telling.askedAt : Int64(100 + count) * 1_000_000
      states.append((state.branch, clock))
      let branch = states.count - 1
      if state.main != state.branch { states.append((state.main, clock)) }
      moments.append((Moment(count: count, clock: clock), branch, states.count - 1))
    }
    if moments.isEmpty { return nil }
    let found = try truth.answers(asked.map { ($0.text, $0.query) }, over: states, world.tables)
    return (
      found[0],
      moments.map { moment, branch, main in
        var moment = moment
        (moment.branch, moment.main) = (found[branch], found[main])
        return moment
      }
    )
  }

  /// What is remembered of the answers by somebody who has main's rows, for reads that will be judged without.
  private func certificates(
    _ world: World, _ asked: [Asked], _ telling: Telling, _ then: [Truth.Answer], _ seed: UInt64
  ) throws -> [Int: String] {
    guard !telling.hasBase else { return [:] }
    let engine = try engine(world, asked, telling, then, seed, hasBase: true)
    return Dictionary(uniqueKeysWithValues: engine.certificates(threads: 1).map { ($0.place, $0.certificate) })
  }

  private func engine(
    _ world: World, _ asked: [Asked], _ telling: Telling, _ then: [Truth.Answer], _ seed: UInt64,
    _ certificates: [Int: String] = [:], hasBase: Bool = false
  ) throws -> VerdictEngine {
    var engine = try world.engine(
      hasBase: telling.hasBase || hasBase, batch: telling.isInOne ? .max : 2, told: telling.told, isSub: telling.isSub)
    let binder = seed % 5 == 0 ? nil : ReadBinder(world.schema)
    for (place, question) in asked.enumerated() {
      var read = RecordedRead(question.text, place: FormatError.Place("reads", line: place + 1, column: 1))
      read.at = Position(UInt64(telling.writes))
      read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
      if place % 13 != 7 { read.askedAt = telling.askedAt }
      if (seed / 7 + UInt64(place)) % 3 > 0 { read.answer = .recorded(then[place]) }
      if telling.hasBase, Self.isWrong(place), case .rows(let rows) = then[place] {
        read.answer = rows.isEmpty ? .error(SQLState("22012")) : .rows([])
      }
      read.certificate = certificates[place].map { .text($0) }
      try engine.record(read, name: "r\(place)", branch: "alice", binder: binder)
    }
    return engine
  }
}

extension Verdict.Decision {
  var isDoubtful: Bool { if case .doubtful = self { true } else { false } }

  /// Whether both are proofs, of different things.
  fileprivate func isOther(than other: Self) -> Bool { !isDoubtful && !other.isDoubtful && self != other }
}

extension RecordedRead.Answer {
  static func recorded(_ answer: Truth.Answer) -> Self {
    switch answer {
    case .rows(let rows): .rows(rows.map { row in row.map { $0.map { .text($0) } ?? .null } })
    case .raised(let state): .error(SQLState(state))
    }
  }
}
