@testable import Engine
import Formats
import Relations
import TestKit
import Testing

/// Thousands of branches are judged in one pass over main's log: what is said of each is what is said of it alone.
@Suite struct FleetTests {
  @Test(arguments: Cases.seeds(20)) func `a branch among others is judged as it is alone`(seed: UInt64) throws {
    var (stale, corrected) = (0, 0)
    for number in 0..<25 as Range<UInt64> {
      let (mixed, world, texts, hasBase) = try Self.made(seed, number)
      // Every fork there is, and the branch as it was after each of its transactions.
      let branches = (0...world.main.count).flatMap { fork in (0...world.branch.count).map { (fork: fork, writes: $0) } }
      let together = try Self.verdicts(world, texts, branches, hasBase)
      for (place, branch) in branches.enumerated() where (UInt64(place) + mixed) % 3 == 0 {
        let alone = try Self.verdicts(world, texts, [branch], hasBase)
        for (text, own) in alone.enumerated() {
          let other = together[place * texts.count + text]
          #expect(
            own.told() == other.told(),
            "\(own.sql), forked after \(branch.fork), \(branch.writes) writes\n\(world)\n\(Cases.replay(seed)), world \(number)")
          stale += own.decision == .stale ? 1 : 0
          corrected += own.decision == .stale && branch.writes > 0 ? 1 : 0
        }
      }
    }
    #expect(stale > 100 && corrected > 50, "\(stale), \(corrected): the test says little")
  }

  /// A log that is too long to be kept whole: its older part is known from fork to fork.
  @Test(arguments: Cases.seeds(20)) func `of a long log no more is asked than what is kept`(seed: UInt64) throws {
    var (exact, open) = (0, 0)
    for number in 0..<25 as Range<UInt64> {
      let (mixed, world, texts, hasBase) = try Self.made(seed, number)
      let branches = [(fork: world.beforeFork, writes: world.branch.count), (fork: world.main.count / 2, writes: 0)]
      let retention = (pins: branches.map { Position(UInt64(100 + $0.fork)) }, images: Int(mixed % 7))
      let whole = try Self.verdicts(world, texts, branches, hasBase)
      let net = try Self.verdicts(world, texts, branches, hasBase, retention)
      for (a, b) in zip(whole, net) {
        let told: Comment =
          "\(a.sql): \(a.evidence.staleSince as Any), \(b.evidence.staleSince as Any)\n\(world)\n\(Cases.replay(seed)), world \(number)"
        #expect(a.told(withTouches: false) == b.told(withTouches: false), told)
        switch (a.evidence.staleSince, b.evidence.staleSince) {
        case (.exactly(let a)?, .exactly(let b)?):
          #expect(a == b, told)
          exact += 1
        case (.exactly(let a)?, .between(let after, let by)?):
          #expect(after < a && a <= by, told)
          open += 1
        default: break
        }
      }
    }
    #expect(exact + open > 30 && open > 10, "\(exact), \(open): the test says little")
  }

  @Test(arguments: Cases.seeds(20)) func `however many threads look for verdicts, these are the same`(seed: UInt64) throws {
    for number in 0..<10 as Range<UInt64> {
      let (mixed, world, texts, hasBase) = try Self.made(seed, number)
      let branches = (0...world.main.count).flatMap { fork in (0...world.branch.count).map { (fork: fork, writes: $0) } }
      let engine = try Self.engine(world, texts, branches, hasBase: hasBase)
      var options = VerdictEngine.Options()
      options.threads = 1
      let together = engine.verdicts(options).verdicts.map { $0.told() }
      (options.threads, options.leastPack) = (4, 1 + Int(mixed % 5))
      let apart = engine.verdicts(options).verdicts.map { $0.told() }
      #expect(together == apart, "\(world)\n\(Cases.replay(seed)), world \(number)")
    }
  }

  private static func made(
    _ seed: UInt64, _ number: UInt64
  ) throws -> (seed: UInt64, world: World, texts: [String], hasBase: Bool) {
    let seed = seed &* 1_000 &+ number
    var reads = RandomReads(seed: seed)
    return (seed, try World(seed: seed), (0..<8).map { _ in reads.next() }, seed % 3 != 0)
  }

  private static func verdicts(
    _ world: World, _ texts: [String], _ branches: [(fork: Int, writes: Int)], _ hasBase: Bool,
    _ retention: (pins: [Position], images: Int)? = nil
  ) throws -> [Verdict] { try engine(world, texts, branches, hasBase: hasBase, retention).verdicts().verdicts }

  private static func engine(
    _ world: World, _ texts: [String], _ branches: [(fork: Int, writes: Int)], hasBase: Bool,
    _ retention: (pins: [Position], images: Int)? = nil
  ) throws -> VerdictEngine {
    var engine = try world.engine(hasBase: hasBase, batch: 2, retention: retention)
    for branch in branches {
      let name = "b\(branch.fork)-\(branch.writes)"
      engine.declare(name, fork: Position(UInt64(100 + branch.fork)))
      for (place, edits) in world.branch.enumerated() {
        engine.append(try world.transactions([(Position(UInt64(place + 1)), edits)], .all), branch: name)
      }
      for (place, text) in texts.enumerated() {
        var read = RecordedRead(text, place: FormatError.Place("reads", line: place + 1, column: 1))
        read.at = Position(UInt64(branch.writes))
        read.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
        try engine.record(read, name: "r\(place)", branch: name)
      }
    }
    return engine
  }
}
