import Relations

@testable import SQL

/// What a schema says, in the words of `CatalogLines`.
struct SchemaLines {
  private let schema: Schema
  private var lines: [String] = []

  /// All lines, sorted as PostgreSQL's are.
  static func of(_ schema: Schema) -> [String] {
    var writer = SchemaLines(schema: schema)
    for name in schema.namespaces { writer.lines.append("namespace \(name)") }
    for table in schema.allTables { writer.add(table) }
    for type in schema.allTypes { writer.add(type) }
    for sequence in schema.allSequences { writer.add(sequence) }
    for routine in schema.allRoutines { writer.add(routine) }
    writer.addOperators()
    return writer.lines.sorted()
  }

  private init(schema: Schema) { self.schema = schema }
}

// MARK: - Tables

extension SchemaLines {
  private mutating func add(_ table: Table) {
    lines.append(
      "relation \(table.name) \(table.kind.letter) \(table.persistence.letter) "
        + "security=\(table.rowSecurity.isEnabled.letter),\(table.rowSecurity.isForced.letter) identity=\(table.replicaIdentity.letters) "
        + "invoker=\(table.isSecurityInvoker.letter) owner=\(table.owner.map { "\($0)" } ?? "")")
    let isView = table.kind == .view || table.kind == .materializedView
    for (place, column) in table.columns.enumerated() {
      if isView {
        lines.append("view column \(table.name).\(place + 1) \(column.name)")
      } else {
        lines.append(
          "column \(table.name).\(place + 1) \(column.name) \(schema.description(of: column.type))"
            + (column.isNotNull ? " not null" : "") + column.source.words + collation(column.collation))
      }
    }
    if let query = table.query { lines.append("query \(table.name)  \(query)") }
    addConstraints(of: table)
    if let partitioning = table.partitioning {
      lines.append(
        "partitioned \(table.name) \("\(partitioning.strategy)".uppercased()) (\(partitioning.key.joined(separator: ", ")))")
    }
    if let partition = table.partitionOf {
      lines.append("partition \(table.name) of \(schema[partition.parent]!.name) \(partition.bound)")
    }
    for (place, parent) in table.parents.enumerated() {
      lines.append("child \(table.name).\(place + 1) of \(schema[parent]!.name)")
    }
    addActions(of: table)
  }

  private func collation(_ name: QualifiedName?) -> String { name.map { " collation \($0)" } ?? "" }

  private func names(_ columns: [ColumnID], of table: Table) -> String {
    columns.map { table.columns[table.index(of: $0)!].name.description }.joined(separator: ", ")
  }

  private mutating func addConstraints(of table: Table) {
    for key in (table.primaryKey.map { [$0] } ?? []) + table.uniqueKeys {
      let parts = key.columns.map { part in
        switch part {
        case .column(let id): names([id], of: table)
        case .expression(let text): text
        }
      }
      lines.append(
        "key \(table.name) \(key.name) \(key.name == table.primaryKey?.name ? "primary" : "unique") (\(parts.joined(separator: ", ")))"
          + (key.nullsNotDistinct ? " nulls not distinct" : "") + (key.predicate.map { " where \($0)" } ?? "") + key.deferral.word)
    }
    for key in table.foreignKeys { lines.append("constraint \(table.name) \(key.name) \(definition(of: key, in: table))") }
    for check in table.checks { lines.append("constraint \(table.name) \(check.name) \(check.definition)") }
    for exclusion in table.exclusions { lines.append("constraint \(table.name) \(exclusion.name) \(exclusion.definition)") }
  }

  private func definition(of key: ForeignKey, in table: Table) -> String {
    let target = schema[key.target]!
    func action(_ event: String, _ action: ForeignKey.Action) -> String {
      switch action {
      case .noAction: ""
      case .restrict: " ON \(event) RESTRICT"
      case .cascade: " ON \(event) CASCADE"
      case .setNull(let columns): " ON \(event) SET NULL" + (columns.map { " (\(names($0, of: table)))" } ?? "")
      case .setDefault(let columns): " ON \(event) SET DEFAULT" + (columns.map { " (\(names($0, of: table)))" } ?? "")
      }
    }
    let deferral =
      switch key.deferral {
      case .notDeferrable: ""
      case .initiallyImmediate: " DEFERRABLE"
      case .initiallyDeferred: " DEFERRABLE INITIALLY DEFERRED"
      }
    return "FOREIGN KEY (\(names(key.columns, of: table))) REFERENCES \(target.name)(\(names(key.targetColumns, of: target)))"
      + (key.match == .full ? " MATCH FULL" : "") + action("UPDATE", key.onUpdate) + action("DELETE", key.onDelete) + deferral
      + (key.isValidated ? "" : " NOT VALID")
  }

  private mutating func addActions(of table: Table) {
    for policy in table.rowSecurity.policies {
      let roles = policy.roles.isEmpty ? "all" : policy.roles.sorted().map(\.description).joined(separator: ", ")
      lines.append(
        "policy \(table.name) \(policy.name) \(policy.isPermissive.letter) \(policy.command.letter) to \(roles) "
          + "using \(policy.using ?? "") check \(policy.withCheck ?? "")")
    }
    for trigger in table.triggers {
      lines.append("trigger \(table.name) \(trigger.name) \(trigger.enabled.letter) \(trigger.function) \(trigger.definition)")
    }
    for rule in table.rules { lines.append("rule \(table.name) \(rule.name) \(rule.definition)") }
  }
}

// MARK: - Types and the rest

extension SchemaLines {
  private mutating func add(_ type: UserType) {
    // Row types are their tables' already.
    if schema.table(type.name) != nil { return }
    switch type.definition {
    case .enumeration(let labels):
      let quoted = labels.map { "'" + $0.text.replacing("'", with: "''") + "'" }
      lines.append("enum \(type.name): \(quoted.joined(separator: ", "))")
    case .domain(let domain):
      lines.append(
        "domain \(type.name) \(schema.description(of: domain.base))" + (domain.isNotNull ? " not null" : "")
          + (domain.defaultExpression.map { " default \($0)" } ?? "") + collation(domain.collation))
      for check in domain.checks { lines.append("domain check \(type.name) \(check.name) \(check.definition)") }
    case .composite(let attributes):
      for (place, attribute) in attributes.enumerated() {
        lines.append(
          "attribute \(type.name).\(place + 1) \(attribute.name) \(schema.description(of: attribute.type))"
            + collation(attribute.collation))
      }
    case .range(let subtype, let multirange):
      lines.append("range \(type.name) of \(schema.description(of: subtype)), many \(schema.description(of: SQLType(multirange)))")
    case .multirange, .base: break
    }
  }

  private mutating func add(_ sequence: SequenceGenerator) {
    let owner = sequence.owner.map { owner in
      let table = schema[owner.table]!
      return " of \(table.name).\(names([owner.column], of: table))"
    }
    lines.append(
      "sequence \(sequence.name) \(schema.description(of: sequence.type)) \(sequence.start) by \(sequence.increment) "
        + "from \(sequence.minimum) to \(sequence.maximum)" + (sequence.cycles ? " cycle" : "") + (owner ?? ""))
  }

  private mutating func add(_ routine: Routine) {
    let inputs = routine.inputs.map { schema.description(of: $0) }.joined(separator: ", ")
    let result =
      routine.kind == .procedure && routine.result == nil
      ? "-" : routine.result.map { schema.description(of: SQLType($0.id)) } ?? "?"
    let settings = routine.settings.map { "\($0.name)=\($0.value)" }
    lines.append(
      "routine \(routine.name)(\(inputs)) \(routine.kind.letter) \(routine.returnsSet ? "setof " : "")\(result) \(routine.volatility.letter)"
        + (routine.isStrict ? " strict" : "") + (routine.isSecurityDefiner ? " definer" : "")
        + " \(routine.language) \(routine.body) "
        + (settings.isEmpty
          ? ""
          : "{\(settings.map { $0.contains { ",\" \\".contains($0) } ? "\"\($0.replacing("\"", with: "\\\""))\"" : $0 }.joined(separator: ","))}")
    )
  }

  private mutating func addOperators() {
    for item in schema.allOperators {
      let left = item.left.map { schema.description(of: $0) } ?? ""
      lines.append(
        "operator \(item.name.namespace!).\(item.name.name.text) (\(left), \(schema.description(of: item.right))) \(item.function)")
    }
    for cast in schema.allCasts {
      let (context, method) = (cast.context.letter, cast.method.letter)
      lines.append(
        "cast \(schema.description(of: SQLType(cast.source))) to \(schema.description(of: SQLType(cast.target))) \(context) \(method)"
      )
    }
    for collation in schema.allCollations {
      let provider = collation.provider == .icu ? "i" : "c"
      lines.append("collation \(collation.name) \(provider) \(collation.locale) \(collation.isDeterministic.letter)")
    }
  }
}

// MARK: - Letters

extension Bool {
  fileprivate var letter: String { self ? "t" : "f" }
}

extension RelationKind {
  fileprivate var letter: String {
    switch self {
    case .table: "r"
    case .partitioned: "p"
    case .view: "v"
    case .materializedView: "m"
    case .foreign: "f"
    }
  }
}

extension Persistence {
  fileprivate var letter: String {
    switch self {
    case .permanent: "p"
    case .unlogged: "u"
    case .temporary: "t"
    }
  }
}

extension ReplicaIdentity {
  fileprivate var letters: String {
    switch self {
    case .default: "d"
    case .full: "f"
    case .nothing: "n"
    case .index(let name): "i(\(name))"
    }
  }
}

extension TableColumn.Source {
  fileprivate var words: String {
    switch self {
    case .given: ""
    case .defaulted(let text): " default \(text)"
    case .generated(let text): " generated \(text)"
    case .identity(.always): " identity a"
    case .identity(.byDefault): " identity d"
    }
  }
}

extension Deferral {
  fileprivate var word: String {
    switch self {
    case .notDeferrable: ""
    case .initiallyImmediate: " deferrable"
    case .initiallyDeferred: " deferred"
    }
  }
}

extension CheckConstraint {
  fileprivate var definition: String {
    "CHECK (\(expression))" + (isNoInherit ? " NO INHERIT" : "") + (isValidated ? "" : " NOT VALID")
  }
}

extension RowSecurity.Command {
  fileprivate var letter: String {
    switch self {
    case .all: "*"
    case .select: "r"
    case .insert: "a"
    case .update: "w"
    case .delete: "d"
    }
  }
}

extension Trigger.Enabled {
  fileprivate var letter: String {
    switch self {
    case .origin: "O"
    case .disabled: "D"
    case .replica: "R"
    case .always: "A"
    }
  }
}

extension Routine.Kind {
  fileprivate var letter: String {
    switch self {
    case .function: "f"
    case .procedure: "p"
    case .aggregate: "a"
    case .window: "w"
    }
  }
}

extension Routine.Volatility {
  fileprivate var letter: String {
    switch self {
    case .immutable: "i"
    case .stable: "s"
    case .volatile: "v"
    }
  }
}

extension UserCast.Context {
  fileprivate var letter: String {
    switch self {
    case .explicit: "e"
    case .assignment: "a"
    case .implicit: "i"
    }
  }
}

extension UserCast.Method {
  fileprivate var letter: String {
    switch self {
    case .function: "f"
    case .inOut: "i"
    case .binary: "b"
    }
  }
}
