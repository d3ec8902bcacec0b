import Queries
import Relations
import Sentry
import Storage

/// What main did to one table since the earliest fork that somebody asked from, in the order of the log.
///
/// Everybody looks at the same rows, each from its own fork on: what they come to is linear, so a thousand forks cost one pass, and a
/// branch's own writes are a correction of the few rows that both sides wrote (`Correction`). A class, because its parts are found when
/// they are first asked for.
final class TableTraffic {
  let table: Table
  let span: TableSpan
  let indexed: IndexedChanges
  /// The last row in which the log does not tell a column; -1 where it always does.
  private let lastHoles: [Int]
  private(set) lazy var histories = RowHistories(table, span.images)

  init(_ table: Table, _ span: TableSpan, key: FingerprintKey) {
    self.table = table
    self.span = span
    indexed = IndexedChanges(span.changes, key: key)
    lastHoles = span.absent.map { $0.flatMap { $0.trueRows.last.map { Int($0) } } ?? -1 }
  }
}

extension TableTraffic {
  var changes: ZSet { indexed.changes }

  var hasKey: Bool { table.comparableKey != nil }

  /// The bytes of the keys of some rows; none where there is no key.
  func names(of rows: Batch) -> [[UInt8]] {
    guard let key = table.comparableKey else { return [] }
    let encoded = rows.keys(columns: key)
    return (0..<rows.count).map { Array(encoded[$0]) }
  }

  func firstRow(after fork: Position) -> Int32 { Int32(span.place(after: fork)) }

  /// Whether the log tells these columns of all rows from one on.
  func isKnown(_ columns: some Sequence<Int>, from row: Int32) -> Bool { columns.allSatisfy { lastHoles[$0] < row } }

  func isTruncated(after fork: Position) -> Bool { span.truncations.contains { $0.position > fork } }

  /// The rows, from one on, of which some key is; in the order of the log.
  func rows(of keys: [[UInt8]], from first: Int32) -> [Int32] {
    keys.flatMap { key in histories.number(of: key).map { histories.rows($0, from: first) } ?? [] }.sorted()
  }
}

/// Which row of a table each image is of, by its key: what happened to a row is what happened to its images.
struct RowHistories {
  /// For each image the number of its row; empty where there is no key.
  let numbers: [Int32]
  private var names: [[UInt8]: Int32] = [:]
  /// The images by row, and where those of each begin.
  private var images: [Int32] = []
  private var starts: [Int32] = [0]

  init(_ table: Table, _ batch: Batch) {
    guard let key = table.comparableKey else {
      numbers = []
      return
    }
    let encoded = batch.keys(columns: key)
    var numbers: [Int32] = []
    var counts: [Int32] = []
    numbers.reserveCapacity(batch.count)
    for image in 0..<batch.count {
      let name = Array(encoded[image])
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
