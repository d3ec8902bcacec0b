import Relations
import TestKit
import Testing

@testable import Circuits
@testable import SQL

/// Questions over json and jsonb have PostgreSQL's answers, and its errors.
@Suite struct DocumentTests {
  @Test(arguments: Cases.seeds(3)) func `documents are what they are in PostgreSQL`(seed: UInt64) throws {
    try expectAnswers(Self.definition, Self.rows(seed), Self.questions, seed)
  }

  private static let definition =
    "CREATE TABLE docs (id int4 PRIMARY KEY, j jsonb, k jsonb, s json, x int4, y text, p text[], z timestamptz, n numeric);"

  private static func rows(_ seed: UInt64) -> String {
    var random = SplitMix64(seed: seed)
    func quoted(_ text: String) -> String {
      "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
    func document() -> String {
      Int.random(in: 0..<10, using: &random) == 0 ? "NULL" : quoted(SampleTexts.text(of: .jsonb, using: &random))
    }
    var rows = (0..<40).map { row in
      let path = ["'{a}'", "'{a,b}'", "'{a,0}'", "'{0}'", "'{-1,k}'", "'{}'", "'{a,NULL}'", "NULL"].randomElement(using: &random)!
      let name = ["'a'", "'b'", "'k'", "'x y'", "''", "NULL"].randomElement(using: &random)!
      return
        "(\(row), \(document()), \(document()), \(document()), \(row % 5 - 2), \(name), \(path), '2024-03-01 10:00:0\(row % 10).5+00', \(row).50)"
    }
    rows.append(
      #"(100, '{"a": {"b": [1, {"k": "v"}, null]}, "n": 1.50, "t": true, "s": "x\ty \" \\ ä", "z": null}', '{"a": {"b": []}}', "#
        + #"'{"a" : {"b":[1, 2 ] },  "a": 3, "\u0061b" : "q\u0041"}', 1, 'a', '{a,b,1}', '2024-01-01', 1)"#)
    return "INSERT INTO docs VALUES \(rows.joined(separator: ", "))"
  }

  private static let questions = [
    "SELECT * FROM docs", "SELECT j -> 'a', j ->> 'a', j -> y, j ->> y FROM docs",
    "SELECT j -> 0, j ->> 1, j -> -1, j -> x FROM docs",
    "SELECT s -> 'a', s ->> 'a', s -> y, s -> 0, s ->> -1, s -> x, s ->> 'ab' FROM docs",
    "SELECT j -> 'a' -> 'b' -> 1 ->> 'k' FROM docs",
    "SELECT j #> '{a,b}', j #>> '{a,b}', j #> p, j #>> p, j #>> '{a,b,1,k}' FROM docs",
    "SELECT s #> '{a,b}', s #>> p, s #> '{}' FROM docs",
    "SELECT jsonb_extract_path(j, 'a', 'b'), jsonb_extract_path_text(j, 'a'), json_extract_path(s, 'a'), jsonb_extract_path(j, VARIADIC p) FROM docs",
    "SELECT id FROM docs WHERE j @> k",
    "SELECT id, j @> '{\"a\": {}}', j @> '1', j @> '[1]', j <@ '{\"a\": 1, \"b\": 2}', '[1, 2, \"a\"]' @> j FROM docs",
    "SELECT j ? 'a', j ? y, j ?| p, j ?& p, j ?| '{a,b}', j ?& ARRAY['a', 'k'], j ?| '{}', j ?& '{}' FROM docs",
    "SELECT j = k, j <> k, j < k, j <= k, j > k, j >= k, j = '1', j = '1.00', j < '[]', j > '{}' FROM docs",
    "SELECT a.id, b.id FROM docs a JOIN docs b ON a.j = b.k",
    "SELECT j, count(*) FROM docs GROUP BY j ORDER BY count(*), j", "SELECT id FROM docs ORDER BY j, id",
    "SELECT id FROM docs ORDER BY k DESC, j, id",
    "SELECT count(DISTINCT j), count(DISTINCT k) FROM docs", "SELECT id FROM docs WHERE j IN ('1', '{}', '[]', '\"a\"')",
    "SELECT s = s FROM docs", "SELECT DISTINCT s FROM docs",
    "SELECT j || k FROM docs", "SELECT j || '{\"q\": [1]}' FROM docs", "SELECT j || '[]', '1' || j FROM docs WHERE j IS NOT NULL",
    "SELECT j - 'a' FROM docs WHERE jsonb_typeof(j) IN ('object', 'array')",
    "SELECT j - 'a' FROM docs WHERE jsonb_typeof(j) = 'number'",
    "SELECT j - 0, j - (-1) FROM docs WHERE jsonb_typeof(j) = 'array'", "SELECT j - 0 FROM docs WHERE jsonb_typeof(j) = 'object'",
    "SELECT j - '{a,b}'::text[], j - ARRAY['k'] FROM docs WHERE jsonb_typeof(j) IN ('object', 'array')",
    "SELECT j #- '{a,b}', j #- '{a}' FROM docs WHERE jsonb_typeof(j) = 'object'",
    "SELECT j #- '{0}', j #- '{-1,a}' FROM docs WHERE jsonb_typeof(j) = 'array'",
    "SELECT j #- '{x}' FROM docs WHERE jsonb_typeof(j) = 'array' AND j <> '[]'",
    "SELECT j #- '{a}' FROM docs WHERE jsonb_typeof(j) = 'string'",
    "SELECT jsonb_set(j, '{a}', '9'), jsonb_set(j, '{a,b}', '\"v\"'), jsonb_set(j, '{q}', '[]', false), jsonb_set(j, '{a,b,0}', '7') FROM docs WHERE jsonb_typeof(j) = 'object'",
    "SELECT jsonb_set(j, '{0}', '9'), jsonb_set(j, '{5}', '9'), jsonb_set(j, '{-9}', '9'), jsonb_set(j, '{1}', '9', false) FROM docs WHERE jsonb_typeof(j) = 'array'",
    "SELECT jsonb_set(j, p, k) FROM docs WHERE id = 100", "SELECT jsonb_set('1', '{a}', '2')",
    "SELECT jsonb_set('[1]', '{a}', '2')", "SELECT jsonb_set('{}', '{a,NULL}', '2')",
    "SELECT jsonb_set('{\"a\": 1}', '{NULL}', '2')",
    "SELECT jsonb_insert('[1, 2]', '{1}', '9'), jsonb_insert('[1, 2]', '{1}', '9', true), jsonb_insert('{\"a\": 1}', '{b}', '9')",
    "SELECT jsonb_insert('{\"a\": 1}', '{a}', '9')", "SELECT jsonb_strip_nulls(j), jsonb_pretty(j) FROM docs",
    "SELECT jsonb_typeof(j), json_typeof(s) FROM docs",
    "SELECT jsonb_array_length(j) FROM docs WHERE jsonb_typeof(j) = 'array'",
    "SELECT json_array_length(s) FROM docs WHERE json_typeof(s) = 'array'",
    "SELECT jsonb_array_length('{}')", "SELECT jsonb_array_length('1')",
    "SELECT (j -> 'n')::numeric, (j -> 'n')::int, (j -> 'n')::float8, (j -> 't')::bool FROM docs WHERE id = 100",
    "SELECT (j -> 's')::int FROM docs WHERE id = 100", "SELECT (j -> 'z')::int FROM docs WHERE id = 100",
    "SELECT (j ->> 'n')::numeric + 1 FROM docs WHERE id = 100", "SELECT '1e10'::jsonb::int",
    "SELECT '70000'::jsonb::int2", "SELECT '2.5'::jsonb::int, '-2.5'::jsonb::int8, '0.1'::jsonb::float4",
    "SELECT j::text, s::text, j::json, s::jsonb FROM docs", "SELECT y::jsonb FROM docs WHERE y = 'a'",
    "SELECT '{\"a\": 1, \"a\": 2, \"bb\": 1, \"c\": 1}'::jsonb, ' [1,2 ] '::jsonb, '{\"a\" :1}'::json", "SELECT '{a: 1}'::jsonb",
    "SELECT '[1,]'::json", "SELECT '01'::jsonb", "SELECT '\"\\u0000\"'::jsonb",
    "SELECT '\"\\u0000\"'::json", "SELECT '[\"\\u0000\"]'::json -> 0", "SELECT '{\"a\": 1, \"b\": \"\\u0000\"}'::json -> 'a'",
    "SELECT json_typeof('\"\\u0000\"')", "SELECT '\"\\ud83d\\ude00\"'::jsonb", "SELECT '\"\\ud83d\"'::jsonb", "SELECT ''::jsonb",
    "SELECT 'nul'::json", "SELECT '1 2'::json",
    "SELECT to_json(x), to_jsonb(y), to_json(z), to_jsonb(n), to_json(j), to_jsonb(s), to_json(true), to_jsonb(1.50), to_json('a'::text), to_jsonb(p) FROM docs",
    "SELECT to_jsonb('NaN'::float8), to_json('infinity'::numeric), to_json('2024-01-01'::date), to_jsonb('2024-01-01 10:00'::timestamp), to_json('infinity'::timestamptz), to_json('1 day'::interval)",
    "SELECT json_build_object('a', x, 'b', y, 'c', j), jsonb_build_object('b', x, 'a', p, y || 'q', s) FROM docs WHERE y IS NOT NULL",
    "SELECT json_build_array(x, y, j, NULL), jsonb_build_array(1, 'a', z, n) FROM docs",
    "SELECT jsonb_build_object('a')", "SELECT jsonb_build_object(NULL, 1)",
    "SELECT json_build_object(), jsonb_build_array(), json_build_array(), jsonb_build_object()",
    "SELECT jsonb_build_object(j, 1) FROM docs WHERE id = 100",
    "SELECT e FROM jsonb_array_elements('[1, \"a\", null, {\"b\": 2}]') AS e",
    "SELECT e FROM jsonb_array_elements_text('[1, \"a\\nb\", null]') AS e",
    "SELECT key, value FROM docs, jsonb_each(j -> 'a') WHERE id = 100",
    "SELECT * FROM json_each_text('{\"a\": 1, \"a\" : \"x\", \"b\": null}')",
    "SELECT * FROM jsonb_object_keys('{\"b\": 1, \"a\": 2}') AS k", "SELECT * FROM jsonb_each('[1]')",
    "SELECT * FROM json_array_elements('1')",
    "SELECT jsonb_build_object(1, 2, true, false, 1.50, NULL)", "SELECT json_build_object('a', 1, 'a', 2)",
    "SELECT json_object(p), jsonb_object(p || '{q}'::text[]) FROM docs WHERE cardinality(p) = 2 AND p[1] <> '' AND id < 100",
    "SELECT json_object('{a,1,b,NULL,a,\"x y\"}'), jsonb_object('{a,1,b,NULL,a,\"x \\\" y\"}'), json_object('{}'), jsonb_object('{}')",
    "SELECT json_object('{{a,1},{b,2}}'), jsonb_object('{{a,1},{b,2}}'), jsonb_object('{b,a}', '{1,NULL}'), json_object('{}', '{}')",
    "SELECT json_object('{a}')", "SELECT json_object('{{a,b,c}}')", "SELECT json_object('{{{a,b}}}')",
    "SELECT jsonb_object('{NULL,1}')",
    "SELECT jsonb_object('{a,b}', '{1}')", "SELECT json_object('{a}', '{}')", "SELECT json_object('{{a,b}}', '{{1,2}}')",
    "SELECT json_object(p, p), jsonb_object(p, p) FROM docs WHERE array_position(p, NULL) IS NULL",
    "SELECT json_object(p) FROM docs",
    "SELECT max(j) FROM docs", "SELECT greatest(j, k) FROM docs", "SELECT coalesce(j, '{}'), nullif(j, k) FROM docs",
    "SELECT id FROM docs WHERE j ->> 'a' = '1' OR (j -> 'a')::text = '2'",
    "SELECT j -> 'a' IS NULL, j ->> 'a' IS NOT NULL FROM docs", "SELECT lower(j ->> 's') FROM docs", "SELECT j + 1 FROM docs",
    "SELECT j -> 1.5 FROM docs",
    "SELECT j['a'], j['a']['b'][1], j[0], j[x], j[y] FROM docs", "SELECT j['a':'b'] FROM docs",
    "SELECT '[]'::jsonb < 'null', '{}' > '[]'::jsonb, '[1]'::jsonb > 'true', '[\"a\"]'::jsonb < '[1]', '{\"aa\": 1}'::jsonb < '{\"b\": 1}'",
  ]
}
