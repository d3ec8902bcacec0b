import TestKit

/// Questions over the world's tables as people ask them, with constants that occur in the rows.
struct RandomReads {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed ^ 0x5EED) }

  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
  private mutating func one(_ choices: [String]) -> String { choices[pick(choices.count)] }

  mutating func next() -> String {
    switch pick(17) {
    case 12: return "SELECT \(thingColumns()) FROM things WHERE \(things())"
    case 13:
      let key = thingKeys()
      return "SELECT \(key), count(*), count(k), sum(k) FROM things WHERE \(things()) GROUP BY \(key)"
    case 14: return "SELECT \(thingKeys()) FROM things WHERE \(things())"
    case 15, 16: return one(wideThings())
    case 0, 1: return "SELECT count(*) FROM \(table())"
    case 2: return "SELECT id, a, c FROM items WHERE \(items())"
    case 3: return "SELECT sum(a), count(a), count(*) FROM items WHERE \(items())"
    case 4: return "SELECT sum(v) FROM pairs WHERE \(pairs())"
    case 5: return "SELECT \(one(["min", "max", "avg"]))(\(one(["a", "b"]))) FROM items WHERE \(items())"
    case 6: return "SELECT c, count(*), sum(a) FROM items WHERE \(items()) GROUP BY c"
    case 7: return "SELECT y, max(v) FROM pairs GROUP BY y HAVING count(*) > \(pick(3))"
    case 8: return "SELECT item, n FROM parts WHERE \(parts())"
    case 9: return "SELECT id, a + 1, b * 2 FROM items WHERE id = \(1 + pick(12))"
    case 10: return one(wide())
    default: return "SELECT x, v FROM pairs WHERE \(pairs())"
    }
  }

  /// The same question with other constants; nil if there are none to change.
  mutating func sibling(of text: String) -> String? {
    guard Bool.random(using: &random) else { return nil }
    let sibling = Bool.random(using: &random) ? withOtherTexts(text) : withOtherNumbers(text)
    return sibling == text ? nil : sibling
  }

  private mutating func withOtherNumbers(_ text: String) -> String {
    var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    for (place, word) in words.enumerated() where place > 0 && Int(word) != nil && words[place - 1] != "SELECT" {
      words[place] = "\(pick(12))"
    }
    return words.joined(separator: " ")
  }

  /// Each text in quotes becomes another one of its kind, all of a kind the same.
  private mutating func withOtherTexts(_ text: String) -> String {
    let kinds = [
      ["'sad'", "'meh'", "'ok'", "'happy'"], ["'{1,2}'", "'{1}'", "'{2,1}'", "'{7}'", "'{}'"],
      ["'{\"a\": 1}'", "'{\"a\": 1.00}'", "'{\"b\": {}}'", "'{}'"], ["'\\x00'", "'\\x01'", "'\\x'"],
      ["'{1.000}'", "'{2.5,1}'", "'{1}'"], ["'{ok,happy}'", "'{sad}'", "'{ok,sad}'"], ["'a'", "'b'"],
      ["'1'", "'2'", "'[]'"],
      ["'{1,2,3}'", "'{4}'", "'{5,6,NULL}'"], ["ARRAY[1]", "ARRAY[2]", "ARRAY[7]"], ["'{30 days}'", "'{1 mon}'", "'{}'"],
    ]
    let chosen = kinds.map { one($0) }
    var pieces: [String] = []
    for (place, piece) in text.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
      let quoted = "'\(piece)'"
      let kind = kinds.firstIndex { $0.contains(quoted) }
      pieces.append(place % 2 == 0 ? String(piece) : kind.map { chosen[$0] } ?? quoted)
    }
    return pieces.joined()
  }

  /// More than one table, or more than rows and totals.
  private mutating func wide() -> [String] {
    [
      "SELECT DISTINCT c FROM items WHERE \(items())", "SELECT id FROM items WHERE \(items()) ORDER BY id LIMIT \(1 + pick(4))",
      "SELECT id, b FROM items ORDER BY b NULLS FIRST, id LIMIT 3", "SELECT id FROM items WHERE \(items()) ORDER BY b, a, id",
      "SELECT id, a FROM items WHERE \(items())", "SELECT b FROM items WHERE \(items())",
      "SELECT i.id, p.n FROM items i JOIN parts p ON p.item = i.id WHERE \(items("i."))",
      "SELECT count(*) FROM items i LEFT JOIN parts p ON p.item = i.id WHERE \(items("i."))",
      "SELECT i.id FROM items i WHERE EXISTS (SELECT 1 FROM parts p WHERE p.item = i.id AND \(parts("p.")))",
      "SELECT id FROM items WHERE id NOT IN (SELECT item FROM parts WHERE \(parts()))",
      "SELECT id, (SELECT sum(n) FROM parts WHERE item = id) FROM items WHERE \(items())",
      "SELECT item FROM parts UNION SELECT id FROM items WHERE \(items())",
      "SELECT x, rank() OVER (ORDER BY v DESC, x, y) FROM pairs WHERE \(pairs())",
      "SELECT a, c, count(*) FROM items GROUP BY ROLLUP (a, c)",
      "WITH big AS (SELECT * FROM items WHERE \(items())) SELECT count(*) FROM big JOIN pairs ON big.a = pairs.x",
    ]
  }

  private mutating func table() -> String {
    switch pick(4) {
    case 3: "things WHERE \(things())"
    case 0: "items WHERE \(items())"
    case 1: "parts WHERE \(parts())"
    default: "pairs WHERE \(pairs())"
    }
  }

  private mutating func items(_ q: String = "") -> String {
    let atoms = [
      "\(q)a > \(pick(3))", "\(q)a = \(pick(4))", "\(q)b >= 1", "\(q)b = 1.0", "\(q)b < 'NaN'", "\(q)c = 'a'", "\(q)c LIKE 'a%'",
      "\(q)c IS NULL", "\(q)a IS NOT NULL", "\(q)id BETWEEN \(pick(6)) AND \(pick(12))", "\(q)id IN (1, 2, \(pick(12)))",
      "\(q)a <> 1", "NOT (\(q)c = 'b')", "\(q)d > '2026-05-01 00:00:00+00'", "10 / \(q)a > 2",
    ]
    if pick(12) == 0 {
      // Windows of time: the world's commits are seconds apart.
      return one(["\(q)d > now() - interval '2 seconds'", "\(q)d < now()", "\(q)d BETWEEN now() - interval '4 seconds' AND now()"])
        + one(["", " AND \(one(atoms))"])
    }
    return combined(atoms)
  }

  private mutating func parts(_ q: String = "") -> String {
    combined(["\(q)n > 0", "\(q)note = 'x'", "\(q)item = \(pick(5))", "\(q)n IS NULL", "\(q)item IS NOT NULL", "true"])
  }

  private mutating func pairs(_ q: String = "") -> String {
    combined(["\(q)v > 1", "\(q)f", "\(q)x = \(1 + pick(3))", "\(q)y IN ('a', 'b')", "\(q)f IS NOT TRUE", "\(q)v = 1.5"])
  }

  private mutating func thingColumns() -> String {
    one([
      "id, j", "id, i, n", "j, i", "n", "m, k", "id, j -> 'a', j ->> 'a'", "i || id", "m::text || '!', w", "encode(b, 'hex')",
      "k * 2, m",
      "id, s, p", "to_jsonb(n)", "jsonb_build_object('m', m, 'i', i)", "array_to_string(t, ',')", "get_byte(b, 0)", "i[1], n[1:1]",
      "array_append(n, k)", "j || '{\"z\": 1}'", "greatest(m, 'ok')", "array_position(t, 'a')", "(id - 1)::posint", "s -> 'a'",
    ])
  }

  private mutating func thingKeys() -> String {
    one([
      "j", "i", "n", "t", "b", "m", "k", "w", "p", "j -> 'a'", "n[1]", "m > 'meh'", "cardinality(i)", "k::int", "jsonb_typeof(j)",
    ])
  }

  private mutating func things(_ q: String = "") -> String {
    combined([
      "\(q)j @> '{\"a\": 1}'", "\(q)j -> 'a' = '1'", "\(q)j ->> 'a' = '1'", "\(q)j ? 'b'", "\(q)j = '1'", "\(q)j = '{\"a\": 1.00}'",
      "(\(q)j ->> 'a')::numeric > 0", "jsonb_array_length(\(q)j) > 1", "\(q)j IN ('[]', '1', '\"x\"')", "\(q)j > '1'",
      "\(q)i @> ARRAY[1]", "1 = ANY (\(q)i)", "\(q)i = '{1,2}'", "\(q)i < '{2}'", "\(q)i[1] = 1", "\(q)i && '{3,4}'",
      "cardinality(\(q)i) > 1", "2 > ALL (\(q)i)", "\(q)n = '{1.000}'", "1 = ANY (\(q)n)", "1.5 = ANY (\(q)n)", "\(q)n <> '{1}'",
      "\(q)n IN ('{1}', '{NaN,1}')", "'a' = ANY (\(q)t)", "\(q)t && ARRAY['a', 'b']", "\(q)t[1] LIKE 'a%'", "\(q)b = '\\x00'",
      "\(q)b > '\\x00'", "length(\(q)b) > 1", "get_byte(\(q)b, 0) = 1", "\(q)m = 'ok'", "\(q)m > 'meh'",
      "\(q)m IN ('sad', 'happy')",
      "\(q)m BETWEEN 'meh' AND 'ok'", "\(q)m = ANY ('{ok,happy}')", "'ok' = ANY (\(q)w)", "\(q)k > 1",
      "\(q)k = 1.00", "\(q)k IN (1, 2.5)", "\(q)id::posint > 4", "\(q)id = ANY ('{1,2,3}')", "\(q)id = ANY (ARRAY[4, \(pick(9))])",
      "\(q)p = '{30 days}'", "interval '1 mon' = ANY (\(q)p)", "\(q)j IS NULL", "\(q)s ->> 'a' = '1'", "\(q)i IS NOT NULL",
      "\(q)m IS DISTINCT FROM 'sad'", "10 / \(q)i[1] > 1", "\(q)id BETWEEN \(pick(5)) AND \(pick(10))",
    ])
  }

  private mutating func wideThings() -> [String] {
    [
      "SELECT DISTINCT \(thingKeys()) FROM things WHERE \(things())",
      "SELECT min(m), max(m), max(i), min(n) FROM things WHERE \(things())",
      "SELECT id, x FROM things, unnest(i) AS x WHERE x > \(pick(3))",
      "SELECT id, x, o FROM things, unnest(n) WITH ORDINALITY AS u(x, o) WHERE \(things())",
      "SELECT id, e FROM things, jsonb_array_elements(j -> 'b') AS e WHERE \(things())",
      "SELECT id, m FROM things ORDER BY m, id LIMIT 2",
      "SELECT id FROM things WHERE \(things()) ORDER BY j NULLS FIRST, id LIMIT 3",
      "SELECT id, i FROM things ORDER BY i DESC, id LIMIT 2", "SELECT array_agg(i[1] ORDER BY id) FROM things WHERE \(things())",
      "SELECT jsonb_agg(j ORDER BY id) FROM things WHERE \(things())", "SELECT m, array_agg(id ORDER BY id) FROM things GROUP BY m",
      "SELECT a.id, b.id FROM things a JOIN things b ON a.n = b.n WHERE \(things("a."))",
      "SELECT a.id, b.id FROM things a JOIN things b ON a.j = b.j WHERE a.id < b.id",
      "SELECT a.id, b.k FROM things a LEFT JOIN things b ON a.m = b.m AND a.id < b.id WHERE \(things("a."))",
      "SELECT count(DISTINCT n), count(DISTINCT j), count(DISTINCT m) FROM things WHERE \(things())",
      "SELECT item, n FROM parts WHERE n IN (SELECT i[1] FROM things WHERE \(things()))",
      "SELECT p.note, s.id FROM parts p JOIN things s ON p.n = ANY (s.i)",
      "SELECT id, rank() OVER (ORDER BY m) FROM things WHERE \(things())",
      "SELECT id FROM things WHERE i IN (SELECT i FROM things WHERE \(things()))", "SELECT m FROM things UNION SELECT 'ok'",
      "SELECT string_agg(m::text, ',' ORDER BY m, id) FROM things", "SELECT m, count(*) FROM things GROUP BY m ORDER BY m",
      "SELECT id, ARRAY(SELECT n FROM parts WHERE item = id ORDER BY n) FROM things WHERE \(things())",
      "SELECT sum(k), max(k) FROM things WHERE \(things())", "SELECT s.id FROM things s JOIN items ON items.b = ANY (s.n)",
      "SELECT n, count(*) FROM things GROUP BY n HAVING count(*) > 1",
      "SELECT i FROM things EXCEPT SELECT i FROM things WHERE \(things())",
    ]
  }

  private mutating func combined(_ atoms: [String]) -> String {
    switch pick(4) {
    case 0: "\(one(atoms)) AND \(one(atoms))"
    case 1: "\(one(atoms)) OR \(one(atoms))"
    default: one(atoms)
    }
  }
}
