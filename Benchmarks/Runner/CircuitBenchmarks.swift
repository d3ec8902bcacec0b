import Circuits
import Expressions
import Formats
import Glibc
import Queries
import Relations
import SQL

/// `Benchmarks circuits --scale 0.1 --runs 3 --json`: TPC-H's questions, evaluated and stepped, beside a PostgreSQL 15 of its own on the
/// same machine in the same run.
///
/// A step is a batch of about a thousand changes as the specification's refresh functions make them: orders go with their lines and
/// others come. All questions are stepped by the same batch over the same tables, then the batch is made. The first step, which makes
/// indexes and state, is the cold one; the warm one is the median of the others. PostgreSQL's figure is its answer from nothing.
struct CircuitBenchmarks {
  private let scale: String
  private let runs: Int
  private let only: Set<Int>
  private let isJSON: Bool
  private let hasPeer: Bool

  init(_ arguments: [String]) {
    func value(_ name: String) -> String? {
      arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
    }
    let isQuick = arguments.contains("--quick")
    scale = value("--scale") ?? (isQuick ? "0.01" : "0.1")
    runs = value("--runs").flatMap { Int($0) } ?? (isQuick ? 1 : 3)
    only = Set((value("--only") ?? "").split(separator: ",").compactMap { Int($0) })
    isJSON = arguments.contains("--json")
    hasPeer = !arguments.contains("--no-peer")
  }

  func run() throws {
    guard let directory = Self.output("Scripts/tpch \(scale)").map({ $0.trimmingNewline }) else {
      print("circuits: TPC-H's data are out of reach: see Scripts/tpch")
      return
    }
    let tables = try OrderTables(directory)
    let peers = hasPeer ? Self.peers("Scripts/tpch-peer '\(directory)' \(runs)") : [:]
    var results: [Result] = []
    var circuits: [(number: Int, circuit: Circuit)] = []
    for number in 1...22 where only.isEmpty || only.contains(number) {
      let name = "q" + (number < 10 ? "0" : "") + "\(number)"
      let query = try Binder(tables.schema).query(OrderTables.text("\(directory)/\(name).sql").filter { $0 != ";" })
      var result = Result(name: name, peer: peers[name])
      result.evaluation = (0..<runs).map { _ in milliseconds { Self.evaluate(query, tables.snapshot) } }.min()!
      results.append(result)
      circuits.append((number, Circuit(query)))
    }
    try step(tables, circuits, &results)
    print(isJSON ? Result.json(results, scale: scale) : Result.table(results) + "\n\n" + Result.goals(results))
  }

  private func step(_ tables: OrderTables, _ circuits: [(number: Int, circuit: Circuit)], _ results: inout [Result]) throws {
    let indexed = IndexedSnapshot(tables.snapshot)
    var workload = OrderChanges(tables, seed: 5)
    var warm = [[Double]](repeating: [], count: results.count)
    for round in 0..<(2 + 2 * runs) {
      let changes = workload.next()
      for (place, entry) in circuits.enumerated() {
        var outcome: StepOutcome?
        let time = milliseconds { outcome = entry.circuit.step(on: indexed, by: changes) }
        if case .delta(let delta)? = outcome { results[place].visited = delta.visited } else { results[place].isEvaluated = true }
        if round == 0 { results[place].cold = time } else if round > 1 { warm[place].append(time) }
      }
      try indexed.apply(changes)
    }
    for place in results.indices { results[place].warm = warm[place].median }
  }

  private static func evaluate(_ query: Query, _ snapshot: MemorySnapshot) {
    guard case .rows = answer(to: query, on: snapshot) else { preconditionFailure("a question without an answer") }
  }

  private static func peers(_ command: String) -> [String: Double] {
    var times: [String: Double] = [:]
    for line in (output(command) ?? "").split(separator: "\n") {
      let parts = line.split(separator: " ")
      if parts.count == 2, let time = Double(parts[1]) { times[String(parts[0])] = time }
    }
    return times
  }

  /// What a command prints; nil if it fails.
  private static func output(_ command: String) -> String? {
    guard let pipe = popen(command, "r") else { return nil }
    var bytes: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { bytes.append(UInt8(byte)) }
    return pclose(pipe) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }

  private func milliseconds(_ body: () -> Void) -> Double {
    let time = ContinuousClock().measure(body)
    return Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15
  }

  struct Result {
    let name: String
    let peer: Double?
    var evaluation = 0.0
    var cold = 0.0
    var warm = 0.0
    var visited = 0
    /// Whether a step said that it is to be evaluated.
    var isEvaluated = false
  }
}

extension String {
  fileprivate var trimmingNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}

// MARK: - Report

extension CircuitBenchmarks.Result {
  static func table(_ results: [Self]) -> String {
    let heads = ["", "PostgreSQL", "evaluated", "faster", "cold step", "of evaluated", "warm step", "faster", "rows looked at", ""]
    let lines = [heads] + results.map(\.cells) + [means(results)]
    let widths = heads.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      line.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - line[column].count)
        return column == 0 || column == heads.count - 1 ? line[column] + padding : padding + line[column]
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private var cells: [String] {
    [
      name, peer.map { text($0) + " ms" } ?? "", text(evaluation) + " ms", peer.map { text($0 / evaluation) + "×" } ?? "",
      text(cold) + " ms", text(cold / evaluation) + "×", text(warm) + " ms", peer.map { text($0 / warm) + "×" } ?? "", "\(visited)",
      isEvaluated ? "not stepped" : "",
    ]
  }

  private static func means(_ results: [Self]) -> [String] {
    func mean(_ value: (Self) -> Double?) -> String {
      Self.mean(results, value).map { text($0) } ?? ""
    }
    return [
      "geometric mean", mean(\.peer), mean { $0.evaluation }, mean { r in r.peer.map { $0 / r.evaluation } } + "×",
      mean { $0.cold },
      mean { $0.cold / $0.evaluation } + "×", mean { $0.warm } + " ms", mean { r in r.peer.map { $0 / r.warm } } + "×", "", "",
    ]
  }

  /// What is to be reached in the geometric mean, and who does not by itself.
  private struct Goal: Sendable {
    let name: String
    let words: String
    /// The figure of one question; nil if it cannot be had.
    let figure: @Sendable (CircuitBenchmarks.Result) -> Double?
    let isReached: @Sendable (Double) -> Bool
  }

  private static let allGoals = [
    Goal(name: "evaluation", words: "evaluated no slower than PostgreSQL", figure: { r in r.peer.map { $0 / r.evaluation } }) {
      $0 >= 1
    },
    Goal(name: "warm_step", words: "a warm step in 2 ms", figure: { $0.warm }) { $0 <= 2 },
    Goal(name: "warm_step_faster", words: "a warm step 50 times as fast as PostgreSQL", figure: { r in r.peer.map { $0 / r.warm } })
    { $0 >= 50 },
    Goal(name: "cold_step", words: "a cold step no more than twice an evaluation", figure: { $0.cold / $0.evaluation }) { $0 <= 2 },
  ]

  static func goals(_ results: [Self]) -> String {
    allGoals.map { goal in
      guard let mean = mean(results, goal.figure) else { return "\(goal.words): not measured" }
      let losers = results.filter { goal.figure($0).map { !goal.isReached($0) } ?? false }
      let names = losers.map { "\($0.name) \(text(goal.figure($0)!))" }.joined(separator: ", ")
      return "\(goal.words): \(goal.isReached(mean) ? "reached" : "MISSED"), \(text(mean)) in the geometric mean"
        + (losers.isEmpty ? "" : "; not by itself: \(names)")
    }.joined(separator: "\n")
  }

  private static func mean(_ results: [Self], _ value: (Self) -> Double?) -> Double? {
    let logs = results.compactMap(value).map { log($0) }
    return logs.isEmpty ? nil : exp(logs.reduce(0, +) / Double(logs.count))
  }

  static func json(_ results: [Self], scale: String) -> String {
    let entries = results.map { r in
      "{\"name\":\"\(r.name)\"" + (r.peer.map { ",\"postgresql_ms\":\($0)" } ?? "")
        + ",\"evaluation_ms\":\(r.evaluation),\"cold_step_ms\":\(r.cold),\"warm_step_ms\":\(r.warm),\"rows_visited\":\(r.visited)"
        + ",\"stepped\":\(!r.isEvaluated)}"
    }
    let goals = allGoals.compactMap { goal in
      mean(results, goal.figure).map { mean in
        let losers = results.filter { goal.figure($0).map { !goal.isReached($0) } ?? false }.map { "\"\($0.name)\"" }
        return
          "{\"name\":\"\(goal.name)\",\"mean\":\(mean),\"reached\":\(goal.isReached(mean)),\"losers\":[\(losers.joined(separator: ","))]}"
      }
    }
    return "{\"circuits\":{\"scale\":\(scale),\"questions\":[" + entries.joined(separator: ",") + "],\"goals\":["
      + goals.joined(separator: ",")
      + "]}}"
  }
}

private func text(_ number: Double) -> String {
  let power = number < 10 ? 100.0 : number < 100 ? 10 : 1
  let rounded = (number * power).rounded() / power
  return power == 1 ? "\(Int(rounded))" : "\(rounded)"
}
