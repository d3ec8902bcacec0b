import Expressions
import Relations

// MARK: - Witnesses

extension Sentry {
  /// Places of changes that are inside the footprint of each of some reads, ascending; nil for a read of which that is not known.
  ///
  /// - Parameters:
  ///   - reads: of one template.
  ///   - changes: net or raw, with all columns of the table.
  ///   - limit: so many a read at most, the first ones.
  public func rows(inside reads: [ReadID], of changes: ZSet, limit: Int = .max) -> [[Int32]]? {
    guard let template = reads.first?.template else { return [] }
    precondition(reads.allSatisfy { $0.template == template }, "reads of one template are looked up together")
    let places = reads.map { Int($0.place) }
    var found = [[Int32]](repeating: [], count: reads.count)
    for part in templates[Int(template.number)].parts {
      guard let rows = try? part.watched.rows(inside: places, of: changes) else { return nil }
      // What a term takes back, others have.
      for read in reads.indices where part.sign > 0 {
        found[read] = found[read].isEmpty ? rows[read] : found[read].merged(rows[read])
      }
    }
    return found.map { Array($0.prefix(limit)) }
  }

  /// What has changed under a read's footprint since a position, in the order of the ledger; nil if that is not known.
  public func witnesses(of read: ReadID, since position: Position, _ ledger: some NetChanges, limit: Int) throws -> ZSet? {
    let net = try ledger.net(of: templates[Int(read.template.number)].footprint.table, since: position)
    return rows(inside: [read], of: net, limit: limit).map { rows in
      ZSet(net.rows.picking(rows[0]), weights: rows[0].map { net.weights[Int($0)] })
    }
  }
}

extension [Int32] {
  /// Both ascending lists in one, each place once.
  fileprivate func merged(_ other: [Int32]) -> [Int32] { Set(self).union(other).sorted() }
}

// MARK: - Groups

/// What has changed in one group under a read's footprint.
public struct GroupChange: Sendable {
  /// The group's key.
  public let key: [Value]
  public let cell: Cell
  /// Places of its rows, among the changes.
  public let rows: [Int32]
}

extension Sentry {
  /// Which groups of what a read sees have changed, in the order of their first changes; nil if that is not known.
  ///
  /// - Parameter columns: by which the template groups.
  public func groups(of read: ReadID, by columns: [Int], among changes: ZSet, limit: Int = .max) -> [GroupChange]? {
    guard let rows = rows(inside: [read], of: changes)?[0] else { return nil }
    let projected = templates[Int(read.template.number)].footprint.projected
    let hashes = changes.rows.fingerprints(of: rows, columns: projected, key: key)
    let keys = changes.rows.keys(rows: rows, columns: columns)
    var places: [[UInt8]: Int] = [:]
    var groups: [(cell: Cell, rows: [Int32])] = []
    for (index, row) in rows.enumerated() {
      let place = places[Array(keys[index]), default: groups.count]
      places[Array(keys[index])] = place
      if place == groups.count { groups.append((.zero, [])) }
      let weight = changes.weights[Int(row)]
      groups[place].cell += Cell(count: weight, fingerprint: hashes[index] * weight)
      groups[place].rows.append(row)
    }
    return groups.lazy.filter { !$0.cell.isZero }.prefix(limit).map { group in
      let key = columns.map { changes.rows.columns[$0][Int(group.rows[0])] }
      return GroupChange(key: key, cell: group.cell, rows: group.rows)
    }
  }
}

// MARK: - Corrections

/// A row that a branch wrote, and main too: what of main's change a read on the branch does not see, and what it sees in its place.
public struct OverlaidRow: Sendable {
  /// Main's row of the key at the fork and at the present; nil where there is none.
  public let fork: [Value]?
  public let now: [Value]?
  /// What the branch saw of it, and what landing it on main's present leaves.
  public let seen: [Value]?
  public let merged: [Value]?

  public init(fork: [Value]?, now: [Value]?, seen: [Value]?, merged: [Value]?) {
    (self.fork, self.now, self.seen, self.merged) = (fork, now, seen, merged)
  }
}

extension ZSet {
  /// What is to be added to main's net changes, so that they are those of main under a branch's own rows.
  public static func correction(_ types: [SQLType], _ rows: [OverlaidRow]) -> ZSet {
    var changes: [(row: [Value], weight: Int64)] = []
    for row in rows {
      let now = Planted.bug("a correction leaves main's row in") ? nil : row.now
      for (image, weight) in [(now, -1 as Int64), (row.fork, 1), (row.seen, -1), (row.merged, 1)] {
        if let image { changes.append((image, weight)) }
      }
    }
    return ZSet(types, changes).consolidated()
  }
}

extension Sentry {
  /// What some changes come to for each of some reads, whatever else has changed for them; nil where that is not known.
  ///
  /// For reads on branches: the correction of an overlay is added to the read's difference.
  public func contributions(of changes: ZSet, to reads: [ReadID]) -> [Difference?] {
    var answers = [Difference?](repeating: nil, count: reads.count)
    for (template, indices) in Dictionary(grouping: reads.indices, by: { reads[$0].template }) {
      guard let seen = rows(inside: indices.map { reads[$0] }, of: changes) else { continue }
      let registered = templates[Int(template.number)]
      let indexed = IndexedChanges(changes, key: key)
      guard let contributions = try? Contributions(indexed, registered.footprint, sums: registered.sums, context) else { continue }
      for (place, index) in indices.enumerated() {
        let total = contributions.total(of: seen[place])
        let sums = zip(total.sums, zip(contributions.sums, registered.scales)).map { $0.inSteps(from: $1.0.scale, to: $1.1) }
        let known = registered.isSumless || sums.contains { $0 == nil } ? [] : sums.compactMap { $0 }
        answers[index] = Difference(cell: total.cell, sums: known)
      }
    }
    return answers
  }
}
