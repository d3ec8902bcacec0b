import Expressions
import Relations

/// What is true of all rows of an operator that matter, as far as equalities carry it from one column to another:
///
///     customers.id = 5, orders.customer_id = customers.id  →  orders.customer_id = 5
struct Knowledge {
  /// Each about one column, true whatever represents its value, and never an error.
  private(set) var facts: [Expression] = []
  /// Pairs of columns that are equal, or both null.
  private(set) var equalities: [(a: Place, b: Place)] = []

  struct Place: Hashable {
    let column: Int
    let type: SQLType
  }
}

extension Knowledge {
  /// Takes from a condition what can be carried on.
  mutating func add(_ condition: Expression) {
    if case .call(let call) = condition, Catalogue.builtIn.equates(call.function), call.arguments.count == 2,
      let a = call.arguments[0].place, let b = call.arguments[1].place
    {
      if a != b { equalities.append((a, b)) }
    } else if condition.isFact, !facts.contains(condition) {
      facts.append(condition)
    }
  }

  mutating func add(_ other: Knowledge, shiftedBy distance: Int = 0) {
    for fact in other.facts { add(distance == 0 ? fact : fact.shiftingColumns(by: distance)) }
    equalities += other.equalities.map { ($0.shifted(by: distance), $1.shifted(by: distance)) }
  }

  /// The facts about one column.
  func facts(about column: Int) -> [Expression] { facts.filter { $0.columns == [column] } }

  /// The facts that follow by equalities, without those that are known.
  var implied: [Expression] {
    guard !facts.isEmpty, !equalities.isEmpty else { return [] }
    var found: [Expression] = []
    for fact in facts {
      guard let column = fact.columns.first else { continue }
      for other in equals(of: column) {
        guard
          let carried = fact.carried(to: other.type, { .column(other.column, $0) })
            ?? (Planted.bug("what is equal is alike") ? fact.shiftingColumns(by: other.column - column) : nil),
          !facts.contains(carried),
          !found.contains(carried)
        else { continue }
        found.append(carried)
      }
    }
    return found
  }

  /// With what follows.
  var closed: Knowledge {
    var closed = self
    closed.facts += implied
    return closed
  }

  private func equals(of column: Int) -> [Place] {
    var reached: [Place] = []
    var seen: Set<Int> = [column]
    var waiting = [column]
    while let next = waiting.popLast() {
      for (a, b) in equalities {
        for (from, to) in [(a, b), (b, a)] where from.column == next && seen.insert(to.column).inserted {
          reached.append(to)
          waiting.append(to.column)
        }
      }
    }
    return reached
  }

  /// Of the columns that some expressions compute: what is known of those that are columns, and the values of those that are constants.
  func mapped(_ expressions: [Expression]) -> Knowledge {
    var mapped = Knowledge()
    var places: [Int: [Place]] = [:]
    for (place, expression) in expressions.enumerated() {
      if case .column(let column, let type) = expression {
        places[column, default: []].append(Place(column: place, type: type))
      } else if let value = expression.equation(for: place) {
        mapped.facts.append(value)
      }
    }
    for fact in facts {
      for place in places[fact.columns.first!] ?? [] { mapped.add(fact.replacingColumns { .column(place.column, $1) }) }
    }
    for (a, b) in equalities {
      guard let a = places[a.column]?.first, let b = places[b.column]?.first else { continue }
      mapped.equalities.append((a, b))
    }
    for same in places.values.sorted(by: { $0[0].column < $1[0].column }) where same.count > 1 {
      for other in same.dropFirst() { mapped.equalities.append((same[0], other)) }
    }
    return mapped
  }

  /// What is true of the rows of either.
  func either(_ other: Knowledge) -> Knowledge {
    var either = Knowledge()
    for column in Set(facts.compactMap(\.columns.first)).sorted() {
      let (own, others) = (facts(about: column), other.facts(about: column))
      if others.isEmpty { continue }
      either.add(own == others || Planted.bug("both sides of a union know the same") ? .all(own) : .or([.all(own), .all(others)]))
    }
    return either
  }
}

extension Knowledge.Place {
  func shifted(by distance: Int) -> Knowledge.Place { .init(column: column + distance, type: type) }
}

// MARK: - Expressions

extension Expression {
  fileprivate var isFact: Bool {
    type.id == .bool && columns.count == 1 && !hasOuter && !mayRaise(.builtIn) && isInvariant
  }

  /// A bare column with the type that it has there.
  fileprivate var place: Knowledge.Place? {
    switch self {
    case .column(let column, let type): Knowledge.Place(column: column, type: type)
    case .relabel(let operand, _): operand.place
    default: nil
    }
  }

  /// A constant as what is known of a column that has it.
  fileprivate func equation(for column: Int) -> Expression? {
    switch self {
    case .constant(let constant) where !constant.value.isNull && constant.type.id != .unknown: break
    case .parameter: break
    default: return nil
    }
    let made = try? ExpressionBuilder().apply("=", .column(column, type), self)
    return made.flatMap { $0.isFact ? $0 : nil }
  }

  /// A fact about one column as one about another that is equal to it; nil if that would take a cast.
  ///
  /// - Parameters:
  ///   - target: the other one's type.
  ///   - make: the other one, under that type or under another modifier of it.
  func carried(to target: SQLType, _ make: (SQLType) -> Expression) -> Expression? {
    switch self {
    case .column(_, let type):
      if type.id == target.id { return make(target) }
      return type.id.isText && target.id.isText ? .relabel(make(target), SQLType(type.id)) : nil
    case .relabel(.column(_, let type), let shown) where type.id.isText && shown.id.isText && target.id == shown.id:
      return make(target)
    case .call(let call) where widened != nil && call.type.id == target.id: return make(target)
    case .call(let call) where !call.arguments.allSatisfy({ $0.canBeCarried(to: target) }):
      return compared(call, target, make)
    case .quantified(let quantified) where !quantified.operand.canBeCarried(to: target):
      return compared(quantified, target, make)
    case .parameter, .constant, .clock: return self
    case .outer: return nil
    default:
      do { return try rewritingChildren { (child) throws(NotCarried) in try child.carriedOrThrow(to: target, make) } } catch {
        return nil
      }
    }
  }

  private func carriedOrThrow(to target: SQLType, _ make: (SQLType) -> Expression) throws(NotCarried) -> Expression {
    guard let carried = carried(to: target, make) else { throw NotCarried() }
    return carried
  }

  private func canBeCarried(to target: SQLType) -> Bool { carried(to: target, { .column(0, $0) }) != nil }

  /// Whole numbers of another size: the same comparison, by the operator of those sizes.
  private func compared(_ call: Call, _ target: SQLType, _ make: (SQLType) -> Expression) -> Expression? {
    guard Catalogue.builtIn.compares(call.function), target.id.isWhole, call.arguments.count == 2,
      case .operator(let id) = call.spelling, let name = Catalogue.builtIn.operator(id)?.name
    else { return nil }
    var operands: [Expression] = []
    for argument in call.arguments {
      if argument.columns.isEmpty {
        operands.append(argument)
      } else if case .column(_, let type) = argument, type.id.isWhole {
        operands.append(make(target))
      } else {
        return nil
      }
    }
    return try? ExpressionBuilder().apply(name, operands[0], operands[1])
  }

  private func compared(_ quantified: Quantified, _ target: SQLType, _ make: (SQLType) -> Expression) -> Expression? {
    guard Catalogue.builtIn.compares(quantified.comparison), target.id.isWhole, case .column(_, let type) = quantified.operand,
      type.id.isWhole, let name = Catalogue.builtIn.operator(quantified.symbol)?.name, let member = quantified.list.first,
      quantified.list.allSatisfy({ $0.columns.isEmpty && $0.type.id == member.type.id }),
      case .call(let call)? = try? ExpressionBuilder().apply(name, make(target), member),
      case .operator(let symbol) = call.spelling,
      call.arguments == [make(target), member]
    else { return nil }
    return .quantified(
      .init(comparison: call.function, symbol: symbol, operand: make(target), list: quantified.list, all: quantified.all))
  }
}

private struct NotCarried: Error {}

extension TypeID {
  fileprivate var isText: Bool { self == .text || self == .varchar }
}

// MARK: - Plans

extension Plan {
  /// What is known of its rows from what is in it.
  var knowledge: Knowledge {
    switch self {
    case .oneRow, .scan, .rows, .working, .recursive: return Knowledge()
    case .values(let rows, let types): return Self.knowledge(ofValues: rows, types)
    case .filter(let input, let condition):
      var knowledge = input.knowledge
      for conjunct in condition.conjuncts { knowledge.add(conjunct) }
      return knowledge.closed
    case .project(let input, let expressions): return input.knowledge.mapped(expressions)
    case .join(let join): return join.knowledge
    case .apply(let apply): return apply.input.knowledge
    case .aggregate(let input, let aggregation):
      // In a grouping set that lacks it, a key is null.
      guard aggregation.sets == [Array(aggregation.keys.indices)] else { return Knowledge() }
      return input.knowledge.mapped(aggregation.keys)
    case .window(let input, _), .distinct(let input), .distinctOn(let input, _), .sort(let input, _), .limit(let input, _):
      return input.knowledge
    case .combine(let operation):
      switch operation.kind {
      case .union: return operation.left.knowledge.either(operation.right.knowledge)
      case .except: return operation.left.knowledge
      case .intersect:
        var knowledge = operation.left.knowledge
        knowledge.add(operation.right.knowledge)
        return knowledge
      }
    }
  }

  private static func knowledge(ofValues rows: [[Expression]], _ types: [SQLType]) -> Knowledge {
    var knowledge = Knowledge()
    guard (1...1_000).contains(rows.count) else { return knowledge }
    for place in types.indices {
      let values = rows.map { $0[place] }
      let isPlain = values.allSatisfy { value in
        switch value {
        case .constant(let constant): !constant.value.isNull && constant.type.id == types[place].id
        case .parameter: true
        default: false
        }
      }
      if isPlain, let fact = try? ExpressionBuilder().isIn(.column(place, types[place]), values) { knowledge.add(fact) }
    }
    return knowledge
  }
}

extension Plan.Join {
  fileprivate var knowledge: Knowledge {
    switch kind {
    case .left: return left.knowledge
    case .right:
      var knowledge = Knowledge()
      knowledge.add(right.knowledge, shiftedBy: left.types.count)
      return knowledge
    case .full: return Knowledge()
    case .inner:
      var knowledge = left.knowledge
      knowledge.add(right.knowledge, shiftedBy: left.types.count)
      for conjunct in condition.conjuncts { knowledge.add(conjunct) }
      return knowledge.closed
    }
  }
}
