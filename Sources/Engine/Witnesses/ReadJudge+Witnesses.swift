import Queries
import Relations
import Storage

/// The net changes inside the footprints: what a stale verdict rests on.
extension ReadJudge {
  /// None at all where there is no time to look at them.
  func addWitnesses(_ evidence: inout Verdict.Evidence) {
    guard run.options.witnesses > 0 else { return }
    var all = FoundWitnesses()
    if let cells {
      for seen in cells.findings.seen {
        guard run.maySpend(seen.branch.count(cells.read)) else { return }
        all.add(witnesses(seen, cells.read, run.options.witnesses - all.shown.count))
      }
    } else {
      for footprint in footprints {
        guard let table = run.engine.schema[footprint.table] else { continue }
        let delta = run.memory.delta(table, standpoint).branch
        let inside = places(footprint, inside: delta)
        guard run.maySpend(inside.count) else { return }
        let finder = WitnessFinder(
          table: table, delta: delta, keys: run.memory.changedKeys(table, standpoint), columns: footprint.columns)
        all.add(finder.witnesses(inside, limit: run.options.witnesses - all.shown.count))
      }
    }
    (evidence.witnesses, evidence.witnessCount) = (all.shown, all.count)
  }

  private func witnesses(_ seen: CellFindings.Seen, _ read: Int, _ limit: Int) -> FoundWitnesses {
    guard let traffic = seen.traffic else { return FoundWitnesses() }
    let first = traffic.firstRow(after: standpoint.fork)
    if traffic.hasKey, let inside = seen.branch.trafficRows(read) {
      return traffic.witnesses(inside, from: first, columns: seen.footprint.columns, limit: limit)
    }
    // The rows inside, and whatever else happened to them.
    let span = traffic.span.picking(seen.branch.rowsOfSameKeys(read, traffic, from: first))
    let delta = TableDelta(seen.table, span, under: run.memory.overlay(seen.table.id, standpoint)).branch
    let finder = WitnessFinder(
      table: seen.table, delta: delta, keys: ChangedKeys(seen.table, delta, span), columns: seen.footprint.columns)
    return finder.witnesses(places(seen.footprint.supplying(placed.constants), inside: delta), limit: limit)
  }

  private func places(_ footprint: Footprint, inside changes: ZSet) -> [Int32] {
    Lens(footprint, context(clocks.now), knowing: [])?.places(inside: changes) ?? Array(0..<Int32(changes.count))
  }
}

/// Some witnesses, and how many there are.
struct FoundWitnesses {
  var shown: [Witness] = []
  var count = 0

  mutating func add(_ more: FoundWitnesses) {
    shown += more.shown
    count += more.count
  }
}

extension SeenChanges {
  /// The places in main's traffic of everything that happened to the rows that a read sees.
  fileprivate func rowsOfSameKeys(_ read: Int, _ traffic: TableTraffic, from first: Int32) -> [Int32] {
    guard traffic.hasKey else { return parts[0].rows(read) }
    let histories = traffic.histories
    var numbers = Set(parts[0].rows(read).map { histories.numbers[Int($0)] })
    for part in parts.dropFirst() {
      let corrected = part.changes.picking(part.rows(read))
      numbers.formUnion(traffic.table.names(of: corrected.rows).compactMap(histories.number))
    }
    return numbers.flatMap { histories.rows($0, from: first) }.sorted()
  }
}
