import Circuits
import Expressions
import Glibc
import Queries
import Relations
import SQL

/// `premise query`: answers a question about tables in files, as PostgreSQL would.
enum QueryCommand {
  /// - Returns: the exit status: 0 answered, 2 an error of the question.
  static func run(_ arguments: [String]) throws -> Int32 {
    if arguments.contains("--help") {
      print(help)
      return 0
    }
    let options = try QueryOptions(arguments)
    let input = try QueryInput(options)
    for note in input.notes { FileHandle.standardError.write("premise: \(note)\n") }
    let query: Query
    do throws(BindingFailure) { query = try Binder(input.schema).query(options.sql) } catch {
      switch error {
      case .refused(let refusal): return refused(refusal)
      case .unsupported(let what): throw Unanswered(what: what)
      case .undecidable(let reason, let what): throw Unanswered(what: "\(what) (\(reason.rawValue))")
      }
    }
    try refuseVolatile(query)
    let context = EvaluationContext(clock: options.clock ?? WallClock.now)
    switch Patience.during({ answer(to: query, on: input.snapshot, context) }) {
    case .rows(let answer):
      if let collation = answer.unknownOrder { throw Unanswered(what: "\(collation)") }
      if !answer.doubts.isEmpty { FileHandle.standardError.write("premise: note: \(answer.doubts.note)\n") }
      AnswerPrinter(answer: answer, style: context.style).print(options.format)
      return 0
    case .raised(let error): return refused(SQLTextError(error))
    case .errorOrder(let error):
      FileHandle.standardError.write("premise: note: whether this error is raised is up to PostgreSQL's planner\n")
      return refused(SQLTextError(error))
    case .unsupported(let what): throw Unanswered(what: what)
    case .unreadable(let failure):
      let name = input.schema[failure.table].map { "\($0.name)" } ?? "a table"
      throw InconsistentInput("\(name): its rows are not known (\(failure.reason.rawValue)): give them by --base")
    }
  }

  /// As psql prints it.
  private static func refused(_ error: SQLTextError) -> Int32 {
    var lines = ["ERROR:  \(error.message)"]
    if let excerpt = error.excerpt { lines.append(excerpt) }
    if let detail = error.detail { lines.append("DETAIL:  \(detail)") }
    if let hint = error.hint ?? generalHint(error) { lines.append("HINT:  \(hint)") }
    FileHandle.standardError.write(lines.joined(separator: "\n") + "\n")
    return 2
  }

  /// What PostgreSQL says of every function and operator that it does not find.
  private static func generalHint(_ error: SQLTextError) -> String? {
    guard error.state == SQLState("42883") else { return nil }
    if error.message.hasPrefix("function "), error.message.hasSuffix(" does not exist") {
      return "No function matches the given name and argument types. You might need to add explicit type casts."
    }
    guard error.message.hasPrefix("operator does not exist: ") else { return nil }
    // Between two types, or before one.
    let isBinary = error.message.dropFirst("operator does not exist: ".count).split(separator: " ").count > 2
    return isBinary
      ? "No operator matches the given name and argument types. You might need to add explicit type casts."
      : "No operator matches the given name and argument type. You might need to add an explicit type cast."
  }

  private static func refuseVolatile(_ query: Query) throws {
    func check(_ expression: Expression) throws {
      if case .call(let call) = expression, let function = Catalogue.builtIn.function(call.function),
        function.volatility == .volatile
      {
        throw Unanswered(what: "\(function.name)()")
      }
      for child in expression.children { try check(child) }
    }
    for expression in query.plan.expressions { try check(expression) }
  }

  static let help = """
    premise query: answers a question about tables in files, as PostgreSQL 15 would

    USAGE
      premise query --schema S.sql --base B.ndjson|DIR [--changes C.ndjson…] [--as-of POSITION] [--clock TIME]
                    [--format table|csv|ndjson|json] "SELECT …"

      --schema FILE     CREATE statements, as pg_dump --create --schema-only writes them
      --collation NAME  the database's, unless the schema's CREATE DATABASE says it: C if psql's \\l shows that for Collate and Ctype,
                        and libc for the provider. Unless it is C, no text is ordered and no case folded
      --base FILE|DIR   the tables' rows: a base snapshot, or a directory of schema.table.csv with headers
      --changes FILE    what happened to them since; may come several times
      --as-of POSITION  up to where; by default all of it
      --clock TIME      what now() is; by default the present
      --format table|csv|ndjson|json  csv is what psql --csv prints

    EXIT STATUS
      0  answered     2  an error: of the question as PostgreSQL raises it, of the files, or not evaluated by us     3  a bug of ours
    """
}

/// Something that we do not evaluate.
struct Unanswered: InputError, CustomStringConvertible {
  let what: String
  var description: String { "not answered: \(what) is not evaluated" }
}

extension Doubts {
  fileprivate var note: String {
    let reasons: [(Doubts, String)] = [
      (.undetermined, "SQL allows other answers, too"),
      (.unordered, "the answer depends on the order of rows, which nothing fixes"),
      (.floatRounding, "floating sums depend on the order of rows by rounding"),
      (.errorOrder, "PostgreSQL's planner might come upon an error"),
    ]
    return reasons.filter { contains($0.0) }.map(\.1).joined(separator: "; ")
  }
}

/// What `premise query` was asked to do.
struct QueryOptions {
  let schema: String
  let collation: String?
  let base: String?
  let changes: [String]
  let asOf: Position?
  let clock: Int64?
  let format: Format
  let sql: String

  enum Format: String, CaseIterable { case table, csv, ndjson, json }

  init(_ arguments: [String]) throws {
    let options = try Options(arguments, values: ["schema", "collation", "base", "changes", "as-of", "clock", "format"])
    schema = try options.required("schema")
    collation = try options.one("collation")
    base = try options.one("base")
    changes = options.all("changes")
    asOf = try options.position("as-of")
    clock = try options.one("clock").map { text throws(UsageError) in
      guard case .integer(let moment)? = try? Value(parsing: text, as: .timestamptz, style: TextStyle()) else {
        throw UsageError("'--clock' is a moment like 2026-05-30T12:00:00Z, not '\(text)'")
      }
      return moment
    }
    format = try options.choice("format", Format.self) ?? (isatty(1) == 1 ? .table : .csv)
    guard options.operands.count == 1 else {
      throw UsageError(options.operands.isEmpty ? "'query' wants a question in SQL" : "'query' takes one question: quote it")
    }
    sql = options.operands[0]
  }
}
