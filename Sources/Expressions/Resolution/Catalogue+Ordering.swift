import Relations

/// Which operators order, equate and hash a type: what `ORDER BY`, `DISTINCT`, `GROUP BY`, `UNION` and indexes use.
extension Catalogue {
  /// The family that orders or hashes a type by default. Types without one of their own use that of a type that they are, byte for
  /// byte: `varchar` that of `text`, every enum that of `anyenum`.
  public func defaultFamily(_ method: OperatorFamily.Method, of type: TypeID) -> (family: OperatorFamily, type: TypeID)? {
    let type = base(of: type)
    let classes = builtIns.classes.filter { $0.family.method == method }
    if let own = classes.first(where: { $0.type == type }) { return (own.family, own.type) }
    let category = category(of: type)
    let usable = classes.filter { isBinaryCoercible(type, to: $0.type) }
    let preferred = usable.filter { isPreferred($0.type, in: category) }
    // Of several that are no better than each other, PostgreSQL takes none.
    guard let chosen = preferred.count == 1 ? preferred[0] : usable.count == 1 ? usable[0] : nil else { return nil }
    return (chosen.family, chosen.type)
  }

  /// The operator that compares two values of a type in its default order; for equality, in its default hash if it has no order.
  /// Nil if there is none, for an array or a range also if there is none for what it consists of.
  public func comparison(_ comparison: Comparison, of type: TypeID) -> Operator? {
    if let (family, operand) = defaultFamily(.btree, of: type), isOrdered(type) {
      return member(comparison, of: family, operand)
    }
    guard comparison == .equal, let (family, operand) = defaultFamily(.hash, of: type), canEquate(type) else { return nil }
    return member(comparison, of: family, operand)
  }

  /// The operator that compares values of two types in an order or a hash.
  public func member(_ comparison: Comparison, of family: OperatorFamily, _ left: TypeID, _ right: TypeID) -> Operator? {
    let wanted = FamilyMembership(family: family, comparison: comparison)
    for name in Self.names(of: comparison) {
      if let found = operators(named: name).first(where: { $0.left == left && $0.right == right && $0.families.contains(wanted) }) {
        return found
      }
    }
    return operators.first { $0.left == left && $0.right == right && $0.families.contains(wanted) }
  }

  private func member(_ comparison: Comparison, of family: OperatorFamily, _ type: TypeID) -> Operator? {
    member(comparison, of: family, type, type)
  }

  /// The names that nearly all such operators have; the others are looked for one by one.
  private static func names(of comparison: Comparison) -> [String] {
    switch comparison {
    case .less: ["<", "~<~"]
    case .lessOrEqual: ["<=", "~<=~"]
    case .equal: ["="]
    case .greaterOrEqual: [">=", "~>=~"]
    case .greater: [">", "~>~"]
    }
  }

  private func isOrdered(_ type: TypeID) -> Bool {
    guard let element = element(of: base(of: type)), !hasOwnClass(.btree, type) else { return true }
    return comparison(.less, of: element) != nil
  }

  private func canEquate(_ type: TypeID) -> Bool {
    guard let element = element(of: base(of: type)), !hasOwnClass(.hash, type) else { return true }
    return comparison(.equal, of: element) != nil
  }

  /// `oidvector` is an array with an order of its own.
  private func hasOwnClass(_ method: OperatorFamily.Method, _ type: TypeID) -> Bool {
    let type = base(of: type)
    return builtIns.classes.contains { $0.family.method == method && $0.type == type }
  }
}
