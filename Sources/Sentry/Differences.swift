import Relations

/// By how much what one read sees has changed since its fork.
public struct Difference: Hashable, Sendable {
  public let cell: Cell
  /// One for each of the template's sums; empty when something came that does not subtract. Then `CellRequest` tells them.
  public let sums: [SumChange]

  init(_ watched: WatchedTemplate, _ place: Int) {
    let layout = watched.layout
    (cell, sums) = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: layout.words) { words in
      let words = words.baseAddress!
      watched.difference(place, swept: false, in: words)
      let sums = watched.isSumless ? [] : watched.sums.indices.map { layout.sum($0, words) }
      return (layout.cell(words, watched.commonHash), sums)
    }
  }
}

/// The same for all reads of a template, by place.
public struct Differences: Sendable {
  /// Places of reads that were taken out say nothing.
  public let isRegistered: Bitmap
  /// Reads for which nothing has changed on balance.
  public let isZero: Bitmap
  private let layout: PayloadLayout
  private let commonHash: Fingerprint
  private let words: [UInt64]
  private let sumCount: Int
  /// In steps of 10^-scale, for each sum.
  public let scales: [Int?]

  init(_ watched: WatchedTemplate) {
    let layout = watched.layout
    let count = watched.states.count
    let isSwept = watched.shape.form == .ranged
    if isSwept { watched.tree.prefixes(into: &watched.prefixes) }
    var zeros = [UInt64](repeating: 0, count: Bitmap.words(for: count))
    var registered = zeros
    words = [UInt64](unsafeUninitializedCapacity: count * layout.words) { out, filled in
      for place in 0..<count {
        let words = out.baseAddress! + place &* layout.words
        if watched.states[place] == .free {
          layout.clear(words)
          continue
        }
        watched.difference(place, swept: isSwept, in: words)
        registered[place >> 6] |= 1 << UInt64(place & 63)
        if layout.isZero(words) { zeros[place >> 6] |= 1 << UInt64(place & 63) }
      }
      filled = count * layout.words
    }
    isRegistered = Bitmap(words: registered, count: count)
    isZero = Bitmap(words: zeros, count: count)
    self.layout = layout
    commonHash = watched.commonHash
    scales = watched.scales
    sumCount = watched.isSumless ? 0 : watched.sums.count
  }
}

extension Differences {
  /// Places, those of reads that were taken out included.
  public var count: Int { isRegistered.count }

  /// A read's cell less its baseline.
  public subscript(place: Int) -> Cell {
    words.withUnsafeBufferPointer { layout.cell($0.baseAddress! + place * layout.words, commonHash) }
  }

  /// By how much a sum has changed for a read; nil when something came that does not subtract.
  public func sum(_ sum: Int, _ place: Int) -> SumChange? {
    sum < sumCount ? words.withUnsafeBufferPointer { layout.sum(sum, $0.baseAddress! + place * layout.words) } : nil
  }
}
