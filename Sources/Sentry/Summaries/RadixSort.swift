/// Sorts many words, digit by digit from the least.
enum RadixSort {
  private static var digitBits: UInt64 { 11 }

  static func sort(_ words: inout [UInt64]) {
    if words.count < 256 { return words.sort() }
    var spare = [UInt64](repeating: 0, count: words.count)
    for shift in stride(from: 0 as UInt64, to: 64, by: UInt64.Stride(digitBits)) {
      let isMoved = words.withUnsafeMutableBufferPointer { from in
        spare.withUnsafeMutableBufferPointer { to in deal(from, to, shift) }
      }
      if isMoved { swap(&words, &spare) }
    }
  }

  /// False if all have the same digit, and nothing was done.
  private static func deal(_ from: UnsafeMutableBufferPointer<UInt64>, _ to: UnsafeMutableBufferPointer<UInt64>, _ shift: UInt64)
    -> Bool
  {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << digitBits) { next in
      next.update(repeating: 0)
      let mask = (1 as UInt64) << digitBits - 1
      for place in 0..<from.count { next[Int(from[place] &>> shift & mask)] &+= 1 }
      if next[Int(from[0] &>> shift & mask)] == from.count { return false }
      var start = 0
      for digit in 0..<next.count {
        let size = next[digit]
        next[digit] = start
        start += size
      }
      for place in 0..<from.count {
        let digit = Int(from[place] &>> shift & mask)
        to[next[digit]] = from[place]
        next[digit] &+= 1
      }
      return true
    }
  }
}
