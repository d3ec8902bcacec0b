import Relations

/// Where the keys themselves are kept that a summary has only hashes of: on disk, behind whoever implements this.
public protocol KeyArchive {
  /// Keeps the keys of a segment.
  mutating func keep(_ keys: KeyRun, as segment: UInt32) throws
  /// Gives back what was kept.
  func keys(of segment: UInt32) throws -> KeyRun
  /// Forgets a segment whose keys are in another one now.
  mutating func drop(_ segment: UInt32) throws
  /// Which of some keys are among those of a segment.
  func contains(_ keys: KeyRun, in segment: UInt32) throws -> Bitmap
}

/// Keys in memory, for tests and small summaries.
public struct MemoryKeyArchive: KeyArchive, Sendable {
  private var runs: [UInt32: KeyRun] = [:]

  public init() {}

  public mutating func keep(_ keys: KeyRun, as segment: UInt32) { runs[segment] = keys }
  public func keys(of segment: UInt32) -> KeyRun { runs[segment] ?? .integers([]) }
  public mutating func drop(_ segment: UInt32) { runs[segment] = nil }

  public func contains(_ keys: KeyRun, in segment: UInt32) -> Bitmap {
    switch (keys, self.keys(of: segment)) {
    case (.integers(let asked), .integers(let kept)):
      let kept = Set(kept)
      return Bitmap(count: asked.count) { kept.contains(asked[$0]) }
    case (.encoded(let asked), .encoded(let kept)):
      let kept = Set((0..<kept.count).map { Array(kept[$0]) })
      return Bitmap(count: asked.count) { kept.contains(Array(asked[$0])) }
    default: return Bitmap(repeating: false, count: keys.count)
    }
  }
}
