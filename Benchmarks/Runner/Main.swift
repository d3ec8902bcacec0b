/// `swift run -c release Benchmarks [--json] [--runs N]`: what the ground floor does in a second, beside plain C++ on the same data.
@main struct Benchmarks {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let runs = arguments.firstIndex(of: "--runs").flatMap { Int(arguments[$0 + 1]) } ?? 15
    let measurements = try EvaluatorBenchmarks(runs: runs).measurements()
    print(arguments.contains("--json") ? Report.json(measurements) : Report.table(measurements))
  }
}
