import Relations

/// Rows gathered by the sameness of some columns; nulls are equal to each other.
///
/// Shaped for a million rows in a handful or a million of groups: one table of the groups' hashes, the rows themselves compared once at
/// the end, column by column.
struct Grouping {
  /// The group of each row. Groups are numbered as they appear.
  let groups: [Int32]
  /// The first row of each group.
  let firsts: [Int32]

  var count: Int { firsts.count }

  /// - Precondition: for `.equality`, the columns' types are evaluated.
  init(_ columns: [Column], count: Int, _ identity: RowIdentity = .equality) {
    if columns.isEmpty {
      groups = Array(repeating: 0, count: count)
      firsts = count > 0 ? [0] : []
      return
    }
    let batch = Batch(columns, count: count)
    let hashes = batch.hashes(identity, salt: salt)
    let quick = Self.grouped(hashes)
    let equal = batch.rowsEqual((0..<Int32(count)).map { $0 }, batch, quick.firsts.picking(quick.groups), identity)
    (groups, firsts) = equal.isAllTrue ? quick : Self.groupedExactly(hashes, batch, identity)
  }

  /// Takes equal hashes for equal rows.
  private static func grouped(_ hashes: [UInt64]) -> (groups: [Int32], firsts: [Int32]) {
    var table = HashPlaces(capacity: min(hashes.count, 1024))
    var firsts: [Int32] = []
    let groups = [Int32](unsafeUninitializedCapacity: hashes.count) { groups, filled in
      for row in 0..<hashes.count {
        let group = table.number(of: hashes[row])
        if group == firsts.count { firsts.append(Int32(row)) }
        groups[row] = Int32(truncatingIfNeeded: group)
      }
      filled = hashes.count
    }
    return (groups, firsts)
  }

  /// For the case that different rows have one hash.
  private static func groupedExactly(
    _ hashes: [UInt64], _ batch: Batch, _ identity: RowIdentity
  ) -> (groups: [Int32], firsts: [Int32]) {
    var known: [UInt64: [Int32]] = [:]
    var (groups, firsts): ([Int32], [Int32]) = ([], [])
    for row in 0..<batch.count {
      let candidates = known[hashes[row], default: []]
      let same = candidates.first { batch.rowsEqual(Int(firsts[Int($0)]), batch, row, identity) }
      if same == nil {
        known[hashes[row], default: []].append(Int32(firsts.count))
        firsts.append(Int32(row))
      }
      groups.append(same ?? Int32(firsts.count - 1))
    }
    return (groups, firsts)
  }
}

extension Grouping {
  /// Whether all rows of each group are alike to a reader, and not only equal.
  func areIdentical(_ columns: [Column]) -> Bool {
    let open = columns.filter(\.hasOpenForms)
    if open.isEmpty || groups.count == firsts.count { return true }
    let batch = Batch(open)
    return batch.rowsEqual((0..<Int32(batch.count)).map { $0 }, batch, firsts.picking(groups), .representation).isAllTrue
  }
}

extension Column {
  /// Whether two of its values may be equal and print differently.
  var hasOpenForms: Bool {
    switch storage {
    case .numerics, .floats, .intervals: true
    case .bytes, .coded: type.id == .bpchar || type.id.isComposed
    case .bits, .integers, .decimals, .uuids: false
    }
  }
}

/// Mixed into hashes of rows. Not secret: a query is evaluated over rows that its owner chose.
let salt: UInt64 = 0x452821E638D01377

/// Numbers hashes as they appear: open addressing, twice as many places as hashes.
struct HashPlaces {
  private var hashes: [UInt64]
  private var numbers: [Int32]
  private var mask: Int
  private(set) var count = 0

  init(capacity: Int) {
    var places = 16
    while places < 2 * capacity { places *= 2 }
    hashes = Array(repeating: 0, count: places)
    numbers = Array(repeating: -1, count: places)
    mask = places - 1
  }

  /// The number of a hash; the next one if it is new.
  @inline(__always)
  mutating func number(of hash: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: hash) & mask
    while numbers[place] >= 0 {
      if hashes[place] == hash { return Int(numbers[place]) }
      place = (place &+ 1) & mask
    }
    numbers[place] = Int32(truncatingIfNeeded: count)
    hashes[place] = hash
    count += 1
    if 2 * count > mask { grow() }
    return count - 1
  }

  /// The number of a hash that is known.
  @inline(__always)
  func known(_ hash: UInt64) -> Int? {
    var place = Int(truncatingIfNeeded: hash) & mask
    while numbers[place] >= 0 {
      if hashes[place] == hash { return Int(numbers[place]) }
      place = (place &+ 1) & mask
    }
    return nil
  }

  private mutating func grow() {
    let (oldHashes, oldNumbers) = (hashes, numbers)
    let places = 4 * oldHashes.count
    hashes = Array(repeating: 0, count: places)
    numbers = Array(repeating: -1, count: places)
    mask = places - 1
    for old in oldHashes.indices where oldNumbers[old] >= 0 {
      var place = Int(truncatingIfNeeded: oldHashes[old]) & mask
      while numbers[place] >= 0 { place = (place &+ 1) & mask }
      numbers[place] = oldNumbers[old]
      hashes[place] = oldHashes[old]
    }
  }
}
