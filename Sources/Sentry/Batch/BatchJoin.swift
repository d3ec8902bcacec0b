import Expressions
import Queries
import Relations

/// Joins reads of one template with changes: rows and reads are brought into groups by the equalities, and within a group a read's
/// rows are an interval of the range's keys.
///
///     rows    ─ conditions of rows ─▶ candidates ┐
///                                                ├─ group (region) ─ interval (total) ─ residual ─▶ sums
///     reads   ─ conditions of constants ─▶ alive ┘
///
/// Rows that raise somewhere are inside for every read, and constants that raise see every row.
struct BatchJoin {
  let request: CellRequest
  let conjuncts: Conjuncts
  let contributions: Contributions
  let context: EvaluationContext

  init(_ request: CellRequest, _ conjuncts: Conjuncts, _ contributions: Contributions, _ context: EvaluationContext)
    throws(Failure)
  {
    self.request = request
    self.conjuncts = conjuncts
    self.contributions = contributions
    self.context = context
  }

  func joined(_ way: JoinWay?) throws(Failure) -> CellJoin {
    var reads = ReadSide(request, context)
    var rows = RowSide(contributions.changes.rows, context)
    for condition in conjuncts.ofConstants { try reads.require(condition) }
    for condition in conjuncts.ofRows { try rows.require(condition) }

    let leading = conjuncts.leadingRange
    let residual = try residual(besides: leading, &rows, &reads)

    var groups = Groups(reads: request.count)
    if let list = conjuncts.lists.first {
      var comparands: [Column] = []
      for comparand in list.comparands { comparands.append(try reads.values(comparand, requiring: false)) }
      groups.addList(try rows.values(list.subject), comparands)
    }
    for equality in conjuncts.equalities {
      groups.add(try rows.values(equality.subject), try reads.values(equality.comparand, requiring: true))
    }
    let ranges = conjuncts.ranges.filter { $0.subject == leading }
    var intervals: Intervals? = nil
    if let leading {
      var bounds: [(ComparisonFunctions.Question, Column)] = []
      for range in ranges {
        let values = try reads.values(range.comparand, requiring: true)
        guard range.question == .like else {
          bounds.append((range.question, values))
          continue
        }
        let patterns = PlainPatterns(values)
        precondition(patterns.isPlain.isAllTrue, "reads with other patterns are joined in another way")
        bounds += [(.greaterOrEqual, patterns.lower), (.less, patterns.upper)]
      }
      intervals = Intervals(try rows.values(leading), bounds)
      rows.drop(intervals!.nulls)
      intervals!.column = leading.orderedColumn(like: contributions.changes.rows)
    }

    if intervals == nil, let firstRows = request.firstRows {
      intervals = Intervals(count: contributions.changes.count, from: firstRows)
    }

    var answer = CellAnswer(count: request.count, contributions)
    addUnconditional(rows, reads, to: &answer)
    let matched = groups.match(rows.candidates, reads.alive)
    let sweep = GroupSweep(request: request, contributions: contributions, context: context, residual: residual)
    let arrangement = sweep.run(matched, intervals, way, into: &answer)
    let grouped = GroupedRows(
      sweep: sweep, intervals: intervals, arrangement: arrangement, raising: rows.raising.trueRows, seeingAll: reads.raising)
    return CellJoin(answer: answer, rows: .grouped(grouped))
  }

  /// One list and one range lead; what is left of either is asked of candidates, after its sides were looked at for errors.
  private func residual(besides leading: Expression?, _ rows: inout RowSide, _ reads: inout ReadSide) throws(Failure) -> Evaluator?
  {
    var residual = conjuncts.residual
    for list in conjuncts.lists.dropFirst() {
      _ = try rows.values(list.subject)
      for comparand in list.comparands { _ = try reads.values(comparand, requiring: false) }
      residual.append(list.whole)
    }
    for range in conjuncts.ranges where range.subject != leading {
      _ = try rows.values(range.subject)
      _ = try reads.values(range.comparand, requiring: true)
      residual.append(range.whole)
    }
    if residual.isEmpty { return nil }
    return try Evaluator(residual.count == 1 ? residual[0] : .and(residual), order: .any)
  }

  /// Rows that raise are inside for all reads; a read whose constants raise has all rows inside.
  private func addUnconditional(_ rows: RowSide, _ reads: ReadSide, to answer: inout CellAnswer) {
    let raising = rows.raising.trueRows
    if !raising.isEmpty {
      add(raising, to: (0..<request.count).lazy.filter { !reads.raising[$0] }, of: &answer)
    }
    if !reads.raising.isAllFalse {
      add((0..<Int32(contributions.changes.count)).map { $0 }, to: reads.raising.trueRows.lazy.map { Int($0) }, of: &answer)
    }
  }

  /// Adds rows to reads, to each those that are late enough for it.
  private func add(_ rows: [Int32], to reads: some Sequence<Int>, of answer: inout CellAnswer) {
    let total = contributions.total(of: rows)
    for read in reads {
      let isEarly = rows.first.map { !request.isLate($0, for: read) } ?? false
      answer.add(isEarly ? contributions.total(of: rows.filter { request.isLate($0, for: read) }) : total, to: read)
    }
  }
}

extension Expression {
  /// The column by whose own order its values are ordered.
  fileprivate func orderedColumn(like rows: Batch) -> Int? {
    // Blanks at the end count for text and not for `char(n)`.
    bareColumn.flatMap { (rows.types[$0].id == .bpchar) == (type.id == .bpchar) ? $0 : nil }
  }
}

extension Conjuncts {
  /// The subject of the most ranges: two bounds on one column beat one on another.
  var leadingRange: Expression? {
    var best: (subject: Expression, count: Int)? = nil
    for range in ranges {
      let count = ranges.count { $0.subject == range.subject }
      if count > best?.count ?? 0 { best = (range.subject, count) }
    }
    return best?.subject
  }
}
