import TestKit

/// Questions over the world's tables as people ask them, with constants that occur in the rows.
struct RandomReads {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed ^ 0x5EED) }

  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
  private mutating func one(_ choices: [String]) -> String { choices[pick(choices.count)] }

  mutating func next() -> String {
    switch pick(12) {
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

  /// The same question with other numbers; nil if there are none to change.
  mutating func sibling(of text: String) -> String? {
    guard Bool.random(using: &random) else { return nil }
    var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    for (place, word) in words.enumerated() where place > 0 && Int(word) != nil && words[place - 1] != "SELECT" {
      words[place] = "\(pick(12))"
    }
    let sibling = words.joined(separator: " ")
    return sibling == text ? nil : sibling
  }

  /// More than one table, or more than rows and totals.
  private mutating func wide() -> [String] {
    [
      "SELECT DISTINCT c FROM items WHERE \(items())", "SELECT id FROM items WHERE \(items()) ORDER BY id LIMIT \(1 + pick(4))",
      "SELECT id, b FROM items ORDER BY b NULLS FIRST, id LIMIT 3",
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
    switch pick(3) {
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
    return combined(atoms)
  }

  private mutating func parts(_ q: String = "") -> String {
    combined(["\(q)n > 0", "\(q)note = 'x'", "\(q)item = \(pick(5))", "\(q)n IS NULL", "\(q)item IS NOT NULL", "true"])
  }

  private mutating func pairs(_ q: String = "") -> String {
    combined(["\(q)v > 1", "\(q)f", "\(q)x = \(1 + pick(3))", "\(q)y IN ('a', 'b')", "\(q)f IS NOT TRUE", "\(q)v = 1.5"])
  }

  private mutating func combined(_ atoms: [String]) -> String {
    switch pick(4) {
    case 0: "\(one(atoms)) AND \(one(atoms))"
    case 1: "\(one(atoms)) OR \(one(atoms))"
    default: one(atoms)
    }
  }
}
