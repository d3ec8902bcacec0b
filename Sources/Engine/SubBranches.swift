import Relations
import Storage

/// Branches of branches: to its own branches a branch is what main is to it.
///
/// A read of a sub-branch is judged against its parent. So the parent's timeline is taken for main's, with main's rows at the parent's
/// fork as the base, and everything that is known of verdicts holds one level down.
extension VerdictEngine {
  /// Verdicts for reads whose branch has a branch for a parent, by their places in the list.
  func verdictsOfSubBranches(_ options: Options, clock: Int64?) -> [(place: Int, verdict: Verdict)] {
    // The branches of main that have branches, and where their reads are: one pass over all reads.
    let followers = followers
    let roots = branches.compactMapValues { branch in
      followers.contains(branch.name) ? nil : branch.parent.map { root(of: $0) }
    }
    var places: [String: [Int]] = [:]
    for (place, read) in reads.enumerated() { if let root = roots[read.branch] { places[root, default: []].append(place) } }
    var asked = options
    // Positions of main say nothing here: it is the parent's present that counts.
    asked.asOf = nil
    asked.clock = clock
    var following = options
    following.clock = clock
    let followersPlaces = reads.indices.filter { followers.contains(reads[$0].branch) }
    let followed = followers.isEmpty ? [] : verdictsAgainstMain(of: followers, following)
    return zip(followersPlaces, followed).map { (place: $0, verdict: $1) }
      + places.keys.sorted().flatMap { root in
        let places = places[root]!
        let names = Set(places.map { reads[$0].branch })
        return zip(places, taking(root, for: names, places).verdicts(asked).verdicts).map { (place: $0, verdict: $1) }
      }
  }

  /// The branches between main and this one, from main on.
  func ancestors(of branch: String) -> [String] {
    var names: [String] = []
    var next = branches[branch]?.parent
    while let parent = next {
      names.append(parent)
      next = branches[parent]?.parent
    }
    return names.reversed()
  }

  /// The branch of main that a branch is, or has above it.
  func root(of branch: String) -> String { ancestors(of: branch).first ?? branch }

  /// The engine for which a branch of main is main, with some of the branches below it and some of the reads.
  func taking(_ branch: String, for names: Set<String>, _ places: [Int]) -> VerdictEngine {
    let parent = branches[branch]!
    var engine = VerdictEngine(schema: schemaHistory.schema(at: parent.fork).schema, key: key)
    engine.takesCertificates = false
    if let base = baseOfFork(parent.fork) { engine.load(base) }
    // A branch's own log is read by the names that it began with.
    engine.schemaHistory = SchemaHistory(engine.schema, carries: false)
    if coverage != nil { engine.append(.start(Coverage(from: .start, tables: nil))) }
    for event in parent.events { engine.append(event) }
    // Of what was there before it was taken back, or before main's log came to its fork, nothing is known any more.
    engine.epochAbove = epoch(at: .start) &+ parent.resets &+ (parent.fork <= ledger.end ? 1 : 0)
    for batch in parent.batches {
      // The branch's own stream is in order, or it would not have been taken.
      try? engine.append(batch)
    }
    for name in Set(names.flatMap { ancestors(of: $0).dropFirst() + [$0] }) {
      let below = branches[name]!
      engine.branches[name] = below.parent == branch ? below.withoutParent : below
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
