import Expressions
import Queries
import Relations

/// By which way a join of reads with changes goes. All give the same cells, bit for bit.
public enum JoinWay: Hashable, Sendable, CaseIterable {
  /// Changes in order, with prefix sums: two searches a read.
  case sorted
  /// Keys of constants against keys of changes, change by change.
  case scanned
  /// The whole condition, evaluated for each read over all changes.
  case evaluated
}

/// The cold form of the join: reads that nobody has registered, and all that changed since their fork.
extension CellRequest {
  /// What the changes come to for each read.
  ///
  /// - Parameters:
  ///   - changes: net or raw, with all columns of the table.
  ///   - context: the clock and the settings; its parameters are not used.
  ///   - way: the cheapest if left out.
  /// - Throws: what the condition's evaluator throws when it is made: then nothing is known of any read. `.unsupported` where a sum is
  ///   not exact.
  public func answer(
    over changes: ZSet, key: FingerprintKey, context: EvaluationContext = EvaluationContext(), by way: JoinWay? = nil
  ) throws(Failure) -> CellAnswer {
    try answer(over: IndexedChanges(changes, key: key), context: context, by: way)
  }

  /// The same over changes that several requests look at.
  public func answer(
    over indexed: IndexedChanges, context: EvaluationContext = EvaluationContext(), by way: JoinWay? = nil
  ) throws(Failure) -> CellAnswer {
    let contributions = try Contributions(indexed, footprint, sums: sums, context)
    let changes = indexed.changes
    if changes.isEmpty || count == 0 {
      _ = try Evaluator(footprint.condition, order: .any)
      return CellAnswer(count: count, contributions)
    }
    let conjuncts = Conjuncts(try footprint.condition.folded())
    // A residual that raises in a row that everything else leaves out takes that row in: all rows must be looked at.
    if way == .evaluated || !conjuncts.residual.allSatisfy(\.neverRaises) {
      return try ReadScan(self, contributions, context).answer()
    }
    return try BatchJoin(self, conjuncts, contributions, context).answer(way)
  }
}

extension Footprint {
  /// What changes come to for each read of a template.
  ///
  /// - Parameter constants: a column for each parameter, a row for each read; not empty. Where there are no parameters, ask by
  ///   `CellRequest`.
  public func cells(constants: [Column], over changes: ZSet, key: FingerprintKey, context: EvaluationContext = EvaluationContext())
    throws(Failure) -> [Cell]
  {
    try CellRequest(self, constants: constants, count: constants[0].count).answer(over: changes, key: key, context: context).cells
  }
}
