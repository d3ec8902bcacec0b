import Relations

/// Turns an expression into a tree of kernels, or says what is missing.
struct Compiler {
  let catalogue: Catalogue

  func compile(_ expression: Expression) throws(Failure) -> Node {
    switch expression {
    case .column(let index, _): .column(index)
    case .outer: throw .unsupported("a column of an outer query, outside of one")
    case .parameter(let index, let type): .parameter(index, type)
    case .constant(let constant): .constant(Column(constant.type, [constant.value]))
    case .call(let call): try compile(call)
    case .relabel(let operand, let type): .relabel(try compile(operand), type)
    case .viaText(let operand, let type):
      .call(try TextCasts.kernel(from: operand.type, to: type), isStrict: true, [try compile(operand)], type)
    case .collated(let operand, let collating):
      .call(try .sortKeys(collating, operand.type), isStrict: true, [try compile(operand)], expression.type)
    case .and(let operands): .and(try compile(operands))
    case .or(let operands): .or(try compile(operands))
    case .not(let operand): .not(try compile(operand))
    case .isNull(let operand, let negated): .isNull(try compile(operand), negated: negated)
    case .isTruth(let operand, let truth, let negated): .isTruth(try compile(operand), truth, negated: negated)
    case .isDistinct(let equality, let negated):
      .isDistinct(
        try kernel(equality.function), try compile(equality.arguments[0]), try compile(equality.arguments[1]), negated: negated)
    case .branches(let branches, let otherwise, let type):
      .branches(try compile(branches), otherwise: try compile(otherwise), type)
    case .coalesce(let operands, let type): .coalesce(try compile(operands), type)
    case .nullIf(let equality, let type):
      .nullIf(equality: try kernel(equality.function), try compile(equality.arguments[0]), try compile(equality.arguments[1]), type)
    case .extreme(let extreme, let operands, let type):
      .extreme(isBetter: try kernel(comparing: type, for: extreme), try compile(operands), type)
    case .quantified(let quantified):
      .quantified(
        try kernel(quantified.comparison), operand: try compile(quantified.operand), list: try compile(quantified.list),
        all: quantified.all)
    case .overArray(let quantified):
      .overArray(
        try kernel(quantified.comparison), operand: try compile(quantified.operand), array: try compile(quantified.list[0]),
        all: quantified.all)
    case .clock(let reading, let type): .call(ClockKernels.kernel(for: reading), isStrict: true, [], type)
    }
  }

  private func compile(_ expressions: [Expression]) throws(Failure) -> [Node] {
    var nodes: [Node] = []
    for expression in expressions { nodes.append(try compile(expression)) }
    return nodes
  }

  private func compile(_ branches: [Expression.Branch]) throws(Failure) -> [(condition: Node, value: Node)] {
    var nodes: [(condition: Node, value: Node)] = []
    for branch in branches { nodes.append((try compile(branch.condition), try compile(branch.value))) }
    return nodes
  }

  private func compile(_ call: Expression.Call) throws(Failure) -> Node {
    let isStrict = catalogue.function(call.function)?.isStrict ?? false
    return .call(try kernel(call.function), isStrict: isStrict, try compile(call.arguments), call.type)
  }

  private func kernel(_ id: FunctionID) throws(Failure) -> Kernel {
    guard let function = catalogue.function(id) else { throw .unsupported("function number \(id.oid)") }
    guard let kernel = Kernel.evaluating(function, catalogue) else { throw .unsupported(catalogue.signature(of: function)) }
    return kernel
  }

  /// The type's own `>` or `<`.
  private func kernel(comparing type: SQLType, for extreme: Expression.Extreme) throws(Failure) -> Kernel {
    guard let comparison = catalogue.comparison(extreme == .greatest ? .greater : .less, of: type.id) else {
      throw .unsupported("the order of \(catalogue.name(of: type))")
    }
    return try kernel(comparison.function)
  }
}

extension Kernel {
  /// The kernel of a function; nil if it is known and not evaluated.
  static func evaluating(_ function: Function, _ catalogue: Catalogue) -> Kernel? {
    registered[function.symbol ?? catalogue.signature(of: function)]
  }

  /// Everything that is evaluated, by the name under which PostgreSQL links it: unlike the names of SQL functions, no two
  /// meanings share one. Functions that PostgreSQL writes in SQL have no such name and are under their signature.
  private static let registered: [String: Kernel] = Dictionary(
    uniqueKeysWithValues: IntegerKernels.all + ComparisonKernels.all + FloatKernels.all + NumericKernels.all + NumberCasts.all
      + TextKernels.all + LikeKernels.all + RegexKernels.all + FormatKernels.all + NullKernels.all
      + TextCasts.all + DateTimeKernels.all + ClockKernels.all + DeclaredTypeKernels.all
      + ByteaKernels.all + ArrayKernels.all + DocumentKernels.all + RangeKernels.all + PathKernels.all + NetworkKernels.all)
}
