import Expressions

/// How deep a plan is: whoever walks it does so by recursion.
extension Plan {
  /// Whether it has at most so many levels of operators and expressions within each other.
  public func fits(levels: Int) -> Bool {
    guard levels > 0 else { return false }
    return ownExpressions.allSatisfy { $0.fits(levels: levels - 1) } && inputs.allSatisfy { $0.fits(levels: levels - 1) }
  }
}

extension Expression {
  /// Whether it has at most so many levels.
  public func fits(levels: Int) -> Bool {
    guard levels > 0 else { return false }
    return children.allSatisfy { $0.fits(levels: levels - 1) }
  }
}
