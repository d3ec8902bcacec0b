internal import CPgQuery
import Expressions
import Queries
import Relations

/// One query of whatever form: `SELECT`, `VALUES`, or two of them combined, with what stands before and behind.
struct QueryBinder {
  var surroundings: Surroundings

  init(_ surroundings: Surroundings) { self.surroundings = surroundings }

  /// - Parameter resolvesUnknown: whether a literal that nothing gives a type is text; a part of a set operation may leave it open.
  func query(_ select: Syntax.SelectStmt, resolvesUnknown: Bool = true) throws(BindingFailure) -> BoundQuery {
    try surroundings.binding.within(4) { () throws(BindingFailure) in try made(select, resolvesUnknown) }
  }

  private func made(_ select: Syntax.SelectStmt, _ resolvesUnknown: Bool) throws(BindingFailure) -> BoundQuery {
    var inner = self
    if let with = select.withClause { try inner.declare(with) }
    try surroundings.binding.spend(1)
    if select.op != PG_QUERY__SET_OPERATION__SETOP_NONE { return try inner.combined(select) }
    if !select.valuesLists.isEmpty { return try inner.values(select) }
    return try SelectBinder(inner.surroundings).query(select, resolvesUnknown: resolvesUnknown)
  }

  func refusal(_ state: SQLState, _ message: String, _ location: Int32) -> BindingFailure {
    surroundings.refusal(state, message, location)
  }
}
