import Relations
import TestKit
import Testing

@testable import Expressions

@Suite struct ResolutionCatalogueTests {
  @Test func `the generated text is what a fresh cluster says`() throws {
    let lines = try Cluster.shared().query(GeneratedText.sql("builtins.sql")).map { $0[0] ?? "" }
    #expect(GeneratedText.differences(lines, "\(BuiltIns.text)").isEmpty)
  }

  @Test func `every function and operator is found by number and among its namesakes`() {
    let catalogue = Catalogue.builtIn
    #expect(catalogue.functions.count > 3_000 && catalogue.operators.count > 700)
    for function in catalogue.functions {
      #expect(catalogue.function(function.id)?.name == function.name)
      #expect(catalogue.functions(named: function.name).contains(function))
    }
    for found in catalogue.operators {
      #expect(catalogue.operator(found.id)?.name == found.name)
      #expect(catalogue.operators(named: found.name).contains(found))
      #expect(catalogue.function(found.function) != nil)
    }
    #expect(catalogue.functions(named: "no_such_function").isEmpty && catalogue.function(FunctionID(1)) == nil)
    #expect(catalogue.functions(named: "").isEmpty && catalogue.operators(named: "abs").isEmpty)
  }

  @Test func `what is known of a function is what the system tables say`() throws {
    let catalogue = Catalogue.builtIn
    let interval = try #require(catalogue.functions(named: "make_interval").first)
    #expect(interval.defaults == ["0", "0", "0", "0", "0", "0", "0.0"] && interval.defaultCount == 7)
    #expect(interval.argumentNames == ["years", "months", "weeks", "days", "hours", "mins", "secs"])
    let each = try #require(catalogue.functions(named: "jsonb_each").first)
    #expect(
      each.returnsSet && each.isStrict && each.columns.map(\.name) == ["key", "value"]
        && each.columns.map(\.type) == [.text, .jsonb])
    let abs = try #require(catalogue.functions(named: "abs").first { $0.arguments == [.numeric] })
    #expect(abs.symbol == "numeric_abs" && abs.volatility == .immutable && abs.kind == .function && abs.result == .numeric)
    let round = try #require(catalogue.functions(named: "round").first { $0.arguments == [.numeric] })
    #expect(round.symbol == nil)
    let percentile = try #require(catalogue.functions(named: "percentile_cont").first { $0.arguments == [.float8, .float8] })
    #expect(percentile.aggregate == AggregateFacts(kind: .orderedSet, directArguments: 1) && percentile.symbol == nil)
    let concat = try #require(catalogue.functions(named: "concat").first)
    #expect(concat.variadicElement == .any && concat.symbol == "text_concat")
  }

  @Test func `operators know their opposites and their places in an order`() throws {
    let catalogue = Catalogue.builtIn
    let less = try #require(catalogue.comparison(.less, of: .int4))
    #expect(less.name == "<" && less.left == .int4 && less.right == .int4)
    #expect(less.commutator.flatMap(catalogue.operator)?.name == ">")
    #expect(less.negator.flatMap(catalogue.operator)?.name == ">=")
    let equal = try #require(catalogue.operators(named: "=").first { $0.left == .int4 && $0.right == .int8 })
    #expect(equal.isEquality && equal.canHash && equal.canMerge && !less.isEquality)
    #expect(Set(equal.families.map(\.family)) == [OperatorFamily(.btree, 1976), OperatorFamily(.hash, 1977)])
  }

  @Test func `types sort and group by PostgreSQL's operators`() throws {
    let (catalogue, open) = try ResolutionSchema.open()
    var types = open.oracle.columns
    types += ResolutionTypes.all.filter { !types.contains($0) }
    for (place, type) in types.enumerated() {
      let name = catalogue.name(of: type)
      try open.oracle.execute("CREATE TABLE of\(place) (c \(name))")
      let sorted = try operators(&open.oracle, "SELECT c FROM of\(place) ORDER BY c")
      #expect(catalogue.comparison(.less, of: type.id)?.id.oid == sorted?.sort, "ORDER BY \(name)")
      let grouped = try operators(&open.oracle, "SELECT c FROM of\(place) GROUP BY c")
      #expect(catalogue.comparison(.equal, of: type.id)?.id.oid == grouped?.equal, "GROUP BY \(name)")
    }
  }

  /// The operators that a clause of a view uses; nil if there are none.
  private func operators(_ oracle: inout ResolutionOracle, _ sql: String) throws -> (sort: UInt32, equal: UInt32)? {
    guard try oracle.states([sql], in: "PREPARE asked AS %s") == [""] else { return nil }
    try oracle.execute("CREATE VIEW clause AS \(sql)")
    let row = try oracle.query(
      """
      SELECT substring(ev_action FROM ':sortop (\\d+)'), substring(ev_action FROM ':eqop (\\d+)')
      FROM pg_rewrite WHERE ev_class = '\(oracle.schema).clause'::regclass
      """)[0]
    try oracle.execute("DROP VIEW clause")
    return (UInt32(row[0] ?? "") ?? 0, UInt32(row[1] ?? "") ?? 0)
  }

  @Test func `messages read like PostgreSQL's`() throws {
    let catalogue = Catalogue.builtIn
    func message(_ body: () throws(SQLError) -> some Any) -> String {
      do throws(SQLError) {
        _ = try body()
        return ""
      } catch { return error.message }
    }
    var session = try Cluster.shared().connect()
    func same(_ sql: String, _ body: () throws(SQLError) -> some Any) throws {
      let theirs = #expect(throws: (any Error).self) { _ = try session.query("SELECT \(sql)") }
      #expect(
        message(body) == "\(theirs.map { "\($0)" } ?? "")".split(separator: ": ", maxSplits: 1).last.map { text in
          String(text.split(separator: " (at character").first ?? "")
        } ?? "")
    }
    try same("1 + true") { () throws(SQLError) in try catalogue.resolveOperator("+", left: .int4, right: .bool) }
    try same("@ true") { () throws(SQLError) in try catalogue.resolveOperator("@", left: nil, right: .bool) }
    try same("'1' + '2'") { () throws(SQLError) in try catalogue.resolveOperator("+", left: .unknown, right: .unknown) }
    try same("abs(true, 'x')") { () throws(SQLError) in try catalogue.resolveFunction("abs", [.bool, .unknown]) }
    try same("array_agg('x')") { () throws(SQLError) in try catalogue.resolveFunction("array_agg", [.unknown]) }
    try same("make_interval(1, nought => 'x')") { () throws(SQLError) in
      try catalogue.resolveFunction("make_interval", [.int4, .unknown], names: [nil, "nought"])
    }
    try same("coalesce(1, true)") { () throws(SQLError) in try catalogue.commonType(of: [.int4, .bool], in: "COALESCE") }
    try same("coalesce(null::json, null::jsonb)") { () throws(SQLError) in
      try catalogue.commonType(of: [.json, .jsonb], in: "COALESCE")
    }
    try same("now()::int4") { () throws(SQLError) in try catalogue.steps(from: .timestamptz, to: .int4, .explicit) }
  }

  @Test func `the whole catalogue is indexed in a few milliseconds`() {
    let clock = ContinuousClock()
    let times = (0..<5).map { _ in clock.measure { _ = BuiltIns.read() } }
    let best = times.min() ?? .zero
    print("catalogue indexed in \(best)")
    // An unoptimised build takes some thirty times as long.
    #expect(best < .milliseconds(600))
  }
}
