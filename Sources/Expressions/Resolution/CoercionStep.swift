import Relations

/// One step of a value on its way to a type and its modifier. Steps are applied in order; most ways have one or none.
public enum CoercionStep: Hashable, Sendable {
  /// Reads a literal's text as a type. The modifier goes to the reading of `interval` only; others have it applied by a further step.
  case input(SQLType)
  /// The same bytes under another type.
  case relabel(TypeID)
  /// Calls a cast's function.
  case call(FunctionID, result: TypeID, CastArguments)
  /// Prints the value and reads the text as a type.
  case inputOutput(TypeID)
  /// Takes each element of an array through steps, to an array of a type.
  indirect case elements([CoercionStep], result: TypeID)
  /// Checks the constraints of a domain.
  case domain(TypeID)
}

/// What the function of a cast is told besides the value.
public struct CastArguments: Hashable, Sendable {
  /// The target's modifier, for functions of two and more arguments.
  public let modifier: Int32?
  /// Whether the cast was asked for, for functions of three. `char(3)` cuts what is too long when asked, and else raises.
  public let isExplicit: Bool?

  /// Nil for what the function does not take.
  public init(modifier: Int32? = nil, isExplicit: Bool? = nil) {
    self.modifier = modifier
    self.isExplicit = isExplicit
  }
}

extension Catalogue {
  /// The steps from one type to another, modifier and domain included, as an explicit cast, an assignment or an operator's operand
  /// takes them. Empty if there is nothing to do.
  ///
  /// - Throws: 42846 if the context allows no way.
  public func steps(
    from source: SQLType, to target: SQLType, _ context: CoercionContext
  ) throws(SQLError) -> [CoercionStep] {
    guard let steps = findSteps(from: source, to: target, context) else {
      throw SQLError(.cannotCoerce, "cannot cast type \(name(of: source.id)) to \(name(of: target.id))")
    }
    return steps
  }

  /// As `steps(from:to:_:)`; nil if there is no way.
  public func findSteps(from source: SQLType, to target: SQLType, _ context: CoercionContext) -> [CoercionStep]? {
    guard canCoerce(source.id, to: target.id, context) else { return nil }
    var way = Way(steps: [], type: source)
    convert(&way, to: target, context)
    applyModifier(&way, target.modifier, context)
    return way.steps
  }

  /// The steps so far, and what the value is after them.
  private struct Way {
    var steps: [CoercionStep]
    var type: SQLType

    mutating func append(_ step: CoercionStep, _ type: SQLType) {
      steps.append(step)
      self.type = type
    }
  }

  /// From type to type. The target's modifier is applied on the way only where the step takes it.
  private func convert(_ way: inout Way, to target: SQLType, _ context: CoercionContext) {
    let source = way.type.id
    if source == target.id || unchanged(source, target.id) != nil { return }
    switch target.id {
    case .anyElement, .anyNonArray, .anyCompatible, .anyCompatibleNonArray: return
    default: break
    }
    let base = target.id < .firstUserDefined ? target : base(of: target)
    if source == .unknown {
      let literal = SQLType(base.id, modifier: base.id == .interval ? base.modifier : -1)
      way.append(.input(literal), literal)
      return enter(&way, target.id, base, context)
    }
    if target.id.isPolymorphic {
      if self.base(of: source) != source { way.append(.relabel(self.base(of: source)), SQLType(self.base(of: source))) }
      return
    }
    switch path(from: source, to: target.id, context) {
    case .relabel?, .identity?, nil:
      // No path is left only for a row that is to be of a declared type. Whoever sees its fields coerces them one by one.
      if base.id != source { way.append(.relabel(base.id), SQLType(base.id)) }
    case .inputOutput?, .literal?:
      way.append(.inputOutput(base.id), SQLType(base.id))
    case .function(let function)?:
      call(&way, function, base, context)
    case .elements?:
      convertElements(&way, to: base, context)
    }
    enter(&way, target.id, base, context)
  }

  /// Once the value is of a domain's base type: the domain's own modifier, and its constraints.
  private func enter(_ way: inout Way, _ target: TypeID, _ base: SQLType, _ context: CoercionContext) {
    guard target != base.id else { return }
    applyModifier(&way, base.modifier, context)
    way.append(.domain(target), SQLType(target))
  }

  private func call(_ way: inout Way, _ function: FunctionID, _ target: SQLType, _ context: CoercionContext) {
    let count = self.function(function)?.arguments.count ?? 1
    let arguments = CastArguments(
      modifier: count >= 2 ? target.modifier : nil, isExplicit: count >= 3 ? context == .explicit : nil)
    way.append(.call(function, result: target.id, arguments), SQLType(target.id, modifier: arguments.modifier ?? -1))
  }

  private func convertElements(_ way: inout Way, to target: SQLType, _ context: CoercionContext) {
    let source = base(of: way.type)
    guard let from = element(of: source.id), let to = element(of: target.id),
      let steps = findSteps(from: SQLType(from, modifier: source.modifier), to: SQLType(to, modifier: target.modifier), context)
    else { preconditionFailure("arrays coerce as their elements do") }
    // Elements that become what they are make no step; the array is still of another type.
    let modifier = steps.isEmpty ? source.modifier : modifier(after: steps)
    if steps.isEmpty {
      way.append(.relabel(target.id), SQLType(target.id, modifier: modifier))
    } else {
      way.append(.elements(steps, result: target.id), SQLType(target.id, modifier: modifier))
    }
  }

  /// The modifier that a value has after steps.
  private func modifier(after steps: [CoercionStep]) -> Int32 {
    switch steps.last {
    case .input(let type)?: type.modifier
    case .call(_, _, let arguments)?: arguments.modifier ?? -1
    case .elements(let steps, _)?: modifier(after: steps)
    case .relabel?, .inputOutput?, .domain?, nil: -1
    }
  }

  /// Cuts, rounds or pads to what the modifier says, if the value is not known to be so already.
  private func applyModifier(_ way: inout Way, _ modifier: Int32, _ context: CoercionContext) {
    guard modifier >= 0, modifier != way.type.modifier else { return }
    let target = SQLType(way.type.id, modifier: modifier)
    if let element = element(of: target.id) {
      guard modifierFunction(of: element) != nil else { return }
      convertElements(&way, to: target, context)
    } else if let function = modifierFunction(of: target.id) {
      call(&way, function, target, context)
    }
  }

  /// The function that applies a modifier to a value of a type: `numeric(numeric, int4)`; nil if the type has none.
  public func modifierFunction(of type: TypeID) -> FunctionID? {
    guard case .function(let function)? = cast(from: type, to: type)?.method else { return nil }
    return function
  }
}
