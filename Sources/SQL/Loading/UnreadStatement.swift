/// A statement of a schema's text that could matter to an answer and has not been followed.
public struct UnreadStatement: Hashable, Sendable {
  /// As written.
  public let statement: String
  /// Where it begins.
  public let position: TextPosition
  /// What about it is not followed.
  public let reason: Reason

  /// Why a statement is listed.
  public enum Reason: Hashable, Sendable {
    /// It writes or reads rows. A schema has none.
    case rows
    /// It runs code that may declare anything.
    case code
    /// A relation whose columns are those of a query.
    case columnsOfQuery
    /// Texts that name what has another name now; they are kept as they were written.
    case renamed(String)
    /// A definition of a kind that is not kept. Named as in PostgreSQL's parse tree.
    case kind(String)
    /// A part of a definition that is not kept.
    case part(String)
    /// The type is taken to come with an extension, and is opaque.
    case extensionType(String)
  }
}

extension UnreadStatement: CustomStringConvertible {
  public var description: String { "\(position): \(reason): \(statement)" }
}

extension UnreadStatement.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rows: "it is about rows, and a schema has none"
    case .code: "it runs code"
    case .columnsOfQuery: "its columns are those of a query"
    case .renamed(let what): "the new name is not followed in \(what)"
    case .kind(let kind): "\(kind) is not followed"
    case .part(let part): "\(part) is not followed"
    case .extensionType(let type): "the type \(type) is taken to come with an extension"
    }
  }
}
