import Relations

/// What happened to one key of a table in some stretch of the timeline: the row before it and the row after it.
///
/// The unit of the ledger. One change makes one version; versions that nobody can tell apart any more are combined into one, which is
/// what net change means. In a table without a key a row is its own key, and a version is by how many it became more or fewer.
///
/// This is a view: it lends bytes of a block or of a merge, and is good until that moves on.
struct Version {
  /// In a table with a key: the key, in the key encoding. Without: `holes` and the row, in the row encoding.
  var key: UnsafeRawBufferPointer
  /// The positions of the first and the last transaction that it sums up.
  var first: UInt64
  var last: UInt64
  var flags: VersionFlags
  var before = StoredRow.none
  var after = StoredRow.none
  /// In a table without a key.
  var weight: Int64 = 0
}

/// A row in the row encoding, with the columns of which nothing is known.
struct StoredRow {
  /// A bit for each column, the first one in the lowest bit of the first byte; empty if all are known.
  var holes: UnsafeRawBufferPointer
  /// NULL lies under what is not known.
  var row: UnsafeRawBufferPointer

  static var none: StoredRow {
    StoredRow(holes: UnsafeRawBufferPointer(start: nil, count: 0), row: UnsafeRawBufferPointer(start: nil, count: 0))
  }
}

struct VersionFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  let rawValue: UInt8

  /// There was a row before.
  static let before = VersionFlags(rawValue: 1)
  /// There is a row after.
  static let after = VersionFlags(rawValue: 2)
  /// Not all columns of it are known.
  static let beforeHoles = VersionFlags(rawValue: 4)
  static let afterHoles = VersionFlags(rawValue: 8)
  /// It has a weight, and no rows.
  static let weighted = VersionFlags(rawValue: 16)
}
