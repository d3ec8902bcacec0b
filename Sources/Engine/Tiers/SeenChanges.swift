import Relations
import Sentry

/// The changes that the reads of a group can see: main's traffic, and what corrects it for rows that the branch wrote too.
struct SeenChanges {
  let parts: [Part]

  /// A class, because every read of a template looks at the same ones.
  final class Part {
    let changes: ZSet
    let join: CellJoin
    /// Which of the join's reads is the group's first one.
    let first: Int

    init(changes: ZSet, join: CellJoin, first: Int) {
      self.changes = changes
      self.join = join
      self.first = first
    }
  }
}

extension SeenChanges {
  func cell(_ read: Int) -> Cell {
    parts.count == 1 ? parts[0].cell(read) : parts.reduce(.zero) { $0 + $1.cell(read) }
  }

  /// How many there are, not on balance.
  func count(_ read: Int) -> Int { parts.reduce(0) { $0 + $1.join.count(inside: $1.first + read) } }

  /// On balance: whole rows, or some columns of them.
  func net(_ read: Int, columns: [Int]? = nil) -> ZSet {
    ZSet.sum(
      parts.map { part in
        (columns.map { part.changes.projecting($0) } ?? part.changes).picking(part.rows(read))
      }
    ).consolidated()
  }

  /// Whether values of these columns that are stored differently are printed differently: a number's scale says nothing to a reader.
  func printAsStored(_ columns: [Int]) -> Bool {
    parts.allSatisfy { part in
      columns.allSatisfy { if case .numerics = part.changes.rows.columns[$0].storage { false } else { true } }
    }
  }

  /// The places in main's traffic, in the order of the log; nil where something corrects them.
  func trafficRows(_ read: Int) -> [Int32]? {
    parts.dropFirst().allSatisfy { $0.join.count(inside: $0.first + read) == 0 } ? parts[0].rows(read) : nil
  }
}

extension SeenChanges.Part {
  func cell(_ read: Int) -> Cell { join.answer.cells[first + read] }
  func rows(_ read: Int) -> [Int32] { join.rows(inside: first + read) }
}
