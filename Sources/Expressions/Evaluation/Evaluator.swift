import Relations

/// Computes an expression over batches: the one evaluator of the house.
///
/// Making one resolves every function to its kernel, simplifies constants as PostgreSQL's planner does, and refuses what is
/// not evaluated, by name. It is made once and used for millions of rows: per batch it walks the tree and runs one loop a
/// node; per row nothing is boxed, counted or looked up.
///
/// Nulls are three-valued. An error is a value of its row until somebody needs the row: `false AND 1/0 = 1` is false.
public struct Evaluator: Sendable {
  public let type: SQLType
  private let root: Node
  private let order: OperandOrder

  /// In which order the operands of `AND` and `OR` are taken.
  public enum OperandOrder: Sendable {
    /// As PostgreSQL takes them in a select list: an operand after the deciding one is not needed, and its errors do not count.
    case asWritten
    /// As the planner likes, which sorts the conditions of a `WHERE` by their cost: an error of any operand counts.
    case any
  }

  /// - Throws: `.raised` where PostgreSQL's planner raises, before any row is seen; `.unsupported` where a function is known
  ///   and not evaluated.
  public init(_ expression: Expression, catalogue: Catalogue = .builtIn, order: OperandOrder = .asWritten) throws(Failure) {
    type = expression.type
    self.order = order
    root = try Compiler(catalogue: catalogue).compile(try expression.folded(catalogue))
  }

  /// For the constant folder, which compiles what it has already folded.
  init(folded expression: Expression, catalogue: Catalogue) throws(Failure) {
    type = expression.type
    order = .asWritten
    root = try Compiler(catalogue: catalogue).compile(expression)
  }

  /// One value, or one error, for each row.
  public func evaluate(_ batch: Batch, _ context: EvaluationContext = EvaluationContext()) -> Vector {
    Evaluation(batch: batch, context: context, order: order).vector(root)
  }

  /// The rows for which a predicate is true; a row that raises is in the errors.
  public func matches(_ batch: Batch, _ context: EvaluationContext = EvaluationContext()) -> (rows: Bitmap, errors: RowErrors?) {
    let truths = Truths(evaluate(batch, context))
    return (truths.isTrue, truths.errors)
  }
}

/// An expression whose functions are kernels.
indirect enum Node: Sendable {
  case column(Int)
  case parameter(Int, SQLType)
  /// One row.
  case constant(Column)
  case call(Kernel, isStrict: Bool, [Node], SQLType)
  case relabel(Node, SQLType)
  case and([Node])
  case or([Node])
  case not(Node)
  case isNull(Node, negated: Bool)
  case isTruth(Node, Expression.Truth, negated: Bool)
  case isDistinct(Kernel, Node, Node, negated: Bool)
  case branches([(condition: Node, value: Node)], otherwise: Node, SQLType)
  case coalesce([Node], SQLType)
  case nullIf(equality: Kernel, Node, Node, SQLType)
  /// `isBetter` says whether its first argument replaces its second.
  case extreme(isBetter: Kernel, [Node], SQLType)
  case quantified(Kernel, operand: Node, list: [Node], all: Bool)
  case overArray(Kernel, operand: Node, array: Node, all: Bool)
}

/// One walk over the tree, for one batch.
struct Evaluation {
  let batch: Batch
  let context: EvaluationContext
  let order: Evaluator.OperandOrder

  func vector(_ node: Node) -> Vector {
    switch node {
    case .column(let index): Vector(batch.columns[index])
    case .constant(let column): Vector(constant: column, count: batch.count)
    case .parameter(let index, let type): parameter(index, type)
    case .call(let kernel, let isStrict, let arguments, let type): call(kernel, isStrict, arguments.map(vector), type)
    case .relabel(let node, let type): vector(node).relabeled(type)
    case .and(let nodes): conjunction(nodes).vector
    case .or(let nodes): disjunction(nodes).vector
    case .not(let node): negation(Truths(vector(node))).vector
    case .isNull(let node, let negated): nullTest(vector(node), negated)
    case .isTruth(let node, let truth, let negated): truthTest(Truths(vector(node)), truth, negated)
    case .isDistinct(let equality, let a, let b, let negated): distinction(equality, vector(a), vector(b), negated)
    case .branches(let branches, let otherwise, let type): choice(branches, otherwise, type)
    case .coalesce(let nodes, let type): firstNonNull(nodes, type)
    case .nullIf(let equality, let a, let b, let type): nullIf(equality, vector(a), vector(b), type)
    case .extreme(let isBetter, let nodes, let type): extreme(isBetter, nodes, type)
    case .quantified(let kernel, let operand, let list, let all): quantified(kernel, operand, list, all)
    case .overArray(let kernel, let operand, let array, let all):
      quantified(kernel, vector(operand), overArray: vector(array), all)
    }
  }

  private func parameter(_ index: Int, _ type: SQLType) -> Vector {
    precondition(index < context.parameters.count, "a value is supplied for each parameter")
    return Vector(constant: Column(type, [context.parameters[index]]), count: batch.count)
  }
}
