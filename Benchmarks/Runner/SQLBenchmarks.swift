import BenchmarkPeers
import Glibc
import Queries
import Relations
import SQL

/// `Benchmarks sql [--json] [--quick]`: from text to plan, and from the text of a known template to its constants; beside what
/// libpg_query takes to parse the same texts and to normalise them. In processor time, which other processes do not lengthen: nothing here
/// waits for anything.
struct SQLBenchmarks {
  private let asJSON: Bool
  private let rounds: Int
  private let schema: Schema

  init(_ arguments: [String]) throws {
    asJSON = arguments.contains("--json")
    rounds = arguments.contains("--quick") ? 3 : 25
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(Self.definitions)
    schema = loader.schema
  }

  /// Microseconds a text.
  private struct Result {
    let name: String
    let ours: Double
    let bar: Double?
    let peers: [(name: String, time: Double)]
  }

  func run() throws {
    let binder = Binder(schema)
    var results: [Result] = []
    for (name, bar, texts) in Self.workloads(count: 500) {
      let peers = Peers(texts)
      // Each text as its caller would send it: alone.
      results.append(
        measure("text to plan: \(name)", bar, texts.count, peers) {
          texts.reduce(0) { $0 + ((try? binder.query($1))?.columns.count ?? 0) }
        })
      results.append(
        measure("text to template: \(name)", nil, texts.count, peers) {
          texts.reduce(0) { $0 + ((try? binder.query($1))?.sharedTemplate.1.values.count ?? 0) }
        })
      let known = KnownTemplates(binder)
      results.append(
        measure("known template: \(name)", 3, texts.count, peers) {
          texts.reduce(0) { $0 + ((try? known.read($1))?.constants.values.count ?? 0) }
        })
      precondition(known.hits >= texts.count, "\(name) is recognised")
    }
    print(asJSON ? json(results) : table(results))
  }

  private func measure(_ name: String, _ bar: Double?, _ count: Int, _ peers: Peers, _ ours: () -> Int) -> Result {
    let expected = ours()
    precondition(expected > 0, "\(name) is bound")
    var (times, peerTimes): ([Double], [[Double]]) = ([], [[], []])
    for _ in 0..<rounds {
      times.append(microseconds { precondition(ours() == expected, "\(name): the answer changed") })
      for peer in 0..<2 { peerTimes[peer].append(microseconds { peers.run(peer) }) }
    }
    return Result(
      name: name, ours: times.median / Double(count), bar: bar,
      peers: zip(Peers.names, peerTimes).map { ($0, $1.median / Double(count)) })
  }

  private func microseconds(_ body: () -> Void) -> Double {
    let start = Self.processorTime
    body()
    return Self.processorTime - start
  }

  /// Of the whole process, because a deep text is parsed on a thread of its own.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
  }
}

/// libpg_query over the same texts.
private final class Peers {
  static let names = ["libpg_query parse", "libpg_query normalize"]
  private let texts: [UnsafePointer<CChar>?]

  init(_ texts: [String]) {
    self.texts = texts.map { text in
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
      for (place, byte) in (Array(text.utf8) + [0]).enumerated() { copy[place] = CChar(bitPattern: byte) }
      return UnsafePointer(copy)
    }
  }

  deinit { for text in texts { text?.deallocate() } }

  func run(_ peer: Int) { precondition((peer == 0 ? peer_parse(texts, texts.count) : peer_normalize(texts, texts.count)) > 0) }
}

// MARK: - Reports

extension SQLBenchmarks {
  private func table(_ results: [Result]) -> String {
    let heads = ["", "µs", "bar"] + Peers.names.flatMap { [$0 + " µs", "ours/peer"] }
    let lines =
      [heads]
      + results.map { result in
        [result.name, rounded(result.ours), result.bar.map { (result.ours <= $0 ? "≤ " : "above ") + rounded($0) } ?? ""]
          + result.peers.flatMap { [rounded($0.time), rounded($0.time / result.ours) + "×"] }
      }
    let widths = heads.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      line.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - line[column].count)
        return column == 0 ? line[column] + padding : padding + line[column]
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private func json(_ results: [Result]) -> String {
    let entries = results.map { result in
      let peers = result.peers.map { "\"\($0.name)\":\(rounded($0.time))" }.joined(separator: ",")
      let bar = result.bar.map { ",\"bar\":\(rounded($0))" } ?? ""
      return "{\"name\":\"\(result.name)\",\"microseconds\":\(rounded(result.ours))\(bar),\"peers\":{\(peers)}}"
    }
    return "{\"sql\":[" + entries.joined(separator: ",") + "]}"
  }

  private func rounded(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
}

// MARK: - Texts

extension SQLBenchmarks {
  /// A shop, and tables around it as there always are.
  private static let definitions =
    """
    CREATE TABLE orders (id int8 PRIMARY KEY, customer_id int4, total numeric(10,2), status text, region varchar(8), placed timestamptz,
      note text, shipped date, weight float8);
    CREATE TABLE customers (id int4 PRIMARY KEY, name text, region varchar(8), balance numeric(10,2), active bool, joined date);
    CREATE TABLE items (order_id int8, line int2, product text, quantity int4, price numeric(10,2), PRIMARY KEY (order_id, line));
    """ + (0..<60).map { "CREATE TABLE other_\($0) (id int8 PRIMARY KEY, a int4, b text, c numeric, d timestamptz);" }.joined()

  private static func workloads(count: Int) -> [(name: String, bar: Double?, texts: [String])] {
    var random = Generator(seed: 5)
    func number(_ bound: UInt64) -> UInt64 { random.next(below: bound) }
    let regions = ["emea", "apac", "amer", "latam"]
    func region() -> String { regions[Int(number(4))] }
    return [
      (
        "one table", 60,
        (0..<count).map { _ in
          "SELECT id, total, status FROM orders WHERE total > \(number(1000)) AND region = '\(region())' AND customer_id = \(number(100_000))"
        }
      ),
      ("by key", 60, (0..<count).map { _ in "SELECT * FROM customers WHERE id = \(number(1_000_000))" }),
      (
        "one table, totals", 60,
        (0..<count).map { _ in
          "SELECT region, count(*), sum(total) FROM orders WHERE status IN ('paid', 'sent') AND total > \(number(1000)).50 GROUP BY region"
        }
      ),
      (
        "three tables", 250,
        (0..<count).map { _ in
          """
          SELECT c.name, o.id, sum(i.quantity * i.price) AS amount FROM customers c JOIN orders o ON o.customer_id = c.id
          JOIN items i ON i.order_id = o.id WHERE c.region = '\(region())' AND o.placed >= '2026-0\(1 + number(9))-01 00:00:00+00'
          AND i.quantity > \(number(50)) GROUP BY c.name, o.id ORDER BY amount DESC LIMIT \(1 + number(20))
          """
        }
      ),
    ]
  }
}
