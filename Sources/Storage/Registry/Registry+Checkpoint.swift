import Relations

/// What somebody who follows the ledger had in memory at a position, so that after a restart he need not begin at its beginning.
///
/// The bytes are his. They are kept in pieces, because a sentry of a million reads has a hundred megabytes; an earlier checkpoint stays until
/// a later one is there whole.
extension Registry {
  private static let checkpoint = "checkpoint"
  private static let pieceCount = 4 << 20

  private struct Checkpoint {
    var position: Position
    /// Tells its pieces from those of others.
    var generation: UInt64
    var byteCount: Int
  }

  /// Keeps a checkpoint instead of the one before. What the ledger has since is pinned until the next one.
  public func setCheckpoint(_ bytes: [UInt8], at position: Position) throws(StoreError) {
    try ledger.alone { () throws(StoreError) in
      let next = (try known()?.generation ?? 0) + 1
      // Somebody may have been killed while he was at it.
      var old = WriteBatch()
      old.deleteAll(in: Registry.pieces(next))
      if Planted.bug("a checkpoint goes before the next one is there") { old.deleteAll(in: Registry.pieces(next - 1)) }
      try ledger.commit(old, durably: true)
      for (piece, start) in stride(from: 0, to: bytes.count, by: Registry.pieceCount).enumerated() {
        let key = Registry.pieces(next).lower + StoreKey.bytes(UInt32(piece))
        let part = Array(bytes[start..<min(bytes.count, start + Registry.pieceCount)])
        var batch = WriteBatch()
        batch.put(key, StoredValue.wrap(part, form: 1, key: key))
        try ledger.commit(batch, durably: true)
      }
      var writer = ByteWriter()
      writer.write(position)
      writer.write(next)
      writer.write(bytes.count)
      var batch = WriteBatch()
      put(Registry.checkpoint, writer.bytes, to: &batch)
      batch.deleteAll(in: Registry.pieces(next - 1))
      let isMoved = !Planted.bug("the pin stays at the checkpoint before")
      try ledger.write(batch, pins: isMoved ? [Registry.checkpoint: position] : [:])
    }
  }

  /// The last checkpoint; nil if there is none.
  public func checkpoint() throws(StoreError) -> (position: Position, bytes: [UInt8])? {
    guard let known = try known() else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(known.byteCount)
    let cursor = try ledger.store.snapshot().cursor(Registry.pieces(known.generation))
    while let (key, value) = try cursor.next() {
      bytes += try StoredValue.unwrap(value, form: 1, key: key, "a piece of a checkpoint")
    }
    guard bytes.count == known.byteCount else { throw .corrupt("the checkpoint", why: "not all of its pieces are there") }
    return (known.position, bytes)
  }

  private func known() throws(StoreError) -> Checkpoint? {
    try read(Registry.checkpoint, "what is known of the checkpoint") { reader throws(ByteReader.Failure) in
      Checkpoint(position: try reader.position(), generation: try reader.number(), byteCount: try reader.int())
    }
  }

  private static func pieces(_ generation: UInt64) -> KeyRange {
    KeyRange(prefix: StoreKey.record(Kind.checkpoint, StoreKey.bytes(generation)))
  }
}
