import Formats
import Relations
import TestKit
import Testing

@testable import Engine

/// A verdict is the same by whatever way it was found: by each tier that can find it, however the changes came and in whatever order, with
/// main's rows or without.
@Suite struct SameVerdictsTests {
  @Test(arguments: Cases.seeds(20)) func `tiers that decide the same read decide it alike`(seed: UInt64) throws {
    var (compared, others): (Int, Set<String>) = (0, [])
    for number in 0..<12 as Range<UInt64> {
      let story = try Story(seed, number)
      let engine = try story.engine(hasBase: story.hasBase)
      let verdicts = engine.verdicts().verdicts
      for without in Self.subsets {
        var options = VerdictEngine.Options()
        options.without = without
        options.explanationBudget = 0
        for (own, other) in zip(verdicts, engine.verdicts(options).verdicts) where own.isDecided && other.isDecided {
          #expect(own.decision == other.decision, "\(own.sql) without \(without): \(story.told)")
          compared += 1
          guard let (a, b) = own.evidence.decidedBy.flatMap({ a in other.evidence.decidedBy.map { (a, $0) } }), a != b else {
            continue
          }
          others.insert("\(own.decision) by \(a) and by \(b)")
        }
      }
    }
    #expect(compared > 900 && others.count >= 3, "\(compared), \(others): the test says little")
  }

  /// All but nothing at all.
  private static let subsets: [Set<VerdictEngine.Options.Means>] = (1..<1 << VerdictEngine.Options.Means.allCases.count - 1).map {
    bits in
    Set(VerdictEngine.Options.Means.allCases.enumerated().filter { bits & 1 << $0.offset != 0 }.map(\.element))
  }

  @Test(arguments: Cases.seeds(20)) func `changes at once or one by one, reads before or after them`(seed: UInt64) throws {
    var stale = 0
    for number in 0..<25 as Range<UInt64> {
      let story = try Story(seed, number)
      let verdicts = try story.engine(hasBase: story.hasBase).verdicts().verdicts
      let singly = try story.engine(hasBase: story.hasBase, batch: 1).verdicts().verdicts
      let readsFirst = try story.engine(hasBase: story.hasBase, batch: 2, isAskedFirst: true).verdicts().verdicts
      for (place, verdict) in verdicts.enumerated() {
        #expect(verdict.told() == singly[place].told(), "\(verdict.sql): \(story.told)")
        #expect(verdict.told() == readsFirst[place].told(), "\(verdict.sql): \(story.told)")
        stale += verdict.decision == .stale ? 1 : 0
      }
    }
    #expect(stale > 50, "\(stale): the test says little")
  }

  @Test(arguments: Cases.seeds(20)) func `transactions that touch other rows may come in another order`(seed: UInt64) throws {
    var (stale, swapped) = (0, 0)
    for number in 0..<25 as Range<UInt64> {
      let story = try Story(seed, number)
      let (main, swaps) = story.permuted
      swapped += swaps
      let verdicts = try story.engine(hasBase: story.hasBase).verdicts().verdicts
      let others = try story.engine(hasBase: story.hasBase, main: main).verdicts().verdicts
      for (verdict, other) in zip(verdicts, others) {
        #expect(
          verdict.told(withTouches: false) == other.told(withTouches: false), "\(verdict.sql): \(story.told)\n\(main)")
        stale += verdict.decision == .stale ? 1 : 0
      }
    }
    #expect(stale > 50 && swapped > 20, "\(stale), \(swapped): the test says little")
  }

  @Test(arguments: Cases.seeds(20)) func `without main's rows more is doubtful, and nothing is different`(seed: UInt64) throws {
    var (same, doubtful) = (0, 0)
    for number in 0..<25 as Range<UInt64> {
      let story = try Story(seed, number)
      let verdicts = try story.engine(hasBase: true).verdicts().verdicts
      for (verdict, bare) in zip(verdicts, try story.engine(hasBase: false).verdicts().verdicts) {
        if bare.isDecided {
          same += 1
          #expect(bare.decision == verdict.decision, "\(verdict.sql): \(story.told)")
        } else if verdict.isDecided {
          doubtful += 1
        }
      }
    }
    #expect(same > 120 && doubtful > 20, "\(same), \(doubtful): the test says little")
  }
}

/// A world and what a branch asked in it, two thirds of it with the answer.
private struct Story {
  let world: World
  let hasBase: Bool
  let told: Comment
  private let seed: UInt64
  private let logs: World.Told
  private var reads: [RecordedRead] = []

  init(_ seed: UInt64, _ number: UInt64) throws {
    self.seed = seed &* 1_000 &+ number
    world = try World(seed: self.seed)
    told = "\(Cases.replay(seed)), world \(number)\n\(world)"
    hasBase = self.seed % 3 != 0
    logs = self.seed % 5 == 0 ? .key : .all
    var texts = RandomReads(seed: self.seed)
    for place in 0..<12 {
      var read = RecordedRead(texts.next(), place: FormatError.Place("reads", line: place + 1, column: 1))
      read.at = Position(UInt64(world.branch.count))
      read.askedAt = Int64(100 + world.beforeFork) * 1_000_000
      read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
      reads.append(read)
    }
    // What the questions said, by evaluating them.
    for (place, verdict) in try engine(hasBase: true).verdicts().verdicts.enumerated() where place % 3 > 0 {
      if let was = verdict.evidence.was { reads[place].answer = .recorded(Truth.Answer(was)) }
    }
  }

  /// - Parameters:
  ///   - main: main's transactions, if they are not the world's.
  ///   - isAskedFirst: whether the questions come before main's changes.
  func engine(
    hasBase: Bool, batch: Int = .max, main: [[World.Edit]]? = nil, isAskedFirst: Bool = false
  ) throws -> VerdictEngine {
    var engine = try world.engine(hasBase: hasBase, told: logs, count: 0)
    if isAskedFirst { try ask(&engine) }
    var rest = Array(zip(world.numbered.map(\.0), main ?? world.main))[...]
    while !rest.isEmpty {
      try engine.append(try world.transactions(Array(rest.prefix(batch)), logs))
      rest = rest.dropFirst(batch)
    }
    if !isAskedFirst { try ask(&engine) }
    return engine
  }

  private func ask(_ engine: inout VerdictEngine) throws {
    for (place, read) in reads.enumerated() { try engine.record(read, name: "r\(place)", branch: "alice") }
  }

  /// Main's transactions with neighbours swapped that touch no common row, on the same side of the fork.
  var permuted: (main: [[World.Edit]], swaps: Int) {
    var random = SplitMix64(seed: seed)
    var (main, swaps) = (world.main, 0)
    for _ in 0..<2 * main.count where main.count > 1 {
      let place = Int.random(in: 0..<main.count - 1, using: &random)
      guard place + 1 != world.beforeFork, commute(main[place], main[place + 1]) else { continue }
      main.swapAt(place, place + 1)
      swaps += 1
    }
    return (main, swaps)
  }

  private func commute(_ a: [World.Edit], _ b: [World.Edit]) -> Bool {
    !a.contains { first in
      b.contains { second in
        guard first.table == second.table else { return false }
        let names = (names(first), names(second))
        return names.0.isEmpty || names.1.isEmpty || !names.0.isDisjoint(with: names.1)
      }
    }
  }

  /// The rows that an edit touches; none of one that empties the table.
  private func names(_ edit: World.Edit) -> Set<World.Row> {
    Set(
      [edit.before, edit.after].compactMap { row in
        row.map { row in world.tables.keys[edit.table].map { $0.map { row[$0] } } ?? row }
      })
  }
}
