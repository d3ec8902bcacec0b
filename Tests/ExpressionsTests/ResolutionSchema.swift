import Expressions
import Relations
import TestKit

/// A schema that adds to the built-in catalogue what the rules treat in a way of its own: an enum, domains, a row type, functions
/// with defaults, variadic and polymorphic ones, an operator and casts.
enum ResolutionSchema {
  static let sql = """
    CREATE TYPE mood AS ENUM ('bad', 'good');
    CREATE TYPE pair AS (x int4, y text);
    CREATE DOMAIN posint AS int4 CHECK (VALUE > 0);
    CREATE DOMAIN smaller AS posint CHECK (VALUE < 100);
    CREATE DOMAIN ints AS int4[];
    CREATE DOMAIN label AS varchar(5);
    CREATE DOMAIN money2 AS numeric(10, 2);
    SET check_function_bodies = off;
    SET client_min_messages = error;
    CREATE TYPE span;
    CREATE FUNCTION span_in(cstring) RETURNS span LANGUAGE internal IMMUTABLE STRICT AS 'int8in';
    CREATE FUNCTION span_out(span) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int8out';
    CREATE TYPE span (INPUT = span_in, OUTPUT = span_out, LIKE = int8, CATEGORY = 'N');
    \(functions)
    CREATE OPERATOR #+# (leftarg = mood, rightarg = anyelement, function = of_mood);
    CREATE OPERATOR #+# (leftarg = text, rightarg = text, function = of_texts);
    CREATE OPERATOR #+# (rightarg = posint, function = of_posint);
    CREATE CAST (mood AS int4) WITH FUNCTION mood_int4 (mood) AS IMPLICIT;
    CREATE CAST (mood AS bytea) WITH INOUT AS ASSIGNMENT;
    CREATE CAST (float8 AS span) WITH FUNCTION float8_span (float8) AS IMPLICIT;
    CREATE CAST (pair AS text) WITH INOUT AS IMPLICIT;
    """

  private static var functions: String {
    [
      "either(a int4) RETURNS int4", "either(a int4, b int4 DEFAULT 1) RETURNS int8",
      "many(text) RETURNS text", "many(VARIADIC text[]) RETURNS text[]", "many(int4, VARIADIC int4[]) RETURNS int4",
      "same(anyelement, anyelement) RETURNS anyarray", "first_of(anyarray, anyelement) RETURNS anyelement",
      "of_enum(anyenum, anyelement) RETURNS anyenum", "enums(anyenum) RETURNS anyarray",
      "widest(anycompatible, anycompatiblearray) RETURNS anycompatible",
      "arrays(anycompatiblearray, anycompatiblearray) RETURNS anycompatiblearray",
      "single(anycompatiblenonarray, anycompatible) RETURNS anycompatiblearray", "plain(anynonarray, anyarray) RETURNS anynonarray",
      "spans(anyrange, anyelement) RETURNS anymultirange", "parts(anymultirange, anyrange) RETURNS anyelement",
      "spans2(anycompatiblerange, anycompatible) RETURNS anycompatiblemultirange",
      "parts2(anycompatiblemultirange, anycompatible) RETURNS anycompatiblerange",
      "named(a int4, b text DEFAULT 'x', c date DEFAULT NULL) RETURNS text",
      "all_of(VARIADIC anyarray) RETURNS anyelement", "all_alike(VARIADIC anycompatiblearray) RETURNS anycompatible",
      "of_mood(mood, anyelement) RETURNS anyelement", "of_texts(text, text) RETURNS text", "of_posint(posint) RETURNS posint",
      "mood_int4(mood) RETURNS int4", "float8_span(float8) RETURNS span", "over_text(text, anyelement) RETURNS text",
      "over_text(varchar, text) RETURNS text",
      "abs(posint) RETURNS text", "lower(mood) RETURNS mood",
    ].map { "CREATE FUNCTION \($0) LANGUAGE sql AS 'never run';" }.joined(separator: "\n")
  }

  /// What the schema has, read from the oracle's system tables.
  static func definitions(_ oracle: inout ResolutionOracle) throws -> SchemaDefinitions {
    var schema = SchemaDefinitions()
    schema.types = try oracle.query(
      """
      SELECT t.oid, typname, CASE WHEN typsubscript = 'array_subscript_handler'::regproc AND typtype = 'b' THEN 'a' ELSE typtype END,
        typcategory, typispreferred, typelem, typarray, typbasetype, typtypmod, typcollation
      FROM pg_type t WHERE typnamespace = '\(oracle.schema)'::regnamespace
      """
    ).map { row in
      TypeFacts(
        id: TypeID(number(row[0])), name: row[1] ?? "", kind: TypeKind(rawValue: row[2]?.utf8.first ?? 0) ?? .base,
        category: TypeCategory(row[3]?.utf8.first ?? 0), isPreferred: row[4] == "t", element: type(row[5]), array: type(row[6]),
        related: type(row[7]), baseModifier: Int32(row[8] ?? "") ?? -1, collation: type(row[9])?.oid)
    }
    schema.functions = try oracle.query(
      """
      SELECT p.oid, proname, proargtypes, prorettype, provariadic, pronargdefaults, array_to_string(proargnames, '|')
      FROM pg_proc p WHERE pronamespace = '\(oracle.schema)'::regnamespace AND proname <> 'ask'
      """
    ).map { row in
      var function = FunctionDefinition(
        id: FunctionID(number(row[0])), name: row[1] ?? "",
        arguments: (row[2] ?? "").split(separator: " ").map { TypeID(UInt32($0) ?? 0) },
        result: TypeID(number(row[3])))
      function.variadicElement = type(row[4])
      function.defaultCount = Int(number(row[5]))
      function.argumentNames = row[6].map { $0.split(separator: "|").map(String.init) } ?? []
      return function
    }
    schema.operators = try oracle.query(
      """
      SELECT o.oid, oprname, oprleft, oprright, oprresult, oprcode::oid
      FROM pg_operator o WHERE oprnamespace = '\(oracle.schema)'::regnamespace
      """
    ).map { row in
      OperatorDefinition(
        id: OperatorID(number(row[0])), name: row[1] ?? "", left: type(row[2]), right: TypeID(number(row[3])),
        result: TypeID(number(row[4])), function: FunctionID(number(row[5])))
    }
    schema.casts = try oracle.query(
      """
      SELECT castsource, casttarget, castfunc, castcontext FROM pg_cast c JOIN pg_type t ON t.oid IN (castsource, casttarget)
      WHERE typnamespace = '\(oracle.schema)'::regnamespace
      """
    ).map { row in
      Cast(
        source: TypeID(number(row[0])), target: TypeID(number(row[1])),
        method: type(row[2]).map { .function(FunctionID($0.oid)) } ?? .inputOutput,
        context: CoercionContext(rawValue: row[3]?.utf8.first ?? 0) ?? .explicit)
    }
    return schema
  }

  private static func number(_ text: String?) -> UInt32 { UInt32(text ?? "") ?? 0 }
  private static func type(_ text: String?) -> TypeID? { number(text) == 0 ? nil : TypeID(number(text)) }

  /// An oracle over common types and the schema's own, and the catalogue with them.
  static func open() throws -> (Catalogue, OpenOracle) {
    var oracle = try ResolutionOracle.open(columns: try ResolutionTypes.common.map { try SQLType(parsing: $0) }, setup: sql)
    let catalogue = Catalogue.builtIn.with(try definitions(&oracle))
    let own = ["mood", "pair", "span", "posint", "smaller", "ints", "label", "money2", "_mood", "_pair", "_posint"]
    let ownTypes = own.compactMap { catalogue.type(named: $0).map { SQLType($0) } }
    // Three times, so that they meet each other.
    try oracle.makeTable(catalogue, also: ownTypes + ownTypes + ownTypes)
    return (catalogue, OpenOracle(oracle: oracle))
  }

  /// Tuples cannot hold what cannot be copied; a box can.
  final class OpenOracle {
    var oracle: ResolutionOracle
    init(oracle: consuming ResolutionOracle) { self.oracle = oracle }
  }
}
