import Relations

/// Some of what changed in a table on balance: rows with weights, side by side.
public struct NetBlock: Sendable {
  public let table: TableID
  /// −1 for a row as it was, +1 for one as it is; in a table without a key, by how many it became more or fewer.
  public let changes: ZSet
  /// What each row is. An update is two neighbours, the old row first.
  public let kinds: [TableChanges.Kind]
  /// The first and the last transaction that touched the row's key.
  public let first: [Position]
  public let last: [Position]
  /// Per column, set where the log does not tell the value; nil where it tells all.
  public let absent: [Bitmap?]
  /// The key of each row, in the key encoding; in a table without a key, empty.
  public let keys: EncodedRows
}

/// Collects a block.
struct NetBlockBuilder {
  private let table: TableID
  private let types: [SQLType]
  private let isKeyed: Bool
  private var rows: [UInt8] = []
  private var ends: [Int] = []
  private var keys: [UInt8] = []
  private var keyEnds: [Int] = []
  private var weights: [Int64] = []
  private var kinds: [TableChanges.Kind] = []
  private var first: [Position] = []
  private var last: [Position] = []
  private var holes: [(row: Int, columns: [UInt8])] = []

  init(_ table: TableID, _ shape: TableShape) {
    self.table = table
    types = shape.types
    isKeyed = shape.key != nil
    rows.reserveCapacity(1 << 18)
  }

  static let fullCount = 16_384
  private static let fullBytes = 16 << 20

  var count: Int { ends.count }
  var isFull: Bool { ends.count >= Self.fullCount || rows.count >= Self.fullBytes }

  mutating func add(_ version: Version) {
    if version.flags.contains(.weighted) {
      let hasHoles = version.key[0] != 0
      let start = hasHoles ? 1 + (types.count + 7) / 8 : 1
      let row = StoredRow(
        holes: UnsafeRawBufferPointer(rebasing: version.key[1..<start]),
        row: UnsafeRawBufferPointer(rebasing: version.key[start...]))
      return add(row, version, version.weight > 0 ? .insert : .delete, version.weight)
    }
    let isUpdate = version.flags.isSuperset(of: [.before, .after])
    if version.flags.contains(.before) { add(version.before, version, isUpdate ? .before : .delete, -1) }
    if version.flags.contains(.after) { add(version.after, version, isUpdate ? .after : .insert, 1) }
  }

  private mutating func add(_ row: StoredRow, _ version: Version, _ kind: TableChanges.Kind, _ weight: Int64) {
    if !row.holes.isEmpty { holes.append((ends.count, Array(row.holes))) }
    rows.append(contentsOf: row.row)
    ends.append(rows.count)
    if isKeyed { keys.append(contentsOf: version.key) }
    keyEnds.append(keys.count)
    weights.append(weight)
    kinds.append(kind)
    first.append(Position(version.first))
    last.append(Position(version.last))
  }

  consuming func finish() throws(StoreError) -> NetBlock {
    do throws(EncodingError) {
      let batch = try RowEncoding(types).decode(EncodedRows(rows, ends: ends))
      let absent = types.indices.map { column -> Bitmap? in
        guard holes.contains(where: { $0.columns.hasHole(column) }) else { return nil }
        var bitmap = Bitmap(repeating: false, count: ends.count)
        for hole in holes where hole.columns.hasHole(column) { bitmap[hole.row] = true }
        return bitmap
      }
      return NetBlock(
        table: table, changes: ZSet(batch, weights: weights), kinds: kinds, first: first, last: last, absent: absent,
        keys: EncodedRows(keys, ends: keyEnds))
    } catch {
      throw .corrupt("a row in the ledger", why: error.description)
    }
  }
}
