internal import CPgQuery
import Relations

/// Checks, and exclusion constraints.
extension SchemaBuilder {
  mutating func addCheck(
    _ constraint: TableConstraint, to table: Table, isRecursive: Bool, _ text: StatementText
  ) throws(DefinitionError) {
    let syntax = constraint.syntax
    let columns = columns(in: syntax.raw_expr)
    for (name, location) in columns.sorted(by: { $0.value < $1.value })
    where table.column(name) == nil && !Table.systemColumns.contains(name) {
      throw DefinitionError("42703", "column \"\(name.text)\" does not exist", at: location)
    }
    let name =
      syntax.conname.isEmpty
      ? constraintName(table.name.name, columns.count == 1 ? columns.first!.key.text : nil, "check", in: table.name.namespace!)
      : Identifier(syntax.conname)
    let check = CheckConstraint(
      name, text.bracketed(after: "check", from: syntax.location), isValidated: !syntax.skip_validation,
      isNoInherit: syntax.is_no_inherit)
    add(check, to: table.id, isRecursive: isRecursive && !check.isNoInherit)
  }

  mutating func add(_ check: CheckConstraint, to id: TableID, isRecursive: Bool) {
    schema.update(id) { table in
      if !table.checks.contains(where: { $0.name == check.name }) { table.checks.append(check) }
    }
    guard isRecursive else { return }
    for child in schema.children(of: id) { add(check, to: child.id, isRecursive: true) }
  }

  /// The columns that an expression over one table names, and where it names them first.
  func columns(in expression: Node?) -> [Identifier: Int32] {
    guard let expression else { return [:] }
    var columns: [Identifier: Int32] = [:]
    var rest = [Message(expression)]
    while let message = rest.popLast() {
      if let node = message.node, case .columnRef(let column) = node.kind, let last = column.fields.last {
        if case .string(let name) = last.kind {
          columns[Identifier(name)] = min(column.location, columns[Identifier(name)] ?? .max)
        }
      }
      message.forEachChild { rest.append($0) }
    }
    return columns
  }

  mutating func addExclusion(_ constraint: TableConstraint, to table: Table, _ text: StatementText) {
    let syntax = constraint.syntax
    let columns = syntax.exclusions.map { node in
      guard case .list(let pair) = node.kind, let first = pair.first, case .indexElem(let element) = first.kind else {
        return "expr"
      }
      return element.name.isEmpty ? "expr" : element.name
    }
    let name =
      syntax.conname.isEmpty
      ? keyName(table.name.name, SchemaBuilder.joined(columns), "excl", in: table.name.namespace!) : Identifier(syntax.conname)
    let start = text.find("exclude", from: text.place(at: syntax.location)) ?? text.place(at: syntax.location)
    let definition = text.sql(start..<text.endOfPart(from: start))
    schema.update(table.id) { $0.exclusions.append(ExclusionConstraint(name, definition)) }
    indexes[QualifiedName(table.name.namespace, name)] = table.id
  }
}

extension Table {
  static let systemColumns: Set<Identifier> = ["tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"]
}
