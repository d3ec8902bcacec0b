extension RandomAccessCollection where Index == Int {
  /// The first index at which a condition holds that, once it holds, holds to the end; `endIndex` if it never does.
  @inlinable
  public func partitionPoint(_ holds: (Element) -> Bool) -> Int {
    var (start, count) = (startIndex, count)
    while count > 0 {
      let half = count >> 1
      (start, count) = holds(self[start + half]) ? (start, half) : (start + half + 1, count - half - 1)
    }
    return start
  }
}
