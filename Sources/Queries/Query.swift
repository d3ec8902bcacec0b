import Expressions
import Relations

/// A bound question: what it computes, and what its columns are called.
public struct Query: Hashable, Sendable {
  public let plan: Plan
  public let columns: [OutputColumn]

  /// - Precondition: the plan has a column for each of `columns`, of its type.
  public init(_ plan: Plan, columns: [OutputColumn]) {
    precondition(plan.types == columns.map(\.type), "a query's columns are its plan's")
    self.plan = plan
    self.columns = columns
  }

  /// A collation in it that we do not have; nil if there is none.
  public var foreignCollation: Collating? { plan.expressions.lazy.compactMap(\.foreignCollation).first }

  /// A column of an answer.
  public struct OutputColumn: Hashable, Sendable {
    public let name: Identifier
    public let type: SQLType

    public init(_ name: Identifier, _ type: SQLType) {
      self.name = name
      self.type = type
    }
  }
}
