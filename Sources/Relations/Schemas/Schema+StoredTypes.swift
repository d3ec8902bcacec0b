/// Which built-in type stands for a declared one wherever rows are stored, moved and computed.
///
/// What the schema alone knows of a value (which labels there are and in which order, what a domain accepts) is put into the question
/// when it is bound. Below that a value of a domain is one of its base type, and a value of an enum is its label, a text: labels may be
/// inserted between others and get another order, and stored rows must not change their meaning.
extension Schema {
  /// The type as which values are stored; the type itself if it is built in, or if nothing but its printed form is known of it.
  public func storedType(of type: SQLType) -> SQLType {
    if type.id < .firstUserDefined { return type }
    switch self[type.id]?.definition {
    case .enumeration?: return .text
    case .domain(let domain)?: return storedType(of: domain.base)
    case .composite?, .range?, .multirange?, .base?: return type
    case nil: return storedArray(type) ?? type
    }
  }

  /// As `storedType`, for an array that PostgreSQL declares along with a type.
  private func storedArray(_ array: SQLType) -> SQLType? {
    guard let element = element(ofArray: array.id) else { return nil }
    let stored = storedType(of: SQLType(element.id))
    return BuiltInTypes.facts(of: stored.id)?.array.map { SQLType($0, modifier: stored.modifier) }
  }

  func withStoredTypes(_ table: Table) -> Table {
    guard table.columns.contains(where: { $0.type.id >= .firstUserDefined }) else { return table }
    var table = table
    table.setStoredTypes { storedType(of: $0) }
    return table
  }
}
