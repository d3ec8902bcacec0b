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
    try check(text)
    return try ParserThread.shared.run {
      Result { () throws(SQLTextError) in try body(parse(text)) }
    }.get()
  }

  /// Runs `body` on the parser's thread, so that each `withTree` in it is a plain call.
  static func batch<R>(_ body: () -> R) -> R { ParserThread.shared.run(body) }
}

// MARK: - Limits

extension SQLParser {
  private static func check(_ text: String) throws(SQLTextError) {
    guard text.utf8.count <= longest else {
      throw SQLTextError(SQLError(.statementTooComplex, "the text is longer than \(longest) bytes"))
    }
    var text = text
    let (isText, isShallow) = text.withUTF8 { bytes in
      (!bytes.contains(0), NestingScan.isShallow(bytes, limit: deepest))
    }
    guard isText else {
      throw SQLTextError(SQLError(.invalidByteSequence, "invalid byte sequence for encoding \"UTF8\": 0x00"))
    }
    guard isShallow else {
      throw SQLTextError(SQLError(.statementTooComplex, "the text nests deeper than \(deepest) levels"))
    }
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
    let result = text.withCString { pg_query_parse_protobuf($0) }
    defer { pg_query_free_protobuf_parse_result(result) }
    if let error = result.error { throw SQLTextError(error.pointee, in: text) }
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
