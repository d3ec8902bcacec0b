import Queries
import Relations

/// What a branch keeps of main's timeline by being there.
///
/// Between two neighbouring pins only what came of each row matters: a store that collects keeps two versions of a row apart if a pin
/// lies between them. (`Registry` makes the pins of a store; this is the same, asked of what is in memory.)
public struct BranchPin: Hashable, Sendable {
  public let branch: String
  /// On main: where the branch left it, or the first of its ancestors did.
  public let position: Position
  /// The branches between main and this one, from main on: all of them stay for its sake.
  public let ancestors: [String]
  /// The other branches that pin the same position: it is kept as long as one of them is there.
  public let shared: [String]
  /// How many images of rows are kept for its sake alone, by table.
  public let alone: [TableID: Int]
}

extension VerdictEngine {
  /// What each branch pins, in the order of their names.
  public func pins() -> [BranchPin] {
    let lines = branchNames.map { (name: $0, ancestors: ancestors(of: $0)) }
    let places = lines.map { branches[$0.ancestors.first ?? $0.name]!.fork }
    return lines.indices.map { index in
      let (name, ancestors) = lines[index]
      let shared = lines.indices.filter { $0 != index && places[$0] == places[index] }.map { lines[$0].name }
      return BranchPin(
        branch: name, position: places[index], ancestors: ancestors, shared: shared,
        alone: shared.isEmpty ? images(pinnedAt: places[index], beside: places) : [:])
    }
  }

  /// The images that would go if nobody asked from a position any more.
  private func images(pinnedAt position: Position, beside places: [Position]) -> [TableID: Int] {
    let next = min(places.filter { $0 > position }.min() ?? ledger.end, ledger.end)
    let previous = places.filter { $0 < position }.max()
    var images: [TableID: Int] = [:]
    for table in ledger.changedTables {
      let after = netCount(table, position, next)
      let count = previous.map { netCount(table, $0, position) + after - netCount(table, $0, next) } ?? after
      if count > 0 { images[table] = count }
    }
    return images
  }

  private func netCount(_ table: TableID, _ since: Position, _ until: Position) -> Int {
    guard since < until else { return 0 }
    return ledger.span(of: table, since: since, until: until)?.changes.consolidated().count ?? 0
  }
}
