import Relations

/// A question over a world's small tables that plain lists answer: apart from the engine, in a few lines that anybody can check.
struct PlainQuestion: Sendable {
  let sql: String
  /// The rows of the answer, in no order, of the tables items, parts, pairs and things.
  let answer: @Sendable ([World.Rows]) -> [[String?]]

  /// As it is asked where tables and columns have other names.
  func sql(calling names: [String: String]) -> String {
    var words: [String] = []
    var word = ""
    for character in sql + " " {
      if character.isLetter || character == "_" {
        word.append(character)
      } else {
        words.append((names[word] ?? word) + String(character))
        word = ""
      }
    }
    return String(words.joined().dropLast())
  }

  /// Of so many kinds, with a small number in it.
  static func make(_ kind: Int, _ k: Int) -> PlainQuestion {
    switch kind % 10 {
    case 0:
      PlainQuestion(sql: "SELECT count(*) FROM items WHERE a > \(k)") { tables in
        [["\(tables[0].count { number($0[1]).map { $0 > k } ?? false })"]]
      }
    case 1:
      PlainQuestion(sql: "SELECT sum(a) FROM items WHERE c = 'a' OR id = \(k)") { tables in
        let seen = tables[0].filter { $0[3] == "a" || $0[0] == "\(k)" }.compactMap { number($0[1]) }
        return [[seen.isEmpty ? nil : "\(seen.reduce(0, +))"]]
      }
    case 2:
      PlainQuestion(sql: "SELECT id, a, c FROM items WHERE id = \(k)") { tables in
        tables[0].filter { $0[0] == "\(k)" }.map { [$0[0], $0[1], $0[3]] }
      }
    case 3:
      PlainQuestion(sql: "SELECT id FROM items WHERE a IS NULL AND id <> \(k)") { tables in
        tables[0].filter { $0[1] == nil && $0[0] != "\(k)" }.map { [$0[0]] }
      }
    case 4:
      PlainQuestion(sql: "SELECT count(*), count(n) FROM parts WHERE item = \(k % 5)") { tables in
        let seen = tables[1].filter { $0[0] == "\(k % 5)" }
        return [["\(seen.count)", "\(seen.count { $0[1] != nil })"]]
      }
    case 5:
      PlainQuestion(sql: "SELECT n, note FROM parts WHERE n = 7 OR NOT (note = 'x')") { tables in
        tables[1].filter { $0[1] == "7" || ($0[2] ?? "x") != "x" }.map { [$0[1], $0[2]] }
      }
    case 6:
      PlainQuestion(sql: "SELECT x, y FROM pairs WHERE f AND x <> \(k % 3)") { tables in
        tables[2].filter { $0[3] == "t" && $0[0] != "\(k % 3)" }.map { [$0[0], $0[1]] }
      }
    case 7:
      PlainQuestion(sql: "SELECT count(*) FROM items i JOIN parts p ON p.item = i.id WHERE i.a >= \(k % 3)") { tables in
        let ids = tables[0].filter { number($0[1]).map { $0 >= k % 3 } ?? false }.map { $0[0] }
        return [["\(tables[1].count { row in row[0] != nil && ids.contains(row[0]) })"]]
      }
    case 8:
      PlainQuestion(sql: "SELECT max(a) FROM items WHERE id BETWEEN 2 AND \(2 + k)") { tables in
        let seen = tables[0].filter { (2...2 + k).contains(number($0[0])!) }.compactMap { number($0[1]) }
        return [[seen.max().map { "\($0)" }]]
      }
    default:
      PlainQuestion(sql: "SELECT c, count(*) FROM items GROUP BY c") { tables in
        Dictionary(grouping: tables[0]) { $0[3] }.map { [$0, "\($1.count)"] }
      }
    }
  }

  private static func number(_ text: String?) -> Int? { text.flatMap { Int($0) } }

  /// The answer in an order by which two of them can be compared.
  func sorted(_ tables: [World.Rows]) -> [[String?]] {
    answer(tables).sorted { $0.map { $0 ?? "\u{0}" }.lexicographicallyPrecedes($1.map { $0 ?? "\u{0}" }) }
  }
}
