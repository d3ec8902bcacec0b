internal import CPgQuery
import Expressions
import Queries
import Relations

/// Names of columns: in the level's own row, else in the rows around it, the nearest first.
extension ScalarBinder {
  func column(_ reference: Syntax.ColumnRef) throws(BindingFailure) -> Expression {
    let names = reference.fields.map { Identifier($0.text) }
    guard let name = names.last, reference.fields.allSatisfy({ if case .string = $0.kind { true } else { false } }) else {
      throw .unsupported("a row by its star")
    }
    switch names.count {
    case 1: return try column(name, reference)
    case 2, 3:
      let (found, outward) = try relation(
        names[names.count - 2], namespace: names.count == 3 ? names[0] : nil, reference.location, written(reference))
      let columns = found.columns.filter { $0.name == name }
      if columns.count > 1 { throw ambiguous(name, reference.location) }
      if let column = columns.first { return try used(column, outward, reference.location) }
      if found.hasSystemColumns, name.isSystemColumn { throw .undecidable(.notFollowed, "the system column \(name)") }
      // A function of the row may be written so, too.
      if builder.catalogue.functions(named: name.text).contains(where: { $0.arguments.count == 1 && $0.arguments.first == .record })
      {
        throw .unsupported("a function of a row, written as its column")
      }
      throw refusal(
        SQLState("42703"), "column \(names[names.count - 2].text).\(name.text) does not exist", reference.location)
    default:
      // The first part would be the database's name.
      throw .unsupported("a column with its database")
    }
  }

  private func column(_ name: Identifier, _ reference: Syntax.ColumnRef) throws(BindingFailure) -> Expression {
    for (outward, scope) in scopes {
      let found = scope.columns(named: name)
      if found.count > 1 { throw ambiguous(name, reference.location) }
      if let column = found.first { return try used(column, outward, reference.location) }
      if name.isSystemColumn, scope.relations.contains(where: \.hasSystemColumns) {
        throw .undecidable(.notFollowed, "the system column \(name)")
      }
    }
    if scopes.contains(where: { $1.relations.contains { $0.name == name } }) {
      let (found, outward) = try relation(name, namespace: nil, reference.location, written(reference))
      guard let scalar = found.scalar else { throw .unsupported("a whole row as a value") }
      return try used(scalar, outward, reference.location)
    }
    throw refusal(SQLState("42703"), "column \"\(name.text)\" does not exist", reference.location)
  }

  /// Whether a bare name means a column.
  func isColumn(_ name: Identifier) -> Bool { scopes.contains { !$1.columns(named: name).isEmpty } }
  func isRelation(_ name: Identifier) -> Bool { scopes.contains { $1.relations.contains { $0.name == name } } }

  /// The scopes that names are looked for in, each with how many rows outward it is; 0 is the level's own.
  private var scopes: [(outward: Int, scope: Scope)] {
    [(0, level.scope)]
      + surroundings.rows.enumerated().compactMap { $1.isVisible ? ($0 + 1, $1.level.scope) : nil }
  }

  /// The relation that a qualifier means, and how many rows outward it is.
  func relation(
    _ name: Identifier, namespace: Identifier?, _ location: Int32, _ written: String
  ) throws(BindingFailure) -> (Scope.Relation, outward: Int) {
    for (outward, scope) in scopes {
      let found = scope.relations(name, namespace: namespace)
      if found.count > 1 {
        throw refusal(SQLState("42P09"), "table reference \"\(name.text)\" is ambiguous", location)
      }
      guard let relation = found.first else { continue }
      if outward > 0, case .lateral(isAllowed: false) = surroundings.rows[outward - 1].level.kind {
        throw refusal(
          SQLState("42P10"), "invalid reference to FROM-clause entry for table \"\(name.text)\"", location)
      }
      return (relation, outward)
    }
    let isHidden = surroundings.rows.contains { !$0.isVisible && !$0.level.scope.relations(name, namespace: namespace).isEmpty }
    let what = isHidden ? "invalid reference to" : "missing"
    throw refusal(SQLState("42P01"), "\(what) FROM-clause entry for table \"\(name.text)\"", location)
  }

  /// A column in an expression.
  func used(_ column: Scope.Column, _ outward: Int, _ location: Int32) throws(BindingFailure) -> Expression {
    if outward > 0, case .lateral(isAllowed: false) = surroundings.rows[outward - 1].level.kind {
      throw refusal(SQLState("42P10"), "invalid reference to FROM-clause entry", location)
    }
    note(column.expression, location, outward)
    return column.expression.reaching(outward)
  }

  /// Remembers where columns of a row are named, if that is asked.
  func note(_ expression: Expression, _ location: Int32, _ outward: Int = 0) {
    guard surroundings.binding.keepsOrigins else { return }
    let level = outward == 0 ? level : surroundings.rows[outward - 1].level
    for place in expression.columns { level.uses.append(.init(place: place, location: location)) }
  }

  private func ambiguous(_ name: Identifier, _ location: Int32) -> BindingFailure {
    refusal(SQLState("42702"), "column reference \"\(name.text)\" is ambiguous", location)
  }

  private func written(_ reference: Syntax.ColumnRef) -> String { reference.fields.map(\.text).joined(separator: ".") }
}

// MARK: - Stars

extension ScalarBinder {
  /// The columns that `*` or `relation.*` stands for; nil for anything else.
  func star(_ value: Node) throws(BindingFailure) -> [(column: Scope.Column, expression: Expression)]? {
    guard case .columnRef(let reference) = value.kind, let last = reference.fields.last, case .aStar = last.kind else { return nil }
    if reference.fields.count == 1 {
      guard level.scope.isThere else {
        throw refusal(SQLState("42601"), "SELECT * with no tables specified is not valid", reference.location)
      }
      return level.scope.columns.map { ($0, $0.expression) }
    }
    guard reference.fields.count <= 3 else { throw .unsupported("a column with its database") }
    let names = reference.fields.dropLast().map { Identifier($0.text) }
    let (relation, outward) = try self.relation(
      names[names.count - 1], namespace: names.count == 2 ? names[0] : nil, reference.location, "")
    return relation.columns.map { ($0, $0.expression.reaching(outward)) }
  }
}

extension Expression {
  /// A row's expression, as it is seen from within dependent plans.
  func reaching(_ outward: Int) -> Expression {
    switch self {
    case _ where outward == 0: self
    case .column(let place, let type): .outer(level: Planted.bug("every outer row is the nearest") ? 1 : outward, place, type)
    default: mappingChildren { $0.reaching(outward) }
    }
  }
}

extension Identifier {
  var isSystemColumn: Bool { ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"].contains(text) }
}
