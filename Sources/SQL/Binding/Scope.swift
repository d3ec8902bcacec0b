import Relations

/// The columns that names can mean at one place of a query, numbered as the plan below has them.
struct Scope {
  struct Column {
    /// What qualifies it: the table's name there, or its alias.
    let relation: Identifier
    let name: Identifier
    let type: SQLType
  }

  let columns: [Column]
  /// The namespace of a relation that has no alias, so that `public.orders.id` finds it.
  let namespaces: [Identifier: Identifier]
  /// The places of the columns that tell its rows apart; nil if nothing does.
  let primaryKey: [Int]?

  static let empty = Scope(columns: [], namespaces: [:], primaryKey: nil)

  /// The places of the columns that a name means: none, one, or several that it cannot tell apart.
  func places(of name: Identifier, in relation: Identifier?) -> [Int] {
    columns.indices.filter { columns[$0].name == name && (relation == nil || columns[$0].relation == relation) }
  }

  func has(_ relation: Identifier) -> Bool { columns.contains { $0.relation == relation } || namespaces[relation] != nil }
}
