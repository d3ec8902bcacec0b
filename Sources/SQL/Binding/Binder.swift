internal import CPgQuery
import Expressions
import Queries
import Relations

/// Binds texts against a schema: names to columns, operators to functions, literals to values. What comes out knows nothing of the
/// text any more.
///
/// So far one-table questions: `SELECT`, filters, expressions, `GROUP BY`, `HAVING` and plain aggregates. All else that PostgreSQL
/// takes is `unsupported` by name.
public struct Binder: Sendable {
  let schema: Schema
  let path: SearchPath
  let builder: ExpressionBuilder

  public init(_ schema: Schema, path: SearchPath = .standard(), style: TextStyle = TextStyle()) {
    self.schema = schema
    self.path = path
    builder = ExpressionBuilder(style: style)
  }

  /// The plan of a question.
  ///
  /// - Parameter parameters: the values of `$1`, `$2`, … as PostgreSQL prints them, nil for NULL. Like literals they take the type that
  ///   their surroundings want.
  public func query(_ text: String, parameters: [String?] = []) throws(BindingFailure) -> Query {
    let outcome: Result<Query, BindingFailure>
    do throws(SQLTextError) {
      outcome = try SQLParser.withTree(of: text) { tree throws(SQLTextError) in
        Result { () throws(BindingFailure) in try self.query(tree, parameters) }
      }
    } catch {
      throw .refused(error)
    }
    return try outcome.get()
  }

  private func query(_ tree: borrowing ParsedSQL, _ parameters: [String?]) throws(BindingFailure) -> Query {
    guard tree.statementCount == 1 else {
      let what = tree.statementCount == 0 ? "there is no statement" : "there are several statements, and a read is one"
      throw .refused(SQLTextError(SQLError(SQLState("42601"), what)))
    }
    guard case .selectStmt(let select) = tree.statement(0).node.kind else {
      throw .unsupported("\(tree.statement(0).node.typeName) as a read")
    }
    return try SelectBinder(binder: self, text: tree.text, parameters: parameters).query(select)
  }
}
