import Engine
import Relations
import SQL

/// `premise explain`: what a question depends on, as far as Premise knows it.
enum Explain {
  static let help = """
    premise explain --schema S.sql [--collation NAME] [--param VALUE]… [--search-path PATH] [--time-zone ZONE]
                    [--format text|json] "SQL"

      the template and the constants of a question, its columns, what it looks at in each table and in which index a change finds those who
      ask it, what it depends on besides rows, which tiers can decide it, what a certificate of it would remember, and what of it is not
      evaluated and why. Of a question that is not evaluated at all: its words as a template, and its tables

      --schema FILE       what pg_dump --create --schema-only writes, or any definitions; '-' for standard input
      --collation NAME    the database's, unless the schema's CREATE DATABASE says it: C if psql's \\l shows that for Collate and Ctype,
                          and libc for the provider. Unless it is C, no text is ordered and no case folded
      --param VALUE       the value of $1, $2, … in turn, as PostgreSQL prints it; \\N for NULL
      --search-path PATH  as the session had it; "$user", public unless said
      --time-zone ZONE    as the session had it; UTC unless said
      --format text|json  for people, or for programs
      "SQL"               the question; '-' for standard input

    EXIT STATUS
      0  explained     2  PostgreSQL would refuse it, or something else is wrong with what was given
    """

  enum Format: String, CaseIterable { case text, json }

  static func run(_ arguments: [String]) throws {
    let options = try Options(
      arguments, values: ["schema", "collation", "param", "search-path", "time-zone", "format"], flags: ["help"])
    if options.has("help") { return FileHandle.standardOutput.write(help + "\n") }
    guard options.operands.count == 1 else {
      throw UsageError("'explain' takes one question, not \(options.operands.count): put it in quotes")
    }
    let format = try options.choice("format", Format.self) ?? .text
    let file = try options.required("schema")
    let schema = try SchemaFile(file, collation: try options.one("collation"))
    for statement in schema.unread { FileHandle.standardError.write("note: \(file): \(statement.onOneLine)\n") }
    let sql = options.operands[0] == "-" ? try TextFile.read("-") : options.operands[0]
    do {
      let explanation = try Explanation(
        sql, parameters: options.all("param").map { $0 == "\\N" ? nil : $0 }, schema.schema, path: try path(options),
        style: try style(options))
      FileHandle.standardOutput.write(format == .json ? "\(explanation.json)\n" : explanation.text)
    } catch let error as SQLTextError {
      if format == .json { FileHandle.standardOutput.write("\(JSON(error))\n") }
      throw RefusedQuestion(error: error)
    }
  }

  private static func path(_ options: Options) throws -> SearchPath {
    guard let text = try options.one("search-path") else { return .standard() }
    do throws(SQLError) { return try SearchPath(parsing: text) } catch { throw UsageError("'--search-path': \(error.message)") }
  }

  private static func style(_ options: Options) throws -> TextStyle {
    guard let name = try options.one("time-zone") else { return TextStyle() }
    guard let zone = Zone.named(name) else { throw UsageError("'--time-zone': there is no time zone '\(name)'") }
    return TextStyle(zone: zone)
  }
}

/// PostgreSQL would refuse the question.
struct RefusedQuestion: InputError, CustomStringConvertible {
  let error: SQLTextError
  var description: String { "\(error)" }
}

extension UnreadStatement {
  /// Where and why, and how it begins.
  var onOneLine: String {
    let words = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return "\(position): \(reason): \(words.count > 80 ? words.prefix(79) + "…" : words)"
  }
}
