import Expressions
import Queries
import Relations

/// Questions for the first rows of an order, or for the least or greatest value, of one table.
///
/// Of all that happens to such a table, little can matter: rows that were there all the time take the first places, and what comes behind
/// them is never seen.
extension Circuit {
  /// Of changes one after the other, those that matter to the answer at some moment; nil if all may.
  ///
  /// - Parameters:
  ///   - changes: rows of the table that it is a question of, whole, in the order in which they came and went.
  ///   - before: the tables before all of them.
  public func mattering(
    among changes: ZSet, of table: TableID, on before: some Snapshot, _ context: EvaluationContext = EvaluationContext()
  ) -> [Int32]? {
    guard let firsts = Firsts(plan), firsts.table == table else { return nil }
    let computation = Computation(before, context, evaluators)
    computation.findsConstants = before.isIndexed && firsts.members.raisesNothingUnseen(.builtIn)
    do throws(Stop) { return try firsts.mattering(among: changes, computation) } catch { return nil }
  }
}

private struct Firsts {
  let table: TableID
  /// The rows of the table that are put in order.
  let members: Plan
  /// Over the columns of the table.
  var keys: [Plan.SortKey]
  private let limit: Plan.Limit?

  /// nil for every other question.
  init?(_ plan: Plan) {
    var plan = plan
    while case .project(let input, _) = plan { plan = input }
    switch plan {
    case .limit(.sort(let input, let keys), let limit):
      (plan, self.keys, self.limit) = (input, keys, limit)
    case .aggregate(let input, let aggregation):
      guard aggregation.sets == [[]], aggregation.keys.isEmpty, aggregation.calls.count == 1, let call = aggregation.calls.first,
        let name = Catalogue.builtIn.function(call.function)?.name, name == "min" || name == "max", call.filter == nil,
        call.order.isEmpty, call.arguments.count == 1, ExtremeOrder.serves(call.arguments[0].type)
      else { return nil }
      let order = KeyOrder(isDescending: name == "max", nullsFirst: false)
      (plan, keys, limit) = (input, [Plan.SortKey(call.arguments[0], order)], nil)
    default: return nil
    }
    while case .project(let input, let expressions) = plan {
      keys = keys.map { key in Plan.SortKey(key.expression.replacingColumns { place, _ in expressions[place] }, key.order) }
      plan = input
    }
    members = plan
    if case .filter(let input, _) = plan { plan = input }
    guard case .scan(let scan) = plan, !members.mayRaise(.builtIn), !members.expressions.contains(where: \.readsClock),
      keys.allSatisfy({ !$0.expression.mayRaise(.builtIn) && !$0.expression.readsClock && !$0.expression.isDependent })
    else { return nil }
    table = scan.table
  }

  func mattering(among changes: ZSet, _ computation: Computation) throws(Stop) -> [Int32]? {
    // One for the value of an aggregate.
    let wanted = try limit.map { limit throws(Stop) in try computation.reach(limit) } ?? 1
    guard let wanted, 1...TopRows.most ~= wanted else { return nil }
    let members = try computation.rows(of: members, in: nil, isNeeded: false)
    let gone = changes.filtered(by: Bitmap(count: changes.count) { changes.weights[$0] < 0 })
    let balance = (ZSet(members.batch) + gone).consolidated()
    let staying = balance.filtered(by: Bitmap(count: balance.count) { balance.weights[$0] > 0 })
    guard staying.count >= wanted else { return nil }
    let order = SortOrder(keys.enumerated().map { SortOrder.Key($0, $1.order) })
    let own = try values(staying.rows, computation)
    let last = own.sortedRows(by: order)[wanted - 1]
    // What ties with it comes before it, because it stands behind all.
    let all = Batch.concatenating([try values(changes.rows, computation), own.picking([last])])
    let sorted = all.sortedRows(by: order)
    guard computation.errors.isEmpty, computation.doubts.isEmpty else { return nil }
    return sorted.prefix { $0 != Int32(changes.count) }.sorted()
  }

  private func values(_ rows: Batch, _ computation: Computation) throws(Stop) -> Batch {
    Batch(try computation.values(keys.map(\.expression), Rows(rows), nil, isNeeded: false), count: rows.count)
  }
}
