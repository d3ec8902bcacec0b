internal import CPgQuery
import Relations

/// Sequences: of their own, of `serial` and of identity columns.
extension SchemaBuilder {
  mutating func createSequence(_ statement: Syntax.CreateSeqStmt, _ text: StatementText) throws(DefinitionError) {
    let name = try creationName(statement.sequence!)
    if isRelation(name) {
      if statement.if_not_exists { return }
      throw .exists("relation", name.name, at: statement.sequence!.location)
    }
    var type = SQLType.int8
    for option in statement.options.definitions {
      if option.defname == "as", case .typeName(let written)? = option.arg?.kind { type = try sequenceType(written, text) }
    }
    var sequence = SequenceGenerator(name, type, maximum: type.greatest)
    try apply(statement.options.definitions, to: &sequence, isNew: true)
    schema.set(sequence)
  }

  private mutating func sequenceType(_ written: Syntax.TypeName, _ text: StatementText) throws(DefinitionError) -> SQLType {
    let type = try type(written, text)
    if ![.int2, .int4, .int8].contains(type) {
      throw DefinitionError("22023", "sequence type must be smallint, integer, or bigint", at: written.location)
    }
    return type
  }

  mutating func alterSequence(_ statement: Syntax.AlterSeqStmt, _ text: StatementText) throws(DefinitionError) {
    guard var sequence = schema.sequence(statement.sequence!.name, path) else {
      if statement.missing_ok { return }
      throw .noRelation(statement.sequence!.name, at: statement.sequence!.location)
    }
    for option in statement.options.definitions {
      if option.defname == "as", case .typeName(let written)? = option.arg?.kind {
        let old = sequence.type
        sequence.type = try sequenceType(written, text)
        if sequence.maximum == old.greatest { sequence.maximum = sequence.type.greatest }
        if sequence.minimum == old.least { sequence.minimum = sequence.type.least }
      }
    }
    try apply(statement.options.definitions, to: &sequence, isNew: false)
    schema.set(sequence)
  }

  /// The sequence of a column, and the default that draws from it.
  mutating func addSequence(_ owned: OwnedSequence, to id: TableID) throws(DefinitionError) {
    let table = schema[id]!
    guard let column = table.column(owned.column) else { return }
    var name = QualifiedName(table.name.namespace, sequenceName(table.name.name, owned.column, in: table.name.namespace!))
    for option in owned.options {
      if option.defname == "sequence_name", case .list(let names)? = option.arg?.kind { name = try creationName(names) }
    }
    try requireNew(name)
    var sequence = SequenceGenerator(name, owned.type, maximum: owned.type.greatest, owner: .init(id, column.id))
    try apply(owned.options, to: &sequence, isNew: true)
    schema.set(sequence)
    if owned.isSerial {
      let literal = "\(name)".replacing("'", with: "''")
      schema.update(id) { $0.changeColumn(owned.column) { $0.source = .defaulted("nextval('\(literal)'::regclass)") } }
    }
  }

  /// The sequences that go with a column, or with all of a table's.
  mutating func dropSequences(of table: TableID, _ column: ColumnID? = nil) {
    for sequence in schema.allSequences {
      if let owner = sequence.owner, owner.table == table, column == nil || owner.column == column {
        schema.dropSequence(sequence.name)
      }
    }
  }
}

// MARK: - Options

extension SchemaBuilder {
  func apply(_ options: [Syntax.DefElem], to sequence: inout SequenceGenerator, isNew: Bool) throws(DefinitionError) {
    var start: Int64?
    for option in options {
      let number = option.arg?.integer
      switch option.defname {
      case "increment":
        if number == 0 { throw DefinitionError("22023", "INCREMENT must not be zero", at: option.location) }
        sequence.increment = number ?? 1
      case "start": start = number
      case "cycle": sequence.cycles = option.arg?.isTrue ?? false
      case "owned_by": sequence.owner = try owner(option)
      default: break
      }
    }
    if isNew { setDefaults(of: &sequence) }
    for option in options {
      switch option.defname {
      case "minvalue": sequence.minimum = option.arg?.integer ?? (sequence.increment > 0 ? 1 : sequence.type.least)
      case "maxvalue": sequence.maximum = option.arg?.integer ?? (sequence.increment > 0 ? sequence.type.greatest : -1)
      default: break
      }
    }
    if sequence.minimum >= sequence.maximum {
      throw DefinitionError("22023", "MINVALUE (\(sequence.minimum)) must be less than MAXVALUE (\(sequence.maximum))")
    }
    if let start {
      sequence.start = start
    } else if isNew {
      sequence.start = sequence.increment > 0 ? sequence.minimum : sequence.maximum
    }
    if !(sequence.minimum...sequence.maximum).contains(sequence.start) {
      let isLess = sequence.start < sequence.minimum
      let bound = isLess ? "less than MINVALUE (\(sequence.minimum))" : "greater than MAXVALUE (\(sequence.maximum))"
      throw DefinitionError("22023", "START value (\(sequence.start)) cannot be \(bound)")
    }
  }

  private func setDefaults(of sequence: inout SequenceGenerator) {
    sequence.minimum = sequence.increment > 0 ? 1 : sequence.type.least
    sequence.maximum = sequence.increment > 0 ? sequence.type.greatest : -1
  }

  private func owner(_ option: Syntax.DefElem) throws(DefinitionError) -> SequenceGenerator.Owner? {
    guard case .list(let names)? = option.arg?.kind else { return nil }
    let parts = names.map { Identifier($0.text) }
    if parts.count == 1, parts[0] == "none" { return nil }
    guard parts.count >= 2 else { throw DefinitionError("42601", "invalid OWNED BY option", at: option.location) }
    let table = try table(
      QualifiedName(parts.count > 2 ? parts[parts.count - 3] : nil, parts[parts.count - 2]), at: option.location)
    guard let column = table.column(parts.last!) else { throw .noColumn(parts.last!, of: table, at: option.location) }
    return .init(table.id, column.id)
  }
}

extension SQLType {
  fileprivate var greatest: Int64 {
    switch self {
    case .int2: Int64(Int16.max)
    case .int4: Int64(Int32.max)
    default: .max
    }
  }
  fileprivate var least: Int64 { -greatest - 1 }
}

extension Node {
  /// A whole number.
  var integer: Int64? {
    switch kind {
    case .integer(let value): Int64(value)
    case .float(let digits): Int64(digits)
    default: nil
    }
  }

  /// Whether an option is on.
  var isTrue: Bool {
    switch kind {
    case .boolean(let value): value
    case .integer(let value): value != 0
    case .string(let text): text == "true" || text == "on"
    default: false
    }
  }
}
