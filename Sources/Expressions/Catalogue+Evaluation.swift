import Relations

/// What is computed of what is known. A function that PostgreSQL has and we do not compute makes a read doubtful; one that
/// PostgreSQL does not have either is an error of the query.
extension Catalogue {
  public func evaluates(_ function: Function) -> Bool { Kernel.evaluating(function, self) != nil || inlines(function) }

  /// As messages and reports name a function: `round(numeric,integer)`.
  public func signature(of function: Function) -> String {
    "\(function.name)(\(function.arguments.map { name(of: $0) }.joined(separator: ",")))"
  }
}
