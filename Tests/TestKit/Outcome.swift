/// What became of one expression on one row.
public enum Outcome: Sendable, Hashable {
  /// As the type's output function prints it: booleans are `t` and `f`, `char(n)` is padded.
  case value(String)
  /// SQL's NULL.
  case null
  /// The SQLSTATE of the error that the row raised.
  case error(String)
}

extension Outcome: CustomStringConvertible {
  public var description: String {
    switch self {
    case .value(let text): "'\(text)'"
    case .null: "NULL"
    case .error(let state): "ERROR \(state)"
    }
  }
}

/// What PostgreSQL makes of one expression over all rows of a table.
public struct OracleAnswer: Sendable {
  /// The type as `pg_typeof` prints it; nil if the expression did not bind. A bare literal has become `text`, as in any query.
  public let type: String?
  /// The type's OID; 0 if the expression did not bind.
  public let typeID: UInt32
  /// The result's type modifier, -1 for none.
  public let modifier: Int32
  /// Set where the rows were never looked at, so that all of them have this one error.
  public let refusal: Refusal?
  /// In the order of `ordinal`, one for each row of the table, also where the expression was refused.
  public let rows: [Outcome]

  /// An error before the first row.
  public enum Refusal: Sendable, Hashable {
    /// Parsing, name and type resolution, and the reading of literals: the expression has no type.
    case binding(String)
    /// Folding constants: `CASE WHEN false_for_all_rows THEN 1/0 END` is refused although no row would get there.
    case planning(String)
  }
}
