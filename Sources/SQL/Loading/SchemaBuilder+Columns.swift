internal import CPgQuery
import Relations

/// Columns, as `CREATE TABLE` and `ADD COLUMN` declare them.
extension SchemaBuilder {
  /// A column, and what its declaration says about the table besides.
  struct ColumnDeclaration {
    var column: TableColumn
    /// Keys, checks and foreign keys, for when the table has all its columns.
    var constraints: [TableConstraint] = []
    /// The options of an identity column's sequence, or a serial's.
    var sequence: OwnedSequence?
    /// Whether the declaration itself has said where values come from: a parent's default may be replaced.
    var hasSource = false
    /// Whether it has said `NULL`.
    var isNullable = false
  }

  /// A sequence that comes with a column.
  struct OwnedSequence {
    var column: Identifier
    var type: SQLType
    var options: [Syntax.DefElem]
    /// Whether the column's default draws from it.
    var isSerial: Bool
  }

  /// A constraint, with the columns that it is attached to where it does not name any.
  struct TableConstraint {
    var syntax: Syntax.Constraint
    var column: Identifier?
    /// What follows it in the declaration.
    var siblings: Nodes?
    /// The name of a key that is the same one and has a name.
    var otherName: Identifier?

    var name: Identifier? { syntax.conname.isEmpty ? otherName : Identifier(syntax.conname) }
  }

  /// Reads a declaration.
  ///
  /// - Parameter inherited: the column of that name from a parent or a type, which this one adds to.
  mutating func column(
    _ syntax: Syntax.ColumnDef, id: ColumnID, inherited: TableColumn?, _ text: StatementText
  ) throws(DefinitionError) -> ColumnDeclaration {
    let name = Identifier(syntax.colname)
    let serial = inherited == nil ? syntax.typeName?.serialType : nil
    var declaration = ColumnDeclaration(column: inherited ?? TableColumn(id, name, serial ?? .text))
    if let serial {
      declaration.column.isNotNull = true
      declaration.sequence = OwnedSequence(column: name, type: serial, options: [], isSerial: true)
    } else if let written = syntax.typeName {
      let type = try self.type(written, text)
      if written.setof { throw DefinitionError("42P16", "column \"\(name.text)\" cannot be declared SETOF", at: written.location) }
      if let inherited, inherited.type != type {
        throw DefinitionError("42804", "column \"\(name.text)\" has a type conflict", at: syntax.location)
      }
      declaration.column.type = type
      declaration.column.collation = try collation(syntax.collClause, of: type) ?? inherited?.collation
    }
    for node in syntax.constraints {
      guard case .constraint(let constraint) = node.kind else { continue }
      try add(constraint, of: syntax, to: &declaration, text)
    }
    return declaration
  }

  mutating func add(
    _ constraint: Syntax.Constraint, of syntax: Syntax.ColumnDef, to declaration: inout ColumnDeclaration, _ text: StatementText
  ) throws(DefinitionError) {
    let name = declaration.column.name
    switch constraint.contype {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL, PG_QUERY__CONSTR_TYPE__CONSTR_NULL:
      let isNotNull = constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL
      if isNotNull ? declaration.isNullable : declaration.column.isNotNull {
        throw DefinitionError(
          "42601", "conflicting NULL/NOT NULL declarations for column \"\(name.text)\"", at: constraint.location)
      }
      if isNotNull { declaration.column.isNotNull = true } else { declaration.isNullable = true }
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
      try declareSource(&declaration, constraint)
      let isNull = constraint.raw_expr?.isNull ?? false
      declaration.column.source =
        isNull && schema[declaration.column.type.id] == nil
        ? .given : .defaulted(defaultText(constraint, among: syntax.constraints, syntax.collClause, text))
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
      try declareSource(&declaration, constraint)
      declaration.column.source = .generated(text.bracketed(after: "as", from: constraint.location))
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
      try declareSource(&declaration, constraint)
      try requireIdentityType(declaration.column)
      declaration.column.source = .identity(constraint.generated_when == "a" ? .always : .byDefault)
      declaration.column.isNotNull = true
      declaration.sequence = OwnedSequence(
        column: name, type: declaration.column.type, options: constraint.options.definitions, isSerial: false)
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK, PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY, PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE,
      PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
      declaration.constraints.append(TableConstraint(syntax: constraint, column: name, siblings: syntax.constraints))
    default: break  // Deferral, read along with what it is about.
    }
  }

  private func declareSource(_ declaration: inout ColumnDeclaration, _ constraint: Syntax.Constraint) throws(DefinitionError) {
    if declaration.hasSource || declaration.sequence != nil {
      let name = declaration.column.name.text
      throw DefinitionError("42601", "multiple default values specified for column \"\(name)\"", at: constraint.location)
    }
    declaration.hasSource = true
  }

  func requireIdentityType(_ column: TableColumn) throws(DefinitionError) {
    if ![.int2, .int4, .int8].contains(column.type) {
      throw DefinitionError("22023", "identity column type must be smallint, integer, or bigint")
    }
  }

  /// The text of a `DEFAULT`: up to the next constraint of the column, or the end of its declaration.
  func defaultText(
    _ constraint: Syntax.Constraint, among others: Nodes, _ collation: Syntax.CollateClause?, _ text: StatementText
  ) -> String {
    guard let start = text.find("default", from: text.place(at: constraint.location)) else { return "" }
    var ends = [text.endOfPart(from: start + 1)]
    for other in others {
      guard case .constraint(let other) = other.kind, other.location > constraint.location else { continue }
      ends.append(text.place(at: other.location))
    }
    if let collation, collation.location > constraint.location { ends.append(text.place(at: collation.location)) }
    return text.sql((start + 1)..<max(start + 1, ends.min()!))
  }

  /// The collation that a declaration names for a type; nil if it names none, or the one that the type has anyway.
  func collation(_ clause: Syntax.CollateClause?, of type: SQLType) throws(DefinitionError) -> QualifiedName? {
    guard let clause else { return nil }
    let name = try collation(try qualifiedName(clause.collname), at: clause.location)
    return name == collation(of: type.id) ? nil : name
  }

  /// The collation of a type's values if nothing else is said.
  func collation(of type: TypeID) -> QualifiedName {
    if case .domain(let domain)? = schema[type]?.definition { return domain.collation ?? collation(of: domain.base.id) }
    return QualifiedName("pg_catalog", BuiltInTypes.facts(of: type)?.collation == Self.cCollation ? "C" : "default")
  }

  private static let cCollation: UInt32 = 950

  func collation(_ name: QualifiedName, at location: Int32 = -1) throws(DefinitionError) -> QualifiedName {
    if let declared = schema.collation(name, path) { return declared.name }
    guard name.namespace == nil || name.namespace == "pg_catalog", name.name.isCommonCollation else {
      if let namespace = name.namespace, !exists(namespace) { throw .noNamespace(namespace, at: location) }
      throw DefinitionError("42704", "collation \"\(name.plain)\" for encoding \"UTF8\" does not exist", at: location)
    }
    return QualifiedName("pg_catalog", name.name)
  }
}

extension Identifier {
  /// Whether PostgreSQL may have brought a collation of this name: which ones it has depends on the machine.
  var isCommonCollation: Bool {
    ["C", "POSIX", "default", "ucs_basic", "unicode"].contains(text) || text.hasSuffix("-x-icu") || isLocale
  }

  /// `de_DE`, `de_DE.utf8`, `C.UTF-8`.
  private var isLocale: Bool {
    let language = text.prefix { $0 != "_" && $0 != "." && $0 != "@" }
    return 1...3 ~= language.count && language.count < text.count && language.allSatisfy(\.isLetter)
  }
}

extension Node {
  /// Whether it is `NULL`, perhaps cast. As a default that is none, except where it hides a domain's.
  var isNull: Bool {
    switch kind {
    case .aConst(let constant): constant.value == .null
    case .typeCast(let cast): cast.arg?.isNull ?? false
    default: false
    }
  }
}

extension Syntax.TypeName {
  /// The integer type of a `serial` column.
  var serialType: SQLType? {
    guard names.count == 1, arrayBounds.isEmpty else { return nil }
    switch names[0].text {
    case "smallserial", "serial2": return .int2
    case "serial", "serial4": return .int4
    case "bigserial", "serial8": return .int8
    default: return nil
    }
  }
}
