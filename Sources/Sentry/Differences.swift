import Relations

/// By how much what one read sees has changed since its fork.
public struct Difference: Hashable, Sendable {
  public let cell: Cell
  /// One for each of the template's sums; empty when something came that does not subtract. Then `CellRequest` tells them.
  public let sums: [SumChange]

  init(_ template: RegisteredTemplate, _ place: Int) {
    (cell, sums) = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: template.layout.words) { words in
      let words = words.baseAddress!
      template.difference(place, swept: false, in: words)
      return Self.parts(of: words, template)
    }
  }

  init(cell: Cell, sums: [SumChange]) {
    self.cell = cell
    self.sums = sums
  }

  static func parts(of words: Words, _ template: RegisteredTemplate) -> (Cell, [SumChange]) {
    let sums = template.isSumless ? [] : template.sums.indices.map { template.layout.sum($0, words) }
    return (template.layout.cell(words, template.commonHash), sums)
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

  init(_ template: RegisteredTemplate) {
    let layout = template.layout
    let count = template.placeCount
    template.sweep()
    var zeros = [UInt64](repeating: 0, count: Bitmap.words(for: count))
    var registered = zeros
    words = [UInt64](unsafeUninitializedCapacity: count * layout.words) { out, filled in
      for place in 0..<count {
        let words = out.baseAddress! + place &* layout.words
        if !template.isRegistered(place) {
          layout.clear(words)
          continue
        }
        template.difference(place, swept: true, in: words)
        registered[place >> 6] |= 1 << UInt64(place & 63)
        if layout.isZero(words) { zeros[place >> 6] |= 1 << UInt64(place & 63) }
      }
      filled = count * layout.words
    }
    isRegistered = Bitmap(words: registered, count: count)
    isZero = Bitmap(words: zeros, count: count)
    self.layout = layout
    commonHash = template.commonHash
    scales = template.scales
    sumCount = template.isSumless ? 0 : template.sums.count
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

extension Difference {
  /// What changes come to that are told apart.
  public static func + (a: Difference, b: Difference) -> Difference {
    Difference(cell: a.cell + b.cell, sums: a.sums.count == b.sums.count ? zip(a.sums, b.sums).map { $0 + $1 } : [])
  }

  public static func - (a: Difference, b: Difference) -> Difference {
    Difference(cell: a.cell - b.cell, sums: a.sums.count == b.sums.count ? zip(a.sums, b.sums).map { $0 - $1 } : [])
  }
}
