internal import CPgQuery
import Relations

/// PostgreSQL's own grammar (15), behind limits that keep every text from hurting the process.
enum SQLParser {
  /// The longest text, in bytes.
  static let longest = 4 << 20
  /// The most levels, as `NestingScan` counts them.
  static let deepest = 2_000

  /// Parses a text and runs `body` with its tree, on the parser's thread.
  ///
  /// - Throws: what PostgreSQL says of a text that is no SQL; 54001 for one past the limits; what `body` throws.
  static func withTree<R>(
    of text: String, _ body: (borrowing ParsedSQL) throws(SQLTextError) -> R
  ) throws(SQLTextError) -> R {
    let misplaced = try check(text)
    return try ParserThread.shared.run {
      Result { () throws(SQLTextError) in
        try body(refuseMisplaced(misplaced, in: text) { () throws(SQLTextError) in try parse(text) })
      }
    }.get()
  }

  /// Runs `body` on the parser's thread, so that each `withTree` in it is a plain call.
  static func batch<R>(_ body: () -> R) -> R { ParserThread.shared.run(body) }
}

// MARK: - Limits

extension SQLParser {
  /// - Returns: the first parameter in a place where PostgreSQL has none.
  private static func check(_ text: String) throws(SQLTextError) -> Range<Int>? {
    guard text.utf8.count <= longest else {
      throw SQLTextError(SQLError(.statementTooComplex, "the text is longer than \(longest) bytes"))
    }
    var text = text
    let (isText, isShallow, misplaced) = text.withUTF8 { bytes in
      (!bytes.contains(0), NestingScan.isShallow(bytes, limit: deepest), MisplacedParameter.first(in: bytes))
    }
    guard isText else {
      throw SQLTextError(SQLError(.invalidByteSequence, "invalid byte sequence for encoding \"UTF8\": 0x00"))
    }
    guard isShallow else {
      throw SQLTextError(SQLError(.statementTooComplex, "the text nests deeper than \(deepest) levels"))
    }
    return misplaced
  }

  /// Text from bytes of whatever origin.
  ///
  /// - Throws: 22021 if they are not UTF-8.
  static func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(SQLTextError) -> String {
    guard TextForm.isText(bytes) else {
      throw SQLTextError(SQLError(.invalidByteSequence, "invalid byte sequence for encoding \"UTF8\""))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

// MARK: - Parsing

extension SQLParser {
  private static func parse(_ text: String) throws(SQLTextError) -> ParsedSQL {
    do throws(SQLTextError) {
      return try parse(text, as: text)
    } catch  where error.state == SyntaxState.syntaxError {
      // Of what libpg_query refuses and PostgreSQL does not, this is all.
      guard let joined = BlankedComments.of(text) else { throw error }
      return try parse(joined, as: text)
    }
  }

  /// libpg_query takes `$1` in places where only constants may be. Where it has found no error before such a place, that is one.
  private static func refuseMisplaced(
    _ parameter: Range<Int>?, in text: String, _ parse: () throws(SQLTextError) -> ParsedSQL
  ) throws(SQLTextError) -> ParsedSQL {
    guard let parameter else { return try parse() }
    let misplaced = SQLTextError.misplaced(parameter, in: text)
    do throws(SQLTextError) {
      _ = try parse()
    } catch {
      // A rule that PostgreSQL does not have may have got there by the parameter.
      let isBefore = (error.position?.character ?? 0) <= misplaced.position!.character
      if isBefore, !error.message.hasPrefix("type modifier cannot") { throw error }
    }
    throw misplaced
  }

  /// - Parameter text: the user's, byte for byte as long as `parsed`.
  private static func parse(_ parsed: String, as text: String) throws(SQLTextError) -> ParsedSQL {
    let result = parsed.withCString { pg_query_parse_protobuf($0) }
    defer { pg_query_free_protobuf_parse_result(result) }
    if let error = result.error { throw SQLTextError(error.pointee, of: parsed, in: text) }
    let arena = TreeArena()
    let root = arena.withAllocator { allocator in
      result.parse_tree.data.withMemoryRebound(to: UInt8.self, capacity: result.parse_tree.len) {
        pg_query__parse_result__unpack(allocator, result.parse_tree.len, $0)
      }
    }
    guard let root else { throw SQLTextError(SQLError(SQLState("53200"), "out of memory: the text's tree is too large")) }
    return ParsedSQL(text, arena, root)
  }
}
