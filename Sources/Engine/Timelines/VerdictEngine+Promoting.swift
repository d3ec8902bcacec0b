import Queries
import Relations

/// What a sub-branch's reads are against main: as if its parent were promoted, or since it was.
///
/// A read saw `A`, main at the fork with the parent's writes up to where the branch left it. Main would have `C`, its present with all that the
/// parent wrote. Between them stands `B`, the fork with all that the parent wrote: from `A` to `B` the parent's doing is judged, as for
/// every branch of a branch, and from `B` to `C` main's. Two verdicts that hold make one that holds, one that is stale makes it stale; of two
/// that are stale the answers at both ends have to be known.
extension VerdictEngine {
  /// Verdicts for the reads of a branch against main, in the order in which they were recorded; of a branch of main, those that it has.
  ///
  /// What the parent and the branch itself wrote to the same rows is landed in its order, so where they did so independently the reads that
  /// can see it are doubtful, `contested`; so are questions that use the clock, `unsupported`: between two clocks there is no third.
  public func verdictsAgainstMain(of name: String, _ options: Options = Options()) throws(TimelineError) -> [Verdict] {
    try require(name)
    return verdictsAgainstMain(of: [name], options)
  }

  /// - Parameter names: branches, whose reads are taken in their order.
  func verdictsAgainstMain(of names: Set<String>, _ options: Options) -> [Verdict] {
    let meant = reads.filter { names.contains($0.branch) }
    var verdicts = [Verdict?](repeating: nil, count: meant.count)
    for name in names.sorted() {
      let places = meant.indices.filter { meant[$0].branch == name }
      for (place, verdict) in zip(places, climb(name, places.map { meant[$0] }, options)) { verdicts[place] = verdict }
    }
    return verdicts.map { $0! }
  }

  private func climb(_ name: String, _ reads: [PlacedRead], _ options: Options) -> [Verdict] {
    var branch = branches[name]!
    var engine = self
    engine.take(reads, from: self)
    // A branch of main that lands is judged by itself; here it is what stands between.
    for other in engine.branches.keys { engine.branches[other]!.landedAt = nil }
    var verdicts = engine.verdicts(options.ofStep(isLast: branch.parent == nil, nil)).verdicts
    while let parent = branch.parent.flatMap({ branches[$0] }) {
      let contested = branch.contested(over: parent, schema)
      engine.placeReads(of: name, behind: parent.positions.count)
      let below = branch
      branch = parent.landing(below)
      engine.branches[name] = branch
      let isLast = branch.parent == nil && parent.landedAt == nil
      let before = parent.landedAt.map { ledger.position(before: $0) }
      var next = engine.verdicts(options.ofStep(isLast: isLast, before)).verdicts
      engine.compose(&verdicts, with: next, contested)
      // Behind the landing main has what the parent wrote, and the branch only its own.
      if let landed = parent.landedAt, branch.parent == nil {
        engine.placeReads(of: name, behind: -parent.positions.count)
        engine.branches[name] = below.leavingMain(at: landed)
        next = engine.verdicts(options.ofStep(isLast: true, nil)).verdicts
        engine.compose(&verdicts, with: next, [])
      }
    }
    return verdicts
  }

  private mutating func placeReads(of name: String, behind count: Int) {
    let branch = branches[name]!
    movePlaces { read in read.branch == name ? .after(branch.count(at: read.place) + count) : read.place }
  }

  private func compose(_ verdicts: inout [Verdict], with next: [Verdict], _ contested: Set<TableID>) {
    for place in verdicts.indices {
      let looked = columnsLookedAt(byRead: place).keys
      let (before, asOf) = (verdicts[place], next[place].asOf)
      if before.level == .decision {
        verdicts[place] = before.replacing(.unsupported, "a decision, against main: ask for the answer", asOf)
      } else if looked.contains(where: contested.contains) {
        verdicts[place] = before.replacing(.contested, "the branch and its parent wrote to the same rows", asOf)
      } else if usesClock(place), !before.decision.isDoubtful, !next[place].decision.isDoubtful {
        verdicts[place] = before.replacing(.unsupported, "a question that uses the clock, against main", asOf)
      } else {
        verdicts[place] = verdicts[place].followed(by: next[place])
      }
    }
  }

  private func usesClock(_ place: Int) -> Bool {
    if case .asked(let template, _) = reads[place].question { templates[template].usesClock } else { false }
  }
}

extension VerdictEngine.Options {
  /// Steps below main, and those up to a landing, are not as of the state that was asked for.
  fileprivate func ofStep(isLast: Bool, _ before: Position?) -> Self {
    var options = self
    if !isLast { options.asOf = before }
    return options
  }
}

extension Verdict.Decision {
  fileprivate var isDoubtful: Bool { if case .doubtful = self { true } else { false } }
}

extension Verdict {
  fileprivate func replacing(_ reason: DoubtReason, _ detail: String, _ asOf: Position) -> Verdict {
    var evidence = Evidence()
    (evidence.was, evidence.recorded, evidence.detail) = (self.evidence.was, self.evidence.recorded, detail)
    return settled(.doubtful(reason), evidence, asOf: asOf)
  }

  /// The verdict from this one's first state to the next one's last.
  fileprivate func followed(by next: Verdict) -> Verdict {
    func verdict(_ decision: Decision, _ evidence: Evidence) -> Verdict { settled(decision, evidence, asOf: next.asOf) }
    switch (decision, next.decision) {
    case (.doubtful, _):
      return verdict(decision, evidence)
    case (_, .doubtful):
      var evidence = next.evidence
      (evidence.was, evidence.recorded) = (self.evidence.was, self.evidence.recorded)
      return verdict(next.decision, evidence)
    case (.holds, _):
      var evidence = next.evidence
      (evidence.was, evidence.recorded) = (self.evidence.was ?? next.evidence.was, self.evidence.recorded)
      return verdict(next.decision, evidence)
    case (.stale, .holds):
      var evidence = evidence
      evidence.now = next.evidence.now ?? evidence.now
      evidence.delta = nil
      if let was = evidence.was, let now = evidence.now { evidence.delta = AnswerDelta(was: was, now: now) }
      // That was on the parent's timeline.
      evidence.staleSince = nil
      return verdict(.stale, evidence)
    case (.stale, .stale):
      guard level == .answer, let was = evidence.was, let now = next.evidence.now, !AnswerComparison.same(recorded: was, now) else {
        // Each changed it, and perhaps back.
        return replacing(.undetermined, "the parent's changes and main's each make it another answer", next.asOf)
      }
      var evidence = next.evidence
      (evidence.was, evidence.recorded, evidence.staleSince, evidence.delta) = (was, self.evidence.recorded, nil, nil)
      evidence.condition = evidence.condition.map { _ in .unknown }
      evidence.delta = AnswerDelta(was: was, now: now)
      evidence.witnesses = self.evidence.witnesses + next.evidence.witnesses
      evidence.witnessCount = nil
      return verdict(.stale, evidence)
    }
  }
}

// MARK: - Landing

extension VerdictEngine {
  /// Says that a branch of main was promoted: that its writes are main's transaction at a position. Its own reads have come to their end
  /// (`keeping` says what becomes of them); it stays, hidden, for the branches that left it, whose reads follow it: from now on they are
  /// judged against main.
  ///
  /// - Parameter clock: now, as in `delete`.
  @discardableResult
  public mutating func promoted(_ name: String, at position: Position, clock: Int64? = nil) throws(TimelineError) -> Removal {
    let branch = try require(name)
    guard branch.parent == nil else { throw .notOnMain(branch: name) }
    guard branch.fork < position, position <= ledger.end else { throw .notCovered(position, from: branch.fork) }
    let removal = try delete(name, at: clock)
    branches[name]?.landedAt = position
    return removal
  }

  /// The sub-branches whose parents, or those above, have become part of main.
  var followers: Set<String> {
    Set(branches.values.lazy.filter { $0.parent != nil && self.branches[self.root(of: $0.name)]?.landedAt != nil }.map(\.name))
  }
}

extension BranchTimeline {
  /// This branch with another one's writes behind its own: what its parent would be with it landed.
  fileprivate func landing(_ other: BranchTimeline) -> BranchTimeline {
    var landed = BranchTimeline(other.name, parent: parent, fork: fork, kind: .normal)
    for batch in batches + other.batches { landed.append(batch) }
    landed.events = events + other.events
    return landed
  }

  /// The same with its own writes only, taken for a branch of main.
  fileprivate func leavingMain(at position: Position) -> BranchTimeline {
    var branch = BranchTimeline(name, parent: nil, fork: position, kind: .normal)
    for batch in batches { branch.append(batch) }
    branch.events = events
    return branch
  }

  /// The tables of which rows were written here, and by the parent after this branch had left it: which of them came first nobody can say.
  fileprivate func contested(over parent: BranchTimeline, _ schema: Schema) -> Set<TableID> {
    let own = overlay(positions.count, schema)
    let theirs = parent.overlay(after: parent.count(at: fork), schema)
    let all = parent.overlay(parent.positions.count, schema)
    return Set(
      own.keys.filter { table in
        let overlay = own[table]!
        if overlay.doubt != nil || all[table]?.doubt != nil { return true }
        // What was not told of a row is compared with main's, and not with the parent's.
        if all[table] != nil, batches.contains(where: { $0[table]?.absent.contains { $0 != nil } ?? false }) { return true }
        guard let other = theirs[table] else { return false }
        return overlay.isEmptied || other.isEmptied || !Set(overlay.keys).isDisjoint(with: other.keys)
      })
  }

  /// What the transactions behind the first ones did to the tables that they write.
  private func overlay(after first: Int, _ schema: Schema) -> [TableID: TableOverlay] {
    var overlays: [TableID: TableOverlay] = [:]
    var before = 0
    for batch in batches {
      let range = min(max(0, first - before), batch.transactions.count)..<batch.transactions.count
      for changes in batch.tables where !range.isEmpty {
        guard let table = schema[changes.table] else { continue }
        overlays[changes.table, default: TableOverlay(table)].add(changes, transactions: range)
      }
      before += batch.transactions.count
    }
    return overlays.filter { !$0.value.isEmpty }
  }
}
