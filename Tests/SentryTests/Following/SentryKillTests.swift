import Glibc
import Relations
import Storage
import Synchronization
import TestKit
import Testing

/// A service is killed at random moments, with transactions, registrations, collections and checkpoints under way; whoever starts it again
/// from its checkpoint, and the ledger since, finds of every read what a sentry says that was never killed.
@Suite(.serialized) struct SentryKillTests {
  @Test func `after kill -9 verdicts are those of a run that was never killed`() async throws {
    let seed: UInt64 = Cases.replayed ?? 1
    var random = SplitMix64(seed: seed)
    let directory = try TemporaryDirectory()
    var expected = NeverKilled()
    for kill in 0..<Cases.count(200) {
      // So much is said and then so long is waited: something happens in each life, on a busy machine too.
      let (lines, life) = (Int.random(in: 0...40, using: &random), UInt32.random(in: 0...30_000, using: &random))
      let (path, seed) = (directory.path, random.next())
      let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
        [path = path as String, lines = lines as Int, life = life as UInt32, seed = seed as UInt64] in
        try Service.run(path, seed: seed, lines: lines, life: life)
      }
      let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self).split(separator: "\n")
      let said = output.filter { $0.hasPrefix("> ") }.map { String($0.dropFirst(2)) }
      try expected.check(RocksStore(at: path), after: said, "kill \(kill) \(Cases.replay(seed))")
    }
    let tally = expected.tally
    print("killed \(Cases.count(200)) times: \(tally)")
    let kills = Cases.count(200)
    #expect(tally.end > 2 * kills && tally.differences > kills && tally.changed > kills / 2, "\(tally)")
    #expect(tally.interrupted > 0 && tally.restored > 0, "\(tally)")
  }
}

/// The process that is killed.
private enum Service {
  private static let said = Atomic(0)

  /// - Parameters:
  ///   - lines: what it has said at least when it dies.
  ///   - life: how many microseconds later that is.
  static func run(_ path: String, seed: UInt64, lines: Int, life: UInt32) throws {
    // Now and then it dies while it opens the store.
    if seed % 8 == 0 { start { die(after: life / 4) } }
    let ledger = try ledger(path)
    let steps = try ServiceSteps(ledger) { line in
      // One line in one write, so that no two mix, and apart from what the tests' library says.
      let bytes = Array(("\n> " + line + "\n").utf8)
      _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      said.add(1, ordering: .relaxed)
    }
    func random(_ number: UInt64) -> SplitMix64 { SplitMix64(seed: seed &* 31 &+ number) }
    for number in 0..<3 as Range<UInt64> { again(random(number), pause: 0) { try steps.append(&$0) } }
    again(random(10), pause: 3000) { try steps.maintain(&$0) }
    again(random(11), pause: 500) { try steps.register(&$0) }
    start { [random = random(12)] in
      var random = random
      var sentry = try FollowingSentry(ledger)
      while true {
        try steps.follow(&sentry, &random)
        usleep(UInt32.random(in: 0...1000, using: &random))
      }
    }
    while said.load(ordering: .relaxed) < lines { usleep(200) }
    die(after: life)
  }

  private static func ledger(_ path: String) throws -> DurableLedger {
    var options = DurableLedger.Options()
    options.tailLimit = 64 << 10
    return try DurableLedger(in: RocksStore(at: path), options: options, keys: [NumberedHistory.table: NumberedHistory.key])
  }

  private static func die(after life: UInt32) {
    usleep(life)
    kill(getpid(), SIGKILL)
  }

  private static func again(
    _ random: SplitMix64, pause: UInt32, _ body: @escaping @Sendable (inout SplitMix64) throws -> Void
  ) {
    start {
      var random = random
      while true {
        try body(&random)
        if pause > 0 { usleep(UInt32.random(in: 0...pause, using: &random)) }
      }
    }
  }

  /// What fails ends the process, by itself and not by the signal that is waited for.
  private static func start(_ body: @escaping @Sendable () throws -> Void) {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { pointer in
        do { try Unmanaged<Work>.fromOpaque(pointer!).takeRetainedValue().body() } catch {
          let bytes = Array("\(error)\n".utf8)
          _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
          exit(1)
        }
        return nil
      }, Unmanaged.passRetained(Work(body)).toOpaque())
  }

  private final class Work: Sendable {
    let body: @Sendable () throws -> Void
    init(_ body: @escaping @Sendable () throws -> Void) { self.body = body }
  }
}
