import Expressions
import Relations

/// Which of some changes registered reads can see: for witnesses, for corrections.
extension WatchedTemplate {
  /// For each of some reads, the changes that are inside its footprint, ascending.
  ///
  /// - Complexity: the changes are looked up once, and compared with each read.
  func rows(inside places: [Int], of changes: ZSet) throws(Failure) -> [[Int32]] {
    if shape.form == .deferred { return try rowsEvaluated(places, changes) }
    // Net changes: no image is known to be half of an update.
    let located = try locate(StepImages(changes.rows, weights: changes.weights, kinds: nil))
    let raising = located.raising.trueRows
    var found: [[Int32]] = []
    for place in places {
      switch states[place] {
      case .seesEverything: found.append((0..<Int32(changes.count)).map { $0 })
      case .elsewhere:
        found += try overflow!.rows(inside: [Int(references[place * referencesPerRead])], of: changes)
      default: found.append((raising + located.rows.indices.filter { sees(place, located, $0) }.map { located.rows[$0] }).sorted())
      }
    }
    return found
  }

  private func sees(_ place: Int, _ located: Located, _ index: Int) -> Bool {
    let references = references.base + place * referencesPerRead
    switch shape.form {
    case .hashed: return (0..<shape.probesPerRead).contains { references[$0] == UInt32(bitPattern: located.groups[index]) }
    case .ranged:
      let key = UInt128(UInt32(bitPattern: located.groups[index])) << 64 | UInt128(keys[index])
      return (0..<shape.probesPerRead).contains { probe in
        let (lower, upper) = (references[2 * probe], references[2 * probe + 1])
        return lower != Self.nowhere && tree.key(of: lower) <= key && key < tree.key(of: upper)
      }
    case .deferred: return false
    }
  }

  private func rowsEvaluated(_ places: [Int], _ changes: ZSet) throws(Failure) -> [[Int32]] {
    if changes.isEmpty { return places.map { _ in [] } }
    let (columns, rows) = (joinedConstants(), places.map { Int32(references[$0]) })
    let request = CellRequest(footprint, constants: columns.map { $0.picking(rows) }, count: rows.count)
    let join = try request.joined(with: IndexedChanges(changes, key: key), context: context)
    return rows.indices.map { join.rows(inside: $0) }
  }
}
