/// `Benchmarks [--json] [--runs N] [--quick]`: what the ground floor does in a second, beside plain C++ on the same data.
///
/// With a word in front, of one room: `sql` (from text to plan and template), `sentry`, `keys` (summaries of row reads), `circuits` (TPC-H),
/// `store`, `formats` and `fleet`; each says in its own file what it takes.
@main struct Benchmarks {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let rest = Array(arguments.dropFirst())
    switch arguments.first {
    case "sql": return try SQLBenchmarks(rest).run()
    case "sentry": return try SentryBenchmarks(rest).run()
    case "keys": return try KeySummaryBenchmarks(rest).run()
    case "circuits": return try CircuitBenchmarks(rest).run()
    case "fleet": return try FleetBenchmarks(rest).run()
    case "store": return try StoreBenchmarks(rest).run()
    case "formats": return try FormatBenchmarks(rest).run()
    case "guarded": return try GuardedKernels(rest).run()
    default: break
    }
    var runs = arguments.contains("--quick") ? 3 : 15
    if let place = arguments.firstIndex(of: "--runs"), arguments.indices.contains(place + 1), let asked = Int(arguments[place + 1])
    {
      runs = max(1, asked)
    }
    let measurements =
      try EvaluatorBenchmarks(runs: runs).measurements() + FunctionBenchmarks(runs: runs).measurements()
      + RowBenchmarks(runs: runs).measurements()
      + DocumentBenchmarks(runs: runs).measurements()
    print(arguments.contains("--json") ? Report.json(measurements) : Report.table(measurements))
  }
}
