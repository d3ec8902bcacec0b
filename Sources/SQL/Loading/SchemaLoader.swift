import Relations

/// Makes a schema from definitions in SQL: what `pg_dump --schema-only` writes, what somebody wrote by hand, or the statement of a
/// schema change that came down the stream.
///
///     var loader = SchemaLoader()
///     try loader.load(dump)
///     loader.schema      // what names mean now
///     loader.unread      // statements that could matter and were not followed
///
/// Statements act on the schema as PostgreSQL would execute them, one after the other; what cannot matter to an answer (comments,
/// grants, storage, indexes that keep nothing unique) is passed over. A text loads as a whole or not at all.
///
/// Expressions and queries are kept as text, names in them completed by the search path that was in force, so that they mean the
/// same under any other.
public struct SchemaLoader: Sendable {
  private var builder: SchemaBuilder
  private let sessionPath: SearchPath

  /// A loader that goes on from a schema.
  ///
  /// - Parameter path: where names without a namespace are looked for, and made. A text may set another one for itself.
  public init(_ schema: Schema = Schema(), path: SearchPath = .standard()) {
    builder = SchemaBuilder(schema, path)
    sessionPath = path
  }

  /// What has been declared so far.
  public var schema: Schema { builder.schema }

  /// Statements that could matter and were not followed, in the order of the texts.
  public var unread: [UnreadStatement] { builder.unread }
}

extension SchemaLoader {
  /// Executes the statements of a text, all or none of them.
  ///
  /// - Throws: what PostgreSQL would say to the first one that it would refuse, with its place in the text.
  public mutating func load(_ text: String) throws(SQLTextError) {
    var copy = builder
    try SQLParser.batch { Result { () throws(SQLTextError) in try copy.load(text) } }.get()
    copy.path = sessionPath
    builder = copy
  }
}

extension SchemaBuilder {
  fileprivate mutating func load(_ text: String) throws(SQLTextError) {
    var text = text
    text.makeContiguousUTF8()
    var reader = StatementReader(text)
    while let statement = try reader.next() {
      do throws(DefinitionError) {
        try execute(statement)
      } catch {
        throw reader.error(error, in: statement)
      }
    }
  }

  /// Parses a statement and executes it.
  mutating func execute(_ statement: StatementText) throws(DefinitionError) {
    let outcome: Result<Void, DefinitionError>
    do throws(SQLTextError) {
      outcome = try SQLParser.withTree(of: statement.text) { tree throws(SQLTextError) in
        Result { () throws(DefinitionError) in
          for i in 0..<tree.statementCount {
            try self.execute(tree.statement(i).node, statement.completed(tree, self))
          }
        }
      }
    } catch {
      throw DefinitionError(error.error, at: error.byte.map { Int32(clamping: $0) } ?? -1)
    }
    try outcome.get()
  }
}

/// Walks over the statements of a text and knows where they are.
private struct StatementReader {
  private let text: String
  private var offset = 0
  /// Where `offset` is, for people.
  private var character = 1
  private var line = 1
  private var column = 1

  init(_ text: String) { self.text = text }

  mutating func next() throws(SQLTextError) -> StatementText? {
    var text = self.text
    let from = offset
    let found: Result<Range<Int>?, DefinitionError> = text.withUTF8 { bytes in
      Result { () throws(DefinitionError) in
        var splitter = StatementSplitter(UnsafeBufferPointer(rebasing: bytes[from...]))
        return try splitter.next()
      }
    }
    switch found {
    case .failure(let error): throw SQLTextError(error.state, error.message, at: from + Int(error.location), in: text)
    case .success(nil): return nil
    case .success(let range?):
      let start = from + range.lowerBound
      let end = from + range.upperBound
      advance(to: start)
      let statement = StatementText(
        String(decoding: text.utf8.dropFirst(start).prefix(end - start), as: UTF8.self), offset: start,
        position: TextPosition(character: character, line: line, column: column))
      advance(to: end)
      return statement
    }
  }

  private mutating func advance(to end: Int) {
    for byte in text.utf8.dropFirst(offset).prefix(end - offset) where byte & 0xC0 != 0x80 {
      character += 1
      column += 1
      if byte == 0x0A {
        line += 1
        column = 1
      }
    }
    offset = end
  }

  func error(_ error: DefinitionError, in statement: StatementText) -> SQLTextError {
    SQLTextError(
      error.state, error.message, at: statement.offset + max(0, Int(error.location)), in: text, detail: error.detail)
  }
}
