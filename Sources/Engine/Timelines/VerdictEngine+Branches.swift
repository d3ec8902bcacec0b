import Relations

/// Branches come and go.
extension VerdictEngine {
  /// Makes a branch. The same again is no matter; the answer says where it left its parent.
  ///
  /// - Parameter parent: nil for main; else a branch that there is.
  @discardableResult
  public mutating func fork(
    _ name: String, from parent: String? = nil, at point: ForkPoint = .present, kind: Branch.Kind = .normal
  ) throws(TimelineError) -> Branch {
    if let parent { try require(parent) }
    let fork = try resolve(point, on: parent)
    if let known = branches[name] {
      // The present moves on; who asks for it again means the branch that he has.
      let isSame = known.parent == parent && known.kind == kind && (known.fork == fork || point == .present)
      guard isSame, !known.isHidden else { throw .branchExists(name) }
    } else {
      if parent == nil, let base, fork < base.position { throw .notCovered(fork, from: base.position) }
      if parent == nil, !ledger.retains(fork) { throw .notRetained(fork, from: ledger.wholeFrom) }
      declare(name, parent: parent, fork: fork, kind: kind)
    }
    return try branch(name)
  }

  /// The branches that there are, in the order of their names.
  public var branchNames: [String] { branches.values.filter { !$0.isHidden }.map(\.name).sorted() }

  /// What is known of a branch.
  public func branch(_ name: String) throws(TimelineError) -> Branch {
    let known = try require(name)
    return Branch(
      name: name, parent: known.parent, fork: known.fork, kind: known.kind, end: known.end, transactions: known.positions.count,
      reads: reads.count { $0.branch == name }, waitsFor: known.fork > end(of: known.parent) ? known.fork : nil)
  }

  /// Adds a branch's own writes, if they are in order and it may be written to.
  public mutating func write(_ writes: TransactionBatch, to branch: String) throws(TimelineError) {
    let known = try require(branch)
    if known.kind == .snapshot { throw .readOnly(branch: branch) }
    guard let first = writes.first else { return }
    guard first > known.end else { throw .outOfOrder(branch: branch, first, expectedAfter: known.end) }
    append(writes, branch: branch)
  }

  /// Takes a branch back to a position of its own timeline: what it wrote later never happened, and what it asked after that is forgotten.
  @discardableResult
  public mutating func reset(_ name: String, to position: Position) throws(TimelineError) -> Removal {
    var branch = try require(name)
    let children = branches.values.filter { $0.parent == name && $0.fork > position }.map(\.name).sorted()
    guard children.isEmpty else { throw .inUse(branch: name, by: children) }
    let before = branch.positions.count
    let kept = branch.count(at: position)
    // By how much of the branch they saw: what stands at a later position may be something else next time.
    let forgotten = removeReads { $0.branch == name && branch.count(at: $0.place) > kept }
    fixReads(of: name, branch)
    branch.reset(to: position)
    branches[name] = branch
    return Removal(branch: name, transactions: before - kept, reads: forgotten, settled: [], isHidden: false)
  }

  /// Deletes a branch with its reads. One that others left is kept, hidden, until they are gone.
  ///
  /// What becomes of the reads `keeping` says.
  ///
  /// - Parameter clock: now, in microseconds from 2000-01-01 UTC; if left out, when main's last transaction was committed.
  @discardableResult
  public mutating func delete(_ name: String, at clock: Int64? = nil) throws(TimelineError) -> Removal {
    var branch = try require(name)
    let now = clock ?? ledger.commitTime(at: ledger.end) ?? 0
    let settled = keeping.whenBranchEnds == .settle ? settleReads(of: name, nil, at: now).map(\.read) : []
    let forgotten = removeReads { $0.branch == name }
    branch.isHidden = true
    branches[name] = branch
    let isHidden = hasChildren(name)
    // A hidden parent whose last child this was goes too.
    var next: String? = name
    while let gone = next, branches[gone]?.isHidden == true, !hasChildren(gone) {
      next = branches.removeValue(forKey: gone)?.parent
    }
    return Removal(
      branch: name, transactions: branch.positions.count, reads: forgotten, settled: settled, isHidden: isHidden)
  }

  /// Deletes the temporary branches whose time has come.
  @discardableResult
  public mutating func expire(at clock: Int64) -> [Removal] {
    let expired = branches.values.filter { branch in
      if case .temporary(let until) = branch.kind { !branch.isHidden && until <= clock } else { false }
    }
    return expired.map(\.name).sorted().compactMap { try? delete($0, at: clock) }
  }
}

extension VerdictEngine {
  @discardableResult
  func require(_ name: String) throws(TimelineError) -> BranchTimeline {
    guard let branch = branches[name], !branch.isHidden else { throw .unknownBranch(name) }
    return branch
  }

  private func hasChildren(_ name: String) -> Bool { branches.values.contains { $0.parent == name } }

  /// The present of main, or of a branch.
  func end(of timeline: String?) -> Position { timeline.map { branches[$0]?.end ?? .start } ?? ledger.end }

  private func resolve(_ point: ForkPoint, on parent: String?) throws(TimelineError) -> Position {
    switch point {
    case .at(let position): return position
    case .present: return end(of: parent)
    case .committed(let time):
      let transactions = parent.map { branches[$0]!.transactions(after: .start) } ?? ledger.transactions(after: .start)
      return try Self.position(at: time, in: transactions, present: end(of: parent))
    }
  }

  /// The last position before the first transaction that was committed later, as the store has it too.
  private static func position(
    at time: Int64, in headers: [(position: Position, committedAt: Int64?)], present: Position
  ) throws(TimelineError) -> Position {
    let first = headers.lazy.compactMap(\.committedAt).first
    // Of what was before the first time nobody knows whether it was there at that moment.
    guard let first, first <= time else { throw .beforeKnownTime(time, first: first) }
    guard let later = headers.firstIndex(where: { $0.committedAt.map { $0 > time } ?? false }) else { return present }
    return headers[later - 1].position
  }
}
