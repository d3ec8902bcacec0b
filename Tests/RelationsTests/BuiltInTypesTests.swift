import TestKit
import Testing

@testable import Relations

@Suite struct BuiltInTypesTests {
  @Test func `the generated text is what a fresh cluster says`() throws {
    let lines = try Cluster.shared().query(GeneratedText.sql("types.sql")).map { $0[0] ?? "" }
    #expect(GeneratedText.differences(lines, "\(BuiltInTypes.text)").isEmpty)
  }

  @Test func `every type is found by number and by name`() {
    for type in BuiltInTypes.all {
      #expect(BuiltInTypes.facts(of: type.id) == type)
      #expect(BuiltInTypes.type(named: type.name) == type.id)
      if let array = type.array { #expect(BuiltInTypes.facts(of: array)?.arrayElement == type.id) }
    }
    #expect(BuiltInTypes.facts(of: TypeID(1)) == nil && BuiltInTypes.facts(of: .firstUserDefined) == nil)
    #expect(BuiltInTypes.type(named: "integer") == nil)
    #expect(
      BuiltInTypes.facts(of: TypeID(3904))?.subtype == .int4 && BuiltInTypes.facts(of: TypeID(3904))?.multirange == TypeID(4451))
    #expect(BuiltInTypes.facts(of: TypeID(4451))?.range == TypeID(3904) && BuiltInTypes.facts(of: .point)?.element == .float8)
    #expect(BuiltInTypes.facts(of: .point)?.arrayElement == nil && BuiltInTypes.facts(of: .text)?.isCollatable == true)
  }

  @Test func `types print as format_type prints them`() throws {
    var random = SplitMix64(seed: 1)
    var asked: [SQLType] = []
    for type in BuiltInTypes.all {
      asked.append(SQLType(type.id))
      for _ in 0..<(TypeModifier.isTaken(by: type.arrayElement ?? type.id) ? 40 : 0) {
        asked.append(SQLType(type.id, modifier: modifier(of: type.arrayElement ?? type.id, &random)))
      }
    }
    let rows = try Cluster.shared().query(
      """
      SELECT format_type(t, m), format_type(t, NULL)
      FROM unnest('{\(asked.map { "\($0.id.oid)" }.joined(separator: ","))}'::oid[],
        '{\(asked.map { "\($0.modifier)" }.joined(separator: ","))}'::int4[]) AS a (t, m)
      """)
    #expect(asked.count > 900 && rows.count == asked.count)
    for (type, row) in zip(asked, rows) {
      #expect(type.description == row[0])
      #expect(type.id.description == row[1])
    }
    #expect(TypeID(0).description == "-" && TypeID(1).description == "???")
  }

  /// A modifier as the type's own packing makes it, out of range or not.
  private func modifier(of type: TypeID, _ random: inout SplitMix64) -> Int32 {
    switch type {
    case .numeric:
      SQLType.numeric(Int32.random(in: 1...1000, using: &random), Int32.random(in: -1000...1000, using: &random)).modifier
    case .interval:
      // Combinations of fields that no SQL says are refused by PostgreSQL's printing: fields are taken from SQL.
      (try? SQLType(parsing: intervals.randomElement(using: &random) ?? "interval").modifier) ?? -1
    case .bpchar, .varchar: Int32.random(in: 0...100, using: &random)
    default: Int32.random(in: 0...6, using: &random)
    }
  }

  private let intervals: [String] = {
    let fields = [
      "", " year", " month", " day", " hour", " minute", " second", " year to month", " day to hour", " day to minute",
      " day to second",
      " hour to minute", " hour to second", " minute to second",
    ]
    return fields.flatMap { field in
      let takesPrecision = field.isEmpty || field.hasSuffix("second")
      return ["interval\(field)"] + (takesPrecision ? (0...6).map { "interval\(field)(\($0))" } : [])
    }
  }()

  @Test func `names are quoted where PostgreSQL quotes them`() throws {
    let words = try Cluster.shared().query("SELECT word FROM pg_get_keywords()").compactMap { $0[0] }
    #expect(words.count > 400)
    let names = words + ["a", "A", "a b", "a\"b", "1a", "_a1", "é", "a$", "Select", "", "a.b"]
    let array = names.map { "\"" + $0.replacing("\"", with: "\\\"") + "\"" }.joined(separator: ",")
    let rows = try Cluster.shared().query("SELECT quote_ident(n) FROM unnest($1::text[]) AS n", parameters: ["{\(array)}"])
    for (name, row) in zip(names, rows) { #expect(Identifier.quoted(name) == row[0]) }
  }

  @Test(arguments: Cases.seeds(3))
  func `type names mean what PostgreSQL takes them for`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let asked = (0..<600).map { _ in TypeNameText.random(&random) }
    var session = try Cluster.shared().connect()
    try session.execute(
      """
      CREATE FUNCTION pg_temp.ask(names text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
      DECLARE name text; answer text;
      BEGIN
        FOREACH name IN ARRAY names LOOP
          BEGIN
            EXECUTE 'CREATE TEMP TABLE asked (c ' || name || ')';
            SELECT atttypid::oid || ' ' || atttypmod INTO answer FROM pg_attribute WHERE attrelid = 'asked'::regclass AND attnum = 1;
            DROP TABLE asked;
          EXCEPTION WHEN OTHERS THEN answer := SQLSTATE;
          END;
          RETURN NEXT answer;
        END LOOP;
      END $$; SET client_min_messages = error
      """)
    let array = asked.map { "\"" + $0.replacing("\"", with: "\\\"") + "\"" }.joined(separator: ",")
    let answers = try session.query("SELECT pg_temp.ask($1::text[])", parameters: ["{\(array)}"]).rows.compactMap { $0[0] }
    for (name, answer) in zip(asked, answers) {
      var ours = ""
      do throws(SQLError) {
        let type = try SQLType(parsing: name)
        ours = "\(type.id.oid) \(type.modifier)"
        #expect(try SQLType(parsing: type.description) == type)
      } catch { ours = "\(error.state)" }
      #expect(ours == answer, "\(name), \(Cases.replay(seed))")
    }
    #expect(answers.count == asked.count && Set(answers).count > 30)
  }

  @Test func `a name taken apart by a parser is looked up as it is`() throws {
    #expect(
      try TypeName(schema: "pg_catalog", name: "timestamptz", modifiers: [3], dimensions: 2).resolved()
        == SQLType(TypeID(1185), modifier: 3))
    #expect(try TypeName(name: "int4").resolved() == .int4)
    #expect(throws: SQLError(.undefinedObject, "")) { try TypeName(name: "integer").resolved() }
    #expect(throws: SQLError(.undefinedObject, "")) { try TypeName(schema: "public", name: "int4").resolved() }
    #expect(throws: SQLError(.numericValueOutOfRange, "")) { try TypeName(name: "varchar", modifiers: [1 << 40]).resolved() }
  }
}

extension TypeID {
  fileprivate static let point = TypeID(600)
}

/// Type names as people and programs write them, some of them wrong.
private enum TypeNameText {
  static func random(_ random: inout SplitMix64) -> String {
    var text = base(&random)
    if Int.random(in: 0..<6, using: &random) == 0 {
      text += ["[]", "[3]", "[][]", " ARRAY", " array[4]", " []", "[-1]", "[", " array[]"].randomElement(using: &random) ?? ""
    }
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return text.uppercased()
    case 1: return text.replacing(" ", with: "  \t").replacing("(", with: " ( ").replacing(",", with: " , ")
    default: return text
    }
  }

  private static func base(_ random: inout SplitMix64) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      let lengths = ["", "", "(1)", "(20)", "(0)", "(10485760)", "(10485761)", "(83886081)", "(3,4)", "()", "(99999999999)"]
      let names = [
        "char", "character", "varchar", "character varying", "char varying", "nchar", "national character", "national char varying",
        "bit", "bit varying", "varbit", "bpchar", "\"char\"", "\"bit\"", "nchar varying", "national varying", "text", "\"varchar\"",
      ]
      return (names.randomElement(using: &random) ?? "") + (lengths.randomElement(using: &random) ?? "")
    case 1:
      let precisions = [
        "", "(10)", "(10,2)", "(10,-2)", "(0)", "(1000,1000)", "(1001)", "(5,1001)", "(5,-1001)", "(1,2,3)", "(5,7)",
      ]
      let names = ["numeric", "decimal", "dec", "\"numeric\"", "pg_catalog.numeric"]
      return (names.randomElement(using: &random) ?? "") + (precisions.randomElement(using: &random) ?? "")
    case 2:
      let name = ["timestamp", "time", "timestamptz", "timetz"].randomElement(using: &random) ?? ""
      let precision = ["", "", "(0)", "(3)", "(6)", "(7)", "(1,2)", "(-1)"].randomElement(using: &random) ?? ""
      let zone = ["", "", " with time zone", " without time zone", " with time", " with zone"].randomElement(using: &random) ?? ""
      return name + precision + zone
    case 3:
      let fields = ["year", "month", "day", "hour", "minute", "second"]
      let first = fields.randomElement(using: &random) ?? ""
      let last = fields.randomElement(using: &random) ?? ""
      let forms = [
        "interval", "interval \(first)", "interval \(first) to \(last)", "interval \(first) to \(last)", "interval(3) \(first)",
      ]
      return (forms.randomElement(using: &random) ?? "")
        + (["", "", "(3)", "(0)", "(9)", "(-1)", "(1,2)"].randomElement(using: &random) ?? "")
    case 4: return "float" + (["", "(1)", "(24)", "(25)", "(53)", "(54)", "(0)", "(1,2)"].randomElement(using: &random) ?? "")
    case 5:
      // Composite, pseudo and serial types are of other kinds: a column has them for other reasons, or not.
      let types = BuiltInTypes.all.filter { type in
        [type.id, type.element].compactMap { $0.flatMap(BuiltInTypes.facts) }.allSatisfy { $0.kind != .pseudo }
      }
      let name = types.randomElement(using: &random)?.name ?? "int4"
      return ["\"\(name)\"", "pg_catalog.\"\(name)\"", "pg_catalog.\(name)", "public.\(name)"].randomElement(using: &random) ?? ""
    case 6:
      return [
        "int", "integer", "int4", "smallint", "int2", "bigint", "int8", "real", "float4", "float8", "double precision", "double",
        "boolean", "bool", "date", "uuid", "json", "jsonb", "bytea", "oid", "regclass", "name", "inet", "money", "int(4)",
        "text(3)",
      ].randomElement(using: &random) ?? ""
    default:
      return [
        "nothing", "\"int\"", "\"integer\"", "\"Text\"", "select", "int4.x.y.z", "public.int4", "\"\"", "timestamp with", "date(3)",
        "uuid(1)",
        "national", "int int", "json(1)", "precision", "_int4", "_numeric", "_numeric(10,2)", "_varchar(3)", "array",
        "interval second(2)",
      ].randomElement(using: &random) ?? ""
    }
  }
}
