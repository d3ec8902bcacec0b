import Expressions
import Relations

/// What a condition says of rows, and what of constants.
extension Expression {
  /// Whether it names a parameter.
  var hasParameters: Bool {
    if case .parameter = self { return true }
    return children.contains(where: \.hasParameters)
  }

  /// Whether it names a column.
  var hasColumns: Bool {
    if case .column = self { return true }
    return children.contains(where: \.hasColumns)
  }

  /// The same over a batch in which the parameters are columns: then one evaluation serves all reads.
  ///
  /// - Precondition: it names no columns.
  var overConstants: Expression {
    if case .parameter(let index, let type) = self { return .column(index, type) }
    return mappingChildren { $0.overConstants }
  }

  /// The column, if it is one and nothing more, under whatever type.
  var bareColumn: Int? {
    switch self {
    case .column(let index, _): index
    case .relabel(let operand, _): operand.bareColumn
    default: nil
    }
  }
}
