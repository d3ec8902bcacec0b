import Relations

/// A row of a table, as far as it is known.
public enum KnownRow: Sendable {
  case row(RowImage)
  /// There was none.
  case absent
  /// Nothing tells: the row has not changed since, and the table's rows were not loaded.
  case unknown
}

/// What became of one key between two positions.
public struct KeyChange: Sendable {
  /// nil where there was no row.
  public let before: RowImage?
  public let after: RowImage?
  /// The first and the last transaction that touched it.
  public let first: Position
  public let last: Position
}

enum StoredState {
  case row(VersionBuffer.RowBuffer)
  case absent
  case unknown
}

extension LedgerReader {
  /// What became of a key of a table, on balance, in the last era before `until`; nil if nothing did.
  ///
  /// - Parameter key: in the key encoding.
  /// - Precondition: the table has a key.
  public func change(of key: [UInt8], in table: TableID, since: Position, until: Position? = nil) throws(StoreError) -> KeyChange? {
    try require(since)
    if let until { try require(until) }
    let until = (until ?? end).number
    guard let table = state.tables[table] else { return nil }
    let era = table.era(at: until)
    let window = RunCursor.Window(after: since.number, through: until, key: key)
    guard let found = try version(of: key, table, era, window) else { return nil }
    var change: KeyChange?
    try found.withVersion { version throws(StoreError) in
      try withFilledAlways(version, of: table, era, since: since.number) { version throws(StoreError) in
        change = KeyChange(
          before: version.flags.contains(.before) ? try version.before.image(era.shape.types) : nil,
          after: version.flags.contains(.after) ? try version.after.image(era.shape.types) : nil,
          first: Position(version.first), last: Position(version.last))
      }
    }
    return change
  }

  private func withFilledAlways(
    _ version: Version, of table: TableState, _ era: Era, since: UInt64, _ body: (Version) throws(StoreError) -> Void
  ) throws(StoreError) {
    var result: Result<Void, StoreError> = .success(())
    func call(_ version: Version) {
      do throws(StoreError) { try body(version) } catch { result = .failure(error) }
    }
    if version.flags.isDisjoint(with: [.beforeHoles, .afterHoles]) {
      call(version)
    } else {
      try withFilled(version, of: table, era, since: since) { call($0) }
    }
    try result.get()
  }

  /// The row of a key at a position.
  ///
  /// - Precondition: the table has a key.
  public func row(_ key: [UInt8], of table: TableID, at position: Position) throws(StoreError) -> KnownRow {
    try require(position)
    guard let table = state.tables[table] else { return .unknown }
    let era = table.era(at: position.number)
    switch try row(key, table, era, at: position.number) {
    case .absent: return .absent
    case .unknown: return .unknown
    case .row(let row):
      var image: RowImage?
      try row.lend { row throws(StoreError) in image = try row.image(era.shape.types) }
      return .row(image!)
    }
  }

  func row(_ key: [UInt8], _ table: TableState, _ era: Era, at position: UInt64) throws(StoreError) -> StoredState {
    let base = table.base.flatMap { $0.isComplete && $0.era == era.number ? $0 : nil }
    let floor = base.map { $0.position <= position ? $0.position : 0 } ?? 0
    let earlier = RunCursor.Window(after: floor, through: position, key: key)
    var known: VersionBuffer.RowBuffer?
    if let base { known = try self.base(base, key, era)?.rowAfter }
    if let found = try version(of: key, table, era, earlier, keepingNothing: true) {
      guard let row = found.rowAfter else { return .absent }
      guard let known, base!.position <= position, !row.holes.isEmpty else { return .row(row) }
      return .row(try row.lend { row throws(StoreError) in try RowFilling.fill(row, from: known, era.shape.types) })
    }
    if era.opening == .truncation, base == nil { return .absent }
    if let base, base.position <= position { return known.map { .row($0) } ?? .absent }
    let later = RunCursor.Window(after: position, through: base?.position ?? .max, key: key)
    if let found = try firstVersion(of: key, table, era, later) { return found.rowBefore.map { .row($0) } ?? .absent }
    if base != nil { return known.map { .row($0) } ?? .absent }
    return .unknown
  }

  private func base(_ base: BaseState, _ key: [UInt8], _ era: Era) throws(StoreError) -> VersionBuffer? {
    let window = RunCursor.Window(key: key)
    return try version(of: key, in: base.runs.map { $0.cursor(snapshot, era.shape, timeline, window) }, era, .net, true)
  }

  private func version(
    of key: [UInt8], _ table: TableState, _ era: Era, _ window: RunCursor.Window, keepingNothing: Bool = false
  ) throws(StoreError) -> VersionBuffer? {
    try version(of: key, in: cursors(table, era, window), era, .net, keepingNothing)
  }

  /// The earliest of the versions of a key, not combined with later ones.
  private func firstVersion(
    of key: [UInt8], _ table: TableState, _ era: Era, _ window: RunCursor.Window
  ) throws(StoreError) -> VersionBuffer? {
    try version(of: key, in: cursors(table, era, window), era, .whole, true)
  }

  /// - Parameter keepingNothing: whether a version that comes to nothing is one: it still tells that the row is as it was.
  private func version(
    of key: [UInt8], in cursors: [RunCursor], _ era: Era, _ policy: MergePolicy, _ keepingNothing: Bool
  ) throws(StoreError) -> VersionBuffer? {
    if cursors.isEmpty { return nil }
    let merge = RunMerge(cursors, era.shape.types, policy)
    guard try merge.advance(keepingNothing: keepingNothing) else { return nil }
    return merge.current.hasKey(key) ? merge.current : nil
  }
}

extension VersionBuffer {
  fileprivate func hasKey(_ key: [UInt8]) -> Bool { key.withUnsafeBytes { hasKey($0) } }
}

extension TableState {
  /// The era that a position is in.
  func era(at position: UInt64) -> Era { eras.last { $0.position <= position } ?? eras[0] }
}

extension StoredRow {
  /// The row, boxed.
  func image(_ types: [SQLType]) throws(StoreError) -> RowImage {
    do throws(EncodingError) {
      let values = try RowEncoding(types).decode(Array(row))
      let holes = Array(holes)
      return RowImage(types.indices.map { holes.hasHole($0) ? nil : values[$0] })
    } catch {
      throw .corrupt("a row in the ledger", why: error.description)
    }
  }
}
