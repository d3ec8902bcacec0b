import Engine
import Formats
import Queries
import Relations
import SQL

/// `Benchmarks fleet [--json] [--quick]`: two thousand short branches in the engine, as a service would have them, while main goes on.
///
/// Ten branches fork at a time and ask twenty reads each, from five templates; when the next ten fork, nine of the ten before are deleted.
/// The same again with nobody deleted, and with those alone that are kept, says what the abandoned cost. Times are those of one thread.
struct FleetBenchmarks {
  private let rounds: Int
  private let changesPerRound: Int
  private let rows: Int
  private let isJSON: Bool
  private static let branchesPerRound = 10
  private static let readsPerBranch = 20

  init(_ arguments: [String]) {
    let isQuick = arguments.contains("--quick")
    (rounds, changesPerRound, rows) = isQuick ? (20, 500, 10_000) : (200, 1_000, 100_000)
    isJSON = arguments.contains("--json")
  }

  func run() throws {
    let figures = try measured()
    print(isJSON ? Self.json(figures) : figures.map { "\($0.name): \($0.value) \($0.unit)" }.joined(separator: "\n"))
  }

  struct Figure {
    let name: String
    let value: Double
    let unit: String
  }

  /// Which branches there are, and which go again.
  private enum Fleet {
    case abandoned, kept, fewer
  }

  private func measured() throws -> [Figure] {
    let abandoned = try live(.abandoned)
    let kept = try live(.kept)
    let fewer = try live(.fewer)
    precondition(abandoned.stale == fewer.stale, "the abandoned change nothing for others")
    let branches = Double(rounds * Self.branchesPerRound)
    let reads = branches * Double(Self.readsPerBranch)
    return [
      Figure(name: "a branch forks", value: abandoned.fork / branches * 1e6, unit: "µs"),
      Figure(name: "a read is asked, its template known", value: abandoned.ask / reads * 1e6, unit: "µs"),
      Figure(name: "a branch is deleted with its reads", value: abandoned.delete / branches / 0.9 * 1e6, unit: "µs"),
      Figure(name: "verdicts of all branches, if nobody is deleted", value: kept.verdicts * 1e3, unit: "ms"),
      Figure(name: "verdicts of those that are left", value: abandoned.verdicts * 1e3, unit: "ms"),
      Figure(name: "verdicts of the same, had there never been others", value: fewer.verdicts * 1e3, unit: "ms"),
      Figure(name: "memory of the fleet, if nobody is deleted", value: kept.megabytes, unit: "MB"),
      Figure(name: "memory with those that are left", value: abandoned.megabytes, unit: "MB"),
      Figure(name: "memory with the same, had there never been others", value: fewer.megabytes, unit: "MB"),
    ]
  }
}

// MARK: - A fleet's life

extension FleetBenchmarks {
  private struct Outcome {
    var fork = 0.0
    var ask = 0.0
    var delete = 0.0
    var verdicts = 0.0
    var megabytes = 0.0
    /// Of the branches that are left in all cases.
    var stale = 0
  }

  private static let definitions = """
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer, status text, region text, total numeric(10,2),
      created_at timestamp with time zone);
    ALTER TABLE orders REPLICA IDENTITY FULL;
    """

  private func live(_ fleet: Fleet) throws -> Outcome {
    var loader = SchemaLoader()
    try loader.load(Self.definitions)
    precondition(loader.schema.allTables.first?.id == SentryWorkload.table, "the workload's table")
    var engine = VerdictEngine(schema: loader.schema, key: FingerprintKey((0..<16).map { UInt8($0) }))
    let binder = ReadBinder(loader.schema)
    var workload = SentryWorkload(seed: 31, rows: rows)
    var random = Generator(seed: 32)
    var outcome = Outcome()
    ResidentMemory.giveBack()
    let before = ResidentMemory.bytes
    for round in 0..<rounds {
      try engine.append(workload.changes(changesPerRound))
      for place in 0..<Self.branchesPerRound {
        let name = "b\(round)-\(place)"
        let reads = (0..<Self.readsPerBranch).map { _ in read(&random) }
        if fleet == .fewer, place > 0 { continue }
        outcome.fork += try seconds { try engine.fork(name) }
        outcome.ask += try seconds {
          for (number, (sql, parameters)) in reads.enumerated() {
            try engine.ask(RecordedRead(sql, parameters, on: name, id: "\(name)-\(number)"), binder: binder)
          }
        }
      }
      if fleet == .abandoned, round > 0 { outcome.delete += try deleteAbandoned(of: round - 1, in: &engine) }
    }
    if fleet == .abandoned { outcome.delete += try deleteAbandoned(of: rounds - 1, in: &engine) }
    ResidentMemory.giveBack()
    outcome.megabytes = Double(ResidentMemory.bytes - before) / 1_048_576
    var options = VerdictEngine.Options()
    options.witnesses = 0
    options.explanationBudget = 0
    outcome.verdicts = seconds {
      outcome.stale = engine.verdicts(options).verdicts.count { $0.decision == .stale && $0.branch.hasSuffix("-0") }
    }
    return outcome
  }

  private func deleteAbandoned(of round: Int, in engine: inout VerdictEngine) throws -> Double {
    try seconds { for place in 1..<Self.branchesPerRound { try engine.delete("b\(round)-\(place)") } }
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ProcessorTime.seconds
    try body()
    return ProcessorTime.seconds - start
  }

  /// Of five templates.
  private func read(_ random: inout Generator) -> (sql: String, parameters: [String?]) {
    let total = "\(random.next(below: 1_000)).50"
    switch random.next(below: 5) {
    case 0:
      return ("SELECT count(*) FROM orders WHERE total > $1 AND region = $2", [total, "region-\(random.next(below: 50))"])
    case 1: return ("SELECT count(*) FROM orders WHERE customer_id = $1", ["\(random.next(below: 100_000))"])
    case 2: return ("SELECT * FROM orders WHERE id = $1", ["\(random.next(below: UInt64(rows)))"])
    case 3:
      return ("SELECT id, total FROM orders WHERE customer_id = $1 AND status = $2", ["\(random.next(below: 100_000))", "paid"])
    default: return ("SELECT region, count(*) FROM orders WHERE total > $1 GROUP BY region", [total])
    }
  }
}

extension FleetBenchmarks {
  private static func json(_ figures: [Figure]) -> String {
    "{\"fleet\":["
      + figures.map { "{\"name\":\"\($0.name)\",\"value\":\(($0.value * 1e3).rounded() / 1e3),\"unit\":\"\($0.unit)\"}" }
      .joined(separator: ",") + "]}"
  }
}
