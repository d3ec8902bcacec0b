/// The part of the oracle that runs in the server, in the oracle's session and only there.
///
/// `pg_temp.evaluate(expressions, types)` leaves a row per expression in `pg_temp.answers`, until the transaction's end:
/// `printed` has a text or NULL for each row, `states` (if any row raised) an SQLSTATE or NULL for each row, and `refusal` the
/// SQLSTATE, alone, if the expression cannot even be planned.
enum OracleFunction {
  static func definition(table: String) -> String {
    function.replacing("«guarded»", with: guarded).replacing("«table»", with: table)
  }

  /// `concat` prints by the output function where a cast to text has its own ideas of `bool` and `char(n)`. `OFFSET 0` keeps
  /// the expression from being evaluated twice.
  private static let function = #"""
    SET plan_cache_mode = force_generic_plan;
    CREATE TEMP TABLE answers (expression int, printed text[], states text[], refusal text) ON COMMIT DELETE ROWS;
    CREATE FUNCTION pg_temp.evaluate(expressions text[], types oid[]) RETURNS void LANGUAGE plpgsql AS $function$
    DECLARE
      outcomes text[];
      refused text;
    BEGIN
      FOR i IN 1 .. cardinality(expressions) LOOP
        BEGIN
          EXECUTE 'SELECT array_agg(CASE num_nulls(value) WHEN 0 THEN concat(value) END ORDER BY ordinal) FROM (SELECT ('
            || expressions[i] || E'\n) AS value, ordinal FROM «table» OFFSET 0) AS rows' INTO outcomes;
          INSERT INTO pg_temp.answers VALUES (i, outcomes, NULL, NULL);
          CONTINUE;
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
        refused := NULL;
        BEGIN
          EXECUTE 'EXPLAIN SELECT (' || expressions[i] || E'\n) FROM «table»';
        EXCEPTION WHEN OTHERS THEN refused := SQLSTATE;
        END;
        IF refused IS NOT NULL THEN
          INSERT INTO pg_temp.answers VALUES (i, NULL, NULL, refused);
        ELSE
          EXECUTE 'DO ' || quote_literal(replace(replace(replace($body$«guarded»$body$,
            '«number»', i::text), '«type»', format_type(types[i], -1)), '«expression»', expressions[i]));
        END IF;
      END LOOP;
    END
    $function$;
    """#

  /// Each row is a query of its own, with the row's columns as columns: PostgreSQL binds an `IN` list of variables otherwise than
  /// one of columns. The query is planned once, and the generic plan (see above) keeps the ordinal from being folded into it.
  private static let guarded = #"""
    DECLARE
      _premise_value «type»;
      _premise_printed text[] := array_fill(NULL::text, ARRAY[(SELECT count(*)::int FROM «table»)]);
      _premise_states text[] := _premise_printed;
      _premise_row int := 0;
      _premise_ordinal bigint;
    BEGIN
      FOR _premise_ordinal IN SELECT ordinal FROM «table» ORDER BY ordinal LOOP
        _premise_row := _premise_row + 1;
        BEGIN
          _premise_value := (SELECT («expression»
          ) FROM «table» WHERE ordinal = _premise_ordinal);
          _premise_printed[_premise_row] := CASE num_nulls(_premise_value) WHEN 0 THEN concat(_premise_value) END;
        EXCEPTION WHEN OTHERS THEN
          _premise_states[_premise_row] := SQLSTATE;
        END;
      END LOOP;
      INSERT INTO pg_temp.answers VALUES («number», _premise_printed, _premise_states, NULL);
    END
    """#
}
