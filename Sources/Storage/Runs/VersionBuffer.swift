import Relations

/// A version with bytes of its own, to which later versions of its key are added. One is used for all keys of a merge.
struct VersionBuffer {
  private var key: [UInt8] = []
  private(set) var first: UInt64 = 0
  private(set) var last: UInt64 = 0
  private var flags = VersionFlags()
  private var before = RowBuffer()
  private var after = RowBuffer()
  private var weight: Int64 = 0

  struct RowBuffer: Sendable {
    var holes: [UInt8] = []
    var row: [UInt8] = []

    mutating func set(_ stored: StoredRow) {
      holes.removeAll(keepingCapacity: true)
      holes.append(contentsOf: stored.holes)
      row.removeAll(keepingCapacity: true)
      row.append(contentsOf: stored.row)
    }
  }

  mutating func set(_ version: Version) {
    key.removeAll(keepingCapacity: true)
    key.append(contentsOf: version.key)
    first = version.first
    last = version.last
    flags = version.flags
    weight = version.weight
    if flags.contains(.before) { before.set(version.before) }
    if flags.contains(.after) { after.set(version.after) }
  }

  init() {}

  init(_ version: Version) { set(version) }

  @inline(__always)
  func hasKey(_ other: UnsafeRawBufferPointer) -> Bool { key.withUnsafeBytes { $0.compare(other) == 0 } }

  /// Adds what happened next.
  mutating func add(_ version: Version, _ types: [SQLType]) throws(StoreError) {
    last = max(last, version.last)
    if flags.contains(.weighted) {
      weight += version.weight
      return
    }
    var next = VersionFlags()
    if version.flags.contains(.after) {
      next.insert(.after)
      if version.flags.contains(.afterHoles) {
        // What an update does not tell, it has not changed.
        let filled =
          flags.contains(.after) ? try RowFilling.fill(version.after, from: after, types) : RowBuffer(copying: version.after)
        after = filled
        if !filled.holes.isEmpty { next.insert(.afterHoles) }
      } else {
        after.set(version.after)
      }
    }
    flags = flags.intersection([.before, .beforeHoles]).union(next)
  }

  /// Takes from an earlier state of the row what is not known of its two ends.
  mutating func fill(from known: RowBuffer, _ types: [SQLType]) throws(StoreError) {
    if flags.contains(.beforeHoles) {
      before = try before.lend { before throws(StoreError) in try RowFilling.fill(before, from: known, types) }
      if before.holes.isEmpty { flags.remove(.beforeHoles) }
    }
    if flags.contains(.afterHoles) {
      after = try after.lend { after throws(StoreError) in try RowFilling.fill(after, from: before, types) }
      if after.holes.isEmpty { flags.remove(.afterHoles) }
    }
  }

  /// Makes it what takes it back.
  mutating func reverse() {
    weight = -weight
    swap(&before, &after)
    var turned = flags.intersection(.weighted)
    for (from, to) in [(VersionFlags.before, .after), (.after, .before), (.beforeHoles, .afterHoles), (.afterHoles, .beforeHoles)]
      as [(VersionFlags, VersionFlags)]
    where flags.contains(from) { turned.insert(to) }
    flags = turned
  }

  var ownKey: [UInt8] { key }

  /// Whether the log leaves out some of its rows.
  var hasHoles: Bool { !flags.isDisjoint(with: [.beforeHoles, .afterHoles]) }

  func compareKey(with other: VersionBuffer) -> Int { key.compare(other.key) }

  /// The row after, if there is one.
  var rowAfter: RowBuffer? { flags.contains(.after) ? after : nil }
  var rowBefore: RowBuffer? { flags.contains(.before) ? before : nil }

  @inline(__always)
  var isNothing: Bool {
    if flags.contains(.weighted) { return weight == 0 }
    if flags.isDisjoint(with: [.before, .after]) { return true }
    return flags == [.before, .after] && before.row == after.row
  }

  func withVersion<Result>(_ body: (Version) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try key.lend { key throws(StoreError) in
      try before.lend { before throws(StoreError) in
        try after.lend { after throws(StoreError) in
          try body(Version(key: key, first: first, last: last, flags: flags, before: before, after: after, weight: weight))
        }
      }
    }
  }
}

extension VersionBuffer.RowBuffer {
  init(copying stored: StoredRow) {
    self.init()
    set(stored)
  }

  func lend<Result>(_ body: (StoredRow) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try holes.lend { holes throws(StoreError) in
      try row.lend { row throws(StoreError) in try body(StoredRow(holes: holes, row: row)) }
    }
  }
}

/// Rows of which not all columns are known, which are rare.
enum RowFilling {
  /// Takes from an earlier state of the row what is not known of it.
  static func fill(
    _ stored: StoredRow, from other: VersionBuffer.RowBuffer, _ types: [SQLType]
  ) throws(StoreError) -> VersionBuffer.RowBuffer {
    do throws(EncodingError) {
      let encoding = RowEncoding(types)
      var row = try encoding.decode(Array(stored.row))
      let rest = try encoding.decode(other.row)
      var holes = Array(stored.holes)
      for column in types.indices where holes.hasHole(column) && !other.holes.hasHole(column) {
        row[column] = rest[column]
        holes[column / 8] &= ~(1 << UInt8(column % 8))
      }
      return VersionBuffer.RowBuffer(holes: holes.allSatisfy { $0 == 0 } ? [] : holes, row: encoding.encode(row))
    } catch {
      throw .corrupt("a row in the ledger", why: error.description)
    }
  }
}

extension [UInt8] {
  /// Whether a bitmap of holes, empty if there are none, has a column.
  func hasHole(_ column: Int) -> Bool { !isEmpty && self[column / 8] >> UInt8(column % 8) & 1 != 0 }
}
