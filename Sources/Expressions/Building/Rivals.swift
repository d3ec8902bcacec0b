import Relations

/// What a schema declares under the names of PostgreSQL's own functions and operators.
///
/// Nobody here looks into them, so all that matters is whether a call could mean one. A declaration that the operands cannot be coerced to
/// takes no part in PostgreSQL's choice, and one that fits less well than a built-in with exactly the operands' types is not chosen: then
/// the choice among the built-ins is PostgreSQL's. Everything else is left undecided, which may be more than need be.
public struct Rivals: Sendable {
  private var functions: [Identifier: [Signature]] = [:]
  private var operators: [Identifier: [Signature]] = [:]

  public init() {}

  /// What a declaration takes.
  public struct Signature: Sendable {
    var slots: [Slot]
    var fewest: Int
    var isVariadic: Bool
    var isFirst: Bool

    /// - Parameters:
    ///   - fewest: with how many arguments it can be called, the others having defaults.
    ///   - isVariadic: whether it takes any number of arguments instead of its last.
    ///   - isFirst: whether the search path comes by it before it comes by what is built in.
    public init(_ slots: [Slot], fewest: Int? = nil, isVariadic: Bool = false, isFirst: Bool) {
      self.slots = slots
      self.fewest = fewest ?? slots.count
      self.isVariadic = isVariadic
      self.isFirst = isFirst
    }
  }

  /// What one argument may be.
  public enum Slot: Hashable, Sendable {
    /// One of PostgreSQL's types: the declared one, or what the declared domain is made of.
    case type(TypeID)
    /// A type of the schema's, which nothing becomes by itself but a literal.
    case literal
    /// Anything, as far as we can tell.
    case anything
  }
}

extension Rivals {
  public mutating func add(function name: Identifier, _ signature: Signature) { functions[name, default: []].append(signature) }
  public mutating func add(operator name: Identifier, _ signature: Signature) { operators[name, default: []].append(signature) }

  /// Whether `left name right` could be an operator of the schema's.
  func mayMean(operator name: String, _ left: TypeID?, _ right: TypeID, _ catalogue: Catalogue) -> Bool {
    guard !operators.isEmpty, let signatures = operators[Identifier(name)] else { return false }
    let inputs = left.map { [$0, right] } ?? [right]
    // Beside a literal, PostgreSQL looks for the operator between two of the other's type first.
    let known = inputs.first { $0 != .unknown } ?? .unknown
    let exact = inputs.map { $0 == .unknown ? known : $0 }
    let hasBuiltIn = catalogue.operators(named: name).contains { operation in
      exact == (operation.left.map { [$0, operation.right] } ?? [operation.right])
    }
    return signatures.contains { signature in
      signature.slots.count == inputs.count
        && !Planted.bug("operators of a schema are not meant")
        && (hasBuiltIn ? signature.isFirst && signature.isExact(exact) : signature.isCallable(inputs, catalogue))
    }
  }

  /// Whether a call could be of a function or an aggregate of the schema's.
  ///
  /// - Parameters:
  ///   - isPlain: without names of arguments and without `VARIADIC`.
  ///   - isCast: whether it is a cast in disguise, to which only a function of exactly these types is preferred.
  func mayMean(function name: String, _ inputs: [TypeID], isPlain: Bool, isCast: Bool, _ catalogue: Catalogue) -> Bool {
    guard !functions.isEmpty, let signatures = functions[Identifier(name)] else { return false }
    let hasBuiltIn = isPlain && catalogue.functions(named: name).contains { $0.arguments.elementsEqual(inputs) }
    return signatures.contains { signature in
      guard isPlain else { return true }
      guard signature.takes(inputs.count) else { return false }
      if hasBuiltIn { return signature.isFirst && signature.isExact(inputs) && !Planted.bug("what is built in comes first") }
      return isCast ? signature.isExact(inputs) : signature.isCallable(inputs, catalogue)
    }
  }
}

extension Rivals.Signature {
  fileprivate func takes(_ count: Int) -> Bool {
    isVariadic ? count >= min(fewest, slots.count - 1) : (fewest...slots.count).contains(count)
  }

  fileprivate func isExact(_ inputs: [TypeID]) -> Bool {
    if isVariadic { return true }
    return zip(slots, inputs).allSatisfy { slot, input in
      switch slot {
      case .type(let type): type == input
      case .literal: false
      case .anything: true
      }
    }
  }

  fileprivate func isCallable(_ inputs: [TypeID], _ catalogue: Catalogue) -> Bool {
    if isVariadic { return true }
    return zip(slots, inputs).allSatisfy { slot, input in
      if input == .unknown || input == .record || input >= .firstUserDefined { return true }
      switch slot {
      case .type(let type): return type == input || type.isPolymorphic || catalogue.canCoerce(input, to: type, .implicit)
      case .literal: return false
      case .anything: return true
      }
    }
  }
}

// MARK: - Asking them

extension ExpressionBuilder {
  /// The same, for names that are written with PostgreSQL's own schema.
  public var withoutRivals: ExpressionBuilder { ExpressionBuilder(catalogue: catalogue, style: style) }

  func refuseRivals(operator name: String, _ left: TypeID?, _ right: TypeID) throws(Failure) {
    if rivals.mayMean(operator: name, left, right, catalogue) { throw .unsupported("the operator \(name) of the schema's") }
    try refuseOpaque(left.map { [$0, right] } ?? [right])
  }

  /// Types with functions of their own: nothing tells what they are coerced to.
  func refuseOpaque(_ types: [TypeID]) throws(Failure) {
    for type in types where type >= .firstUserDefined {
      guard let kind = catalogue.kind(of: type), kind != .base else { throw .unsupported("values of a user's type") }
    }
  }

  /// What was chosen for values of the schema's types is right, and nobody computes it.
  func refuseUserTypes(_ types: [TypeID]) throws(Failure) {
    for type in types where type >= .firstUserDefined { throw .unsupported("values of the type \(catalogue.name(of: type))") }
  }

  /// Casts of the schema's, where they would be used. Those by way of text are PostgreSQL's own doing.
  func refuseAddedCast(from source: TypeID, to target: TypeID, _ context: CoercionContext) throws(Failure) {
    guard let cast = catalogue.addedCast(from: catalogue.base(of: source), to: catalogue.base(of: target)),
      cast.method != .inputOutput, context >= cast.context
    else { return }
    throw .unsupported("the schema's cast from \(catalogue.name(of: source)) to \(catalogue.name(of: target))")
  }
}
