import Expressions
import Relations

/// Conditions taken apart.
extension Expression {
  /// The columns that it names.
  public var columns: Set<Int> {
    var found: Set<Int> = []
    collectColumns(&found)
    return found
  }

  private func collectColumns(_ found: inout Set<Int>) {
    if case .column(let index, _) = self { found.insert(index) }
    for child in children { child.collectColumns(&found) }
  }

  /// Whether it reaches a row around the plan.
  var hasOuter: Bool {
    if case .outer = self { return true }
    return children.contains(where: \.hasOuter)
  }

  func replacingColumns(_ replace: (Int, SQLType) -> Expression) -> Expression {
    if case .column(let index, let type) = self { return replace(index, type) }
    return mappingChildren { $0.replacingColumns(replace) }
  }

  func shiftingColumns(by distance: Int) -> Expression { replacingColumns { .column($0 + distance, $1) } }

  /// How many nodes it consists of.
  public var size: Int { children.reduce(1) { $0 + $1.size } }

  /// What must all be true for it to be.
  var conjuncts: [Expression] {
    switch self {
    case .and(let operands): operands.flatMap(\.conjuncts)
    case .isTruth(let operand, .true, negated: false): operand.conjuncts
    case .not(.or(let operands)): operands.flatMap { Expression.not($0).conjuncts }
    case .not(.not(let operand)): operand.conjuncts
    case .constant(let constant): constant.isTrue ? [] : [self]
    default: [self]
    }
  }

  /// All of some conditions.
  static func all(_ conditions: [Expression]) -> Expression {
    switch conditions.count {
    case 0: .constant(.bool(true), .bool)
    case 1: conditions[0]
    default: .and(conditions)
    }
  }

  /// The strictest condition that follows from it and consists of parts of which `isOwn` is true; nil if nothing follows.
  func weakened(_ isOwn: (Expression) -> Bool) -> Expression? {
    if isOwn(self) { return columns.isEmpty ? nil : self }
    switch self {
    case .and(let operands):
      let kept = operands.compactMap { $0.weakened(isOwn) }
      return kept.isEmpty ? nil : .all(kept)
    case .or(let operands):
      var kept: [Expression] = []
      for operand in operands {
        guard let part = operand.weakened(isOwn) else { return nil }
        if !kept.contains(part) { kept.append(part) }
      }
      return kept.count == 1 ? kept[0] : .or(kept)
    case .not(.not(let operand)): return operand.weakened(isOwn)
    case .not(.or(let operands)): return Expression.and(operands.map { .not($0) }).weakened(isOwn)
    case .not(.and(let operands)): return Expression.or(operands.map { .not($0) }).weakened(isOwn)
    case .isTruth(let operand, .true, negated: false): return operand.weakened(isOwn)
    default: return nil
    }
  }

  /// Whether it is certainly not true where these columns are all null.
  func isNeverTrue(whenNull isNull: (Int) -> Bool) -> Bool {
    guard columns.contains(where: isNull) else { return false }
    let nulled = replacingColumns { isNull($0) ? .constant(.null, $1) : .column($0, $1) }
    // What the planner raises ahead of all rows says nothing of these.
    guard let folded = try? nulled.folded() else { return false }
    return folded.isNeverTrue
  }

  private var isNeverTrue: Bool {
    switch self {
    case .constant(let constant): !constant.isTrue
    case .and(let operands): operands.contains(where: \.isNeverTrue)
    case .or(let operands): operands.allSatisfy(\.isNeverTrue)
    default: false
    }
  }
}

extension Constant {
  fileprivate var isTrue: Bool { if case .bool(true) = value { true } else { false } }
}

// MARK: - Equality classes

extension Expression {
  /// Whether it says the same of values that are equal, however they are represented.
  var isInvariant: Bool {
    switch self {
    case .column(_, let type): return type.id.isIdentifiedByEquality
    case .call(let call) where Catalogue.builtIn.compares(call.function), .isDistinct(let call, _):
      return call.arguments.allSatisfy { $0.isBareColumn || $0.isInvariant }
    case .quantified(let quantified) where Catalogue.builtIn.compares(quantified.comparison):
      return ([quantified.operand] + quantified.list).allSatisfy { $0.isBareColumn || $0.isInvariant }
    case .isNull(let operand, _): return operand.isBareColumn || operand.isInvariant
    default: return children.allSatisfy(\.isInvariant)
    }
  }

  /// A column, under whatever type has the same bytes.
  var isBareColumn: Bool { bareColumn != nil }

  var bareColumn: Int? {
    switch self {
    case .column(let place, _): place
    case .relabel(let operand, _): operand.bareColumn
    default: nil
    }
  }
}

extension Expression {
  /// The column of whole numbers of which it is a larger form.
  var widened: Expression? {
    guard case .call(let call) = self, case .column(_, let type)? = call.arguments.first, type.id.isWhole, call.type.id.isWhole,
      call.arguments.count == 1, call.spelling == .implicitCast || call.spelling == .explicitCast, !mayRaise(.builtIn)
    else { return nil }
    return call.arguments[0]
  }
}

extension TypeID {
  var isWhole: Bool { self == .int2 || self == .int4 || self == .int8 }

  /// Whether values that are equal are the same.
  var isIdentifiedByEquality: Bool {
    [.bool, .int2, .int4, .int8, .text, .varchar, .date, .time, .timestamp, .timestamptz, .uuid].contains(self)
  }
}
