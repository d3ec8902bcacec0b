import PostgreSQL
import TestKit

/// What PostgreSQL's catalog says of a database, a line for each thing: the measure for `SchemaLines`.
///
/// Expressions are printed with no search path, which is how `pg_dump` prints them too.
struct CatalogLines {
  /// All lines, sorted.
  static func of(_ session: inout Connection) throws -> [String] {
    try session.execute("SET search_path = ''")
    var lines: [String] = []
    for query in queries {
      lines += try session.query(helpers + query).rows.map { $0[0] ?? "NULL in \(query)" }
    }
    return lines.sorted()
  }

  /// Relations, types, routines and the rest, without PostgreSQL's own and without what extensions brought.
  private static let helpers = """
    WITH namespaces AS (
      SELECT oid, nspname FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
    members AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
    relations AS (
      SELECT c.*, nspname, format('%I.%I', nspname, relname) AS full_name FROM pg_class c JOIN namespaces n ON n.oid = relnamespace
      WHERE ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM members)),
    tables AS (SELECT * FROM relations WHERE relkind IN ('r', 'p', 'f', 'v', 'm')),
    types AS (
      SELECT t.*, format('%I.%I', nspname, typname) AS full_name FROM pg_type t JOIN namespaces n ON n.oid = typnamespace
      WHERE ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM members)),
    columns AS (
      SELECT a.*, full_name, relkind, row_number() OVER (PARTITION BY attrelid ORDER BY attnum) AS place, pg_get_expr(adbin, adrelid) AS source
      FROM pg_attribute a JOIN relations c ON c.oid = attrelid LEFT JOIN pg_attrdef ON (attrelid, attnum) = (adrelid, adnum)
      WHERE attnum > 0 AND NOT attisdropped),
    constraints AS (
      SELECT o.*, full_name FROM pg_constraint o JOIN tables t ON t.oid = conrelid)

    """

  private static let queries = [
    "SELECT format('namespace %I', nspname) FROM namespaces",
    """
    SELECT format('relation %s %s %s security=%s,%s identity=%s invoker=%s owner=%I', full_name, relkind, relpersistence, relrowsecurity,
      relforcerowsecurity, CASE WHEN relkind IN ('v', 'f') THEN 'd' ELSE relreplident::text END || coalesce((SELECT format('(%I)', i.relname) FROM pg_index JOIN pg_class i ON i.oid = indexrelid
        WHERE indrelid = t.oid AND indisreplident), ''),
      coalesce('security_invoker=true' = ANY (reloptions) OR 'security_invoker=on' = ANY (reloptions), false), rolname)
    FROM tables t JOIN pg_roles r ON r.oid = relowner
    """,
    """
    SELECT format('column %s.%s %I %s%s%s%s', full_name, place, attname, format_type(atttypid, atttypmod),
      CASE WHEN attnotnull THEN ' not null' END,
      CASE WHEN attidentity <> '' THEN ' identity ' || attidentity::text WHEN attgenerated <> '' THEN ' generated ' || source
        WHEN source IS NOT NULL THEN ' default ' || source END,
      CASE WHEN attcollation <> typcollation THEN format(' collation %I.%I', nspname, collname) END)
    FROM columns JOIN pg_type y ON y.oid = atttypid LEFT JOIN pg_collation l ON l.oid = attcollation
      LEFT JOIN pg_namespace n ON n.oid = collnamespace
    WHERE relkind IN ('r', 'p', 'f')
    """,
    "SELECT format('view column %s.%s %I', full_name, place, attname) FROM columns WHERE relkind IN ('v', 'm')",
    "SELECT format('query %s %s', full_name, rtrim(pg_get_viewdef(oid), ';')) FROM tables WHERE relkind IN ('v', 'm')",
    """
    SELECT format('key %s %I %s (%s)%s%s%s', full_name, i.relname,
      CASE WHEN indisprimary THEN 'primary' ELSE 'unique' END,
      (SELECT string_agg(pg_get_indexdef(indexrelid, k, false), ', ' ORDER BY k) FROM generate_series(1, indnkeyatts) k),
      CASE WHEN indnullsnotdistinct THEN ' nulls not distinct' END, ' where ' || pg_get_expr(indpred, indrelid),
      CASE WHEN condeferred THEN ' deferred' WHEN condeferrable THEN ' deferrable' END)
    FROM pg_index JOIN tables t ON t.oid = indrelid JOIN pg_class i ON i.oid = indexrelid
      LEFT JOIN pg_constraint o ON conindid = indexrelid AND contype IN ('p', 'u')
    WHERE indisunique
    """,
    """
    SELECT format('constraint %s %I %s', full_name, conname, pg_get_constraintdef(oid)) FROM constraints
    WHERE contype IN ('f', 'c', 'x') AND (contype <> 'f' OR conparentid = 0 OR conrelid <> (SELECT conrelid FROM pg_constraint p WHERE p.oid = constraints.conparentid))
    """,
    "SELECT format('partitioned %s %s', full_name, pg_get_partkeydef(oid)) FROM tables WHERE relkind = 'p'",
    """
    SELECT CASE WHEN t.relispartition THEN format('partition %s of %s %s', t.full_name, p.full_name, pg_get_expr(t.relpartbound, t.oid))
      ELSE format('child %s.%s of %s', t.full_name, inhseqno, p.full_name) END
    FROM pg_inherits JOIN tables t ON t.oid = inhrelid JOIN tables p ON p.oid = inhparent
    """,
    """
    SELECT format('enum %s: %s', full_name, (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = types.oid))
    FROM types WHERE typtype = 'e'
    """,
    """
    SELECT format('domain %s %s%s%s%s', t.full_name, format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN ' not null' END,
      ' default ' || pg_get_expr(t.typdefaultbin, 0), CASE WHEN t.typcollation <> b.typcollation THEN format(' collation %I.%I', nspname, collname) END)
    FROM types t JOIN pg_type b ON b.oid = t.typbasetype LEFT JOIN pg_collation l ON l.oid = t.typcollation
      LEFT JOIN pg_namespace n ON n.oid = collnamespace
    WHERE t.typtype = 'd'
    """,
    "SELECT format('domain check %s %I %s', full_name, conname, pg_get_constraintdef(o.oid)) FROM pg_constraint o JOIN types t ON t.oid = contypid",
    """
    SELECT format('attribute %s.%s %I %s%s', full_name, place, attname, format_type(atttypid, atttypmod),
      CASE WHEN attcollation <> typcollation THEN format(' collation %I.%I', nspname, collname) END)
    FROM columns JOIN pg_type y ON y.oid = atttypid LEFT JOIN pg_collation l ON l.oid = attcollation
      LEFT JOIN pg_namespace n ON n.oid = collnamespace WHERE relkind = 'c'
    """,
    """
    SELECT format('range %s of %s, many %s', full_name, format_type(rngsubtype, NULL), format_type(rngmultitypid, NULL))
    FROM types t JOIN pg_range ON rngtypid = t.oid
    """,
    """
    SELECT format('sequence %s %s %s by %s from %s to %s%s%s', full_name, format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax,
      CASE WHEN seqcycle THEN ' cycle' END,
      (SELECT format(' of %s.%I', t.full_name, attname) FROM pg_depend JOIN pg_attribute ON (attrelid, attnum) = (refobjid, refobjsubid)
        JOIN tables t ON t.oid = refobjid WHERE classid = 'pg_class'::regclass AND objid = r.oid AND deptype IN ('a', 'i')))
    FROM relations r JOIN pg_sequence ON seqrelid = oid
    """,
    """
    SELECT format('routine %I.%I(%s) %s %s%s %s%s%s %s %s %s', nspname, proname,
      (SELECT string_agg(format_type(a, NULL), ', ' ORDER BY i) FROM unnest(proargtypes) WITH ORDINALITY u(a, i)), prokind,
      CASE WHEN proretset THEN 'setof ' END, CASE WHEN prorettype = 'void'::regtype AND prokind = 'p' THEN '-' ELSE format_type(prorettype, NULL) END,
      CASE WHEN prokind = 'a' THEN 'i' ELSE provolatile::text END,
      CASE WHEN proisstrict THEN ' strict' END, CASE WHEN prosecdef THEN ' definer' END, lanname,
      CASE WHEN prokind <> 'a' THEN coalesce(pg_get_function_sqlbody(p.oid), prosrc) END, proconfig)
    FROM pg_proc p JOIN namespaces n ON n.oid = pronamespace JOIN pg_language l ON l.oid = prolang
    WHERE ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM members) AND p.oid NOT IN (SELECT objid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'i')
    """,
    """
    SELECT format('policy %s %I %s %s to %s using %s check %s', full_name, polname, polpermissive, polcmd,
      CASE WHEN polroles = '{0}' THEN 'all' ELSE (SELECT string_agg(quote_ident(rolname), ', ' ORDER BY rolname COLLATE "C") FROM pg_roles r WHERE r.oid = ANY (polroles)) END,
      pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
    FROM pg_policy JOIN tables t ON t.oid = polrelid
    """,
    """
    SELECT format('trigger %s %I %s %s.%s %s', full_name, tgname, tgenabled, n.nspname, proname, pg_get_triggerdef(g.oid)) FROM pg_trigger g
      JOIN tables t ON t.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid JOIN pg_namespace n ON n.oid = pronamespace
    WHERE NOT tgisinternal AND tgparentid = 0
    """,
    "SELECT format('rule %s %I %s', full_name, rulename, rtrim(pg_get_ruledef(r.oid), ';')) FROM pg_rewrite r JOIN tables t ON t.oid = ev_class WHERE rulename <> '_RETURN'",
    """
    SELECT format('operator %I.%s (%s, %s) %I.%I', n.nspname, oprname, format_type(nullif(oprleft, 0), NULL), format_type(oprright, NULL), m.nspname, proname)
    FROM pg_operator o JOIN namespaces n ON n.oid = oprnamespace JOIN pg_proc p ON p.oid = oprcode JOIN pg_namespace m ON m.oid = pronamespace
    WHERE ('pg_operator'::regclass, o.oid) NOT IN (SELECT classid, objid FROM members)
    """,
    """
    SELECT format('cast %s to %s %s %s', format_type(castsource, NULL), format_type(casttarget, NULL), castcontext, castmethod)
    FROM pg_cast c WHERE oid >= 16384 AND ('pg_cast'::regclass, c.oid) NOT IN (SELECT classid, objid FROM members)
    """,
    """
    SELECT format('collation %I.%I %s %s %s', nspname, collname, collprovider, coalesce(colliculocale, collcollate), collisdeterministic)
    FROM pg_collation l JOIN namespaces n ON n.oid = collnamespace
    """,
  ]
}
