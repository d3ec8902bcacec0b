import Expressions
import Queries
import Relations
import Sentry

/// `Benchmarks sentry --reads 100000,1000000 --changes 200000 --json`: reads against changes, in both forms of the join.
///
/// Registered: reads are put in, transactions are stepped over, and then a verdict is asked of all reads, and of a branch of a
/// thousand. Cold: all net changes against reads that nobody has registered. Every number is the median of `--runs` runs, but for
/// registration, memory and the stream, which are done once in each process and number of reads.
struct SentryBenchmarks {
  private let reads: [Int]
  private let changes: Int
  private let runs: Int
  private let isJSON: Bool
  private let key = FingerprintKey((0..<16).map { UInt8($0) })

  init(_ arguments: [String]) {
    func value(_ name: String) -> String? {
      arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
    }
    reads = (value("--reads") ?? "100000,1000000").split(separator: ",").compactMap { Int($0) }
    changes = value("--changes").flatMap { Int($0) } ?? 200_000
    runs = value("--runs").flatMap { Int($0) } ?? (arguments.contains("--quick") ? 2 : 7)
    isJSON = arguments.contains("--json")
  }

  func run() throws {
    ResidentMemory.keepFreed()
    var results: [Result] = []
    for count in reads {
      let result = try measure(count)
      results.append(result)
      if !isJSON { print(result.text) }
    }
    if isJSON { print("{\"sentry\":[" + results.map(\.json).joined(separator: ",") + "]}") }
  }

  private func measure(_ count: Int) throws -> Result {
    var workload = SentryWorkload(seed: 11)
    let questions = try workload.questions(count)
    let quiet = workload.changes(1000)
    let stream = workload.transactions(changes, perBatch: 100)
    let whole = workload.changes(changes)
    var result = Result(reads: count, changes: changes)

    var sentry = Sentry(key: key)
    let before = ResidentMemory.bytes
    var ids: [Sentry.ReadID] = []
    var templates: [Sentry.TemplateID] = []
    result.registerBulk = try seconds {
      for question in questions {
        let template = try sentry.add(question.footprint, sums: question.arguments)
        templates.append(template)
        ids += try sentry.register(template, constants: question.constants, count: question.count)
      }
    }
    result.bytesPerRead = Double(ResidentMemory.bytes - before - ids.count * MemoryLayout<Sentry.ReadID>.stride) / Double(count)
    result.registerSingle = try registerSingly(&workload, &sentry, templates)

    result.step = seconds {
      for batch in stream { sentry.step(batch) }
      sentry.settle()
    }
    // As a decoder hands them over: what has just been made is stepped over.
    for _ in 0..<200 {
      let transactions = workload.transactions(changes / 800, perBatch: 1)
      result.stepSingle += seconds { for batch in transactions { sentry.step(batch) } }
    }
    result.stepSingle += seconds { sentry.settle() }
    result.stepWhole = seconds {
      sentry.step(whole)
      sentry.settle()
    }
    var stale = 0
    result.verdictAll = median {
      stale = 0
      for template in templates { stale += sentry.differences(of: template)?.staleCount ?? 0 }
    }
    result.stale = stale
    let branch = (0..<1000).map { ids[($0 * 7919) % ids.count] }
    result.verdictBranch = median { _ = sentry.differences(of: branch) }

    let net = whole[SentryWorkload.table]!.net
    result.netChanges = net.count
    result.verdictCold = try median { try cold(questions, net) }
    let few = quiet[SentryWorkload.table]!.net
    result.verdictQuiet = try median { try cold(questions, few) }
    return result
  }

  private func cold(_ questions: [SentryWorkload.Question], _ net: ZSet) throws {
    let indexed = IndexedChanges(net, key: key)
    for (place, question) in questions.enumerated() {
      let start = ProcessorTime.seconds
      defer { if ProcessorTime.isTraced { print("    question", place, (ProcessorTime.seconds - start) * 1e3) } }
      let request = CellRequest(question.footprint, constants: question.constants, count: question.count, sums: question.arguments)
      _ = try request.answer(over: indexed)
    }
  }

  private func registerSingly(
    _ workload: inout SentryWorkload, _ sentry: inout Sentry, _ templates: [Sentry.TemplateID]
  ) throws -> Double {
    let questions = try workload.questions(1000)
    var rows: [(Sentry.TemplateID, [Column])] = []
    for (template, question) in zip(templates, questions) {
      for row in 0..<Int32(question.count) { rows.append((template, question.constants.map { $0.picking([row]) })) }
    }
    return try seconds {
      for (template, constants) in rows { _ = try sentry.register(template, constants: constants, count: 1) }
    } / Double(rows.count)
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ProcessorTime.seconds
    try body()
    return ProcessorTime.seconds - start
  }

  private func median(_ body: () throws -> Void) rethrows -> Double {
    try body()
    return try (0..<runs).map { _ in try seconds(body) }.median
  }
}

extension SentryWorkload.Question {
  var arguments: [Expression] { sums.map { .column($0, SentryWorkload.columns[$0].type) } }
}

extension Differences {
  /// Reads for which something has changed.
  fileprivate var staleCount: Int { isRegistered.subtracting(isZero).trueCount }
}

extension TableChanges {
  fileprivate var net: ZSet { ZSet(images, weights: weights).consolidated() }
}

/// What was measured for one number of reads; times in seconds.
private struct Result {
  let reads: Int
  let changes: Int
  var registerBulk = 0.0
  var registerSingle = 0.0
  var bytesPerRead = 0.0
  var step = 0.0
  var stepSingle = 0.0
  var stepWhole = 0.0
  var verdictAll = 0.0
  var verdictBranch = 0.0
  var stale = 0
  var netChanges = 0
  var verdictCold = 0.0
  var verdictQuiet = 0.0

  init(reads: Int, changes: Int) {
    self.reads = reads
    self.changes = changes
  }

  private var fields: [(name: String, value: Double)] {
    [
      ("changes_per_second", Double(changes) / step),
      ("changes_per_second_single_transactions", Double(changes / 4) / stepSingle),
      ("changes_per_second_one_batch", Double(changes) / stepWhole), ("verdict_all_ms", verdictAll * 1e3),
      ("verdict_branch_ms", verdictBranch * 1e3), ("verdict_cold_ms", verdictCold * 1e3),
      ("verdict_cold_quiet_ms", verdictQuiet * 1e3), ("register_bulk_us", registerBulk / Double(reads) * 1e6),
      ("register_single_us", registerSingle * 1e6), ("bytes_per_read", bytesPerRead),
    ]
  }

  var json: String {
    let rest = fields.map { "\"\($0.name)\":\(rounded($0.value))" }.joined(separator: ",")
    return "{\"reads\":\(reads),\"changes\":\(changes),\"net_rows\":\(netChanges),\"stale\":\(stale),\(rest)}"
  }

  var text: String {
    "\(reads) reads, \(changes) changes (\(netChanges) net rows), \(stale) reads stale\n"
      + fields.map { "  \($0.name): \(rounded($0.value))" }.joined(separator: "\n")
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
