/// `Benchmarks [--json] [--runs N] [--quick]`: what the ground floor does in a second, beside plain C++ on the same data.
///
/// `Benchmarks sentry …`: what the sentry does, see `SentryBenchmarks`; `Benchmarks circuits …`: TPC-H, see `CircuitBenchmarks`;
/// `Benchmarks store …`: what the store does, see `StoreBenchmarks`.
@main struct Benchmarks {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "sentry" { return try SentryBenchmarks(Array(arguments.dropFirst())).run() }
    if arguments.first == "store" { return try StoreBenchmarks(Array(arguments.dropFirst())).run() }
    if arguments.first == "circuits" { return try CircuitBenchmarks(Array(arguments.dropFirst())).run() }
    var runs = arguments.contains("--quick") ? 3 : 15
    if let place = arguments.firstIndex(of: "--runs"), arguments.indices.contains(place + 1), let asked = Int(arguments[place + 1])
    {
      runs = max(1, asked)
    }
    let measurements = try EvaluatorBenchmarks(runs: runs).measurements() + RowBenchmarks(runs: runs).measurements()
    print(arguments.contains("--json") ? Report.json(measurements) : Report.table(measurements))
  }
}
