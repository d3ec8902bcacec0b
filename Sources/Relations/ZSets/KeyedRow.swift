/// A row's number and the key that it is being sorted by.
struct KeyedRow: BitwiseCopyable {
  var key: UInt64
  let row: Int32
}

extension UnsafeMutableBufferPointer<KeyedRow> {
  /// Sorts by key, stably. Chooses by what it finds: few pairs are inserted, input that consists of few ordered runs is merged
  /// (nothing is done for one run), the rest is dealt out byte by byte, bytes that all keys share left out.
  ///
  /// - Precondition: `spare` has the same length.
  func sortByKey(_ spare: Self) {
    if count <= 24 { return insertionSort() }
    let (runs, varying) = survey()
    if runs == 1 { return }
    let bytes = (0..<8).count { varying >> UInt64(8 * $0) & 0xFF != 0 }
    if Int.bitWidth - (runs - 1).leadingZeroBitCount <= bytes {
      mergeRuns(spare, starts: runStarts(runs))
    } else if count < 512 {
      for start in stride(from: 0, to: count, by: 16) {
        UnsafeMutableBufferPointer(rebasing: self[start..<Swift.min(start + 16, count)]).insertionSort()
      }
      mergeRuns(spare, starts: Array(stride(from: 0, to: count, by: 16)))
    } else {
      radixSort(spare, varying)
    }
  }

  private func insertionSort() {
    for index in Swift.min(1, count)..<count {
      let pair = self[index]
      var place = index
      while place > 0 && self[place - 1].key > pair.key {
        self[place] = self[place - 1]
        place -= 1
      }
      self[place] = pair
    }
  }

  /// How many ordered runs there are, and in which bits keys differ.
  private func survey() -> (runs: Int, varying: UInt64) {
    var runs = 1
    var varying: UInt64 = 0
    var previous = self[0].key
    for pair in self {
      runs += pair.key < previous ? 1 : 0
      varying |= pair.key ^ previous
      previous = pair.key
    }
    return (runs, varying)
  }
}

// MARK: - Merging

extension UnsafeMutableBufferPointer<KeyedRow> {
  private func runStarts(_ runs: Int) -> [Int] {
    var starts = [0]
    starts.reserveCapacity(runs)
    for index in 1..<count where self[index].key < self[index - 1].key { starts.append(index) }
    return starts
  }

  /// Merges ordered runs, two neighbours at a time, until one is left.
  private func mergeRuns(_ spare: Self, starts: [Int]) {
    var (source, target, starts) = (self, spare, starts)
    while starts.count > 1 {
      var merged: [Int] = []
      for first in stride(from: 0, to: starts.count, by: 2) {
        let middle = first + 1 < starts.count ? starts[first + 1] : count
        let end = first + 2 < starts.count ? starts[first + 2] : count
        source.merge(starts[first], middle, end, into: target)
        merged.append(starts[first])
      }
      starts = merged
      swap(&source, &target)
    }
    if source.baseAddress != baseAddress { _ = update(fromContentsOf: source) }
  }

  private func merge(_ start: Int, _ middle: Int, _ end: Int, into target: Self) {
    var (left, right) = (start, middle)
    for index in start..<end {
      // Of equal keys the left one first.
      if left < middle && (right == end || self[left].key <= self[right].key) {
        target[index] = self[left]
        left &+= 1
      } else {
        target[index] = self[right]
        right &+= 1
      }
    }
  }
}

// MARK: - Dealing out

extension UnsafeMutableBufferPointer<KeyedRow> {
  /// From the least significant varying byte to the most significant one.
  private func radixSort(_ spare: Self, _ varying: UInt64) {
    var (source, target) = (self, spare)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { places in
      for shift in stride(from: UInt64(0), to: 64, by: 8) where varying >> shift & 0xFF != 0 {
        places.initialize(repeating: 0)
        for pair in source { places[Int(truncatingIfNeeded: pair.key >> shift & 0xFF)] &+= 1 }
        var start = 0
        for byte in 0..<256 { (places[byte], start) = (start, start + places[byte]) }
        for pair in source {
          let byte = Int(truncatingIfNeeded: pair.key >> shift & 0xFF)
          target[places[byte]] = pair
          places[byte] &+= 1
        }
        swap(&source, &target)
      }
    }
    if source.baseAddress != baseAddress { _ = update(fromContentsOf: source) }
  }
}
