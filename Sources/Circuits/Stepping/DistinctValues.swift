import Relations

/// The different values of each group, with how often each is there: `count(DISTINCT x)` changes when one comes or the last of it goes.
struct DistinctValues {
  /// The group, and the value.
  private(set) var rows: GrowingRows
  private(set) var counts: [Int64] = []
  private var places = HashPlaces(capacity: 16)

  let type: SQLType

  init(_ type: SQLType) {
    self.type = type
    rows = GrowingRows([.int8, type])
  }

  /// What comes and goes as different values; nil if equal values print differently, one goes that is not there, or hashes lie.
  mutating func step(_ counted: GroupSums.Counted) -> GroupSums.Counted? {
    let groups = Column(.int8, .integers(counted.groups.map(Int64.init)))
    let batch = Batch([groups, counted.argument!], count: counted.groups.count)
    var (numbers, fresh): ([Int32], [Int32]) = ([], [])
    for (row, hash) in batch.hashes(.equality, salt: salt).enumerated() {
      let number = places.number(of: hash)
      if number == counts.count {
        fresh.append(Int32(row))
        counts.append(0)
      }
      numbers.append(Int32(number))
    }
    rows.append(batch.picking(fresh))
    let all = (0..<Int32(batch.count)).map { $0 }
    guard batch.rowsEqual(all, rows.picking(numbers), all, .representation).isAllTrue else { return nil }
    // The count before of each value that is touched, at the first row of it.
    var before: [Int32: Int64] = [:]
    var firsts: [Int32] = []
    for (row, number) in numbers.enumerated() {
      if before.updateValue(before[number] ?? counts[Int(number)], forKey: number) == nil { firsts.append(Int32(row)) }
      counts[Int(number)] += counted.weights[row]
    }
    var (picked, weights): ([Int32], [Int64]) = ([], [])
    for row in firsts {
      let number = numbers[Int(row)]
      let (was, now) = (before[number]!, counts[Int(number)])
      if now < 0 { return nil }
      if (was > 0) == (now > 0) && !Planted.bug("a value that is there again counts again") { continue }
      picked.append(row)
      weights.append(now > 0 ? 1 : -1)
    }
    return GroupSums.Counted(counted.argument!.picking(picked), counted.groups.picking(picked), weights)
  }
}
