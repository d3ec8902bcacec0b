import Expressions
import Queries
import Relations

/// Joins: what changes on one side is looked up on the others.
extension Stepping {
  /// Δ(A ⋈ B ⋈ C) = ΔA ⋈ B before ⋈ C before + A after ⋈ ΔB ⋈ C before + A after ⋈ B after ⋈ ΔC.
  func joined(_ joined: JoinedInputs, _ path: Path?) throws(Stop) -> Change {
    new.noteOrder(of: joined)
    var terms: [Change] = []
    var inputs: [Change] = []
    for (place, input) in joined.inputs.enumerated() {
      let change = try change(of: input, at: path?.below(place))
      inputs.append(change)
      if change.isEmpty { continue }
      // Who they are goes along behind them.
      let numbers = Column(.int8, .integers((0..<Int64(change.count)).map { $0 }))
      let found = try joined.rows(startingWith: place, change.rows.adding([numbers]), nil) { other in
        other < place || Planted.bug("both sides of a join are of after") ? new : old
      }
      guard case .integers(let sources) = found.column(joined.width).storage else { preconditionFailure("numbers are integers") }
      let rows = found.projecting(Array(0..<joined.width), as: joined.types)
      var term = Change(rows, sources.map { change.weights[Int($0)] })
      if let origins = change.origins {
        term.origins = sources.map { origins[Int($0)] }
        try addPartners(&term, joined, inputs)
      }
      terms.append(term)
    }
    return terms.isEmpty ? Change(none: joined.types) : .sum(terms)
  }

  /// Partners that came with this step are among what a pair rests on.
  private func addPartners(_ term: inout Change, _ joined: JoinedInputs, _ inputs: [Change]) throws(Stop) {
    for (place, change) in inputs.dropLast().enumerated() where !change.isEmpty {
      let own = (0..<change.rows.width).map { joined.offsets[place] + $0 }
      let part = term.rows.projecting(own, as: change.rows.types)
      let grouping = Grouping(
        zip(change.rows.columns, part.columns).map { .concatenating([$0, $1]) }, count: change.count + part.count, .representation)
      for row in 0..<part.count {
        let first = Int(grouping.firsts[Int(grouping.groups[change.count + row])])
        if first < change.count { term.origins![row] = [term.origins![row], change.origins?[first] ?? []].union }
      }
    }
  }

  /// An outer join is computed afresh for the keys that either side's changes have. A row without a key has no partner.
  func outerJoined(_ join: Plan.Join, _ path: Path?) throws(Stop) -> Change {
    let width = join.left.types.count
    let condition = JoinCondition(join.condition.conjuncts, leftWidth: width, new.catalogue)
    guard !condition.equalities.isEmpty else { return try difference(.join(join)) }
    new.noteOrder(of: join)
    let left = try change(of: join.left, at: path?.below())
    let right = try change(of: join.right, at: path?.below(1))
    let (lefts, rights) = (condition.equalities.map(\.left), condition.equalities.map(\.right))
    let (leftKeys, rightKeys) = (try keys(lefts, left), try keys(rights, right))
    let touched = Batch.concatenating([leftKeys, Planted.bug("an outer join sees one side's changes") ? leftKeys : rightKeys])
      .withoutNulls.distinctRows

    func joined(_ computation: Computation) throws(Stop) -> Rows {
      let l = try computation.rows(of: join.left, where: lefts, among: touched)
      let r = try computation.rows(of: join.right, where: rights, among: touched)
      return try computation.joined(join.kind, l, r, join.condition.conjuncts, nil, false)
    }
    var parts: [Change] = []
    if touched.count > 0 {
      var change = difference(try joined(old), try joined(new), origins: nil)
      if numbering != nil {
        // A row that is alone has nulls where the other side's key would be.
        let shifted = rights.map { $0.replacingColumns { .column($0 + width, $1) } }
        let (own, other) = (try keys(lefts, change), try keys(shifted, change))
        let found = zip(own.columns, other.columns).map { $0.fillingNulls(from: $1) }
        change.origins = origins(
          of: Batch(found, count: change.count), among: [(leftKeys, left.traced), (rightKeys, right.traced)])
      }
      parts.append(change)
    }
    if join.kind != .right, let nulls = leftKeys.nulls { parts.append(alone(left.filtered(by: nulls), left: true, join)) }
    if join.kind != .left, let nulls = rightKeys.nulls { parts.append(alone(right.filtered(by: nulls), left: false, join)) }
    return parts.isEmpty ? Change(none: left.rows.types + right.rows.types) : .sum(parts)
  }

  func keys(_ expressions: [Expression], _ change: Change) throws(Stop) -> Batch {
    Batch(try new.values(expressions, change.rows, nil, isNeeded: false).map(\.asKey), count: change.count)
  }

  /// Rows with nulls in place of the other side.
  private func alone(_ change: Change, left isLeft: Bool, _ join: Plan.Join) -> Change {
    let own = (0..<Int32(change.count)).map { $0 }
    let none = [Int32](repeating: -1, count: change.count)
    let empty = Rows(Batch(isLeft ? join.right.types : join.left.types, rows: []))
    return change.with(
      isLeft
        ? .beside(change.rows, own, empty, none, hasNulls: true) : .beside(empty, none, change.rows, own, hasNulls: true))
  }

  /// For each row of keys, what the changes with equal keys rest on.
  func origins(of keys: Batch, among known: [(keys: Batch, origins: [Change.Origins])]) -> [Change.Origins] {
    let known = known.filter { $0.keys.count > 0 }
    guard !known.isEmpty else { return Array(repeating: [], count: keys.count) }
    let all = keys.columns.indices.map { place in
      Column.concatenating([keys.columns[place].asKey] + known.map { $0.keys.columns[place].asKey })
    }
    let grouping = Grouping(all, count: keys.count + known.reduce(0) { $0 + $1.keys.count })
    var gathered: [Int32: Set<Int32>] = [:]
    for (row, origins) in known.flatMap(\.origins).enumerated() {
      gathered[grouping.groups[keys.count + row], default: []].formUnion(origins)
    }
    return (0..<keys.count).map { gathered[grouping.groups[$0]]?.sorted() ?? [] }
  }
}

extension Column {
  fileprivate func fillingNulls(from other: Column) -> Column {
    guard let nulls else { return self }
    let both = Column.concatenating([self, other])
    return both.picking((0..<Int32(count)).map { nulls[Int($0)] ? $0 + Int32(count) : $0 })
  }
}
