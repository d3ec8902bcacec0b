import Relations

/// How a value of one type becomes one of another, leaving modifiers aside.
public indirect enum CoercionPath: Hashable, Sendable {
  /// The types are the same.
  case identity
  /// The bytes are the same, only the type differs.
  case relabel
  case function(FunctionID)
  /// Printed as the one, read as the other.
  case inputOutput
  /// A literal of no type yet, read as the type.
  case literal
  /// Each element of an array, this way.
  case elements(CoercionPath)
}

extension Catalogue {
  /// The way from one type to another that a context allows; nil if there is none.
  ///
  /// Both may be domains, which coerce as what they are made of; that a domain's constraints are to be checked is in `steps`.
  public func coercion(from source: TypeID, to target: TypeID, _ context: CoercionContext) -> CoercionPath? {
    if source == target { return .identity }
    if source == .unknown { return .literal }
    return path(from: source, to: target, context)
  }

  /// PostgreSQL's look for a way: a declared cast decides, whatever it says; else arrays go by their elements, else strings are
  /// printed into on assignment and read from when asked.
  func path(from source: TypeID, to target: TypeID, _ context: CoercionContext) -> CoercionPath? {
    let source = base(of: source)
    let target = base(of: target)
    if source == target { return .relabel }
    if let cast = cast(from: source, to: target) {
      guard context >= cast.context else { return nil }
      return switch cast.method {
      case .function(let function): .function(function)
      case .relabel: .relabel
      case .inputOutput: .inputOutput
      }
    }
    if target != .oidVector, target != .int2Vector, let from = element(of: source), let to = element(of: target),
      let path = path(from: from, to: to, context)
    {
      return .elements(path)
    }
    if context >= .assignment, category(of: target) == .string { return .inputOutput }
    if context >= .explicit, category(of: source) == .string { return .inputOutput }
    return nil
  }

  /// Whether values may be coerced, all of them: to types that may be polymorphic, and then must agree on what those stand for.
  func canCoerce(_ sources: some Collection<TypeID>, to targets: some Collection<TypeID>, _ context: CoercionContext) -> Bool {
    var isPolymorphic = false
    for (source, target) in zip(sources, targets) {
      if source == target || target == .any { continue }
      if target.isPolymorphic {
        isPolymorphic = true
        continue
      }
      if source == .unknown || path(from: source, to: target, context) != nil { continue }
      if source == .record, isComposite(target) { continue }
      if target == .record, isComposite(source) { continue }
      if target == .recordArray, let element = element(of: source), isComposite(element) { continue }
      return false
    }
    return !isPolymorphic || agree(Array(sources), on: Array(targets))
  }

  func canCoerce(_ source: TypeID, to target: TypeID, _ context: CoercionContext) -> Bool {
    canCoerce(CollectionOfOne(source), to: CollectionOfOne(target), context)
  }

  /// Whether a value of the one type is, byte for byte, one of the other, without anybody asking.
  public func isBinaryCoercible(_ source: TypeID, to target: TypeID) -> Bool {
    if source == target { return true }
    switch target {
    case .any, .anyElement, .anyCompatible: return true
    default: break
    }
    let source = base(of: source)
    if source == target { return true }
    switch target {
    case .anyArray, .anyCompatibleArray: if kind(of: source) == .array { return true }
    case .anyNonArray, .anyCompatibleNonArray: if kind(of: source) != .array { return true }
    case .anyEnum: if kind(of: source) == .enum { return true }
    case .anyRange, .anyCompatibleRange: if kind(of: source) == .range { return true }
    case .anyMultirange, .anyCompatibleMultirange: if kind(of: source) == .multirange { return true }
    case .record: if isComposite(source) { return true }
    case .recordArray: if let element = element(of: source), isComposite(element) { return true }
    default: break
    }
    guard let cast = cast(from: source, to: target) else { return false }
    return cast.method == .relabel && cast.context == .implicit
  }
}

extension TypeID {
  /// Whether the type stands for any type, or any of a kind, so that a call decides what it is.
  public var isPolymorphic: Bool {
    switch self {
    case .anyElement, .anyArray, .anyNonArray, .anyEnum, .anyRange, .anyMultirange, .anyCompatible, .anyCompatibleArray,
      .anyCompatibleNonArray, .anyCompatibleRange, .anyCompatibleMultirange:
      true
    default: false
    }
  }
}
