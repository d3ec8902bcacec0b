/// The tree as a tree, for whoever looks for something in it.
extension Expression {
  /// The operands, in the order in which they are evaluated.
  public var children: [Expression] {
    switch self {
    case .column, .outer, .parameter, .constant, .clock: []
    case .call(let call), .isDistinct(let call, _), .nullIf(let call, _): call.arguments
    case .relabel(let operand, _), .viaText(let operand, _), .collated(let operand, _), .not(let operand), .isNull(let operand, _),
      .isTruth(let operand, _, _):
      [operand]
    case .and(let operands), .or(let operands), .coalesce(let operands, _), .extreme(_, let operands, _): operands
    case .branches(let branches, let otherwise, _): branches.flatMap { [$0.condition, $0.value] } + [otherwise]
    case .quantified(let quantified), .overArray(let quantified): [quantified.operand] + quantified.list
    }
  }

  /// The same construct over other operands, taken in the order in which they are evaluated.
  public func mappingChildren(_ replace: (Expression) -> Expression) -> Expression { rewritingChildren(replace) }

  /// As `mappingChildren`, for a replacement that may fail.
  public func rewritingChildren<E>(_ replace: (Expression) throws(E) -> Expression) throws(E) -> Expression {
    func replaced(_ operands: [Expression]) throws(E) -> [Expression] {
      var made: [Expression] = []
      made.reserveCapacity(operands.count)
      for operand in operands { made.append(try replace(operand)) }
      return made
    }
    func replaced(_ call: Call) throws(E) -> Call {
      Call(function: call.function, arguments: try replaced(call.arguments), type: call.type, spelling: call.spelling)
    }
    switch self {
    case .column, .outer, .parameter, .constant, .clock: return self
    case .call(let call): return .call(try replaced(call))
    case .isDistinct(let equality, let negated): return .isDistinct(equality: try replaced(equality), negated: negated)
    case .nullIf(let equality, let type): return .nullIf(equality: try replaced(equality), type)
    case .relabel(let operand, let type): return .relabel(try replace(operand), type)
    case .viaText(let operand, let type): return .viaText(try replace(operand), type)
    case .collated(let operand, let collating): return .collated(try replace(operand), collating)
    case .not(let operand): return .not(try replace(operand))
    case .isNull(let operand, let negated): return .isNull(try replace(operand), negated: negated)
    case .isTruth(let operand, let truth, let negated): return .isTruth(try replace(operand), truth, negated: negated)
    case .and(let operands): return .and(try replaced(operands))
    case .or(let operands): return .or(try replaced(operands))
    case .coalesce(let operands, let type): return .coalesce(try replaced(operands), type)
    case .extreme(let extreme, let operands, let type): return .extreme(extreme, try replaced(operands), type)
    case .branches(let branches, let otherwise, let type):
      var made: [Branch] = []
      for branch in branches { made.append(Branch(condition: try replace(branch.condition), value: try replace(branch.value))) }
      return .branches(made, otherwise: try replace(otherwise), type)
    case .quantified(let quantified):
      let operand = try replace(quantified.operand)
      return .quantified(quantified.with(operand: operand, list: try replaced(quantified.list)))
    case .overArray(let quantified):
      let operand = try replace(quantified.operand)
      return .overArray(quantified.with(operand: operand, list: try replaced(quantified.list)))
    }
  }
}
