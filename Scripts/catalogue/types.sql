-- The types that a column or an expression can have, one a line, as Sources/Relations/Types/BuiltInTypes.swift holds them:
--
--   oid name kind category[!] element array related collation
--
-- kind: b base, a array, r range, m multirange, p pseudo. `!`: preferred in its category. element: what a subscript gives (also of
-- `name`, `point` and other types that are no arrays). related: a range's subtype, a multirange's range. 0: none.
-- The numbers up to 9999 are PostgreSQL's own and never change; what initdb numbers (row types of system tables) is left out.
SELECT concat_ws(' ', t.oid, t.typname,
  CASE WHEN t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc THEN 'a' ELSE t.typtype END,
  concat(t.typcategory, CASE WHEN t.typispreferred THEN '!' END),
  t.typelem, t.typarray, coalesce(r.rngsubtype, m.rngtypid, 0), t.typcollation)
FROM pg_catalog.pg_type t
LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_catalog.pg_range m ON m.rngmultitypid = t.oid
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.oid < 10000 AND t.typtype IN ('b', 'p', 'r', 'm')
  AND coalesce(e.typtype, 'b') <> 'c'
ORDER BY t.oid
