import Relations
import TestKit

/// A table's life: transactions that insert, update and delete rows, and what they come to between any two moments.
struct SampleHistory {
  private let table: TableID
  private let pool: [[Value]]
  private var position: UInt64 = 0
  /// All changed rows, in order; batches end at `ends`.
  private var rows: [(row: [Value], weight: Int64)] = []
  private(set) var ends = [0]

  init(table: TableID, rows count: Int, using random: inout SplitMix64) throws {
    self.table = table
    let batch = try SampleTable(rows: count, using: &random).batch(TextStyle())
    let price = TemplateCases.names.firstIndex(of: "price")!
    var pool: [[Value]] = []
    for row in 0..<count {
      var values = [.integer(Int64(row))] + batch[row]
      if Int.random(in: 0..<15, using: &random) == 0 { values[price] = .numeric(.nan) }
      pool.append(values)
    }
    self.pool = pool
  }

  /// The rows that changes are made of.
  var poolBatch: Batch { Batch(TemplateCases.types, rows: pool) }

  /// How many batches there have been.
  var now: Int { ends.count - 1 }

  /// What has changed since that many batches.
  func net(since moment: Int) -> ZSet { ZSet(TemplateCases.types, Array(rows[ends[moment]...])) }

  /// More transactions.
  mutating func next(using random: inout SplitMix64) -> TransactionBatch {
    var transactions: [Transaction] = []
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      position += 1
      let changes = (0..<Int.random(in: 0...5, using: &random)).map { _ in change(&random) }
      transactions.append(Transaction(Transaction.Header(Position(position)), changes))
    }
    ends.append(rows.count)
    return TransactionBatch(transactions) { _ in TemplateCases.types }
  }

  private mutating func change(_ random: inout SplitMix64) -> Change {
    let row = pool.randomElement(using: &random)!
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      rows.append((row, 1))
      return Change(table, .insert(after: RowImage(row)))
    case 1:
      rows.append((row, -1))
      return Change(table, .delete(before: RowImage(row)))
    default:
      var after = row
      let other = pool.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let column = Int.random(in: 0..<row.count, using: &random)
        after[column] = other[column]
      }
      rows += [(row, -1), (after, 1)]
      return Change(table, .update(before: RowImage(row), after: RowImage(after)))
    }
  }
}
