/// What a Z-set makes linear: sums, multiples, and operators that look at one row at a time.
///
/// None of these consolidates; weights of equal rows stay apart until somebody needs them together.
extension ZSet {
  /// The sum: all rows of the one, then all rows of the other.
  ///
  /// - Precondition: both have the same types.
  public static func + (a: ZSet, b: ZSet) -> ZSet { .sum([a, b]) }

  /// What is to be added to `b` to get `a`.
  public static func - (a: ZSet, b: ZSet) -> ZSet { a + -b }

  /// Every weight negated: what undoes the change.
  public static prefix func - (a: ZSet) -> ZSet { a.scaled(by: -1) }

  /// The sum of any number of Z-sets, one after the other.
  ///
  /// - Precondition: there is at least one, and all have the same types.
  public static func sum(_ parts: [ZSet]) -> ZSet {
    precondition(parts.allSatisfy { $0.types.map(\.id) == parts[0].types.map(\.id) }, "only Z-sets of the same types add up")
    // Empty parts would only blur what the others' columns share.
    let filled = parts.filter { !$0.isEmpty }
    guard filled.count > 1 else { return filled.first ?? parts[0] }
    return ZSet(Batch.concatenating(filled.map(\.rows)), weights: filled.flatMap(\.weights))
  }

  /// Every weight times `factor`.
  public func scaled(by factor: Int64) -> ZSet {
    factor == 1 ? self : ZSet(rows, weights: weights.map { $0 * factor })
  }

  /// The rows whose bit is set.
  public func filtered(by chosen: Bitmap) -> ZSet {
    chosen.isAllTrue ? self : picking(chosen.trueRows)
  }

  /// Some columns, in that order. Rows that differed elsewhere add up when it is consolidated.
  public func projecting(_ columns: [Int]) -> ZSet { ZSet(rows.projecting(columns), weights: weights) }

  /// The given rows in the given order, each with its weight.
  public func picking(_ picked: [Int32]) -> ZSet {
    ZSet(rows.picking(picked), weights: picked.map { weights[Int($0)] })
  }
}
