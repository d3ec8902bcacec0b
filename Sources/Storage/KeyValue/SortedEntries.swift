/// Keys with their values, in order, in memory: for tests, so a sorted array is good enough.
struct SortedEntries: Sendable {
  private(set) var keys: [[UInt8]] = []
  private(set) var values: [[UInt8]] = []

  /// The place of the first key that is not before this one.
  func place(of key: [UInt8]) -> Int { keys.partitionPoint { !$0.precedes(key) } }

  func places(in range: KeyRange) -> Range<Int> {
    let lower = place(of: range.lower)
    return lower..<max(lower, place(of: range.upper))
  }

  subscript(key: [UInt8]) -> [UInt8]? {
    let place = place(of: key)
    return place < keys.count && keys[place] == key ? values[place] : nil
  }

  mutating func apply(_ batch: WriteBatch) {
    for operation in batch.operations {
      switch operation {
      case .put(let key, let value):
        let place = place(of: key)
        if place < keys.count, keys[place] == key {
          values[place] = value
        } else {
          keys.insert(key, at: place)
          values.insert(value, at: place)
        }
      case .delete(let key):
        let place = place(of: key)
        if place < keys.count, keys[place] == key { remove(place..<place + 1) }
      case .deleteAll(let range): remove(places(in: range))
      }
    }
  }

  private mutating func remove(_ places: Range<Int>) {
    keys.removeSubrange(places)
    values.removeSubrange(places)
  }

  /// Changes one bit of a value.
  mutating func flip(_ bit: Int, of key: [UInt8]) {
    values[place(of: key)][bit / 8] ^= 1 << UInt8(bit % 8)
  }

  var byteCount: Int { zip(keys, values).reduce(0) { $0 + $1.0.count + $1.1.count } }
}
