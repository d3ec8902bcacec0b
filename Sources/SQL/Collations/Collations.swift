import Expressions
import Queries
import Relations

/// Tells for everything in a plan that compares, orders or folds text by which collation it does so, and marks what we do not compute.
///
/// It looks at a bound plan from the bottom up, as PostgreSQL does at a parsed query: a column has the collation of its declaration, a
/// value that of what it is made of, a clause decides. What of it is C, or does not matter because only bytes are compared, is left as it
/// is: of a database in C nothing is marked, and plans are what they would be without. The rest is marked (`Expression.collated`): keys that
/// rows are sorted by, and operands of calls. A mark is not evaluated, unless we have the rules of order that are the database's: then it is
/// the text's sort key, and who compares or sorts does so by bytes.
struct Collations {
  let schema: Schema
  let catalogue: Catalogue
  /// The rows around a dependent plan, the nearest first.
  var around: [[Column]] = []
  /// The columns of the recursions around, the nearest last.
  var working: [[Column]] = []

  init(_ schema: Schema, _ catalogue: Catalogue) {
    self.schema = schema
    self.catalogue = catalogue
  }

  /// A column of a plan.
  struct Column {
    let state: CollationState
    /// Whether it is what a select list says, so that who names it does not see why it has its collation.
    var isTarget = false

    /// As an expression over it has it.
    var asNamed: CollationState { isTarget ? state.named : state }
  }
}

// MARK: - Rules

extension Collations {
  /// What is known of a collation; nil if nothing is.
  private func rules(_ name: QualifiedName) -> Collation? {
    if name == Collation.defaultName { return schema.defaultCollation }
    return schema.collation(name) ?? (name.namespace == "pg_catalog" ? Collation.builtIn(name.name) : nil)
  }

  /// Whether equal bytes are the only ones that are equal. PostgreSQL brings no other collations, and no database has another one.
  func isDeterministic(_ name: QualifiedName) -> Bool { rules(name)?.isDeterministic ?? true }

  /// The mark for what uses a collation; nil if it is computed.
  func mark(_ use: CollationUse, _ state: CollationState) -> Collating? {
    if use == .nothing { return nil }
    guard let name = state.name else { return Collating(nil, mayRaise: true, isSettled: true) }
    guard isDeterministic(name) else { return Collating(name, mayRaise: true, isSettled: true) }
    let isOurs =
      switch use {
      case .nothing, .equality: true
      case .order: rules(name)?.ordersBytes ?? false
      case .letters: rules(name)?.knowsOnlyASCII ?? false
      case .everything: (rules(name)?.ordersBytes ?? false) && (rules(name)?.knowsOnlyASCII ?? false)
      }
    return isOurs || Planted.bug("every collation is C") ? nil : Collating(name, isSettled: true)
  }

  /// The same mark for sort keys, where we have the rules.
  func rules(of mark: Collating) -> Collating? {
    guard !mark.mayRaise, let name = mark.name, let collation = rules(name), let rules = CollationRules(collation) else {
      return nil
    }
    return Collating(name, isSettled: true, rules: rules)
  }

  /// The collation of a type's values if nothing else is said; nil for a type without.
  func collation(of type: TypeID) -> QualifiedName? {
    if case .domain(let domain)? = schema[type]?.definition { return domain.collation ?? collation(of: domain.base.id) }
    if type == .unknown { return nil }
    if let facts = BuiltInTypes.facts(of: type) {
      return facts.collation.map { $0 == 950 ? QualifiedName("pg_catalog", "C") : Collation.defaultName }
    }
    return catalogue.element(of: type).flatMap { $0 == type ? nil : collation(of: $0) }
  }

  /// Whether values are ordered by the database's collation although they have none: documents, by the strings in them.
  func isOrderedByDefault(_ type: TypeID) -> Bool {
    if case .domain(let domain)? = schema[type]?.definition { return isOrderedByDefault(domain.base.id) }
    return type == .jsonb || catalogue.element(of: type) == .jsonb
  }

  /// What values are ordered or told apart by; nil if no collation has to do with it.
  func orderState(_ type: TypeID, _ state: CollationState) -> CollationState? {
    if isOrderedByDefault(type) { return .implicit(Collation.defaultName) }
    return collation(of: type) == nil ? nil : state
  }
}
