internal import CPgQuery
import Expressions
import Relations

/// Triggers, rules and policies: what acts on a table's rows by itself.
extension SchemaBuilder {
  mutating func createTrigger(_ statement: Syntax.CreateTrigStmt, _ text: StatementText) throws(DefinitionError) {
    let table = try table(statement.relation!)
    let name = Identifier(statement.trigname)
    if table.triggers.contains(where: { $0.name == name }), !statement.replace {
      throw DefinitionError("42710", "trigger \"\(name.text)\" for relation \"\(table.name.name.text)\" already exists")
    }
    var columns: [ColumnID] = []
    for node in statement.columns {
      let column = Identifier(node.text)
      guard let found = table.column(column) else {
        // A view's columns are not known here.
        if table.kind == .view { continue }
        throw .noColumn(column, of: table)
      }
      columns.append(found.id)
    }
    let trigger = Trigger(
      name, statement.time, statement.fires, updateColumns: columns, isForEachRow: statement.row,
      condition: statement.whenClause == nil ? nil : text.bracketed(after: "when", from: 0),
      function: try triggerFunction(statement.funcname), arguments: statement.args.map(\.text), definition: text.sql)
    schema.update(table.id) { table in
      table.triggers.removeAll { $0.name == name }
      table.triggers.append(trigger)
    }
  }

  private func triggerFunction(_ names: Nodes) throws(DefinitionError) -> QualifiedName {
    let name = try qualifiedName(names)
    if let routine = schema.routines(name, path).first(where: { $0.inputs.isEmpty }) { return routine.name }
    if !Catalogue.builtIn.functions(named: name.name.text).isEmpty { return QualifiedName("pg_catalog", name.name) }
    // Extensions bring functions that nothing tells of.
    guard extensions.isEmpty else { return name }
    throw DefinitionError("42883", "function \(name.plain)() does not exist")
  }

  /// `ENABLE`, `DISABLE`. True if that is what the command is about.
  mutating func alterTrigger(_ id: TableID, _ command: Syntax.AlterTableCmd) throws(DefinitionError) -> Bool {
    let enabled: Trigger.Enabled
    switch command.subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig, PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser:
      enabled = .origin
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig, PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll,
      PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
      enabled = .disabled
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig: enabled = .always
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig: enabled = .replica
    default: return false
    }
    let name = command.name.isEmpty ? nil : Identifier(command.name)
    let table = schema[id]!
    if let name, !table.triggers.contains(where: { $0.name == name }) {
      throw DefinitionError("42704", "trigger \"\(name.text)\" for table \"\(table.name.name.text)\" does not exist")
    }
    schema.update(id) { table in
      for i in table.triggers.indices where name == nil || table.triggers[i].name == name { table.triggers[i].enabled = enabled }
    }
    return true
  }
}

/// `CREATE TRIGGER` packs when it fires into bits.
extension Syntax.CreateTrigStmt {
  fileprivate var time: Trigger.Timing {
    if timing & 1 << 6 != 0 { return .insteadOf }
    return timing & 1 << 1 != 0 ? .before : .after
  }

  fileprivate var fires: Set<Trigger.Event> {
    let bits: [(Int32, Trigger.Event)] = [(1 << 2, .insert), (1 << 3, .delete), (1 << 4, .update), (1 << 5, .truncate)]
    return Set(bits.filter { events & $0.0 != 0 }.map(\.1))
  }
}

// MARK: - Rules

extension SchemaBuilder {
  mutating func createRule(_ statement: Syntax.RuleStmt, _ text: StatementText) throws(DefinitionError) {
    let table = try table(statement.relation!)
    let name = Identifier(statement.rulename)
    if statement.event == PG_QUERY__CMD_TYPE__CMD_SELECT {
      return text.note(.part("a rule that makes a view of a table"), in: &unread)
    }
    if table.rules.contains(where: { $0.name == name }), !statement.replace {
      throw DefinitionError("42710", "rule \"\(name.text)\" for relation \"\(table.name.name.text)\" already exists")
    }
    schema.update(table.id) { table in
      table.rules.removeAll { $0.name == name }
      table.rules.append(RewriteRule(name, text.sql))
    }
  }
}

// MARK: - Policies

extension SchemaBuilder {
  mutating func createPolicy(_ statement: Syntax.CreatePolicyStmt, _ text: StatementText) throws(DefinitionError) {
    let table = try table(statement.table!)
    let name = Identifier(statement.policy_name)
    if table.rowSecurity.policies.contains(where: { $0.name == name }) {
      throw DefinitionError("42710", "policy \"\(name.text)\" for table \"\(table.name.name.text)\" already exists")
    }
    let policy = RowSecurity.Policy(
      name, isPermissive: statement.permissive, command: RowSecurity.Command(statement.cmd_name), roles: statement.roles.roles,
      using: statement.qual == nil ? nil : text.bracketed(after: "using", from: statement.table!.location),
      withCheck: statement.with_check == nil ? nil : text.bracketed(after: "check", from: statement.table!.location))
    schema.update(table.id) { $0.rowSecurity.policies.append(policy) }
  }

  mutating func alterPolicy(_ statement: Syntax.AlterPolicyStmt, _ text: StatementText) throws(DefinitionError) {
    let table = try table(statement.table!)
    let name = Identifier(statement.policy_name)
    guard table.rowSecurity.policies.contains(where: { $0.name == name }) else {
      throw DefinitionError("42704", "policy \"\(name.text)\" for table \"\(table.name.name.text)\" does not exist")
    }
    let location = statement.table!.location
    schema.update(table.id) { table in
      for i in table.rowSecurity.policies.indices where table.rowSecurity.policies[i].name == name {
        if !statement.roles.isEmpty { table.rowSecurity.policies[i].roles = statement.roles.roles }
        if statement.qual != nil { table.rowSecurity.policies[i].using = text.bracketed(after: "using", from: location) }
        if statement.with_check != nil { table.rowSecurity.policies[i].withCheck = text.bracketed(after: "check", from: location) }
      }
    }
  }
}

extension RowSecurity.Command {
  fileprivate init(_ word: String) {
    switch word {
    case "select": self = .select
    case "insert": self = .insert
    case "update": self = .update
    case "delete": self = .delete
    default: self = .all
    }
  }
}

extension Nodes {
  /// The roles that a policy is for; none for everybody.
  fileprivate var roles: [Identifier] {
    compactMap { node in
      guard case .roleSpec(let role) = node.kind, role.roletype != PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC else { return nil }
      switch role.roletype {
      case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_ROLE, PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_USER: return "current_user"
      case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_SESSION_USER: return "session_user"
      default: return Identifier(role.rolename)
      }
    }
  }
}
