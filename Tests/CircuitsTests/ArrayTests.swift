import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// Questions over arrays have PostgreSQL's answers, and its errors.
@Suite struct ArrayTests {
  @Test(arguments: Cases.seeds(3)) func `arrays are what they are in PostgreSQL`(seed: UInt64) throws {
    try expectAnswers(Self.definition, Self.rows(seed), Self.questions, seed)
  }

  private static let definition = """
    CREATE TABLE lists (id int4 PRIMARY KEY, i int4[], t text[], n numeric[], d date[], z timestamptz[], b bool[], f float8[], v varchar(4)[],
      m int4[], x int4, y text);
    """

  private static func rows(_ seed: UInt64) -> String {
    var random = SplitMix64(seed: seed)
    func list(_ elements: [String], _ most: Int = 4) -> String {
      let texts = (0..<Int.random(in: 0...most, using: &random)).map { _ in elements.randomElement(using: &random)! }
      let bounds = !texts.isEmpty && Int.random(in: 0..<8, using: &random) == 0 ? "[0:\(texts.count - 1)]=" : ""
      return Int.random(in: 0..<9, using: &random) == 0 ? "NULL" : "'\(bounds){\(texts.joined(separator: ","))}'"
    }
    let rows = (0..<14).map { row in
      let values = [
        list(["1", "2", "3", "NULL", "-7"]), list(["a", "b", "NULL", "\"NULL\"", "\"x y\"", "\"\"", "\"q\\\"\"", "ä"]),
        list(["1.0", "1.00", "2", "NaN", "NULL", "-0.5"]), list(["2024-01-01", "infinity", "NULL", "1999-12-31"]),
        list(["\"2024-01-01 00:00+00\"", "\"2024-06-01 10:00:00.5+02\"", "NULL"]), list(["t", "f", "NULL"]),
        list(["1", "0", "-0", "NaN", "1e300", "NULL"]), list(["ab", "abcd", "c"]),
        ["'{{1,2},{3,4}}'", "'{{1,NULL},{3,4}}'", "'[0:1][2:3]={{1,2},{3,4}}'", "'{1,2}'", "'{}'", "'{{{1},{2}}}'", "NULL"]
          .randomElement(using: &random)!,
        ["1", "2", "3", "NULL"].randomElement(using: &random)!,
        ["'a'", "'b'", "'a,b'", "'{1,2}'", "''", "NULL"]
          .randomElement(using: &random)!,
      ]
      return "(\(row), \(values.joined(separator: ", ")))"
    }
    return "INSERT INTO lists VALUES \(rows.joined(separator: ", "))"
  }

  private static let questions = [
    "SELECT * FROM lists", "SELECT id FROM lists WHERE 1 = ANY (i)", "SELECT id FROM lists WHERE x = ANY (i)",
    "SELECT id, 2 <> ALL (i) FROM lists",
    "SELECT id, x < ALL (i), x > ANY (i), NOT (x = ANY (i)) FROM lists", "SELECT id, y = ANY (t), y LIKE ANY (t) FROM lists",
    "SELECT id, 'a' = ANY (t) FROM lists", "SELECT 1 = ANY (NULL::int[])", "SELECT NULL = ANY ('{}'::int[])",
    "SELECT x = ANY (ARRAY[x, 2]) FROM lists",
    "SELECT x = ANY (i || 2) FROM lists", "SELECT x = ANY (string_to_array('1,2', ',')::int[]) FROM lists",
    "SELECT x = ANY (m) FROM lists",
    "SELECT 1.0 = ANY (n), 1 = ANY (n) FROM lists", "SELECT x = ANY (t) FROM lists", "SELECT x = ANY (x) FROM lists",
    "SELECT x = ANY ('{1,b}')",
    "SELECT i = i, i = '{1,2}', i <> '{1}', i < '{2}', i >= '{1,NULL}', i <= m FROM lists",
    "SELECT t < '{b}', t = '{a}', n = '{1}', n < '{NaN}' FROM lists",
    "SELECT a.id, b.id FROM lists a JOIN lists b ON a.i = b.i",
    "SELECT a.id, b.id FROM lists a JOIN lists b ON a.n = b.n AND a.id < b.id",
    "SELECT i, count(*) FROM lists GROUP BY i ORDER BY i", "SELECT DISTINCT b FROM lists",
    "SELECT id, i FROM lists ORDER BY i DESC, id",
    "SELECT id FROM lists ORDER BY t NULLS FIRST, id", "SELECT id FROM lists ORDER BY m, id", "SELECT id FROM lists ORDER BY f, id",
    "SELECT id FROM lists ORDER BY d, z, id",
    "SELECT m FROM lists UNION SELECT i FROM lists", "SELECT i FROM lists EXCEPT SELECT m FROM lists",
    "SELECT id FROM lists WHERE i IN ('{1}', '{1,2}', '{}')",
    "SELECT i @> '{1}', i @> ARRAY[1, 2], i <@ '{1,2,3}', i && '{2,3}', i @> '{}', i @> '{NULL}' FROM lists",
    "SELECT t @> ARRAY['a'], t && '{b,\"x y\"}' FROM lists",
    "SELECT n @> '{1}', n <@ '{1.000,2}' FROM lists", "SELECT i @> m, m && i FROM lists", "SELECT i @> t FROM lists",
    "SELECT i || 5, 5 || i, i || i, i || '{7,8}', i || NULL::int, NULL::int[] || i FROM lists",
    "SELECT m || i FROM lists WHERE id < 4", "SELECT m || m FROM lists",
    "SELECT t || 'z'::text, t || ARRAY['z'] FROM lists", "SELECT t || 'z' FROM lists", "SELECT i || 1.5 FROM lists",
    "SELECT array_cat(i, i), array_append(i, x), array_prepend(x, i) FROM lists",
    "SELECT array_append(m, 1) FROM lists",
    "SELECT array_length(i, 1), array_length(m, 2), array_length(i, 0), cardinality(m), array_ndims(m), array_dims(m) FROM lists",
    "SELECT array_lower(m, 1), array_upper(m, 2), array_upper(i, 1) FROM lists",
    "SELECT array_position(i, 2), array_position(i, x), array_position(i, NULL), array_position(i, 1, 2) FROM lists",
    "SELECT array_position(m, 1) FROM lists", "SELECT array_positions(i, 1), array_positions(t, 'a') FROM lists",
    "SELECT array_position(i, 1, NULL) FROM lists WHERE i IS NOT NULL",
    "SELECT array_remove(i, 1), array_remove(i, NULL), array_remove(t, 'a') FROM lists",
    "SELECT array_replace(i, 1, 9), array_replace(m, NULL, 0), array_replace(i, x, NULL) FROM lists",
    "SELECT trim_array(i, 1) FROM lists WHERE cardinality(i) > 0",
    "SELECT trim_array('{1,2,3}'::int[], 2), trim_array('[5:7]={1,2,3}'::int[], 1)", "SELECT trim_array('{1}'::int[], 2)",
    "SELECT array_to_string(i, ','), array_to_string(t, '|', '*'), array_to_string(d, ' '), array_to_string(z, ','), array_to_string(m, '') FROM lists",
    "SELECT string_to_array(y, ','), string_to_array(y, NULL), string_to_array(y, ''), string_to_array(y, ',', 'a') FROM lists",
    "SELECT string_to_array('a||b||', '||')",
    "SELECT i[1], i[2], i[0], i[-1], i[x], t[1] || 'q', m[1], m[1][2], m[0][3], m[1][1][1] FROM lists",
    "SELECT i[1:2], i[2:], i[:1], i[:], m[1:1], m[1:1][2], m[2][1:1], m[0:0] FROM lists",
    "SELECT i[NULL], i[1:NULL], (i || 3)[1], (ARRAY[4, 5])[2] FROM lists", "SELECT i['1'], i[1.5] FROM lists",
    "SELECT x[1] FROM lists", "SELECT t['a'] FROM lists",
    "SELECT ARRAY[x, 1], ARRAY[y, 'b'], ARRAY[x, 1.5], ARRAY[i, i], ARRAY[[x], [2]] FROM lists",
    "SELECT ARRAY[1, NULL], ARRAY[]::int[], ARRAY['1', '2']::int[], ARRAY[[1, 2], [3, 4]]",
    "SELECT ARRAY[]", "SELECT ARRAY[1, 'x']", "SELECT ARRAY[[1, 2], [3]]", "SELECT ARRAY[1, true]", "SELECT ARRAY[i, m] FROM lists",
    "SELECT ARRAY[1/0] FROM lists WHERE false",
    "SELECT '{1,2}'::int[], '{a,\"b c\",NULL}'::text[], '{ 1 , 2 }'::int[], '[2:3]={1,2}'::int[], '{{1,2},{3,4}}'::int8[]",
    "SELECT '{1,a}'::int[]", "SELECT '{1'::int[]",
    "SELECT '1,2'::int[]", "SELECT '{1}}'::int[]", "SELECT '{{1},{2,3}}'::int[]", "SELECT '{1,{2}}'::int[]",
    "SELECT '{a\"b}'::text[]", "SELECT '{,}'::text[]", "SELECT '{\\x}'::text[]",
    "SELECT '[2:1]={}'::int[]", "SELECT '[1:2]={1}'::int[]", "SELECT i::text, t::text, m::text, z::text FROM lists",
    "SELECT i::text[], i::numeric[], i::int8[] FROM lists", "SELECT t::int[] FROM lists WHERE false",
    "SELECT v = '{ab}', v::text[], v || 'q'::varchar FROM lists", "SELECT y::int[] FROM lists WHERE y = '{1,2}'",
    "SELECT regexp_match(y, '(a)|(b)'), (regexp_match(y, '[ab]'))[1], regexp_split_to_array(y, ','), regexp_match(y, 'A', 'i') FROM lists",
    "SELECT id, m FROM lists, regexp_matches(y, '([a-z])(,)?', 'g') AS m",
    "SELECT id, u FROM lists, regexp_split_to_table(y, '') AS u",
    "SELECT id, u FROM lists, regexp_matches(y, 'z') AS u", "SELECT * FROM regexp_matches('a', '(')",
    "SELECT regexp_match('a', 'a', 'g')",
    "SELECT id, u FROM lists, string_to_table(y, ',') AS u",
    "SELECT id, u FROM lists, string_to_table(y, NULL) WITH ORDINALITY AS u(u, n)",
    "SELECT u FROM string_to_table('a,b,,a', ',', 'a') AS u", "SELECT u FROM string_to_table(NULL, ',') AS u",
    "SELECT substring(y SIMILAR '%#\"(a|b)#\"%' ESCAPE '#'), quote_literal(x), quote_nullable(x) FROM lists",
    "SELECT to_number(y || '1,234.5-', 'FM9,999.9S'), to_number(x || '.5', '99.9') FROM lists",
    "SELECT to_number(x || '.5', '99.9') FROM lists",
    "SELECT to_number('-12.345', '99.99'), to_number('1,234', '9,999'), to_number('12-', '99S'), to_number('<5>', '9PR')",
    "SELECT width_bucket(x, ARRAY[1, 2, 3]), width_bucket(x, i) FROM lists WHERE array_position(i, NULL) IS NULL",
    "SELECT width_bucket(x, i) FROM lists", "SELECT width_bucket(x, m) FROM lists WHERE id < 4",
    "SELECT width_bucket(1.5, ARRAY[1, 2]::numeric[])",
    "SELECT array_agg(x ORDER BY x), array_agg(y ORDER BY y, id) FROM lists",
    "SELECT array_agg(x ORDER BY id) || 1 FROM lists",
    "SELECT id, ARRAY(SELECT x FROM lists l WHERE l.id < lists.id ORDER BY l.id) FROM lists",
    "SELECT 2 = ANY (ARRAY(SELECT x FROM lists ORDER BY id))",
    "SELECT max(i), min(t) FROM lists", "SELECT coalesce(i, m), greatest(i, m), least(t, '{a}'), nullif(i, '{}') FROM lists",
    "SELECT i IS DISTINCT FROM m, i IS NULL FROM lists",
    "SELECT CASE WHEN i = '{}' THEN t ELSE '{none}' END FROM lists", "SELECT count(DISTINCT i), count(i) FROM lists",
    "SELECT id, rank() OVER (ORDER BY i) FROM lists",
    "SELECT lower(i) FROM lists", "SELECT i + 1 FROM lists", "SELECT concat(i, '-', t) FROM lists",
    "SELECT to_json(i), to_jsonb(t), to_json(m), array_to_json(b), to_json(z) FROM lists",
    "SELECT id, u FROM lists, unnest(i) AS u", "SELECT id, u, n FROM lists, unnest(t) WITH ORDINALITY AS x(u, n)",
    "SELECT unnest(m) FROM lists",
    "SELECT id, unnest(i) FROM lists", "SELECT sum(u) FROM lists, unnest(i || 1) AS u",
    "SELECT id FROM lists WHERE EXISTS (SELECT FROM unnest(t) AS u WHERE u LIKE 'a%')",
    "SELECT generate_subscripts(m, 2), generate_subscripts(i, 1) FROM lists", "SELECT generate_subscripts(i, 1, true) FROM lists",
    "SELECT array_larger(i, m) FROM lists",
  ]
}

/// Asks the questions over the tables that the definitions make, and wants each answered as PostgreSQL answers it.
func expectAnswers(_ definition: String, _ rows: String, _ questions: [String], _ seed: UInt64, fileID: String = #fileID) throws {
  var loader = SchemaLoader(Schema(collation: "C"))
  try loader.load(definition)
  var comparison = try AnswerComparison(loader.schema, definition) { session in
    try session.execute(rows)
    return try SelectAnswerTests.snapshot(loader.schema, &session)
  }
  for text in questions {
    if let difference = comparison.differenceOrGap(text) {
      Issue.record("\(text)\n  \(difference)\n\(Cases.replay(seed, fileID: fileID))")
    }
  }
}
