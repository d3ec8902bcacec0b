import Expressions
import PostgreSQL
import Queries
import Relations
import TestKit

/// The rows that a table may have in a test: those that it has, others that could come, and changed forms of those that it has.
struct RowPool {
  let table: Table
  /// As PostgreSQL prints them.
  let texts: [[String?]]
  let batch: Batch
  /// The first so many are the table's own, in their order.
  let ownCount: Int
  /// For each row behind those, whose changed form it is; nil for one that would be new.
  let origins: [Int?]

  /// - Parameters:
  ///   - own: the rows that the table has.
  ///   - other: rows that it could have.
  ///   - fixed: columns that are not changed.
  init(_ table: Table, own: [[String?]], other: [[String?]], fixed: Set<Int>, using random: inout SplitMix64) throws {
    var (texts, origins) = (own + other, [Int?](repeating: nil, count: other.count))
    let free = table.columns.indices.filter { !fixed.contains($0) }
    for place in own.indices where !free.isEmpty {
      for _ in 0..<4 {
        var changed = own[place]
        for _ in 0...Int.random(in: 0..<2, using: &random) {
          let column = free.randomElement(using: &random)!
          changed[column] = (own + other).randomElement(using: &random)![column]
        }
        texts.append(changed)
        origins.append(place)
      }
    }
    self.table = table
    self.texts = texts
    self.origins = origins
    ownCount = own.count
    batch = Batch(
      table.types,
      rows: try texts.map { row in
        try zip(row, table.types).map { text, type in try text.map { try Value(parsing: $0, as: type, style: TextStyle()) } ?? .null
        }
      })
  }

  /// The primary key of a row; nil if the table has none.
  func key(_ row: Int) -> [String?]? {
    guard let ids = table.primaryKey?.plainColumns else { return nil }
    return ids.compactMap { table.index(of: $0) }.map { texts[row][$0] }
  }
}

/// Through what footprints a table's rows are seen, for one question.
struct PoolView {
  let pool: RowPool
  /// For each footprint of the table, which rows are inside, and the columns that matter of them.
  let lenses: [(inside: Bitmap, columns: [Int])]
  /// Whether all footprints are of all rows.
  let isWhole: Bool

  /// nil if a condition is not evaluated: then nothing may change.
  init?(_ pool: RowPool, _ footprints: [Footprint], _ context: EvaluationContext) {
    self.pool = pool
    var lenses: [(inside: Bitmap, columns: [Int])] = []
    for footprint in footprints where footprint.table == pool.table.id {
      guard let filter = try? FootprintFilter(footprint) else { return nil }
      lenses.append((filter.inside(pool.batch, context), footprint.projected))
    }
    self.lenses = lenses
    isWhole = lenses.contains { $0.inside.isAllTrue }
  }

  func isOutside(_ row: Int) -> Bool { lenses.allSatisfy { !$0.inside[row] } }

  /// Whether no footprint tells two rows apart.
  func looksTheSame(_ a: Int, _ b: Int) -> Bool {
    lenses.allSatisfy { lens in
      guard lens.inside[a] == lens.inside[b] else { return false }
      return !lens.inside[a] || lens.columns.allSatisfy { pool.texts[a][$0] == pool.texts[b][$0] }
    }
  }

  /// Other rows for the table that the footprints do not tell from its own; nil if none were found.
  func change(using random: inout SplitMix64) -> [Int]? {
    var rows = Array(0..<pool.ownCount)
    // Now only some, now as many as can be.
    let boldness = [2, 3, 6].randomElement(using: &random)!
    func dares() -> Bool { Int.random(in: 0..<6, using: &random) < boldness }
    for row in 0..<pool.ownCount where isOutside(row) && dares() { rows.removeAll { $0 == row } }
    var keys = Set(rows.compactMap(pool.key))
    for place in pool.ownCount..<pool.texts.count where dares() {
      if let origin = pool.origins[place - pool.ownCount] {
        guard let position = rows.firstIndex(of: origin), looksTheSame(origin, place) else { continue }
        if let old = pool.key(origin), let new = pool.key(place), old != new {
          guard !new.contains(nil), keys.insert(new).inserted else { continue }
          keys.remove(old)
        }
        rows[position] = place
      } else if isOutside(place) {
        if let key = pool.key(place), !keys.insert(key).inserted { continue }
        rows.insert(place, at: Int.random(in: 0...rows.count, using: &random))
      }
    }
    return rows == Array(0..<pool.ownCount) ? nil : rows
  }
}
