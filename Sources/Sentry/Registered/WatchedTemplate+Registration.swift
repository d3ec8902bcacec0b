import Expressions
import Relations

/// Reads come and go.
extension WatchedTemplate {
  /// Takes in reads, and says under which numbers.
  ///
  /// - Parameter net: what has changed since their fork, if anything has: all changes up to the last step.
  func register(_ request: CellRequest, net: ZSet?, by way: JoinWay? = nil) throws(Failure) -> [UInt32] {
    let missed = try net.map { net throws(Failure) in try request.answer(over: net, key: key, context: context, by: way) }
    if shape.form == .deferred { return registerDeferred(request, missed) }
    var reads = ReadSide(request, context)
    for condition in shape.ofConstants { try reads.require(condition) }
    var equalities: [[ConstantKeys]] = []
    for equality in shape.equalities {
      var columns: [ConstantKeys] = []
      for comparand in equality.comparands {
        columns.append(equality.keyer.constants(try reads.values(comparand, requiring: !equality.isList)))
      }
      equalities.append(columns)
    }
    var intervals: [(first: UInt64, last: UInt64)] = []
    var beyond: Set<Int> = []
    if let range = shape.range {
      intervals = Array(repeating: (.min, .max), count: request.count)
      for bound in range.bounds {
        let satisfying = range.keyer.intervals(bound.question, try reads.values(bound.comparand, requiring: true))
        for read in 0..<request.count {
          guard let (first, last) = satisfying[read] else {
            beyond.insert(read)
            continue
          }
          intervals[read] = (max(intervals[read].first, first), min(intervals[read].last, last))
        }
      }
    }
    if !beyond.isEmpty { reads.drop(beyond) }
    let references = refer(request.count, reads.alive, equalities, intervals)
    for (equality, columns) in zip(shape.equalities, equalities) { for column in columns { equality.keyer.release(column) } }
    let places = newPlaces(request.count)
    for (read, place) in places.enumerated() {
      let perRead = referencesPerRead
      for index in 0..<perRead { self.references[Int(place) * perRead + index] = references[read * perRead + index] }
      states[Int(place)] = reads.raising[read] ? .seesEverything : .watching
    }
    if !reads.raising.isAllFalse { watchesEverything = true }
    setBaselines(places, missed)
    // A read that raises sees everything, whatever its other constants.
    let elsewhere = beyond.subtracting(reads.raising.trueRows.map { Int($0) }).sorted()
    if !elsewhere.isEmpty { try registerElsewhere(elsewhere, places, request, missed) }
    return places
  }

  // MARK: - Where reads find their sums

  private func refer(
    _ count: Int, _ alive: Bitmap, _ equalities: [[ConstantKeys]], _ intervals: [(first: UInt64, last: UInt64)]
  ) -> [UInt32] {
    let probes = shape.probesPerRead
    var references: [UInt32] = []
    references.reserveCapacity(count * referencesPerRead)
    var cuts: [UInt128] = []
    for read in 0..<count {
      let isEmpty = shape.range != nil && intervals[read].first > intervals[read].last
      for probe in 0..<probes {
        guard alive[read], !isEmpty, isPossible(read, probe, equalities) else {
          references.append(Self.nowhere)
          if shape.form == .ranged { references.append(Self.nowhere) }
          continue
        }
        let group = group(read, probe, equalities)
        if shape.form == .hashed {
          references.append(UInt32(group))
          continue
        }
        let base = UInt128(UInt32(group)) << 64
        // Numbers of cuts come later; their places are remembered.
        references.append(0)
        references.append(0)
        cuts.append(base | UInt128(intervals[read].first))
        cuts.append((base | UInt128(intervals[read].last)) + 1)
      }
    }
    if shape.form == .ranged { number(cuts, &references) }
    return references
  }

  private func number(_ cuts: [UInt128], _ references: inout [UInt32]) {
    var numbers: [UInt32] = []
    tree.insert(cuts, into: &numbers)
    var next = 0
    for place in references.indices where references[place] != Self.nowhere {
      references[place] = numbers[next]
      next += 1
    }
  }

  private func isPossible(_ read: Int, _ probe: Int, _ equalities: [[ConstantKeys]]) -> Bool {
    for (level, columns) in equalities.enumerated() {
      let isList = shape.equalities[level].isList
      let column = columns[isList ? probe : 0]
      if column.places[read] != .exact { return false }
      // Of equal values the first counts.
      if isList && columns[..<probe].contains(where: { $0.places[read] == .exact && $0.keys[read] == column.keys[read] }) {
        return false
      }
    }
    return true
  }

  /// The group of a read, which is referred to once more.
  private func group(_ read: Int, _ probe: Int, _ equalities: [[ConstantKeys]]) -> Int32 {
    var group: Int32 = 0
    for (level, columns) in equalities.enumerated() {
      let key = columns[shape.equalities[level].isList ? probe : 0].keys[read]
      let (id, isNew) = levels[level].insert(group, key)
      group = id
      if isNew { shape.equalities[level].keyer.retain(key) }
      if level == levels.count - 1 && shape.form == .hashed && isNew { clearCell(id) }
    }
    return group
  }

  private func clearCell(_ group: Int32) {
    let end = Int(group) * layout.words
    if cells.count <= end { cells.append(repeating: 0, count: end + layout.words - cells.count) }
    layout.clear(cells.base + end)
  }

  private func newPlaces(_ count: Int) -> [UInt32] {
    var places: [UInt32] = []
    places.reserveCapacity(count)
    let reused = min(count, free.count)
    places += free.suffix(reused)
    free.removeLast(reused)
    let added = count - reused
    places += (0..<added).map { UInt32(states.count + $0) }
    baselines.append(repeating: 0, count: added * layout.words)
    references.append(repeating: Self.nowhere, count: added * referencesPerRead)
    states.append(repeating: .watching, count: added)
    liveCount += count
    return places
  }

  // MARK: - Baselines

  /// What a read finds now, less what has changed for it.
  private func setBaselines(_ places: [UInt32], _ missed: CellAnswer?) {
    let isSwept = places.count > 64 && shape.form == .ranged
    if isSwept { tree.prefixes(into: &prefixes) }
    for (read, place) in places.enumerated() {
      let baseline = baselines.base + Int(place) * layout.words
      layout.clear(baseline)
      addCurrent(Int(place), swept: isSwept, to: baseline)
      if let missed { subtract(missed, read, from: baseline) }
    }
  }

  func subtract(_ missed: CellAnswer, _ read: Int, from baseline: Words) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: layout.words) { words in
      let words = words.baseAddress!
      layout.clear(words)
      layout.put(count: missed.cells[read].count, in: words)
      if layout.hasFingerprint { layout.put(missed.cells[read].fingerprint, in: words) }
      for (index, sum) in missed.sums.enumerated() {
        guard let change = sum.changes[read].inSteps(from: sum.scale, to: scales[index]) else {
          isSumless = true
          break
        }
        layout.put(sum: index, total: change.total, values: change.values, in: words)
      }
      layout.subtract(words, from: baseline)
    }
  }

  private func registerDeferred(_ request: CellRequest, _ missed: CellAnswer?) -> [UInt32] {
    let places = newPlaces(request.count)
    constants.append(request.constants)
    for (read, place) in places.enumerated() {
      references[Int(place)] = UInt32(owners.count)
      owners.append(place)
      states[Int(place)] = .watching
      let baseline = baselines.base + Int(place) * layout.words
      layout.clear(baseline)
      if let missed { subtract(missed, read, from: baseline) }
    }
    return places
  }

  /// Reads that the index cannot serve are looked at when somebody asks.
  private func registerElsewhere(_ reads: [Int], _ places: [UInt32], _ request: CellRequest, _ missed: CellAnswer?) throws(Failure)
  {
    if overflow == nil {
      overflow = try WatchedTemplate(footprint, sums: sums, key: key, context: context, deferred: true)
    }
    let overflow = overflow!
    let rows = reads.map { Int32($0) }
    let part = CellRequest(footprint, constants: request.constants.map { $0.picking(rows) }, count: reads.count, sums: request.sums)
    let answer = missed.map { missed in
      var answer = CellAnswer(count: reads.count, like: missed)
      for (place, read) in reads.enumerated() { answer.take(missed, read, as: place) }
      return answer
    }
    for (read, place) in zip(reads, overflow.registerDeferred(part, answer)) {
      let own = Int(places[read])
      states[own] = .elsewhere
      references[own * referencesPerRead] = place
    }
  }

  // MARK: - Taking reads out

  func unregister(_ place: Int) {
    precondition(states[place] != .free, "a read is taken out once")
    let perRead = referencesPerRead
    if states[place] == .elsewhere {
      overflow!.unregister(Int(references[place * perRead]))
      references[place * perRead] = Self.nowhere
    }
    states[place] = .free
    liveCount -= 1
    if shape.form == .deferred { owners[Int(references[place])] = Self.nowhere }
    for index in place * perRead..<(place + 1) * perRead where references[index] != Self.nowhere {
      if shape.form == .deferred {
        // Its constants go when the next changes are settled.
      } else if shape.form == .ranged {
        // Both cuts of a read are in its group, or the upper one is the end of it.
        if (index - place * perRead) % 2 == 0 { release(group: Int32(truncatingIfNeeded: tree.key(of: references[index]) >> 64)) }
        tree.release(references[index])
      } else {
        release(group: Int32(bitPattern: references[index]))
      }
      references[index] = Self.nowhere
    }
    free.append(UInt32(place))
    if shape.form == .ranged { tree.compactIfWorthwhile() }
    if liveCount == 0 { reset() }
  }

  /// Nobody is there any more: nothing is kept, and what was not known is over.
  private func reset() {
    cells = FlatArray()
    baselines = FlatArray()
    references = FlatArray()
    states = FlatArray()
    owners = FlatArray()
    prefixes = FlatArray()
    free = []
    constants = []
    overflow = nil
    watch = GroupWatch()
    levels = shape.equalities.map { _ in PairIndex() }
    tree = CutTree(layout)
    layout.clear(common.base)
    layout.clear(everything.base)
    watchesEverything = false
    if levels.isEmpty { cells.append(repeating: 0, count: layout.words) }
    isBlind = false
    isSumless = cannotSum
  }

  private func release(group: Int32) {
    var group = group
    for level in levels.indices.reversed() {
      let (next, key) = levels[level].release(group)
      if let key { shape.equalities[level].keyer.release(key) }
      group = next
    }
  }
}

extension SumChange {
  /// The same in other steps; nil where something does not subtract, or lies between two steps.
  func inSteps(from own: Int?, to wanted: Int?) -> SumChange? {
    if nans | infinities | negativeInfinities | failures != 0 { return nil }
    guard let own, own != wanted, total != 0 else { return self }
    guard let wanted else { return nil }
    var scaled = self
    for _ in min(own, wanted)..<max(own, wanted) {
      if own < wanted {
        scaled.total *= 10
      } else {
        if scaled.total % 10 != 0 { return nil }
        scaled.total /= 10
      }
    }
    return scaled
  }
}
