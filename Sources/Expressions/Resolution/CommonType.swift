import Relations

/// The one type of several expressions that stand for each other: the branches of `CASE`, the arguments of `COALESCE`, the rows
/// of `VALUES`, the columns of `UNION`, the elements of `ARRAY` and of an `IN` list.
///
/// Order matters. Of `CASE`, the `ELSE` comes first; `UNION` takes two queries at a time.
extension Catalogue {
  /// - Parameter context: how messages name the construct: `CASE`, `COALESCE`, `VALUES`.
  /// - Throws: 42804 if the types are of different categories, 42846 if one of them does not become the chosen one.
  /// - Precondition: there is at least one type.
  public func commonType(of types: [TypeID], in context: String) throws(SQLError) -> TypeID {
    let common = try chosenType(of: types, in: context)
    for type in types { try checkCoercible(type, to: common, in: context) }
    return common
  }

  /// As `commonType`, without asking whether all others become it: who coerces one after the other asks then, and so tells the errors
  /// in their order.
  func chosenType(of types: [TypeID], in context: String) throws(SQLError) -> TypeID {
    switch selectCommonType(of: types) {
    case .chosen(let type): return type
    case .mismatch(let a, let b):
      throw SQLError(.datatypeMismatch, "\(context) types \(name(of: a)) and \(name(of: b)) cannot be matched")
    }
  }

  func checkCoercible(_ type: TypeID, to common: TypeID, in context: String) throws(SQLError) {
    if canCoerce(type, to: common, .implicit) { return }
    throw SQLError(.cannotCoerce, "\(context) could not convert type \(name(of: type)) to \(name(of: common))")
  }

  /// Which of the types has no common type with those before it, or does not become that of all.
  public func misfit(among types: [TypeID]) -> Int? {
    guard case .chosen(let common) = selectCommonType(of: types) else {
      return types.indices.first { if case .mismatch = selectCommonType(of: Array(types[...$0])) { true } else { false } }
    }
    return types.firstIndex { !canCoerce($0, to: common, .implicit) }
  }

  /// As `commonType`; nil if there is none. An `IN` list without one is compared element by element.
  public func commonTypeIfAny(of types: [TypeID]) -> TypeID? {
    guard case .chosen(let common) = selectCommonType(of: types) else { return nil }
    return types.allSatisfy { canCoerce($0, to: common, .implicit) } ? common : nil
  }

  enum CommonType {
    case chosen(TypeID)
    /// The two types that are of different categories.
    case mismatch(TypeID, TypeID)
  }

  /// The first type that is known, unless a later one is better: one that the first becomes by itself, and not the other way round.
  /// A preferred type is left for none. Whether all others become the chosen one is not asked here.
  func selectCommonType(of types: [TypeID]) -> CommonType {
    precondition(!types.isEmpty, "nothing has no type")
    // Only if all are the same can the result be a domain.
    if types[0] != .unknown, types.allSatisfy({ $0 == types[0] }) { return .chosen(types[0]) }
    var common = base(of: types[0])
    for type in types.dropFirst() {
      let type = base(of: type)
      if type == .unknown || type == common { continue }
      if common == .unknown {
        common = type
        continue
      }
      let category = category(of: common)
      if self.category(of: type) != category { return .mismatch(common, type) }
      if !isPreferred(common, in: category), canCoerce(common, to: type, .implicit), !canCoerce(type, to: common, .implicit) {
        common = type
      }
    }
    return .chosen(common == .unknown ? .text : common)
  }
}
