import Expressions
import Relations

/// A question with its constants taken out: a thousand agents who ask the same with other numbers share one.
///
/// Constants become parameters in the order in which they stand in the plan, from the bottom up. Nulls and truth values stay: they
/// change what a question means and not only what it is about. So does what belongs to a type, like the 2 of `numeric(10,2)`.
public struct Template: Hashable, Sendable {
  public let query: Query
  public let parameters: [SQLType]
}

extension Query {
  /// The template of the question, and the constants that make it this one.
  public var template: (Template, constants: [Value]) {
    var extraction = Extraction()
    let plan = plan.mapping { extraction.parameterized($0) }
    let template = Template(query: Query(plan, columns: columns), parameters: extraction.constants.map(\.type))
    return (template, extraction.constants.map(\.value))
  }
}

extension Query {
  /// What `template` takes out, in the same order.
  public var constants: [Constant] {
    var extraction = Extraction()
    _ = plan.mapping { extraction.parameterized($0) }
    return extraction.constants
  }
}

extension Template {
  /// The question for given constants.
  ///
  /// - Precondition: there is a constant for each parameter.
  public func query(_ constants: [Value]) -> Query {
    precondition(constants.count == parameters.count, "a template takes a constant for each parameter")
    return Query(query.plan.mapping { $0.supplying(constants) }, columns: query.columns)
  }
}

private struct Extraction {
  var constants: [Constant] = []

  mutating func parameterized(_ expression: Expression) -> Expression {
    switch expression {
    case .constant(let constant):
      switch constant.value {
      case .null where !Planted.bug("a null is a constant"), .bool: return expression
      default:
        constants.append(constant)
        return .parameter(constants.count - 1, constant.type)
      }
    case .call(let call)
    where call.spelling == .explicitCast || call.spelling == .implicitCast:
      // Behind the value of a cast comes what belongs to its type.
      let arguments = [parameterized(call.arguments[0])] + call.arguments.dropFirst()
      return .call(.init(function: call.function, arguments: arguments, type: call.type, spelling: call.spelling))
    default:
      return expression.mappingChildren { parameterized($0) }
    }
  }
}

extension Expression {
  /// Constants in the places of parameters.
  public func supplying(_ constants: [Value]) -> Expression {
    if case .parameter(let index, let type) = self { return .constant(constants[index], type) }
    return mappingChildren { $0.supplying(constants) }
  }
}
