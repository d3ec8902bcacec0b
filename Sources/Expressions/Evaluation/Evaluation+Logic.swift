import Relations

/// Three-valued logic, on bitmaps. Operands are taken in order, and an operand after the deciding one is not needed: its
/// errors do not count, unless any order is possible.
extension Evaluation {
  /// False as soon as one operand is false; else null if one was null.
  func conjunction(_ nodes: [Node]) -> Truths {
    folded(nodes) { all, next in
      all.isTrue = all.isTrue & next.isTrue
      all.isFalse = all.isFalse | next.isFalse
      return all.isFalse
    }
  }

  /// True as soon as one operand is true.
  func disjunction(_ nodes: [Node]) -> Truths {
    folded(nodes) { all, next in
      all.isTrue = all.isTrue | next.isTrue
      all.isFalse = all.isFalse & next.isFalse
      return all.isTrue
    }
  }

  /// `merge` takes in one more operand and returns the rows that are decided by now.
  private func folded(_ nodes: [Node], _ merge: (inout Truths, Truths) -> Bitmap) -> Truths {
    var all = Truths(vector(nodes[0]))
    var decided = merge(&all, all)
    for node in nodes.dropFirst() {
      if order == .asWritten && all.errors == nil && decided.isAllTrue { break }
      let next = Truths(vector(node)).silent(where: all.errors?.rows)
      let errors = order == .asWritten ? next.errors?.excluding(decided) : next.errors
      decided = merge(&all, next)
      all.errors = .merging(all.errors, errors)
      // A row that raised stays raised, whatever comes later.
      all = all.silent(where: all.errors?.rows)
    }
    return all
  }

  func negation(_ truths: Truths) -> Truths {
    Truths(isTrue: truths.isFalse, isFalse: truths.isTrue, errors: truths.errors)
  }

  func truthTest(_ truths: Truths, _ truth: Expression.Truth, _ negated: Bool) -> Vector {
    let matching =
      switch truth {
      case .true: truths.isTrue
      case .false: truths.isFalse
      case .unknown: ~(truths.isTrue | truths.isFalse)
      }
    return decided(negated ? ~matching : matching, errors: truths.errors)
  }

  func nullTest(_ vector: Vector, _ negated: Bool) -> Vector {
    let nulls = vector.nulls ?? Bitmap(repeating: false, count: vector.count)
    return decided(negated ? ~nulls : nulls, errors: vector.errors)
  }

  /// Nulls are equal to each other and to nothing else.
  func distinction(_ equality: Kernel, _ a: Vector, _ b: Vector, _ negated: Bool) -> Vector {
    let equal = Truths(call(equality, true, [a, b], .bool))
    let none = Bitmap(repeating: false, count: batch.count)
    let same = equal.isTrue | ((a.nulls ?? none) & (b.nulls ?? none))
    return decided(negated ? same : ~same, errors: equal.errors)
  }

  /// A boolean that is never null but where it raises.
  func decided(_ bits: Bitmap, errors: RowErrors?) -> Vector {
    Vector(Column(.bool, .bits(bits), nulls: errors?.rows), errors: errors)
  }
}

extension Truths {
  /// Neither true nor false in the given rows.
  func silent(where rows: Bitmap?) -> Truths {
    guard let rows else { return self }
    return Truths(isTrue: isTrue.subtracting(rows), isFalse: isFalse.subtracting(rows), errors: errors)
  }
}
