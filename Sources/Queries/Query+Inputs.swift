import Expressions
import Relations

/// What an answer depends on besides rows and constants.
extension Query {
  public struct Inputs: Hashable, Sendable {
    /// Whether the clock is one.
    public var usesClock = false
    /// Functions that may answer otherwise each time: the question cannot be asked again.
    public var volatile: [String] = []
    /// Functions that answer by settings of the session or by what is in the catalogs, the clock aside.
    public var stable: [String] = []
    /// Functions that we do not compute.
    public var unevaluated: [String] = []
  }

  /// Each function is named once, in the order of the plan.
  public func inputs(_ catalogue: Catalogue = .builtIn) -> Inputs {
    var inputs = Inputs()
    for expression in plan.expressions { inputs.add(expression, catalogue) }
    for call in plan.tableFunctions { inputs.add(call.function, isScalar: false, catalogue) }
    return inputs
  }
}

extension Query.Inputs {
  fileprivate mutating func add(_ expression: Expression, _ catalogue: Catalogue) {
    switch expression {
    case .clock: usesClock = true
    case .call(let call), .isDistinct(let call, _), .nullIf(let call, _): add(call.function, isScalar: true, catalogue)
    default: break
    }
    for child in expression.children { add(child, catalogue) }
  }

  fileprivate mutating func add(_ id: FunctionID, isScalar: Bool, _ catalogue: Catalogue) {
    guard let function = catalogue.function(id) else { return }
    let signature = catalogue.signature(of: function)
    usesClock = usesClock || catalogue.readsClock(function)
    switch function.volatility {
    case .immutable: break
    case .stable where function.isPresent: break
    case .stable: stable.appendNew(signature)
    case .volatile: volatile.appendNew(signature)
    }
    if isScalar, !catalogue.evaluates(function) { unevaluated.appendNew(signature) }
  }
}

extension Plan {
  /// The calls that make rows.
  fileprivate var tableFunctions: [Expression.Call] {
    let own: [Expression.Call] = if case .rows(let functions) = self { functions.calls } else { [] }
    return own + inputs.flatMap(\.tableFunctions)
  }
}

extension [String] {
  fileprivate mutating func appendNew(_ element: String) { if !contains(element) { append(element) } }
}
