import BenchmarkPeers
import Expressions
import Relations

/// Predicates over a million orders.
struct EvaluatorBenchmarks {
  let runs: Int
  private let count = 1_000_000
  private let totals: [Int64]
  private let statuses: [UInt32]
  private let batch: Batch

  init(runs: Int) throws {
    self.runs = runs
    var random = Generator(seed: 42)
    let totals = (0..<count).map { _ in Int64(random.next(below: 20_000)) }
    let statuses = (0..<count).map { _ in UInt32(random.next(below: 6)) }
    let names = ["new", "paid", "packed", "shipped", "returned", "cancelled"]
    self.totals = totals
    self.statuses = statuses
    let coded = Column(.text, .coded(statuses, dictionary: ByteColumn(names.map { Array($0.utf8) })))
    let sentences = names.map { Array("status is \($0)".utf8) }
    let plain = Column(.text, .bytes(ByteColumn(statuses.map { sentences[Int($0)] })))
    let words = names.map { Array($0.utf8) }
    let short = Column(.text, .bytes(ByteColumn(statuses.map { words[Int($0)] })))
    batch = Batch([
      Column(.numeric(10, 2), .decimals(totals, scale: 2)), coded, Column(.int8, .integers(totals)), plain,
      short,
    ])
  }

  func measurements() throws -> [Measurement] {
    try [wanted(), integers(), shortText(), longText(), arithmetic(), decimals()]
  }

  private func matches(_ build: (ExpressionBuilder) throws -> Expression) throws -> () -> Int {
    let evaluator = try Evaluator(build(ExpressionBuilder()))
    return { evaluator.matches(batch).rows.trueCount }
  }

  private func column(_ index: Int) -> Expression { .column(index, batch.columns[index].type) }

  private func wanted() throws -> Measurement {
    var bytes = [UInt8](repeating: 0, count: count)
    return measure(
      "total > 100 AND status = 'paid'", rows: count, runs: runs, bar: 800e6,
      peer: ("C++ loop", { peer_filter_decimal_code(totals, statuses, count, 100_00, 1, &bytes) }),
      try matches { b in .and([try b.apply(">", column(0), try b.number("100")), try b.apply("=", column(1), b.literal("paid"))]) })
  }

  private func integers() throws -> Measurement {
    var bytes = [UInt8](repeating: 0, count: count)
    return measure(
      "int8 > 10000", rows: count, runs: runs, peer: ("C++ loop", { peer_filter_int8(totals, count, 10_000, &bytes) }),
      try matches { b in try b.apply(">", column(2), try b.number("10000")) })
  }

  private func shortText() throws -> Measurement {
    measure(
      "text = 'paid'", rows: count, runs: runs, peer: ("C++ string_view loop", textPeer(4, "paid")),
      try matches { b in try b.apply("=", column(4), b.literal("paid")) })
  }

  private func longText() throws -> Measurement {
    measure(
      "text = 'status is shipped'", rows: count, runs: runs,
      peer: ("C++ string_view loop", textPeer(3, "status is shipped")),
      try matches { b in try b.apply("=", column(3), b.literal("status is shipped")) })
  }

  /// The same bytes in the same order, by string views.
  private func textPeer(_ index: Int, _ sought: String) -> () -> Int {
    let column = batch.columns[index].storage.asBytes
    // Kept: the benchmark ends with the process.
    let heap = UnsafeMutableBufferPointer<CChar>.allocate(capacity: column.heap.count)
    _ = heap.initialize(from: column.heap.map { CChar(bitPattern: $0) })
    let pointers = column.slots.map { UnsafePointer(heap.baseAddress! + Int($0.offset)) as UnsafePointer<CChar>? }
    let lengths = column.slots.map(\.length)
    var bytes = [UInt8](repeating: 0, count: count)
    return {
      pointers.withUnsafeBufferPointer {
        peer_filter_text($0.baseAddress!, lengths, count, sought, UInt32(sought.utf8.count), &bytes)
      }
    }
  }

  private func arithmetic() throws -> Measurement {
    measure(
      "int8 * 3 + 1 > 10000", rows: count, runs: runs,
      try matches { b in
        try b.apply(">", try b.apply("+", try b.apply("*", column(2), try b.number("3")), try b.number("1")), try b.number("10000"))
      })
  }

  private func decimals() throws -> Measurement {
    measure(
      "total * 1.19 > 100", rows: count, runs: runs,
      try matches { b in
        try b.apply(">", try b.apply("*", column(0), try b.number("1.19")), try b.number("100"))
      })
  }
}
