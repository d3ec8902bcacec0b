/// The tree as a tree, for whoever looks for something in it.
extension Expression {
  /// The operands, in the order in which they are evaluated.
  public var children: [Expression] {
    switch self {
    case .column, .parameter, .constant, .clock: []
    case .call(let call), .isDistinct(let call, _), .nullIf(let call, _): call.arguments
    case .relabel(let operand, _), .viaText(let operand, _), .not(let operand), .isNull(let operand, _),
      .isTruth(let operand, _, _):
      [operand]
    case .and(let operands), .or(let operands), .coalesce(let operands, _), .extreme(_, let operands, _): operands
    case .branches(let branches, let otherwise, _): branches.flatMap { [$0.condition, $0.value] } + [otherwise]
    case .quantified(let quantified): [quantified.operand] + quantified.list
    }
  }
}
