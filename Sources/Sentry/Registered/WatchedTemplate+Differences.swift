import Expressions
import Relations

/// What has changed for reads.
extension WatchedTemplate {
  /// Adds what a read finds where it looks.
  ///
  /// - Parameter swept: whether `prefixes` is up to date.
  @inline(__always)
  func addCurrent(_ place: Int, swept: Bool, to total: Words) {
    if states[place] == .seesEverything { return layout.add(everything.base, to: total) }
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
    layout.clear(words)
    addCurrent(place, swept: swept, to: words)
    layout.subtract(baselines.base + place &* layout.words, from: words)
  }

  /// Joins kept changes with all reads.
  func settle(_ changes: ZSet) {
    if shape.form != .deferred || liveCount == 0 || isBlind { return }
    let columns = constants[0].indices.map { index in Column.concatenating(constants.map { $0[index] }) }
    constants = [columns]
    let request = CellRequest(footprint, constants: columns, count: states.count, sums: isSumless ? [] : sums)
    do throws(Failure) {
      subtractAll(try request.answer(over: changes, key: key, context: context))
    } catch {
      // The sums may be what is too large.
      isSumless = true
      let cells = CellRequest(footprint, constants: columns, count: states.count)
      do throws(Failure) { subtractAll(try cells.answer(over: changes, key: key, context: context)) } catch { isBlind = true }
    }
  }

  private func subtractAll(_ answer: CellAnswer) {
    for read in 0..<states.count where states[read] != .free { subtract(answer, read, from: baselines.base + read * layout.words) }
  }
}
