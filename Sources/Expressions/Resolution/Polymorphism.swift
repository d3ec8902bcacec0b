import Relations

/// What the pseudo-types of a declaration stand for in a call.
///
/// There are two families. In the `anyelement` family all arguments must be of one type, arrays and ranges of it. In the
/// `anycompatible` family they need only a common type, and are coerced to it.
extension Catalogue {
  /// Whether the given types may stand for the declared ones. Used to sort out candidates, hence without a reason.
  func agree(_ sources: [TypeID], on targets: [TypeID]) -> Bool {
    var solution = Solution(catalogue: self)
    do throws(SQLError) {
      for (source, target) in zip(sources, targets) where source != .unknown { try solution.collect(source, as: target) }
      for target in targets { solution.note(target) }
      try solution.relateElements()
      try solution.checkElements()
      try solution.chooseCompatible(isCall: false)
      return true
    } catch {
      return false
    }
  }

  /// The declared types with everything polymorphic replaced by what it stands for, and the result's type.
  ///
  /// An argument of the first family is replaced by its own type (a domain over an array by that array), `any` by whatever was given,
  /// and `record` by a declared row type that was given, which stays what it is.
  ///
  /// - Throws: 42804 if they do not agree or nothing says what they stand for, 42704 if there is no array type where one is needed.
  func settle(
    _ sources: [TypeID], _ targets: [TypeID], result: TypeID
  ) throws(SQLError) -> (arguments: [TypeID], result: TypeID) {
    guard targets.contains(where: { $0.isPolymorphic }) else {
      return (zip(sources, targets).map { unchanged($0, $1) ?? $1 }, result)
    }
    var solution = Solution(catalogue: self)
    solution.note(result)
    for target in targets { solution.note(target) }
    for (source, target) in zip(sources, targets) where source != .unknown { try solution.collect(source, as: target) }
    if solution.hasElementFamily {
      try solution.relateElements()
      if solution.element == nil { throw solution.undetermined("polymorphic type") }
      try solution.checkElements()
    }
    try solution.chooseCompatible(isCall: true)
    var arguments: [TypeID] = []
    for (source, target) in zip(sources, targets) {
      if let unchanged = unchanged(source, target) {
        arguments.append(unchanged)
      } else {
        arguments.append(try solution.argument(source, target))
      }
    }
    return (arguments, try solution.result(result))
  }

  /// The given type where a declared one takes it as it is, under its own name.
  func unchanged(_ source: TypeID, _ target: TypeID) -> TypeID? {
    switch target {
    case .any: source
    case .record: isComposite(source) ? source : nil
    case .recordArray: element(of: source).map(isComposite) ?? false ? source : nil
    default: nil
    }
  }
}

/// What is known of the types that the pseudo-types stand for, as it is found out.
private struct Solution {
  let catalogue: Catalogue

  // What the declaration has.
  var hasElementFamily = false
  private var hasNonArray = false
  private var hasEnum = false
  private var hasMultirange = false
  private var hasCompatibleFamily = false
  private var hasCompatibleArray = false
  private var hasCompatibleNonArray = false
  private var hasCompatibleRange = false
  private var hasCompatibleMultirange = false

  // What it stands for.
  var element: TypeID?
  private var array: TypeID?
  private var range: TypeID?
  private var multirange: TypeID?
  private var compatible: TypeID?
  private var compatibleArray: TypeID?
  private var compatibleRange: TypeID?
  private var compatibleMultirange: TypeID?
  /// The subtypes of the given ranges, which the common type has to be.
  private var compatibleSubtypes: [TypeID] = []
  /// The types for which a common one is to be found.
  private var compatibles: [TypeID] = []

  init(catalogue: Catalogue) { self.catalogue = catalogue }
}

extension Solution {
  /// Takes note that a type is declared, for an argument or for the result. Of the result, only what it demands of the others.
  mutating func note(_ declared: TypeID) {
    switch declared {
    case .anyNonArray: hasNonArray = true
    case .anyEnum: hasEnum = true
    case .anyMultirange: hasMultirange = true
    case .anyCompatibleNonArray: hasCompatibleNonArray = true
    case .anyCompatibleArray: hasCompatibleArray = true
    case .anyCompatibleRange: hasCompatibleRange = true
    case .anyCompatibleMultirange: hasCompatibleMultirange = true
    default: break
    }
    switch declared {
    case .anyElement, .anyNonArray, .anyEnum, .anyArray, .anyRange, .anyMultirange: hasElementFamily = true
    case _ where declared.isPolymorphic: hasCompatibleFamily = true
    default: break
    }
  }

  /// Takes an argument of known type.
  mutating func collect(_ given: TypeID, as declared: TypeID) throws(SQLError) {
    switch declared {
    case .anyElement, .anyNonArray, .anyEnum: try agree(&element, given, "anyelement")
    case .anyArray: try agree(&array, catalogue.base(of: given), "anyarray")
    case .anyRange: try agree(&range, catalogue.base(of: given), "anyrange")
    case .anyMultirange: try agree(&multirange, catalogue.base(of: given), "anymultirange")
    case .anyCompatible, .anyCompatibleNonArray: compatibles.append(given)
    case .anyCompatibleArray:
      let array = catalogue.base(of: given)
      guard let element = catalogue.element(of: array) else { throw isNo("array", array, "anycompatiblearray") }
      compatibles.append(element)
    case .anyCompatibleRange:
      try agree(&compatibleRange, catalogue.base(of: given), "anycompatiblerange")
      try takeSubtype(of: catalogue.base(of: given), "range type", "anycompatiblerange")
    case .anyCompatibleMultirange:
      let multirange = catalogue.base(of: given)
      try agree(&compatibleMultirange, multirange, "anycompatiblemultirange")
      guard let range = catalogue.facts(of: multirange)?.range else {
        throw isNo("multirange type", multirange, "anycompatiblemultirange")
      }
      try takeSubtype(of: range, "range type", "anycompatiblemultirange")
    default: break
    }
  }

  private mutating func takeSubtype(of range: TypeID, _ what: String, _ declared: String) throws(SQLError) {
    guard let subtype = catalogue.facts(of: range)?.subtype else { throw isNo(what, range, declared) }
    compatibleSubtypes.append(subtype)
    compatibles.append(subtype)
  }

  private func agree(_ known: inout TypeID?, _ given: TypeID, _ declared: String) throws(SQLError) {
    if let known, known != given {
      throw mismatch(
        "arguments declared \"\(declared)\" are not all alike: \(catalogue.name(of: known)) versus \(catalogue.name(of: given))")
    }
    known = given
  }
}

/// The first family.
extension Solution {
  /// From array, multirange and range to the element, and from range to multirange.
  mutating func relateElements() throws(SQLError) {
    if let array {
      guard let of = catalogue.element(of: array) else { throw isNo("array", array, "anyarray") }
      try agree(&element, with: of, "anyarray", "anyelement")
    }
    if let multirange {
      guard let of = catalogue.facts(of: multirange)?.range else { throw isNo("multirange type", multirange, "anymultirange") }
      try agree(&range, with: of, "anymultirange", "anyrange")
    } else if hasMultirange, let range {
      multirange = catalogue.facts(of: range)?.multirange
    }
    if let range {
      guard let of = catalogue.facts(of: range)?.subtype else { throw isNo("range type", range, "anyrange") }
      try agree(&element, with: of, "anyrange", "anyelement")
    }
  }

  private func agree(_ known: inout TypeID?, with found: TypeID, _ a: String, _ b: String) throws(SQLError) {
    if let known, known != found {
      throw mismatch("argument declared \(a) is not consistent with argument declared \(b)")
    }
    known = found
  }

  /// What `anynonarray` and `anyenum` demand besides.
  func checkElements() throws(SQLError) {
    if hasNonArray, let element, catalogue.kind(of: catalogue.base(of: element)) == .array {
      throw mismatch("type matched to anynonarray is an array type: \(catalogue.name(of: element))")
    }
    // Without any known type there is no enum either; literals alone are not taken for one.
    if hasEnum, element.map({ catalogue.kind(of: $0) != .enum }) ?? true {
      throw mismatch("type matched to anyenum is not an enum type: \(element.map(catalogue.name(of:)) ?? "-")")
    }
  }
}

/// The second family.
extension Solution {
  /// From multirange to range, and from range to multirange.
  private mutating func relateCompatible() throws(SQLError) {
    if let multirange = compatibleMultirange, let of = catalogue.facts(of: multirange)?.range {
      try agree(&compatibleRange, with: of, "anycompatiblemultirange", "anycompatiblerange")
    } else if hasCompatibleMultirange, let range = compatibleRange {
      compatibleMultirange = catalogue.facts(of: range)?.multirange
    }
  }

  /// - Parameter isCall: false while candidates are sorted out, when what only a call needs is not asked yet.
  mutating func chooseCompatible(isCall: Bool) throws(SQLError) {
    guard hasCompatibleFamily else { return }
    try relateCompatible()
    if compatibles.isEmpty {
      guard isCall else { return }
      compatible = .text
      compatibleArray = .textArray
    } else {
      switch catalogue.selectCommonType(of: compatibles) {
      case .chosen(let type): compatible = type
      case .mismatch(let a, let b):
        throw mismatch("argument types \(catalogue.name(of: a)) and \(catalogue.name(of: b)) cannot be matched")
      }
    }
    guard let compatible else { return }
    guard compatibles.allSatisfy({ catalogue.canCoerce($0, to: compatible, .implicit) }) else {
      throw mismatch("arguments of anycompatible family cannot be cast to a common type")
    }
    if isCall, hasCompatibleArray {
      compatibleArray = catalogue.array(of: compatible)
      if compatibleArray == nil { throw noArray(of: compatible) }
    }
    // Ranges are not coerced to other ranges: a range cannot be told from its element, and the common type has to be its own.
    if isCall, hasCompatibleRange, compatibleRange == nil { throw undetermined("polymorphic type anycompatiblerange") }
    if isCall, hasCompatibleMultirange, compatibleMultirange == nil {
      throw undetermined("polymorphic type anycompatiblemultirange")
    }
    if let subtype = compatibleSubtypes.first(where: { $0 != compatible }) {
      throw mismatch(
        "a range of \(catalogue.name(of: subtype)) does not match anycompatible type \(catalogue.name(of: compatible))")
    }
    if hasCompatibleNonArray, catalogue.kind(of: catalogue.base(of: compatible)) == .array {
      throw mismatch("type matched to anycompatiblenonarray is an array type: \(catalogue.name(of: compatible))")
    }
  }
}

/// What everything comes to.
extension Solution {
  func argument(_ given: TypeID, _ declared: TypeID) throws(SQLError) -> TypeID {
    switch declared {
    case .anyElement, .anyNonArray, .anyEnum: return given == .unknown ? try known(element, declared) : given
    case .anyArray: return given == .unknown ? try arrayOfElement() : catalogue.base(of: given)
    case .anyRange: return given == .unknown ? try known(range, declared) : catalogue.base(of: given)
    case .anyMultirange: return given == .unknown ? try known(multirange, declared) : catalogue.base(of: given)
    default: return try compatible(declared) ?? declared
    }
  }

  func result(_ declared: TypeID) throws(SQLError) -> TypeID {
    switch declared {
    case .anyElement, .anyNonArray, .anyEnum: try known(element, declared)
    case .anyArray: try arrayOfElement()
    case .anyRange: try known(range, declared)
    case .anyMultirange: try known(multirange, declared)
    default: try compatible(declared) ?? declared
    }
  }

  private func compatible(_ declared: TypeID) throws(SQLError) -> TypeID? {
    switch declared {
    case .anyCompatible, .anyCompatibleNonArray: try known(compatible, declared)
    case .anyCompatibleArray: try known(compatibleArray, declared)
    case .anyCompatibleRange: try known(compatibleRange, declared)
    case .anyCompatibleMultirange: try known(compatibleMultirange, declared)
    default: nil
    }
  }

  private func arrayOfElement() throws(SQLError) -> TypeID {
    if let array { return array }
    guard let element else { throw undetermined("polymorphic type") }
    guard let array = catalogue.array(of: element) else { throw noArray(of: element) }
    return array
  }

  private func known(_ type: TypeID?, _ declared: TypeID) throws(SQLError) -> TypeID {
    guard let type else { throw undetermined("polymorphic type \(catalogue.name(of: declared))") }
    return type
  }
}

extension Solution {
  private func mismatch(_ message: String) -> SQLError { SQLError(.datatypeMismatch, message) }

  func undetermined(_ what: String) -> SQLError { mismatch("could not determine \(what) because input has type unknown") }

  private func isNo(_ what: String, _ given: TypeID, _ declared: String) -> SQLError {
    mismatch("argument declared \(declared) is not \(what == "array" ? "an" : "a") \(what) but type \(catalogue.name(of: given))")
  }

  private func noArray(of element: TypeID) -> SQLError {
    SQLError(.undefinedObject, "could not find array type for data type \(catalogue.name(of: element))")
  }
}
