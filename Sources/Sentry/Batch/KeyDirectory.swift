/// Where in an ascending run of keys to begin to look for one, for many runs behind each other.
///
/// A run's keys are cut into equal parts of their span, about four keys each if they are spread evenly, and it is kept where each
/// part begins: one look instead of a dozen of a binary search, each of which waits for memory. What is left of the search is
/// binary, so that keys that are not spread evenly cost no more than they would without.
struct KeyDirectory {
  private var runs: [Run] = []
  private var starts: [Int32] = []

  private struct Run: BitwiseCopyable {
    var least: UInt64
    var greatest: UInt64
    /// How many low bits of a key's distance from the least do not count; 64 for a run that is too short to be cut.
    var shift: UInt64
    /// Of the run's first part, among `starts`.
    var first: Int
  }

  private static var few: Int { 16 }
  private static var perPart: Int { 4 }

  /// - Parameter ranges: where each run lies.
  init(_ keys: [UInt64], _ ranges: some Sequence<Range<Int>>) {
    keys.withUnsafeBufferPointer { keys in
      for range in ranges { add(keys, range) }
    }
  }

  private mutating func add(_ keys: UnsafeBufferPointer<UInt64>, _ range: Range<Int>) {
    guard range.count > Self.few, keys[range.lowerBound] < keys[range.upperBound - 1] else {
      runs.append(Run(least: 0, greatest: 0, shift: 64, first: 0))
      return
    }
    let (least, greatest) = (keys[range.lowerBound], keys[range.upperBound - 1])
    let span = greatest - least
    let wanted = UInt64(range.count / Self.perPart)
    let shift = UInt64(max(0, wanted.leadingZeroBitCount - span.leadingZeroBitCount))
    let parts = Int(span >> shift) + 1
    runs.append(Run(least: least, greatest: greatest, shift: shift, first: starts.count))
    var place = range.lowerBound
    for part in 0..<parts {
      while place < range.upperBound && Int((keys[place] &- least) >> shift) < part { place &+= 1 }
      starts.append(Int32(place))
    }
    starts.append(Int32(range.upperBound))
  }

  /// Part of a run in which the first place lies whose key is not less; or just behind it.
  @inline(__always)
  func part(_ run: Int, _ range: Range<Int>, for key: UInt64) -> Range<Int> {
    let known = runs[run]
    if known.shift == 64 { return range }
    if key <= known.least { return range.lowerBound..<range.lowerBound }
    if key > known.greatest { return range.upperBound..<range.upperBound }
    let part = known.first &+ Int((key &- known.least) >> known.shift)
    return Int(starts[part])..<Int(starts[part &+ 1])
  }
}
