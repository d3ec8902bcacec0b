internal import CPgQuery
import Expressions
import Queries
import Relations

/// Binds texts against a schema: names to columns, operators to functions, literals to values. What comes out knows nothing of the
/// text any more.
///
/// All of PostgreSQL's `SELECT`. What it takes and we do not is `unsupported` by name, or `undecidable` with the reason why nobody could
/// tell from rows whether the answer is still the same.
public struct Binder: Sendable {
  let schema: Schema
  let path: SearchPath
  let builder: ExpressionBuilder
  /// For the texts of views: which of the schema's functions they mean depends on the path under which they were made.
  private let viewBuilder: ExpressionBuilder
  private let isForViews: Bool

  public init(_ schema: Schema, path: SearchPath = .standard(), style: TextStyle = TextStyle()) {
    let plain = Binder(
      schema: schema, path: path,
      builder: ExpressionBuilder(catalogue: schema.catalogue(path), style: style, rivals: schema.rivals(path)),
      viewBuilder: ExpressionBuilder(catalogue: schema.catalogue(.standard()), style: style, rivals: schema.rivals(nil)))
    var (builder, viewBuilder) = (plain.builder, plain.viewBuilder)
    // A check was bound when it was declared, whatever the path is now.
    builder.domainChecks = { (domain) throws(Failure) in try plain.forViews.domainChecks(domain) }
    viewBuilder.domainChecks = builder.domainChecks
    self.init(schema: schema, path: path, builder: builder, viewBuilder: viewBuilder)
  }

  private init(
    schema: Schema, path: SearchPath, builder: ExpressionBuilder, viewBuilder: ExpressionBuilder, isForViews: Bool = false
  ) {
    self.schema = schema
    self.path = path
    self.builder = builder
    self.viewBuilder = viewBuilder
    self.isForViews = isForViews
  }

  /// For the texts of views, which were bound when they were made, whatever the path is now.
  var forViews: Binder {
    Binder(schema: schema, path: .standard(), builder: viewBuilder, viewBuilder: viewBuilder, isForViews: true)
  }

  /// Whether a name could mean routines of the schema's.
  func hasRoutines(_ name: QualifiedName) -> Bool {
    if isForViews, name.namespace == nil { return schema.allRoutines.contains { $0.name.name == name.name } }
    return !schema.routines(name, path).isEmpty
  }

  /// Whether a name could mean operators of the schema's.
  func hasOperators(_ name: QualifiedName) -> Bool {
    if isForViews, name.namespace == nil { return schema.allOperators.contains { $0.name.name == name.name } }
    return !schema.operators(name, path).isEmpty
  }

  /// The plan of a question.
  ///
  /// - Parameter parameters: the values of `$1`, `$2`, … as PostgreSQL prints them, nil for NULL. Like literals they take the type that
  ///   their surroundings want.
  public func query(_ text: String, parameters: [String?] = []) throws(BindingFailure) -> Query {
    do { return try query(text, parameters, keepsOrigins: false) } catch {
      // Where the literal stands that it is about is asked only now: most texts are not refused.
      // Nobody reads an arrow into a text that long.
      guard case .refused = error, text.utf8.count < 100_000 else { throw error }
      return try query(text, parameters, keepsOrigins: true)
    }
  }

  /// - Parameter keepsOrigins: whether constants are told where they stand in the text. Such a query is not for others to see.
  func query(_ text: String, _ parameters: [String?], keepsOrigins: Bool) throws(BindingFailure) -> Query {
    let outcome: Result<Query, BindingFailure>
    do throws(SQLTextError) {
      outcome = try SQLParser.withTree(of: text) { tree throws(SQLTextError) in
        Result { () throws(BindingFailure) in try self.query(tree, parameters, keepsOrigins) }
      }
    } catch {
      throw .refused(error)
    }
    return try outcome.get()
  }

  private func query(_ tree: borrowing ParsedSQL, _ parameters: [String?], _ keepsOrigins: Bool) throws(BindingFailure) -> Query {
    guard tree.statementCount == 1 else {
      let what = tree.statementCount == 0 ? "there is no statement" : "there are several statements, and a read is one"
      throw .refused(SQLTextError(SQLError(SQLState("42601"), what)))
    }
    guard case .selectStmt(let select) = tree.statement(0).node.kind else {
      throw .unsupported("\(tree.statement(0).node.typeName) as a read")
    }
    let surroundings = Surroundings(binding: TextBinding(self, text: tree.text, parameters: parameters, keepsOrigins: keepsOrigins))
    var bound = try QueryBinder(surroundings).query(select)
    bound.plan = try collated(bound.plan, surroundings)
    if builder.catalogue.hasTypesOfItsOwn {
      bound.plan = try surroundings.located(-1) { () throws(Failure) in try StoredTypes(builder.catalogue).plan(bound.plan) }
    }
    guard bound.plan.fits(levels: TextBinding.mostLevels) else { throw TextBinding.tooDeep }
    return Query(bound.plan, columns: zip(bound.names, bound.plan.types).map { Query.OutputColumn($0, $1) })
  }
  /// The plan with marks on what goes by a collation that we do not have.
  private func collated(_ plan: Plan, _ surroundings: Surroundings) throws(BindingFailure) -> Plan {
    if let collation = schema.defaultCollation, collation.ordersBytes, collation.knowsOnlyASCII,
      !surroundings.binding.namesCollations
    {
      return plan
    }
    guard plan.fits(levels: TextBinding.mostLevels) else { throw TextBinding.tooDeep }
    do throws(CollationFailure) { return try Collations(schema, builder.catalogue).plan(plan).plan } catch {
      switch error {
      case .mismatch(let mismatch): throw surroundings.refusal(.collationMismatch, mismatch.message, mismatch.location)
      case .undecidable(let collating): throw .undecidable(.collation, "the equality of \(collating)")
      }
    }
  }
}
