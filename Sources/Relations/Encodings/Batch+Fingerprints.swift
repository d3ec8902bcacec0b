/// Keyed hashes of rows, by representation: what makes a footprint's fingerprint a proof.
///
/// A block of rows is encoded into the first-level cache and hashed there, two rows side by side; nothing is stored but the
/// outcome.
extension Batch {
  /// The hash of each row of a projection: of the given rows, or all, with the given columns, or all.
  public func fingerprints(of rows: [Int32]? = nil, columns: [Int]? = nil, key: FingerprintKey) -> [Fingerprint] {
    [Fingerprint](unsafeUninitializedCapacity: rows?.count ?? count) { out, filled in
      forEachFingerprint(of: rows, columns, key) { index, _, fingerprint in
        out.initializeElement(at: index, to: fingerprint)
      }
      filled = rows?.count ?? count
    }
  }

  /// Adds weight × hash of each row to a cell.
  ///
  /// - Parameter weights: one per row of the batch, also where only some rows are added.
  public func addFingerprints(
    of rows: [Int32]? = nil, columns: [Int]? = nil, weights: [Int64], key: FingerprintKey, to cell: inout Fingerprint
  ) {
    precondition(weights.count == count, "a row has a weight")
    var sum = Fingerprint.zero
    weights.withUnsafeBufferPointer { weights in
      forEachFingerprint(of: rows, columns, key) { _, row, fingerprint in sum += fingerprint * weights[row] }
    }
    cell += sum
  }

  @inline(__always)
  private func forEachFingerprint(
    of rows: [Int32]?, _ columns: [Int]?, _ key: FingerprintKey, _ body: (_ index: Int, _ row: Int, Fingerprint) -> Void
  ) {
    let fields = (columns ?? Array(self.columns.indices)).map { RowField(column: self.columns[$0]) }
    forEachBlock(of: rows, fields) { block, start, row in
      var i = 0
      while i &+ 1 < block.count {
        let (x, y) = SipHash.hash(block.start(i), block.length(i), block.start(i &+ 1), block.length(i &+ 1), key)
        body(start &+ i, row(i), x)
        body(start &+ i &+ 1, row(i &+ 1), y)
        i &+= 2
      }
      if i < block.count { body(start &+ i, row(i), SipHash.hash(block.start(i), block.length(i), key)) }
    }
  }
}

extension FingerprintKey {
  /// The hash of a row that has been encoded.
  public func fingerprint(of row: [UInt8]) -> Fingerprint { row.withUnsafeBytes { SipHash.hash($0, self) } }

  /// The hash of bytes wherever they lie.
  public func fingerprint(of bytes: UnsafeRawBufferPointer) -> Fingerprint { SipHash.hash(bytes, self) }
}
