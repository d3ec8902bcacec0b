import Relations

/// A verdict that is another one than was told before.
public struct VerdictChange: Sendable {
  public let read: String
  /// Where on the parent's timeline (main's, of a branch of main) it became that.
  public let position: Position
  /// What was told before; nil of a read that was not told of, or whose branch has changed under it.
  public let before: Verdict.Decision?
  public let after: Verdict.Decision

  /// Whether an answer that held no longer does: what somebody wants to be woken for. The first of a read is its first flip.
  public var isFlip: Bool { before == .holds && after != .holds }
}

/// How far somebody has been told of a branch's verdicts: a value to keep, from which he is told on without loss.
///
/// A cursor counts reads in the order in which the engine took them, whatever branch they are of, settled and forgotten ones too. So who makes
/// an engine anew, from a store, records all reads again in that order, or lets everybody be told anew.
public struct VerdictCursor: Hashable, Sendable {
  /// On the parent's timeline.
  public let position: Position
  /// The number that the next read was to get, on whatever branch.
  let reads: Int
  /// How many writes and events of its own the branch had.
  let writes: Int
  let events: Int
  /// Which events the timeline had up to there, and what was taken back of it: others mean that what was told is void.
  let epoch: Int
}

extension VerdictCursor: CustomStringConvertible {
  public var description: String {
    [Int(bitPattern: UInt(position.number)), reads, writes, events, epoch].map { String(UInt(bitPattern: $0)) }.joined(
      separator: ".")
  }

  /// Reads a cursor as it is printed; nil of anything else.
  public init?(_ text: String) {
    let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt64($0) }
    guard numbers.count == 5, let position = numbers[0] else { return nil }
    let counts = numbers[1...].compactMap { $0.flatMap { Int(exactly: $0) } }
    guard counts.count == 4 else { return nil }
    self.init(position: Position(position), reads: counts[0], writes: counts[1], events: counts[2], epoch: counts[3])
  }
}

/// What changed since a cursor, and the cursor to go on from.
public struct VerdictChanges: Sendable {
  /// In the order of their positions, those of one position in the order in which the reads came.
  public let changes: [VerdictChange]
  public let cursor: VerdictCursor
  /// Whether this is all that there is today.
  public let isComplete: Bool
  /// Whether what was told before is void, because the timeline was taken back, or the states in between are not kept: everything is told
  /// anew.
  public let isRestarted: Bool
}

extension VerdictEngine {
  /// What became of the verdicts of a branch since somebody was told: each transaction after which one is another one, as if he had looked
  /// after every transaction, whenever he looks.
  ///
  ///     var cursor: VerdictCursor?
  ///     while true {
  ///       let news = try engine.verdictChanges(of: "alice", since: cursor)
  ///       news.changes.filter(\.isFlip).forEach(wake)
  ///       cursor = news.cursor                   // keep it: after a restart this goes on from here
  ///     }
  ///
  /// Who has no cursor is told every verdict as of now. A read that came since is told once, as of the end of what is told.
  ///
  /// - Parameters:
  ///   - limit: how many transactions and events at most are gone through.
  ///   - options: by which verdicts are found; those that explain them, and `asOf`, do not count.
  /// - Complexity: the reads of a branch are judged after each transaction that touched one of their tables.
  public func verdictChanges(
    of branch: String, since cursor: VerdictCursor? = nil, limit: Int = .max, _ options: Options = Options()
  ) throws(TimelineError) -> VerdictChanges {
    let known = try require(branch)
    if known.parent != nil {
      if followers.contains(branch) { throw .followsMain(branch: branch) }
      let own = reads.indices.filter { reads[$0].branch == branch }
      return try taking(root(of: branch), for: [branch], own).verdictChanges(of: branch, since: cursor, limit: limit, options)
    }
    precondition(limit > 0, "who looks at nothing gets nowhere")
    var watch = BranchWatch(self, known, options)
    return watch.changes(since: cursor, limit: limit)
  }
}

/// Goes through the states of main after which verdicts of a branch may be other ones.
private struct BranchWatch {
  private let engine: VerdictEngine
  private let branch: BranchTimeline
  private let options: VerdictEngine.Options
  private let reads: [PlacedRead]
  private var changes: [VerdictChange] = []
  /// By the reads' numbers.
  private var told: [Int: Verdict.Decision] = [:]

  init(_ engine: VerdictEngine, _ branch: BranchTimeline, _ options: VerdictEngine.Options) {
    self.engine = engine
    self.branch = branch
    self.options = options
    reads = engine.reads.filter { $0.branch == branch.name }
  }

  mutating func changes(since cursor: VerdictCursor?, limit: Int) -> VerdictChanges {
    let end = engine.ledger.end
    // Of states that are not kept nobody can be told any more.
    let isLost = cursor.map { max($0.position, min(branch.fork, end)) < engine.ledger.wholeFrom } ?? false
    let isRestarted = cursor.map { $0.epoch != engine.epoch(at: $0.position) || $0.position > end || isLost } ?? false
    guard let cursor, !isRestarted else {
      tell(reads, at: end)
      return VerdictChanges(changes: changes, cursor: self.cursor(end), isComplete: true, isRestarted: isRestarted)
    }
    // What the branch did itself changes what its reads saw, at no position of main.
    let (anew, old) = reads.divided { read in
      read.number >= cursor.reads || branch.events.count != cursor.events || isOtherwise(read, since: cursor)
    }
    guard branch.fork <= end else {
      tell(anew, at: end)
      return VerdictChanges(changes: changes, cursor: self.cursor(end), isComplete: true, isRestarted: false)
    }
    // Until main came to the fork nothing could be said.
    if cursor.position < branch.fork { tell(old, at: branch.fork) }
    let start = max(cursor.position, branch.fork)
    let moments = self.moments(after: start)
    let looked = moments.prefix(limit)
    let until = looked.count < moments.count ? looked.last?.position ?? start : end
    go(through: looked, old, from: start)
    tell(anew, at: until)
    return VerdictChanges(
      changes: changes, cursor: self.cursor(until), isComplete: until == end && looked.count == moments.count, isRestarted: false)
  }

  private func cursor(_ position: Position) -> VerdictCursor {
    VerdictCursor(
      position: position, reads: engine.nextRead, writes: branch.positions.count, events: branch.events.count,
      epoch: engine.epoch(at: position))
  }

  /// Whether a read that is placed by a position sees writes that were not there.
  private func isOtherwise(_ read: PlacedRead, since cursor: VerdictCursor) -> Bool {
    if case .at(let position) = read.place { branch.count(at: position) > cursor.writes } else { false }
  }
}

extension BranchWatch {
  /// A state of main, and what made it another one than the state before.
  private struct Moment {
    let position: Position
    /// nil: whatever it was, it may matter to every read.
    var tables: Set<TableID>?
  }

  private func moments(after start: Position) -> [Moment] {
    var touched: [Position: Set<TableID>] = [:]
    for table in engine.ledger.changedTables {
      guard let span = engine.ledger.span(of: table, since: start, until: .end) else { continue }
      for position in Set(span.positions + span.truncations.map(\.position)) { touched[position, default: []].insert(table) }
    }
    let events = Set(engine.ledger.events.map(\.position).filter { $0 > start })
    let positions = Set(engine.ledger.transactions(after: start).map(\.position)).union(events)
    return positions.sorted().map { Moment(position: $0, tables: events.contains($0) ? nil : touched[$0] ?? []) }
  }

  private mutating func go(through moments: some Sequence<Moment>, _ reads: [PlacedRead], from start: Position) {
    let seen = reads.map { engine.sees($0, options) }
    func affected(by moment: Moment) -> [PlacedRead] {
      reads.indices.filter { place in
        guard let tables = moment.tables, let own = seen[place] else { return true }
        return !tables.isDisjoint(with: own)
      }.map { reads[$0] }
    }
    for moment in moments {
      let affected = affected(by: moment)
      // What was told of them last; of those that were not touched since, that is what was told at the start.
      let unknown = affected.filter { told[$0.number] == nil }
      for (read, decision) in zip(unknown, decisions(unknown, at: start)) { told[read.number] = decision }
      for (read, decision) in zip(affected, decisions(affected, at: moment.position)) where decision != told[read.number] {
        changes.append(
          VerdictChange(read: read.name, position: moment.position, before: told[read.number], after: decision))
        told[read.number] = decision
      }
    }
  }

  private mutating func tell(_ reads: [PlacedRead], at position: Position) {
    for (read, decision) in zip(reads, decisions(reads, at: position)) {
      changes.append(VerdictChange(read: read.name, position: position, before: nil, after: decision))
      told[read.number] = decision
    }
  }

  private func decisions(_ reads: [PlacedRead], at position: Position) -> [Verdict.Decision] {
    if reads.isEmpty { return [] }
    var asked = engine
    asked.take(reads, from: engine)
    var options = options
    options.asOf = position
    options.clock = nil
    options.witnesses = 0
    options.explanationBudget = 0
    return asked.verdicts(options).verdicts.map(\.decision)
  }
}

extension VerdictEngine {
  /// Tells apart what can have been told by a position: by the events up to there, which may come later than the transactions beside them,
  /// and by all that was taken back. Made of what is in the log, so that it is the same after a restart.
  func epoch(at position: Position) -> Int {
    var epoch: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ number: UInt64) { epoch = (epoch ^ number) &* 0x100_0000_01B3 }
    for event in ledger.events {
      switch event {
      case .rewind: add(1)
      case .gap where event.position <= position: add(2)
      case .schemaChange where event.position <= position: add(3)
      case .gap, .schemaChange, .start, .transaction: continue
      }
      add(event.position.number)
    }
    return Int((epoch ^ UInt64(bitPattern: Int64(epochAbove))) & 0xFFF_FFFF_FFFF_FFFF)
  }

  /// The tables that a read can see; nil if time or anything else can change its verdict too.
  fileprivate func sees(_ read: PlacedRead, _ options: Options) -> Set<TableID>? {
    switch read.question {
    case .asked(let template, _):
      let known = templates[template]
      return known.usesClock && !options.clockStandsStill ? nil : Set(known.footprints.map(\.table))
    case .outline(let outline):
      let passes = outline.usesClock && !options.clockStandsStill
      return outline.readsEverything || passes ? nil : Set(outline.footprints.map(\.table))
    case .unclear, .unknownNames: return []
    }
  }
}

extension [PlacedRead] {
  /// Those for which a condition holds, and the others.
  fileprivate func divided(_ condition: (PlacedRead) -> Bool) -> ([PlacedRead], [PlacedRead]) {
    (filter(condition), filter { !condition($0) })
  }
}
