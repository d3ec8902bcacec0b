import Relations
import Storage

/// Branches of branches: to its own branches a branch is what main is to it.
///
/// A read of a sub-branch is judged against its parent. So the parent's timeline is taken for main's, with main's rows at the parent's
/// fork as the base, and everything that is known of verdicts holds one level down.
extension VerdictEngine {
  /// Verdicts for reads whose branch has a branch for a parent, by their places in the list.
  func verdictsOfSubBranches(_ options: Options, clock: Int64?) -> [(place: Int, verdict: Verdict)] {
    branches.values.filter { $0.parent == nil }.map(\.name).sorted().flatMap { parent -> [(place: Int, verdict: Verdict)] in
      let places = reads.indices.filter { isBelow(parent, reads[$0].branch) }
      if places.isEmpty { return [] }
      var asked = options
      // Positions of main say nothing here: it is the parent's present that counts.
      asked.asOf = nil
      asked.clock = clock
      return Array(zip(places, taking(parent, places).verdicts(asked).verdicts)).map { (place: $0, verdict: $1) }
    }
  }

  private func isBelow(_ ancestor: String, _ branch: String) -> Bool {
    var next = branches[branch]?.parent
    while let parent = next {
      if parent == ancestor { return true }
      next = branches[parent]?.parent
    }
    return false
  }

  /// The engine for which a branch is main, with some of the reads.
  func taking(_ branch: String, _ places: [Int]) -> VerdictEngine {
    let parent = branches[branch]!
    var engine = VerdictEngine(schema: schema, key: key)
    if let base = baseOfFork(parent.fork) { engine.load(base) }
    if coverage != nil { engine.append(.start(Coverage(from: .start, tables: nil))) }
    for event in parent.events { engine.append(event) }
    // Of what was there before it was taken back, or before main's log came to its fork, nothing is known any more.
    engine.epoch += epoch + parent.resets + (parent.fork <= ledger.end ? 1 : 0)
    for batch in parent.batches {
      // The branch's own stream is in order, or it would not have been taken.
      try? engine.append(batch)
    }
    for below in branches.values where isBelow(branch, below.name) {
      engine.branches[below.name] = below.parent == branch ? below.withoutParent : below
    }
    engine.take(places.map { reads[$0] }, from: self)
    return engine
  }

  /// Main's rows at a fork, of the tables of which they are known.
  private func baseOfFork(_ fork: Position) -> BaseTables? {
    guard let base else { return nil }
    var tables = BaseTables(at: .start)
    for id in base.rows.keys.sorted() {
      guard let table = schema[id], let rows = try? rows(of: table, at: fork, under: nil) else { continue }
      tables.append([rows.expanded], to: id, unknown: Array(base.unknown[id] ?? []))
    }
    return tables
  }
}
