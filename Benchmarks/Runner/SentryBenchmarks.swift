import Engine
import Expressions
import Queries
import Relations
import Sentry

/// `Benchmarks sentry --reads 100000,1000000 --changes 200000 --json`: reads against changes, in both forms of the join.
///
/// Registered: reads are put in, transactions are stepped over, and then a verdict is asked of all reads, and of a branch of a
/// thousand. Cold: all net changes against reads that nobody has registered. Every number is the median of `--runs` runs, but for
/// registration, memory and the stream, which are done once for each number of reads. Times are those of the processor.
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
    var results: [SentryResult] = []
    for count in reads {
      let result = try measure(count)
      results.append(result)
      if !isJSON { print(result.text) }
    }
    if isJSON { print("{\"sentry\":[" + results.map(\.json).joined(separator: ",") + "]}") }
  }

  private func measure(_ count: Int) throws -> SentryResult {
    var workload = SentryWorkload(seed: 11)
    let questions = try workload.questions(count)
    let stream = workload.transactions(changes, perBatch: 100)
    let whole = workload.changes(changes)
    var result = SentryResult(reads: count, changes: changes)

    var sentry = Sentry(key: key)
    let templates = try questions.map { try sentry.add($0.footprint, sums: $0.arguments) }
    ResidentMemory.giveBack()
    let before = ResidentMemory.bytes
    var ids: [Sentry.ReadID] = []
    result.registerBulk = try seconds {
      for (template, question) in zip(templates, questions) {
        ids += try sentry.register(template, constants: question.constants, count: question.count)
      }
    }
    ResidentMemory.giveBack()
    result.bytesPerRead = Double(ResidentMemory.bytes - before - ids.count * MemoryLayout<Sentry.ReadID>.stride) / Double(count)
    FreedMemory.keep()
    for size in [10, 1000] {
      let few = workload.changes(size)
      let registered = seconds {
        sentry.step(few)
        for template in templates { _ = sentry.differences(of: template) }
      }
      let net = few[SentryWorkload.table]!.net
      result.quiet.append((size, registered, try median { try cold(questions, net) }))
    }
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
    result.verdictAll = median { result.stale = verdict(templates, &sentry) }
    let branch = (0..<1000).map { ids[($0 * 7919) % ids.count] }
    result.verdictBranch = median { _ = sentry.differences(of: branch) }

    let net = whole[SentryWorkload.table]!.net
    result.netChanges = net.count
    var stale: [Int] = []
    result.verdictCold = try median { stale = try cold(questions, net) }
    if let peer = DuckDBPeer(questions, net) {
      result.peerCold = peer.milliseconds
      result.peerAgrees = peer.stale == stale
      if !result.peerAgrees { print("stale of each question: \(stale), says DuckDB: \(peer.stale)") }
    }
    for _ in 0..<10 { sentry.step(workload.changes(changes)) }
    result.verdictLater = median { _ = verdict(templates, &sentry) }
    try measureCheckpoint(&sentry, &result)
    return result
  }

  private func measureCheckpoint(_ sentry: inout Sentry, _ result: inout SentryResult) throws {
    var bytes: [UInt8] = []
    result.checkpoint = seconds { bytes = sentry.checkpoint() }
    result.checkpointBytes = bytes.count
    result.restore = try seconds { sentry = try Sentry(checkpoint: bytes, key: key) }
  }

  /// How many reads something has changed for.
  private func verdict(_ templates: [Sentry.TemplateID], _ sentry: inout Sentry) -> Int {
    var stale = 0
    for template in templates { stale += sentry.differences(of: template)?.staleCount ?? 0 }
    return stale
  }

  /// - Returns: for how many reads of each question something has changed.
  @discardableResult
  private func cold(_ questions: [SentryWorkload.Question], _ net: ZSet) throws -> [Int] {
    let indexed = IndexedChanges(net, key: key)
    return try questions.map { question in
      let request = CellRequest(question.footprint, constants: question.constants, count: question.count, sums: question.arguments)
      return try request.answer(over: indexed).cells.count { !$0.isZero }
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
  var net: ZSet { ZSet(images, weights: weights).consolidated() }
}
