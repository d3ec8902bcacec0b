import Expressions
import Relations

/// What has changed for reads.
extension WatchedTemplate {
  /// Puts the sums of all rows before each cut in place.
  func sweep() { if shape.form == .ranged { tree.prefixes(into: &prefixes) } }

  /// Adds what a read finds where it looks.
  ///
  /// - Parameter swept: whether `prefixes` is up to date.
  @inline(__always)
  func addCurrent(_ place: Int, swept: Bool, to total: Words) {
    if states[place] == .seesEverything { return layout.add(everything.base, to: total) }
    // What all see is in what the overflow is told.
    if states[place] == .elsewhere { return }
    switch shape.form {
    case .deferred: return
    case .hashed:
      let perRead = shape.probesPerRead
      for index in place &* perRead..<(place &+ 1) &* perRead {
        let group = references[index]
        if group != Self.nowhere { layout.add(cells.base + Int(group) &* layout.words, to: total) }
      }
    case .ranged:
      let perRead = 2 * shape.probesPerRead
      for index in stride(from: place &* perRead, to: (place &+ 1) &* perRead, by: 2) where references[index] != Self.nowhere {
        let (lower, upper) = (references[index], references[index &+ 1])
        if swept {
          layout.add(prefixes.base + Int(upper) &* layout.words, to: total)
          layout.subtract(prefixes.base + Int(lower) &* layout.words, from: total)
        } else {
          addBetween(lower, upper, to: total)
        }
      }
    }
    layout.add(common.base, to: total)
  }

  private func addBetween(_ lower: UInt32, _ upper: UInt32, to total: Words) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: layout.words) { before in
      let before = before.baseAddress!
      layout.clear(before)
      tree.addPrefix(of: lower, to: before)
      tree.addPrefix(of: upper, to: total)
      layout.subtract(before, from: total)
    }
  }

  /// Puts what has changed for a read since its fork.
  @inline(__always)
  func difference(_ place: Int, swept: Bool, in words: Words) {
    if states[place] == .elsewhere {
      return overflow!.difference(elsewhere: Int(references[place &* referencesPerRead]), in: words)
    }
    layout.clear(words)
    addCurrent(place, swept: swept, to: words)
    layout.subtract(baselines.base + place &* layout.words, from: words)
  }

  private func difference(elsewhere place: Int, in words: Words) {
    layout.clear(words)
    layout.subtract(baselines.base + place &* layout.words, from: words)
  }

  /// Whether changes are kept for reads that no index serves.
  var keepsChanges: Bool { (shape.form == .deferred && liveCount > 0) || overflow?.keepsChanges ?? false }

  /// Joins kept changes with all reads that no index serves.
  func settle(_ changes: ZSet) {
    if let overflow {
      overflow.settle(changes)
      isBlind = isBlind || overflow.isBlind
      isSumless = isSumless || overflow.isSumless
    }
    if shape.form != .deferred || liveCount == 0 || isBlind { return }
    let columns = joinedConstants()
    let request = CellRequest(footprint, constants: columns, count: owners.count, sums: isSumless ? [] : sums)
    do throws(Failure) {
      subtractAll(try request.answer(over: changes, key: key, context: context))
    } catch {
      // The sums may be what is too large.
      isSumless = true
      let cells = CellRequest(footprint, constants: columns, count: owners.count)
      do throws(Failure) { subtractAll(try cells.answer(over: changes, key: key, context: context)) } catch { isBlind = true }
    }
  }

  /// All constants in one batch, without those of reads that were taken out. Rows are what the reads' references say from there on.
  func joinedConstants() -> [Column] {
    var columns = constants.count == 1 ? constants[0] : constants[0].indices.map { i in .concatenating(constants.map { $0[i] }) }
    let rows = (0..<Int32(owners.count)).filter { owners[Int($0)] != Self.nowhere }
    if rows.count < owners.count {
      columns = columns.map { $0.picking(rows) }
      var kept = FlatArray<UInt32>(capacity: rows.count)
      for row in rows { kept.append(owners[Int(row)]) }
      owners = kept
      for row in 0..<owners.count { references[Int(owners[row])] = UInt32(row) }
    }
    constants = [columns]
    return columns
  }

  private func subtractAll(_ answer: CellAnswer) {
    for row in 0..<owners.count { subtract(answer, row, from: baselines.base + Int(owners[row]) * layout.words) }
  }
}
