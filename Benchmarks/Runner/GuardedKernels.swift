import Expressions
import Formats
import Relations
import SQL
import Sentry

/// `Benchmarks guarded NAME`: one kernel once, on a small workload, to have its instructions counted by `Scripts/thresholds`.
///
/// Instructions are the same on every machine and under any load, which times are not. What is made ready beforehand is not counted:
/// only what runs below `guardedKernel`.
struct GuardedKernels {
  private let name: String

  init(_ arguments: [String]) { name = arguments.first ?? "" }

  private enum Kernel: String, CaseIterable {
    case predicate, step, cold, log, template
  }

  func run() throws {
    guard let kernel = Kernel(rawValue: name) else {
      // For who goes through all of them.
      return print(Kernel.allCases.map(\.rawValue).joined(separator: "\n"))
    }
    let body = try Self.ready(kernel)
    let count = try guardedKernel(body)
    precondition(count > 0, "\(name) did something")
  }

  /// What is to be counted, with everything that it needs.
  private static func ready(_ kernel: Kernel) throws -> () throws -> Int {
    switch kernel {
    case .predicate: try predicate()
    case .step: try step()
    case .cold: try cold()
    case .log: try log()
    case .template: try template()
    }
  }
}

/// What is counted: the counter looks for this name.
@inline(never)
func guardedKernel(_ body: () throws -> Int) rethrows -> Int { try body() }

extension GuardedKernels {
  /// A condition over a hundred thousand rows.
  private static func predicate() throws -> () throws -> Int {
    var random = Generator(seed: 42)
    let names = ["new", "paid", "packed", "shipped"].map { Array($0.utf8) }
    let batch = Batch([
      Column(.numeric(10, 2), .decimals((0..<100_000).map { _ in Int64(random.next(below: 20_000)) }, scale: 2)),
      Column(.text, .bytes(ByteColumn((0..<100_000).map { _ in names[Int(random.next(below: 4))] }))),
    ])
    let b = ExpressionBuilder()
    let total = Expression.column(0, batch.columns[0].type)
    let status = Expression.column(1, .text)
    let evaluator = try Evaluator(
      .and([try b.apply(">", total, try b.number("100")), try b.apply("=", status, b.literal("paid"))]))
    return { evaluator.matches(batch).rows.trueCount }
  }

  /// A thousand transactions, a batch each, before ten thousand reads.
  private static func step() throws -> () throws -> Int {
    var workload = SentryWorkload(seed: 11, rows: 50_000)
    let questions = try workload.questions(10_000)
    let stream = workload.transactions(5_500, perBatch: 1)
    // What must not be copied when it is written to has one owner.
    final class Owner {
      var sentry: Sentry
      init(_ sentry: consuming Sentry) { self.sentry = sentry }
    }
    let owner = Owner(Sentry(key: key))
    for question in questions {
      let template = try owner.sentry.add(question.footprint, sums: question.arguments)
      _ = try owner.sentry.register(template, constants: question.constants, count: question.count)
    }
    for batch in workload.transactions(500, perBatch: 1) { owner.sentry.step(batch) }
    return {
      for batch in stream { owner.sentry.step(batch) }
      owner.sentry.settle()
      return stream.count
    }
  }

  /// Ten thousand reads joined with twenty thousand changes.
  private static func cold() throws -> () throws -> Int {
    var workload = SentryWorkload(seed: 11, rows: 50_000)
    let questions = try workload.questions(10_000)
    let net = workload.changes(20_000)[SentryWorkload.table]!.net
    return {
      let indexed = IndexedChanges(net, key: key)
      return try questions.reduce(0) { sum, question in
        let request = CellRequest(
          question.footprint, constants: question.constants, count: question.count, sums: question.arguments)
        return try sum + request.answer(over: indexed).cells.count { !$0.isZero }
      }
    }
  }

  private static var key: FingerprintKey { FingerprintKey((0..<16).map { UInt8($0) }) }

  /// A megabyte of our own log.
  private static func log() throws -> () throws -> Int {
    let text = OrderLog(.own).text(1 << 20)
    return {
      var log = ChangeLogReader([MemorySource("log", text)], schema: OrderLog.schema)
      var changes = 0
      while let item = try log.next() {
        if case .transactions(let batch) = item { changes += batch.transactions.tables.reduce(0) { $0 + $1.count } }
      }
      return changes
    }
  }

  /// Two thousand texts of a template that is known.
  private static func template() throws -> () throws -> Int {
    let known = KnownTemplates(Binder(OrderLog.schema))
    let texts = (0..<2_000).map {
      "SELECT id, total FROM orders WHERE total > \($0).50 AND customer = \($0 * 7) AND status = 's\($0 % 9)'"
    }
    _ = try known.read(texts[0])
    return { try texts.reduce(0) { try $0 + known.read($1).constants.values.count } }
  }
}
