import Expressions
import Queries
import Relations

/// The inputs of inner joins upon inner joins, and all conditions, over the columns of all of them side by side.
struct JoinedInputs {
  private(set) var inputs: [Plan] = []
  /// Where the columns of each input start.
  private(set) var offsets: [Int] = []
  private(set) var types: [SQLType] = []
  private(set) var conjuncts: [Expression] = []

  var width: Int { types.count }

  init(_ plan: Plan) { add(plan) }

  private mutating func add(_ plan: Plan) {
    guard case .join(let join) = plan, join.kind == .inner, !join.isLateral else {
      inputs.append(plan)
      offsets.append(width)
      types += plan.types
      return
    }
    let start = width
    add(join.left)
    add(join.right)
    conjuncts += join.condition.conjuncts.map { $0.replacingColumns { .column($0 + start, $1) } }
  }
}

extension JoinedInputs {
  func input(of column: Int) -> Int { offsets.lastIndex { $0 <= column }! }
  func inputs(of expression: Expression) -> Set<Int> { Set(expression.columns.map(input)) }

  /// The inputs of both sides of an equality; nil for another condition.
  func lookUp(_ condition: Expression, _ catalogue: Catalogue) -> (Set<Int>, Set<Int>)? {
    guard case .call(let call) = condition, call.arguments.count == 2, catalogue.isClassEquality(call.function),
      !condition.isDependent
    else { return nil }
    let (a, b) = (inputs(of: call.arguments[0]), inputs(of: call.arguments[1]))
    return a.isEmpty || b.isEmpty || !a.isDisjoint(with: b) ? nil : (a, b)
  }

  /// Of the inputs that wait, those that a look-up connects with what is joined.
  func connected(
    _ waiting: Set<Int>, _ places: [Int: Int], _ conditions: [Expression], _ catalogue: Catalogue
  ) -> Set<Int> {
    waiting.filter { input in
      conditions.contains { condition in
        guard let (a, b) = lookUp(condition, catalogue) else { return false }
        return (a == [input] && b.allSatisfy { places[$0] != nil }) || (b == [input] && a.allSatisfy { places[$0] != nil })
      }
    }
  }

  // MARK: - What is joined so far

  /// An expression over what is joined.
  ///
  /// - Parameter places: for each input that is in, where its columns start.
  func placed(_ expression: Expression, _ places: [Int: Int]) -> Expression {
    expression.replacingColumns { column, type in .column(place(of: column, places), type) }
  }

  private func place(of column: Int, _ places: [Int: Int]) -> Int {
    let input = input(of: column)
    return places[input]! + column - offsets[input]
  }

  /// Where the columns are once all is joined.
  func order(_ places: [Int: Int]) -> [Int] { (0..<width).map { place(of: $0, places) } }
}
