import TestKit
import Testing

@testable import SQL

@Suite struct ParserTests {
  @Test func `a text has its statements, with their own text`() throws {
    let texts = try SQLParser.withTree(of: " SELECT 1 ; ; /* x */ SELECT 'é' -- y\n; ") { tree in
      (0..<tree.statementCount).map { tree.text(of: tree.statement($0).range) }
    }
    #expect(texts == ["SELECT 1", "SELECT 'é'"])
  }

  @Test func `constants are read as written, signs and all digits included`() throws {
    let cases: [(String, Syntax.Literal)] = [
      ("0", .integer(0)), ("-5", .integer(-5)), ("- /* x */ 5", .integer(-5)), ("2147483647", .integer(.max)),
      ("-2147483647", .integer(-.max)),
      ("2147483648", .number("2147483648")), ("-2147483648", .number("-2147483648")), ("1.50", .number("1.50")),
      ("-.5e-3", .number("-.5e-3")),
      ("'a''b'", .string("a'b")), ("''", .string("")), (#"E'\n\u00e9'"#, .string("\né")), (#"U&'\00e9'"#, .string("é")),
      ("$x$a$$b$x$", .string("a$$b")),
      ("'a'\n'b'", .string("ab")), ("'a' -- é\n 'b'", .string("ab")), ("b'101'", .bits("b101")), ("x'1F'", .bits("x1F")),
      ("TRUE", .boolean(true)), ("false", .boolean(false)), ("NULL", .null),
    ]
    let text = "SELECT " + cases.map(\.0).joined(separator: ", ")
    let found = try SQLParser.withTree(of: text) { tree in
      guard case .selectStmt(let select) = tree.statement(0).node.kind else { return [] as [Syntax.Literal] }
      return select.targetList.map { target in
        guard case .resTarget(let target) = target.kind, case .aConst(let constant)? = target.val?.kind else {
          return .string("no constant")
        }
        return constant.value
      }
    }
    #expect(found == cases.map(\.1))
  }

  @Test func `every kind of node that queries have is known by name`() throws {
    for text in SyntaxCorpus.queries {
      let unknown = try SQLParser.withTree(of: text) { tree in
        var unknown: Set<String> = []
        var rest = [tree.message]
        while let message = rest.popLast() {
          if let node = message.node, case .other = node.kind { unknown.insert(node.typeName) }
          message.forEachChild { rest.append($0) }
        }
        return unknown
      }
      #expect(unknown.isEmpty, "\(text)")
    }
  }

  @Test func `locations are bytes, and errors at them characters`() throws {
    let text = "SELECT 'ä',\n\tö + 1"
    let error = try SQLParser.withTree(of: text) { tree in
      guard case .selectStmt(let select) = tree.statement(0).node.kind, case .resTarget(let target) = select.targetList[1].kind,
        case .aExpr(let operation)? = target.val?.kind
      else { preconditionFailure("a sum") }
      return tree.error("42883", "operator does not exist", at: operation.location)
    }
    #expect(error.position == TextPosition(character: 16, line: 2, column: 4))
    #expect(error.excerpt == "LINE 2:  ö + 1\n           ^")
  }

  @Test func `a body may parse other texts, and many callers take turns`() async throws {
    let counts = await withTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<200).reduce(0) { sum, i in
            sum
              + ((try? SQLParser.withTree(of: "SELECT \(task)") { tree throws(SQLTextError) in
                let inner = try SQLParser.withTree(of: String(repeating: "SELECT 1;", count: i)) { $0.statementCount }
                return tree.statementCount + inner
              }) ?? -1_000_000)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(counts == Array(repeating: 200 + 199 * 100, count: 8))
    #expect(SQLParser.batch { ParserThread.shared.isCurrent } && !ParserThread.shared.isCurrent)
  }
}
