import Engine
import Relations
import Sentry

/// `Benchmarks keys`: row-read summaries of ten million keys: size, false positives, probes a second.
struct KeySummaryBenchmarks {
  private let count: Int
  private let isJSON: Bool

  init(_ arguments: [String]) {
    count = arguments.contains("--quick") ? 1_000_000 : 10_000_000
    isJSON = arguments.contains("--json")
  }

  func run() throws {
    FreedMemory.keep()
    var random = Generator(seed: 5)
    var summary = KeySummary(secret: FingerprintKey((0..<16).map { UInt8($0) }), sealing: count + 1)
    var archive = MemoryKeyArchive()
    // Odd keys are in it, even ones are not.
    let keys = (0..<count).map { _ in 2 * wide(&random) + 1 }
    var start = ProcessorTime.seconds
    try summary.insert(Batch([Column(.int8, .integers(keys))]), &archive)
    let inserting = ProcessorTime.seconds - start
    start = ProcessorTime.seconds
    try summary.seal(&archive)
    let sealing = ProcessorTime.seconds - start

    var (probes, claimed, probing) = (0, 0, 0.0)
    for _ in 0..<64 {
      let others = Batch([Column(.int8, .integers((0..<65_536).map { _ in 2 * wide(&random) }))])
      start = ProcessorTime.seconds
      claimed += summary.mayContain(others).trueCount
      probing += ProcessorTime.seconds - start
      probes += others.count
    }
    let known = Batch([Column(.int8, .integers((0..<min(count, 1_000_000)).map { keys[($0 &* 7919) % count] }))])
    precondition(summary.mayContain(known).isAllTrue, "no key is denied")
    let fields: [(String, Double)] = [
      ("keys", Double(count)), ("megabytes", Double(summary.sealedBytes) / 1e6),
      ("bits_per_key", Double(summary.sealedBytes * 8) / Double(summary.count)),
      ("false_positives_percent", Double(claimed) / Double(probes) * 100), ("probes_per_second", Double(probes) / probing),
      ("insert_ns", inserting / Double(count) * 1e9), ("seal_ns", sealing / Double(count) * 1e9),
    ]
    if isJSON {
      print("{\"keys\":{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}}")
    } else {
      for (name, value) in fields { print("\(name): \(value)") }
    }
  }

  /// Sixty random bits.
  private func wide(_ random: inout Generator) -> Int64 {
    Int64(random.next(below: 1 << 30)) << 30 | Int64(random.next(below: 1 << 30))
  }
}
