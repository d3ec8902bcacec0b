internal import CPgQuery
import Expressions
import Queries
import Relations

/// One `name AS (query)` of a `WITH`. Its plan is put in place of each naming; of a recursive one, the rows that its last round found
/// are named within it.
final class CommonTable {
  let name: Identifier
  let node: Syntax.CommonTableExpr
  /// How many rows and recursions are around its query: a naming further in has to reach past more of them.
  let rowCount: Int
  let recursions: Int
  var state: State

  enum State {
    /// Not looked at yet; where its query is bound.
    case waiting(Surroundings)
    case inProgress
    /// Its recursive part is being bound: names, types, and how often it was named so far.
    case recursing([Identifier], [SQLType], namings: Int)
    case bound(BoundQuery)
  }

  init(_ node: Syntax.CommonTableExpr, in surroundings: Surroundings) {
    name = Identifier(node.ctename)
    self.node = node
    rowCount = surroundings.rows.count
    recursions = surroundings.recursions
    state = .waiting(surroundings)
  }
}

/// A query with its plan; columns whose type nothing says may be of type `unknown`.
struct BoundQuery {
  var plan: Plan
  var names: [Identifier]
  /// Where the columns are written, as far as that is known.
  var locations: [Int32] = []

  func location(_ place: Int) -> Int32 { locations.indices.contains(place) ? locations[place] : -1 }
}
