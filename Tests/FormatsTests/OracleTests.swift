import Relations
import TestKit
import Testing

@testable import Formats

/// What PostgreSQL writes as JSON and as CSV, read back, is what PostgreSQL has.
@Suite struct OracleTests {
  private static let columns = Sample.everything.map { "\($0.0) \($0.1)" }.joined(separator: ", ")

  /// A table with rows of every type in a schema of its own, and the printed form of each value.
  private func table(_ cluster: Cluster) throws -> (name: String, printed: [[String?]]) {
    let name = "\(try cluster.schema()).everything"
    try cluster.execute(
      """
      CREATE TABLE \(name) (\(Self.columns), ordinal int);
      INSERT INTO \(name)
      SELECT i % 2 = 0, i % 30000, -i * 77, i * 123456789012, CASE i % 7 WHEN 0 THEN 'NaN' WHEN 1 THEN '-Infinity' ELSE sqrt(i) * 10 ^ (i % 40 - 20) END,
        CASE i % 5 WHEN 0 THEN 'NaN' WHEN 1 THEN i / 3.0 ELSE (i * 10.0 ^ (i % 20))::numeric END, i / 100.0,
        repeat(chr(i % 300 + 1), i % 4) || E'\\\\"\\n\\u20ac', 'v' || i % 1000, chr(97 + i % 26), CASE i % 9 WHEN 0 THEN 'infinity' ELSE date '2000-01-01' + (i * 997 - 400000) END,
        timestamp '2000-01-01' + make_interval(secs => i * 12345.678901), timestamptz '0001-01-01 BC' + make_interval(days => i * 900, secs => i / 7.0),
        md5(i::text)::uuid, jsonb_build_object('n', i / 8.0, 'long name', ARRAY[i::text, chr(i % 200 + 1)], '', NULL, 'o', jsonb_build_object('z', i % 2 = 0, 'b', E'\\t')),
        json_build_object('b', i, 'a', ARRAY[i]), ARRAY[i, NULL, -i], CASE i % 3 WHEN 0 THEN '{}' ELSE ARRAY['a b', 'NULL', NULL, E'"\\\\{}', '', chr(i % 300 + 1)] END,
        make_interval(months => i, secs => i / 10.0), (i / 7.0)::float4, time '00:00' + make_interval(secs => i * 215.9),
        (time '12:00' + make_interval(secs => i / 3.0)) AT TIME ZONE make_interval(mins => i % 900 - 450), point(i, i / 4.0), i
      FROM generate_series(1, 400) AS i;
      INSERT INTO \(name) (ordinal) VALUES (0);
      """)
    // `concat` prints by the output function, where a cast to text would trim `char(n)`.
    let printed = Sample.everything.map { "CASE WHEN \($0.0) IS NOT NULL THEN concat(\($0.0)) END" }.joined(separator: ", ")
    return (name, try cluster.query("SELECT \(printed) FROM \(name) ORDER BY ordinal"))
  }

  /// The rows that a reader gives for the lines.
  private func rows(_ values: [String]) throws -> [[String?]] {
    let lines = values.enumerated().map {
      "{\"position\":\($0 + 1),\"changes\":[{\"table\":\"everything\",\"op\":\"insert\",\"after\":\($1)}]}\n"
    }
    var log = ChangeLogReader([MemorySource("f", lines.joined().utf8)], schema: Sample.schema)
    var rows: [[String?]] = []
    while case .transactions(let batch)? = try log.next() {
      #expect(batch.unread.isEmpty)
      rows += batch.transactions.boxed.flatMap(\.changes).map { change in
        zip(change.after?.columns ?? [], Sample.everything).map { $0?.text(as: $1.1, style: TextStyle()) }
      }
    }
    return rows
  }

  private func expect(_ rows: [[String?]], equal printed: [[String?]], _ comment: String) {
    #expect(rows.count == printed.count, "\(comment)")
    for (row, expected) in zip(rows, printed) {
      for (index, pair) in zip(row, expected).enumerated() {
        #expect(pair.0 == pair.1, "\(comment): \(Sample.everything[index].0)")
      }
    }
  }

  @Test func `rows as JSON`() throws {
    let cluster = try Cluster.shared()
    let (name, printed) = try table(cluster)
    // An interval's text form; `bool` and the documents are themselves, whatever row_to_json makes of other values is their text.
    let columns = Sample.everything.map(\.0).joined(separator: ", ")
    for function in ["row_to_json", "to_jsonb"] {
      // `to_jsonb` would print a document of type json in another way.
      let list = function == "to_jsonb" ? columns.replacing("j, ia", with: "j::text AS j, ia") : columns
      let json = try cluster.query(
        "SELECT translate(\(function)(r)::text, E'\\n', ' ') FROM (SELECT \(list) FROM \(name) ORDER BY ordinal) AS r")
      expect(try rows(json.compactMap { $0[0] }), equal: printed, function)
    }
  }

  @Test func `rows as CSV`() throws {
    let cluster = try Cluster.shared()
    let (name, printed) = try table(cluster)
    let file = "\(cluster.directory)/\(name).csv"
    let columns = Sample.everything.map(\.0).joined(separator: ", ")
    try cluster.execute("COPY (SELECT \(columns) FROM \(name) ORDER BY ordinal) TO '\(file)' CSV HEADER")
    var csv = try CSVReader(try FileSource(file), table: try Sample.table("everything"), schema: Sample.schema)
    var rows: [[String?]] = []
    while let next = try csv.next() {
      rows += next.rows.rows.map { row in zip(row, Sample.everything).map { $0.text(as: $1.1, style: TextStyle()) } }
    }
    expect(rows, equal: printed, "csv")
  }

  @Test(arguments: Cases.seeds(5))
  func `jsonb has the text that PostgreSQL prints`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let texts = (0..<400).map { _ in Self.json(depth: 4, using: &random) }
    let cluster = try Cluster.shared()
    let schema = try cluster.schema()
    try cluster.execute(
      """
      CREATE FUNCTION \(schema).canonical(t text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN RETURN t::jsonb::text; EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE; END $$
      """)
    let sql = "SELECT \(schema).canonical(t) FROM unnest($1::text[]) WITH ORDINALITY AS u (t, i) ORDER BY i"
    let expected = try cluster.query(sql, parameters: [arrayLiteral(texts)]).map { $0[0] }
    for (text, expected) in zip(texts, expected) {
      // Of several errors PostgreSQL raises the first; we look at the grammar before the characters.
      let isError = expected?.hasPrefix("ERROR") == true
      #expect(isError ? Self.canonical(text).hasPrefix("ERROR") : Self.canonical(text) == expected, "\(text) \(Cases.replay(seed))")
    }
    #expect(expected.count { $0?.hasPrefix("ERROR") == false } > 100)
  }

  private static func canonical(_ text: String) -> String {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      do throws(Failure) {
        return String(decoding: try TextForm.parseJSONB(bytes), as: UTF8.self)
      } catch {
        if case .raised(let error) = error { return "ERROR \(error.state)" }
        return "\(error)"
      }
    }
  }

  /// Documents, and texts that are nearly some.
  private static func json(depth: Int, using random: inout SplitMix64) -> String {
    let scalars = [
      "0", "-0", "-0.00", "1.50", "1e2", "12E-3", "1e+05", "123456789012345678901234567890.0", "\"\"", "\"a\"", "\"é\\u00e9\"",
      "\"\\ud83d\\ude00\"", "\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"", "\"\\u0001\\u001f\u{7F}\"", "true", "false", "null",
    ]
    let broken = [
      "01", "1.", ".5", "+1", "\"\\ud83d\"", "\"\\u0000\"", "\"\\x\"", "\"\u{1}\"", "tru", "nan", "", "{", "1 2", "\"\\ude00\"",
    ]
    let names = ["\"a\"", "\"b\"", "\"aa\"", "\"é\"", "\"\"", "\"\\u0061\"", "\"z z\""]
    let blanks = ["", "", " ", "\n\t"]
    func blank() -> String { blanks.randomElement(using: &random)! }
    switch Int.random(in: 0..<20, using: &random) {
    case 0 where depth < 4: return broken.randomElement(using: &random)!
    case 1...7 where depth > 0:
      let members = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        blank() + names.randomElement(using: &random)! + blank() + ":" + json(depth: depth - 1, using: &random)
      }
      return "{" + members.joined(separator: ",") + blank() + "}"
    case 8...14 where depth > 0:
      return "["
        + (0..<Int.random(in: 0...4, using: &random)).map { _ in blank() + json(depth: depth - 1, using: &random) }.joined(
          separator: ",") + "]"
    default: return scalars.randomElement(using: &random)! + blank()
    }
  }
}
