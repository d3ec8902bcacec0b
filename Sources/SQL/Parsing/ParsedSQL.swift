internal import CPgQuery
import Relations

/// A parsed text: owner of its tree, for as long as the body that `SQLParser.withTree` runs.
///
/// Everything that points into the tree (`Node`, `Nodes`, `Syntax`) dies with it; nothing checks that, so take out of the tree what
/// is to live on as plain values.
struct ParsedSQL: ~Copyable {
  /// The whole text: locations in the tree are bytes of it.
  let text: String
  private let arena: TreeArena
  let root: UnsafeMutablePointer<PgQuery__ParseResult>

  init(_ text: String, _ arena: consuming TreeArena, _ root: UnsafeMutablePointer<PgQuery__ParseResult>) {
    self.text = text
    self.arena = arena
    self.root = root
  }
}

// MARK: - Statements

extension ParsedSQL {
  var statementCount: Int { root.pointee.n_stmts }

  /// The statements between the semicolons; empty ones are not there.
  func statement(_ index: Int) -> Statement {
    precondition(index < statementCount)
    let raw = root.pointee.stmts[index]!
    let start = Int(raw.pointee.stmt_location)
    let length = Int(raw.pointee.stmt_len)
    return Statement(
      node: Node(raw.pointee.stmt!), range: start..<(length == 0 ? text.utf8.count : start + length))
  }

  /// A piece of the text by its bytes, without the space and the comments before and after it.
  func text(of range: Range<Int>) -> String {
    var text = text
    return text.withUTF8 { bytes in
      var scanner = Scanner(bytes, in: range)
      guard let first = scanner.next() else { return "" }
      var last = first
      while let token = scanner.next() { last = token }
      return String(decoding: bytes[first.range.lowerBound..<last.range.upperBound], as: UTF8.self)
    }
  }

  /// An error at a node's location: a byte of the text, or -1.
  func error(_ state: String, _ message: String, at location: Int32, detail: String? = nil, hint: String? = nil) -> SQLTextError {
    SQLTextError(SQLState(state), message, at: location < 0 ? nil : Int(location), in: text, detail: detail, hint: hint)
  }
}

/// One statement of a text.
struct Statement {
  let node: Node
  /// Its bytes, the white space and comments before it included.
  let range: Range<Int>
}
