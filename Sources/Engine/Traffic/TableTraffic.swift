import Queries
import Relations
import Sentry
import Storage
import Synchronization

/// What main did to one table since the earliest fork that somebody asked from, in the order of the log.
///
/// Everybody looks at the same rows, each from its own fork on: what they come to is linear, so a thousand forks cost one pass, and a
/// branch's own writes are a correction of the few rows that both sides wrote (`Correction`). A class, because its parts are found when
/// they are first asked for, and shared.
final class TableTraffic: Sendable {
  let table: Table
  let span: TableSpan
  let indexed: IndexedChanges
  /// The last row in which the log does not tell a column; -1 where it always does.
  private let lastHoles: [Int]
  private let knownHistories = Mutex<RowHistories?>(nil)

  init(_ table: Table, _ span: TableSpan, key: FingerprintKey) {
    self.table = table
    self.span = span
    indexed = IndexedChanges(span.changes, key: key)
    lastHoles = span.absent.map { $0.flatMap { $0.trueRows.last.map { Int($0) } } ?? -1 }
  }
}

extension TableTraffic {
  var changes: ZSet { indexed.changes }

  /// Whoever needs many rows of it asks once.
  var histories: RowHistories {
    knownHistories.withLock { known in
      if known == nil { known = RowHistories(table, span.images) }
      return known!
    }
  }

  var hasKey: Bool { table.comparableKey != nil }

  func firstRow(after fork: Position) -> Int32 { Int32(span.place(after: fork)) }

  /// Whether the log tells these columns of all rows from one on.
  func isKnown(_ columns: some Sequence<Int>, from row: Int32) -> Bool { columns.allSatisfy { lastHoles[$0] < row } }

  func isTruncated(after fork: Position) -> Bool { span.truncations.contains { $0.position > fork } }

  /// The rows, from one on, of which some key is; in the order of the log.
  func rows(of keys: [[UInt8]], from first: Int32) -> [Int32] {
    let histories = histories
    return keys.flatMap { key in histories.number(of: key).map { histories.rows($0, from: first) } ?? [] }.sorted()
  }
}

/// Which row of a table each image is of, by its key: what happened to a row is what happened to its images.
struct RowHistories: Sendable {
  /// For each image the number of its row; empty where there is no key.
  let numbers: [Int32]
  private var names: [[UInt8]: Int32] = [:]
  /// The images by row, and where those of each begin.
  private var images: [Int32] = []
  private var starts: [Int32] = [0]

  init(_ table: Table, _ batch: Batch) {
    guard table.comparableKey != nil else {
      numbers = []
      return
    }
    var numbers: [Int32] = []
    var counts: [Int32] = []
    numbers.reserveCapacity(batch.count)
    for name in table.names(of: batch) {
      let number = names[name] ?? Int32(counts.count)
      if Int(number) == counts.count {
        names[name] = number
        counts.append(0)
      }
      counts[Int(number)] += 1
      numbers.append(number)
    }
    self.numbers = numbers
    for count in counts { starts.append(starts.last! + count) }
    var next = starts
    images = Array(repeating: 0, count: numbers.count)
    for (image, number) in numbers.enumerated() {
      images[Int(next[Int(number)])] = Int32(image)
      next[Int(number)] += 1
    }
  }

  func number(of key: [UInt8]) -> Int32? { names[key] }

  /// The images of a row from one on, in the order of the log.
  func rows(_ number: Int32, from first: Int32) -> ArraySlice<Int32> {
    images[Int(starts[Int(number)])..<Int(starts[Int(number) + 1])].drop { $0 < first }
  }
}
