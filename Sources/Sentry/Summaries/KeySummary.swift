import Relations

/// Keys of rows that somebody asked for, in about twelve bits each: says of every key that was asked for that it was, and of one in a
/// thousand others, all segments together.
///
/// Keys stream in over weeks. The latest are kept exactly; enough of them are sealed into a segment, whose keys an archive keeps, to
/// confirm what the summary says and to make larger segments of smaller ones. Integers that lie near each other are bitmaps, and exact.
///
///     latest: a set of hashes │ segments: 2²² keys, 11 bits · 2¹⁹ keys, 12 bits │ bitmaps
///
/// Each segment is eight times larger than the next one and has a bit less a fingerprint: the chances of all to be wrong add up to less
/// than 2⁻¹⁰.
public struct KeySummary: Sendable {
  private let hashing: KeyHashes
  private let secret: FingerprintKey
  /// Largest first.
  private var segments: [Segment] = []
  private var nextSegment: UInt32 = 0
  private var dense = DenseIntegers()

  private var latest = HashSet()
  private var latestIntegers: [Int64] = []
  private var latestEncoded = EncodedRows()

  /// How many of the latest keys are sealed.
  public let sealing: Int

  private struct Segment: Sendable {
    let number: UInt32
    let filter: FuseFilter
  }

  private static var fewestBits: Int { 11 }
  private static var growth: Int { 8 }

  /// - Parameters:
  ///   - secret: of the store.
  ///   - sealing: how many of the latest keys are sealed. Small segments take more bits a key.
  public init(secret: FingerprintKey, sealing: Int = 1 << 19) {
    self.secret = secret
    hashing = KeyHashes(secret)
    self.sealing = sealing
  }
}

// MARK: - Putting in

extension KeySummary {
  /// Keys that somebody asked for: a column for each of the key, always of the same types.
  public mutating func insert(_ keys: Batch, _ archive: inout some KeyArchive) throws {
    let run = KeyRun(keys)
    let hashes = run.hashes(hashing)
    for row in 0..<run.count {
      if case .integers(let integers) = run, dense.has(DenseIntegers.stretch(integers[row])) {
        dense.insert(integers[row])
        continue
      }
      guard latest.insert(hashes[row]) else { continue }
      switch run {
      case .integers(let integers): latestIntegers.append(integers[row])
      case .encoded(let rows): latestEncoded.append(rows[row])
      }
      if latest.count >= sealing { try seal(&archive) }
    }
  }

  /// Seals the latest keys.
  public mutating func seal(_ archive: inout some KeyArchive) throws {
    try sealRun(.encoded(latestEncoded), &archive)
    latestEncoded = EncodedRows()
    latestIntegers.sort()
    var sparse: [Int64] = []
    var start = 0
    while start < latestIntegers.count {
      let stretch = DenseIntegers.stretch(latestIntegers[start])
      var end = start
      while end < latestIntegers.count && DenseIntegers.stretch(latestIntegers[end]) == stretch { end += 1 }
      if end - start >= DenseIntegers.enough || dense.has(stretch) {
        for integer in latestIntegers[start..<end] { dense.insert(integer) }
      } else {
        sparse += latestIntegers[start..<end]
      }
      start = end
    }
    try sealRun(.integers(sparse), &archive)
    latestIntegers = []
    latest = HashSet()
  }

  /// Makes one segment of keys and of all segments that are not much larger.
  private mutating func sealRun(_ run: KeyRun, _ archive: inout some KeyArchive) throws {
    if run.count == 0 { return }
    var (run, merged) = (run, 0)
    while let last = segments.dropLast(merged).last, last.filter.count < Self.growth * run.count {
      let kept = try archive.keys(of: last.number)
      // Two kinds of keys in one summary: a table whose key changed its type. Nothing is lost, and nothing merged.
      guard let both = run.joined(kept) else { break }
      run = both
      merged += 1
    }
    let rank = segments.count - merged
    let filter = FuseFilter(run.hashes(hashing), bits: min(16, Self.fewestBits + rank))
    try archive.keep(run, as: nextSegment)
    for old in segments.suffix(merged) { try archive.drop(old.number) }
    segments.removeLast(Planted.bug("a merged segment goes, and the one before") ? min(segments.count, merged + 1) : merged)
    segments.append(Segment(number: nextSegment, filter: filter))
    nextSegment += 1
  }
}

extension KeyRun {
  /// Both behind each other; nil if they are kept in two ways.
  fileprivate func joined(_ other: KeyRun) -> KeyRun? {
    switch (self, other) {
    case (.integers(let a), .integers(let b)): return .integers(a + b)
    case (.encoded(var a), .encoded(let b)):
      for row in 0..<b.count { a.append(b[row]) }
      return .encoded(a)
    default: return nil
    }
  }
}

// MARK: - Asking

extension KeySummary {
  /// Which keys may have been asked for: all that were, and few others.
  public func mayContain(_ keys: Batch) -> Bitmap { mayContain(KeyRun(keys)) }

  private func mayContain(_ run: KeyRun) -> Bitmap {
    let count = run.count
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { found in
      found.initialize(repeating: 0)
      run.hashes(hashing).withUnsafeBufferPointer { hashes in
        for segment in segments { segment.filter.mark(hashes, found.baseAddress!) }
        if latest.count > 0 { for row in 0..<count where latest.contains(hashes[row]) { found[row] = 1 } }
      }
      if case .integers(let integers) = run { integers.withUnsafeBufferPointer { dense.mark($0, found.baseAddress!) } }
      return Bitmap(count: count) { found[$0] != 0 }
    }
  }

  /// Which keys have been asked for: what the summary says, confirmed by the archive. The latest keys are known by 64-bit hashes.
  public func contains(_ keys: Batch, _ archive: some KeyArchive) throws -> Bitmap {
    let possible = mayContain(keys).trueRows
    let run = KeyRun(keys.picking(possible))
    var sure = Bitmap(repeating: false, count: possible.count)
    for segment in segments { sure = sure | (try archive.contains(run, in: segment.number)) }
    let hashes = run.hashes(hashing)
    for row in 0..<possible.count where latest.contains(hashes[row]) { sure[row] = true }
    if case .integers(let integers) = run {
      var found = [UInt8](repeating: 0, count: integers.count)
      integers.withUnsafeBufferPointer { integers in found.withUnsafeMutableBufferPointer { dense.mark(integers, $0.baseAddress!) }
      }
      for row in found.indices where found[row] != 0 { sure[row] = true }
    }
    var all = Bitmap(repeating: false, count: keys.count)
    for row in sure.trueRows { all[Int(possible[Int(row)])] = true }
    return all
  }

  /// Keys in it. One that was put in a segment twice counts once, in two segments twice.
  public var count: Int { segments.reduce(latest.count + dense.count) { $0 + $1.filter.count } }
  /// What segments and bitmaps take; the latest keys take some more.
  public var sealedBytes: Int { segments.reduce(dense.byteCount) { $0 + $1.filter.byteCount } }
  public var segmentCount: Int { segments.count }
}

// MARK: - Writing down and reading back

extension KeySummary {
  private static let magic = Array("premise rowkeys\n".utf8)
  private static let version: UInt32 = 1

  /// Everything but the archive.
  public var checkpoint: [UInt8] {
    var body = CheckpointWriter()
    body.write(sealing)
    body.write(nextSegment)
    body.write(all: segments) { writer, segment in
      writer.write(segment.number)
      segment.filter.write(to: &writer)
    }
    dense.write(to: &body)
    body.write(latestIntegers)
    body.write(all: (0..<latestEncoded.count).map { $0 }) { $0.write(Array(latestEncoded[$1])) }
    return body.sealed(Self.magic, Self.version, secret)
  }

  public init(checkpoint bytes: [UInt8], secret: FingerprintKey) throws(CheckpointError) {
    var body = try CheckpointReader(sealed: bytes, Self.magic, Self.version, secret)
    self.init(secret: secret, sealing: try body.readCount())
    nextSegment = try body.read()
    segments = try body.readAll { reader throws(CheckpointError) in
      Segment(number: try reader.read(), filter: try FuseFilter(from: &reader))
    }
    dense = try DenseIntegers(from: &body)
    latestIntegers = try body.readNumbers()
    for key in try body.readAll({ reader throws(CheckpointError) in try reader.readBytes() }) { latestEncoded.append(key) }
    for run in [KeyRun.integers(latestIntegers), .encoded(latestEncoded)] {
      for hash in run.hashes(hashing) { _ = latest.insert(hash) }
    }
    guard body.isAtEnd else { throw .corrupt }
  }
}
