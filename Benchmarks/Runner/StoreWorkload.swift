import Glibc
import Relations
import Storage
import Synchronization

/// Orders that are placed and changed: `(id int8, total numeric, region text)`.
struct StoreWorkload: Sendable {
  static let table = TableID(1)
  static let types: [SQLType] = [.int8, .numeric(10, 2), .text]
  private static let regions = ["emea", "apac", "amer", "latam"].map { Array($0.utf8) }

  private var generator: Generator
  private let keys: UInt64
  private var position: UInt64
  private var totals: [UInt64: Int64] = [:]

  init(seed: UInt64, keys: UInt64 = 1_000_000, from position: UInt64 = 0) {
    generator = Generator(seed: seed)
    self.keys = keys
    self.position = position
  }

  /// One transaction of so many changes.
  mutating func batch(changes: Int) -> TransactionBatch {
    position += 16
    var builder = TransactionBatchBuilder()
    builder.begin(Transaction.Header(Position(position), committedAt: Int64(position)))
    let table = builder.index(of: Self.table, Self.types)
    for _ in 0..<changes {
      let key = generator.next(below: keys)
      let total = Int64(generator.next(below: 100_000))
      if let old = totals.updateValue(total, forKey: key) {
        append(.before, key, old, &builder, table)
        append(.after, key, total, &builder, table)
      } else {
        append(.insert, key, total, &builder, table)
      }
    }
    return builder.finish()
  }

  private func append(
    _ kind: TableChanges.Kind, _ key: UInt64, _ total: Int64, _ builder: inout TransactionBatchBuilder, _ table: Int
  ) {
    builder.add(kind, to: table)
    builder.tables[table].columns[0].append(integer: Int64(key))
    builder.tables[table].columns[1].append(decimal: total, scale: 2)
    Self.regions[Int(key % 4)].withUnsafeBufferPointer { builder.tables[table].columns[2].append(bytes: $0) }
  }
}

/// Threads that append transactions of one change each.
final class StoreWriters: Sendable {
  let count: Int
  private let ledger: DurableLedger
  private let left: Mutex<(workload: StoreWorkload, count: Int)>

  init(_ ledger: DurableLedger, transactions count: Int) throws {
    self.count = count
    self.ledger = ledger
    let end = try ledger.read().end.number
    left = Mutex((StoreWorkload(seed: end + 1, from: end), count))
  }

  func run(threads: Int) throws {
    let all = (0..<threads).map { _ in Background(repeating: false) { [self] in try write() } }
    for thread in all { thread.stop() }
  }

  private func write() throws {
    while true {
      let ticket = try left.withLock { left -> AppendTicket? in
        if left.count == 0 { return nil }
        left.count -= 1
        return try ledger.submit(left.workload.batch(changes: 1))
      }
      guard let ticket else { return }
      _ = try ticket.wait()
    }
  }
}

/// A thread that does something once, or again and again until it is stopped.
final class Background: Sendable {
  private let thread: Mutex<pthread_t>
  private let isStopped = Atomic(false)

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  init(repeating: Bool = true, _ body: @escaping @Sendable () throws -> Void) {
    thread = Mutex(pthread_t())
    let work = Work { [self] in
      repeat {
        do { try body() } catch { preconditionFailure("\(error)") }
        if repeating { usleep(1000) }
      } while repeating && !isStopped.load(ordering: .relaxed)
    }
    thread.withLock { thread in
      _ = pthread_create(
        &thread, nil,
        { pointer in
          Unmanaged<Work>.fromOpaque(pointer!).takeRetainedValue().body()
          return nil
        }, Unmanaged.passRetained(work).toOpaque())
    }
  }

  /// Waits until it has ended.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    pthread_join(thread.withLock { $0 }, nil)
  }
}
