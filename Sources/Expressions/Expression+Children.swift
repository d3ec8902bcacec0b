/// The tree as a tree, for whoever looks for something in it.
extension Expression {
  /// The operands, in the order in which they are evaluated.
  public var children: [Expression] {
    switch self {
    case .column, .outer, .parameter, .constant, .clock: []
    case .call(let call), .isDistinct(let call, _), .nullIf(let call, _): call.arguments
    case .relabel(let operand, _), .viaText(let operand, _), .not(let operand), .isNull(let operand, _),
      .isTruth(let operand, _, _):
      [operand]
    case .and(let operands), .or(let operands), .coalesce(let operands, _), .extreme(_, let operands, _): operands
    case .branches(let branches, let otherwise, _): branches.flatMap { [$0.condition, $0.value] } + [otherwise]
    case .quantified(let quantified): [quantified.operand] + quantified.list
    }
  }

  /// The same construct over other operands, taken in the order in which they are evaluated.
  public func mappingChildren(_ replace: (Expression) -> Expression) -> Expression {
    func replaced(_ call: Call) -> Call {
      Call(function: call.function, arguments: call.arguments.map(replace), type: call.type, spelling: call.spelling)
    }
    switch self {
    case .column, .outer, .parameter, .constant, .clock: return self
    case .call(let call): return .call(replaced(call))
    case .isDistinct(let equality, let negated): return .isDistinct(equality: replaced(equality), negated: negated)
    case .nullIf(let equality, let type): return .nullIf(equality: replaced(equality), type)
    case .relabel(let operand, let type): return .relabel(replace(operand), type)
    case .viaText(let operand, let type): return .viaText(replace(operand), type)
    case .not(let operand): return .not(replace(operand))
    case .isNull(let operand, let negated): return .isNull(replace(operand), negated: negated)
    case .isTruth(let operand, let truth, let negated): return .isTruth(replace(operand), truth, negated: negated)
    case .and(let operands): return .and(operands.map(replace))
    case .or(let operands): return .or(operands.map(replace))
    case .coalesce(let operands, let type): return .coalesce(operands.map(replace), type)
    case .extreme(let extreme, let operands, let type): return .extreme(extreme, operands.map(replace), type)
    case .branches(let branches, let otherwise, let type):
      let made = branches.map { Branch(condition: replace($0.condition), value: replace($0.value)) }
      return .branches(made, otherwise: replace(otherwise), type)
    case .quantified(let quantified):
      let operand = replace(quantified.operand)
      return .quantified(quantified.with(operand: operand, list: quantified.list.map(replace)))
    }
  }
}
