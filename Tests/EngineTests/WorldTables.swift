import TestKit

/// The tables that a world is made of, and the rows that they can have.
struct WorldTables: Sendable {
  let definitions: String
  let names: [String]
  /// The places of the key's columns; nil of a table that has none.
  let keys: [[Int]?]
  let widths: [Int]
  /// Draws a row for a table, as PostgreSQL prints its values.
  let row: @Sendable (Int, inout SplitMix64) -> World.Row
}

extension WorldTables {
  /// Four tables of a few rows: one without a key, one with a key of two columns, and one of composed and declared types.
  static let small = WorldTables(
    definitions: """
      CREATE TABLE public.items (id bigint PRIMARY KEY, a int, b numeric, c text, d timestamptz);
      CREATE TABLE public.parts (item bigint, n int, note text);
      CREATE TABLE public.pairs (x int, y text, v numeric(6,2), f boolean, PRIMARY KEY (x, y));
      CREATE TYPE public.mood AS ENUM ('sad', 'meh', 'ok', 'happy');
      CREATE DOMAIN public.posint AS int CHECK (VALUE > 2);
      CREATE DOMAIN public.amount AS numeric CHECK (VALUE > 0);
      CREATE TABLE public.things (
        id int PRIMARY KEY, j jsonb, i int[], n numeric[], t text[], b bytea, m public.mood, k public.amount, w public.mood[], s json,
        p interval[]);
      ALTER TABLE public.items REPLICA IDENTITY FULL;
      ALTER TABLE public.parts REPLICA IDENTITY FULL;
      ALTER TABLE public.pairs REPLICA IDENTITY FULL;
      ALTER TABLE public.things REPLICA IDENTITY FULL;
      """,
    names: ["items", "parts", "pairs", "things"], keys: [[0], nil, [0, 1], [0]], widths: [5, 3, 4, 11], row: smallRow)

  /// Three tables with two columns of every type that is evaluated: what `RandomSelects` asks of.
  static let wide = WorldTables(
    definitions: SampleTables.names.map { name in
      let columns = SampleTables.columns.map { "\($0.name) \($0.type.description)" }
      return
        "CREATE TABLE public.\(name) (\(columns.joined(separator: ", ")), PRIMARY KEY (ordinal)); ALTER TABLE public.\(name) REPLICA IDENTITY FULL;"
    }.joined(separator: "\n"),
    names: SampleTables.names, keys: SampleTables.names.map { _ in [0] },
    widths: SampleTables.names.map { _ in SampleTables.columns.count },
    row: { _, random in
      let key = Int.random(in: 0..<9, using: &random)
      return ["\(key)"] + SampleTable(rows: 1, using: &random).texts[0]
    })

  private static func smallRow(_ table: Int, _ random: inout SplitMix64) -> World.Row {
    func value(_ choices: [String?]) -> String? { choices[Int.random(in: 0..<choices.count, using: &random)] }
    switch table {
    case 0:
      return [
        value((1...12).map { "\($0)" }), value([nil, "0", "1", "2", "3", "-2147483648"]),
        value([nil, "1.0", "1.00", "2.5", "-3", "NaN", "100"]), value([nil, "", "a", "ab", "b", "ä"]),
        value([
          nil, "2026-01-01 00:00:00+00", "2026-05-01 10:00:00+00", "2000-01-01 00:01:42+00", "2000-01-01 00:01:44+00",
          "2000-01-01 00:01:46+00",
        ]),
      ]
    case 1: return [value([nil, "1", "2", "3", "4"]), value([nil, "0", "1", "7"]), value([nil, "x", "y"])]
    case 3: return things(value)
    default:
      return [value(["1", "2", "3"]), value(["a", "b", "c"]), value([nil, "0.00", "1.50", "9.99"]), value([nil, "t", "f"])]
    }
  }

  /// Values of composed and declared types, as PostgreSQL prints them. Some are equal and print differently.
  private static func things(_ value: ([String?]) -> String?) -> World.Row {
    [
      value((1...9).map { "\($0)" }),
      value([
        nil, "1", "1.0", "null", "[]", #"{"a": 1}"#, #"{"a": 1.0}"#, #"{"a": "1", "b": [1, 2]}"#, #"{"b": {"c": null}}"#,
        "[1, 2, 2.0]",
        #""x""#,
      ]),
      value([nil, "{}", "{1,2}", "{2,1}", "{1,NULL}", "[0:1]={1,2}", "{{1,2},{3,4}}", "{7}"]),
      value([nil, "{}", "{1.0}", "{1.00}", "{1.5,NULL}", "{NaN,1}", "{2.5,1.0}"]),
      value([nil, "{}", "{a}", "{b,a}", #"{"a b",NULL}"#, #"{NULL,"NULL"}"#, "{ä}"]),
      value([nil, #"\x"#, #"\x00"#, #"\x01"#, #"\x0100ff"#]), value([nil, "sad", "meh", "ok", "happy"]),
      value([nil, "1", "1.0", "2.5", "100"]), value([nil, "{}", "{ok,sad}", "{meh,NULL}", "{happy}"]),
      value([nil, #"{"a":1}"#, #"{ "a" : 1 }"#, "1", "[1]"]), value([nil, "{}", #"{"1 mon"}"#, #"{"30 days"}"#, "{01:00:00}"]),
    ]
  }
}
