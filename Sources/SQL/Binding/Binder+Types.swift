import Expressions
import Queries
import Relations

/// A schema's enums and domains, as far as expressions are made of them.
extension Binder {
  /// The type of a name that the schema declares, if it is one that we know from within.
  func declaredType(_ name: QualifiedName) -> UserType? {
    guard let type = schema.type(name, path) else { return nil }
    switch type.definition {
    case .enumeration, .domain: return type
    default: return nil
    }
  }

  /// What a domain asks of its values. A check is bound as a select list of one row would be, where `VALUE` is a column.
  func domainChecks(_ id: TypeID) throws(Failure) -> [DomainCheck] {
    guard case .domain(let domain)? = schema[id]?.definition else { return [] }
    var checks = try domainChecks(domain.base.id)
    if domain.isNotNull { checks.append(.notNull) }
    for check in domain.checks.sorted(by: { $0.name.text.utf8.lexicographicallyPrecedes($1.name.text.utf8) }) {
      // Whoever cast a value that was there before the check raises no error, and a column's value is not checked again.
      guard check.isValidated else { throw .unsupported("a domain with a check that is not validated") }
      checks.append(.condition(try condition(check, id)))
    }
    return checks
  }

  private func condition(_ check: CheckConstraint, _ domain: TypeID) throws(Failure) -> Expression {
    let outcome: Result<Expression, BindingFailure>
    do throws(SQLTextError) {
      outcome = try SQLParser.withTree(of: "SELECT (\(check.expression)\n)") { tree throws(SQLTextError) in
        Result { () throws(BindingFailure) in try self.condition(tree, domain) }
      }
    } catch { throw .unsupported("the check \(check.name)") }
    do { return try outcome.get() } catch { throw .unsupported("the check \(check.name) of a domain: \(error)") }
  }

  private func condition(_ tree: borrowing ParsedSQL, _ domain: TypeID) throws(BindingFailure) -> Expression {
    let type = builder.catalogue.base(of: SQLType(domain))
    guard tree.statementCount == 1, case .selectStmt(let select) = tree.statement(0).node.kind, select.targetList.count == 1,
      case .resTarget(let target) = select.targetList[0].kind, let value = target.val
    else { throw .unsupported("a check that is no expression") }
    let level = Level(scope: Scope(columns: [.init(name: "value", expression: .column(0, type))]))
    let scalar = ScalarBinder(
      surroundings: Surroundings(binding: TextBinding(self, text: tree.text, parameters: [])), level: level)
    let condition = try scalar.condition(value, of: "CHECK")
    guard level.aggregates.isEmpty, level.windows.isEmpty, level.subqueries.isEmpty, level.series.isEmpty else {
      throw .unsupported("a check that is more than an expression")
    }
    do throws(CollationMismatch) {
      let collations = Collations(schema, builder.catalogue)
      return try collations.derived(condition, over: [.init(state: .implicit(collations.collation(of: domain)))]).expression
    } catch { throw .unsupported("a check whose collations do not go together") }
  }
}
