import Relations

/// What is added up, as machine words: a cell without what all its rows share, and the sums that ride along.
///
///     count · values of each sum │ fingerprint, unless nothing is projected · total of each sum, low word first
///     └──── 64 bits each ────────┘ └──────────────────── 128 bits each ─────────────────────────────────────┘
struct PayloadLayout: Sendable, Equatable {
  let hasFingerprint: Bool
  let sums: Int
  /// Numbers of one word, and numbers of two behind them.
  let singles: Int
  let pairs: Int

  init(hasFingerprint: Bool, sums: Int) {
    self.hasFingerprint = hasFingerprint
    self.sums = sums
    singles = 1 + sums
    pairs = (hasFingerprint ? 1 : 0) + sums
  }

  @inline(__always)
  var words: Int { singles &+ 2 &* pairs }
}

typealias Words = UnsafeMutablePointer<UInt64>

extension PayloadLayout {
  @inline(__always)
  func add(_ source: UnsafePointer<UInt64>, to target: Words) {
    target[0] &+= source[0]
    if pairs == 0 { return }
    for index in 1..<singles { target[index] &+= source[index] }
    var place = singles
    while place < words {
      let (low, carry) = target[place].addingReportingOverflow(source[place])
      target[place] = low
      target[place &+ 1] = target[place &+ 1] &+ source[place &+ 1] &+ (carry && !Planted.bug("a carry is lost") ? 1 : 0)
      place &+= 2
    }
  }

  @inline(__always)
  func subtract(_ source: UnsafePointer<UInt64>, from target: Words) {
    target[0] &-= source[0]
    if pairs == 0 { return }
    for index in 1..<singles { target[index] &-= source[index] }
    var place = singles
    while place < words {
      let (low, borrow) = target[place].subtractingReportingOverflow(source[place])
      target[place] = low
      target[place &+ 1] = target[place &+ 1] &- source[place &+ 1] &- (borrow ? 1 : 0)
      place &+= 2
    }
  }

  @inline(__always)
  func clear(_ target: Words) { target.update(repeating: 0, count: words) }

  @inline(__always)
  func put(count: Int64, in target: Words) { target[0] = UInt64(bitPattern: count) }

  @inline(__always)
  func put(_ fingerprint: Fingerprint, in target: Words) {
    target[singles] = fingerprint.low
    target[singles &+ 1] = fingerprint.high
  }

  @inline(__always)
  func put(sum: Int, total: Int128, values: Int64, in target: Words) {
    target[1 &+ sum] = UInt64(bitPattern: values)
    let place = totalPlace(sum)
    target[place] = UInt64(truncatingIfNeeded: total)
    target[place &+ 1] = UInt64(truncatingIfNeeded: total &>> 64)
  }

  @inline(__always)
  private func totalPlace(_ sum: Int) -> Int { singles &+ 2 &* (sum &+ (hasFingerprint ? 1 : 0)) }
}

// MARK: - Reading

extension PayloadLayout {
  /// - Parameter commonHash: the hash of every row, where the payload has no fingerprint.
  @inline(__always)
  func cell(_ words: UnsafePointer<UInt64>, _ commonHash: Fingerprint) -> Cell {
    let count = Int64(bitPattern: words[0])
    return Cell(
      count: count,
      fingerprint: hasFingerprint ? Fingerprint(low: words[singles], high: words[singles &+ 1]) : commonHash * count)
  }

  func sum(_ sum: Int, _ words: UnsafePointer<UInt64>) -> SumChange {
    var change = SumChange()
    change.values = Int64(bitPattern: words[1 + sum])
    let place = totalPlace(sum)
    change.total = Int128(truncatingIfNeeded: UInt128(words[place]) | UInt128(words[place + 1]) << 64)
    return change
  }

  /// Whether nothing has changed that the fingerprint or the count sees.
  @inline(__always)
  func isZero(_ words: UnsafePointer<UInt64>) -> Bool {
    hasFingerprint ? words[0] | words[singles] | words[singles &+ 1] == 0 : words[0] == 0
  }
}
