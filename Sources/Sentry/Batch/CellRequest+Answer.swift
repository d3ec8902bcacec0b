import Expressions
import Queries
import Relations

/// By which way a join of reads with changes goes. All give the same cells, bit for bit.
public enum JoinWay: Hashable, Sendable, CaseIterable {
  /// Changes in order, with prefix sums: two searches a read.
  case sorted
  /// Keys of changes against the intervals of constants, in blocks by vector instructions.
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
    try joined(with: indexed, context: context, by: way).answer
  }

  /// The same, from which the rows can be asked that a read sees.
  public func joined(
    with indexed: IndexedChanges, context: EvaluationContext = EvaluationContext(), by way: JoinWay? = nil
  ) throws(Failure) -> CellJoin {
    let contributions = try Contributions(indexed, footprint, sums: sums, context)
    if indexed.changes.isEmpty || count == 0 {
      _ = try Evaluator(footprint.condition, order: .any)
      return CellJoin(answer: CellAnswer(count: count, contributions), rows: .nothing)
    }
    return try join(try footprint.condition.folded(), contributions, context, way)
  }

  /// - Parameter condition: the footprint's, folded.
  private func join(_ condition: Expression, _ contributions: Contributions, _ context: EvaluationContext, _ way: JoinWay?)
    throws(Failure) -> CellJoin
  {
    var conjuncts = Conjuncts(condition)
    if !conjuncts.patterns.isEmpty {
      let plain = try plainPatterns(conjuncts.patterns, context)
      if !plain.isAllFalse && !plain.isAllTrue { return try joinApart(plain, condition, contributions, context, way) }
      if plain.isAllFalse { conjuncts = Conjuncts(condition, plainPatterns: false) }
    }
    if way != .evaluated && !conjuncts.residual.isEmpty, let alternatives = Alternatives(condition) {
      return try join(alternatives, contributions, context, way)
    }
    // A residual that raises in a row that everything else leaves out takes that row in: all rows must be looked at.
    if way == .evaluated || !conjuncts.residual.allSatisfy(\.isTotal) {
      let scan = try ReadScan(self, contributions, context)
      return CellJoin(answer: scan.answer(), rows: .evaluated(scan))
    }
    return try BatchJoin(self, conjuncts, contributions, context).joined(way)
  }

  // MARK: - Alternatives

  private func join(
    _ alternatives: Alternatives, _ contributions: Contributions, _ context: EvaluationContext, _ way: JoinWay?
  ) throws(Failure) -> CellJoin {
    var answer = CellAnswer(count: count, contributions)
    var rows: [SeenRows] = []
    for term in alternatives.terms {
      let join = try join(term.condition, contributions, context, way)
      answer.add(join.answer, times: Planted.bug("what satisfies both alternatives counts twice") ? max(0, term.sign) : term.sign)
      if term.sign > 0 { rows.append(join.rows) }
    }
    return CellJoin(answer: answer, rows: .anyOf(rows))
  }

  // MARK: - Patterns

  /// Reads whose patterns are all plain. One that raises is none.
  private func plainPatterns(_ patterns: [Expression], _ context: EvaluationContext) throws(Failure) -> Bitmap {
    var plain = Bitmap(repeating: true, count: count)
    var reads = ReadSide(self, context)
    for pattern in patterns { plain = plain & PlainPatterns(try reads.values(pattern, requiring: false)).isPlain }
    return plain.subtracting(reads.raising)
  }

  /// Reads with plain patterns and others, each in the way that they can be joined.
  private func joinApart(
    _ plain: Bitmap, _ condition: Expression, _ contributions: Contributions, _ context: EvaluationContext, _ way: JoinWay?
  ) throws(Failure) -> CellJoin {
    var answer = CellAnswer(count: count, contributions)
    var parts: [(join: SeenRows, places: [Int: Int])] = []
    for reads in [plain.trueRows, (~plain).trueRows] {
      let join = try picking(reads).join(condition, contributions, context, way)
      for (place, read) in reads.enumerated() { answer.take(join.answer, place, as: Int(read)) }
      parts.append((join.rows, Dictionary(uniqueKeysWithValues: reads.enumerated().map { (Int($1), $0) })))
    }
    return CellJoin(answer: answer, rows: .apart(parts.map { ($0.join, $0.places) }))
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
