import Relations

/// What the ledger has of one table: its eras, and the runs in which its versions are.
struct TableState: Sendable {
  /// In the order of the timeline; there is one at least.
  var eras: [Era]
  /// In the order of the timeline.
  var runs: [Run] = []
  /// The rows of the table at one position, if they were loaded.
  var base: BaseState?

  init(_ shape: TableShape) { eras = [Era(number: 0, opening: .first, position: 0, shape: shape)] }
  init(eras: [Era], runs: [Run], base: BaseState?) {
    self.eras = eras
    self.runs = runs
    self.base = base
  }

  var era: Era { eras[eras.count - 1] }
}

/// A table's rows at one position, in runs like all others: each row is a version that begins there.
struct BaseState: Sendable {
  /// Of the era that the base was loaded in.
  var era: UInt32
  var position: UInt64
  /// One when it is complete. They do not overlap in rows.
  var runs: [Run]
  var isComplete: Bool
  /// How many rows have been loaded and are durable: loading goes on behind them.
  var rows: Int
}

// MARK: - Adding

extension TableState {
  /// Adds what a batch did. Its versions are of transactions after one position and up to another.
  mutating func add(_ changed: BatchPieces.Changed, after: UInt64, through: UInt64, nextRun: inout UInt64) {
    if changed.shape != era.shape { open(.shape, changed.first, changed.shape) }
    for piece in changed.pieces {
      if let (opening, position) = piece.opening { open(opening, position, changed.shape) }
      guard let blocks = piece.blocks else { continue }
      runs.append(
        Run(
          id: nextRun, era: era.number, after: after, through: through, versions: piece.versions, bytes: piece.bytes,
          blocks: blocks))
      nextRun += 1
    }
  }

  private mutating func open(_ opening: Era.Opening, _ position: UInt64, _ shape: TableShape) {
    eras.append(Era(number: era.number + 1, opening: opening, position: position, shape: shape))
  }

  /// How many runs of about one size are left side by side before they become one.
  static let fanIn = 8
  /// The same in memory, where a run more costs little and the one who waits for a merge is the writer.
  static let fanInMemory = 32

  /// The last runs, if they are so many that they should become one: those that are in memory and free, of one era.
  func mergeableInMemory() -> Range<Int>? {
    var start = runs.count
    while start > 0, runs[start - 1].blocks != nil, !runs[start - 1].isSealed, runs[start - 1].era == era.number { start -= 1 }
    return Run.mergeable(runs, start..<runs.count, fanIn: Self.fanInMemory)
  }
}

extension Run {
  /// Of neighbours those that should become one: a run joins those behind it when they have grown to its size.
  static func mergeable(_ runs: [Run], _ range: Range<Int>, fanIn: Int = TableState.fanIn) -> Range<Int>? {
    guard range.count >= fanIn else { return nil }
    var rest = runs[range].reduce(0) { $0 + $1.bytes }
    for index in range {
      rest -= runs[index].bytes
      if runs[index].bytes <= rest, range.upperBound - index >= fanIn { return index..<range.upperBound }
    }
    return range.count >= 3 * fanIn ? range.dropFirst(2) : nil
  }
}
