import Expressions
import Queries
import Relations
import Sentry

/// `Benchmarks sentry --reads 100000,1000000 --changes 200000 --json`: reads against changes, in both forms of the join.
struct SentryBenchmarks {
  private let reads: [Int]
  private let changes: Int
  private let runs: Int
  private let isJSON: Bool

  init(_ arguments: [String]) {
    func value(_ name: String) -> String? {
      arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
    }
    reads = (value("--reads") ?? "100000").split(separator: ",").compactMap { Int($0) }
    changes = value("--changes").flatMap { Int($0) } ?? 200_000
    runs = value("--runs").flatMap { Int($0) } ?? 5
    isJSON = arguments.contains("--json")
  }

  func run() throws {
    var workload = SentryWorkload(seed: 11)
    let raw = workload.changes(changes)[SentryWorkload.table]!
    let net = ZSet(raw.images, weights: raw.weights).consolidated()
    let key = FingerprintKey((0..<16).map { UInt8($0) })
    for count in reads {
      let questions = try workload.questions(count)
      for _ in 0..<runs {
        let clock = ContinuousClock()
        var parts: [Duration] = []
        for question in questions {
          parts.append(
            try clock.measure {
              let sums = question.sums.map { Expression.column($0, SentryWorkload.columns[$0].type) }
              let request = CellRequest(question.footprint, constants: question.constants, count: question.count, sums: sums)
              _ = try request.answer(over: net, key: key)
            })
        }
        print("cold", count, net.count, parts.reduce(.zero, +), parts)
      }
    }
  }
}
