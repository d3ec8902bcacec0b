-- Functions, operators, casts and default operator classes, one a line, as Sources/Expressions/Catalogue/BuiltIns.swift holds them.
-- Each section opens with its name and its number of lines:
--
--   functions N   name oid kind-volatility-flags result arguments symbol [extras]
--   operators N   name oid left right result function commutator negator flags [families]
--   casts N       source target method-context function
--   classes N     method type family
--
-- Functions. kind: f function, a aggregate, w window, p procedure; volatility: i s v; flags: `!` strict, `*` returns a set. arguments:
-- comma-separated type numbers, `-` for none. symbol: the C function behind it, `=` when it is called as the SQL function is, `-` when
-- there is none (SQL-language functions, aggregates). extras, each once: v=element type of the variadic argument, d=default values of
-- the last arguments (`|` between), a=aggregate kind (n o h) and number of direct arguments, n=names of the arguments (`|` between),
-- o=the result's columns (type:name, `|` between).
-- Operators. left: 0 for a prefix operator; flags: `m` can merge, `h` can hash, `-` neither; families: b or h, strategy, `:`, operator
-- family; 1 to 5 are < <= = >= > in a btree, 1 is = in a hash.
-- Casts. method: f function, b binary-coercible, i by way of text; context: i implicit, a assignment, e explicit.
-- Classes: the default btree (b) and hash (h) operator family of a type.
WITH functions AS (
  SELECT p.proname::text COLLATE "C" AS name, p.oid, concat_ws(' ', p.proname, p.oid,
    concat(p.prokind, p.provolatile, CASE WHEN p.proisstrict THEN '!' END, CASE WHEN p.proretset THEN '*' END),
    p.prorettype::oid, coalesce(nullif(replace(p.proargtypes::text, ' ', ','), ''), '-'),
    CASE WHEN p.prokind = 'a' OR l.lanname = 'sql' THEN '-' WHEN p.prosrc = p.proname THEN '=' ELSE p.prosrc END,
    'v=' || nullif(p.provariadic, 0),
    'd=' || replace(pg_get_expr(p.proargdefaults, 0), ', ', '|'),
    'a=' || a.aggkind::text || a.aggnumdirectargs,
    'n=' || (SELECT string_agg(i.name, '|' ORDER BY i.place) FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY AS i (name, mode, place)
             WHERE coalesce(i.mode, 'i') IN ('i', 'b', 'v')),
    'o=' || (SELECT string_agg(o.type || ':' || o.name, '|' ORDER BY o.place)
             FROM unnest(p.proallargtypes, p.proargnames, p.proargmodes) WITH ORDINALITY AS o (type, name, mode, place)
             WHERE o.mode IN ('o', 'b', 't'))) AS line
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
  LEFT JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
  WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.oid < 10000
    -- pg_upgrade's own, of which minor releases add some; no query calls them.
    AND p.proname NOT LIKE 'binary\_upgrade\_%'
), operators AS (
  SELECT o.oprname::text COLLATE "C" AS name, o.oid, concat_ws(' ', o.oprname, o.oid, o.oprleft, o.oprright, o.oprresult, o.oprcode::oid,
    o.oprcom, o.oprnegate,
    CASE WHEN o.oprcanmerge OR o.oprcanhash THEN concat(CASE WHEN o.oprcanmerge THEN 'm' END, CASE WHEN o.oprcanhash THEN 'h' END) ELSE '-' END,
    (SELECT string_agg(concat(CASE f.amopmethod WHEN 403 THEN 'b' ELSE 'h' END, f.amopstrategy, ':', f.amopfamily), ' '
                       ORDER BY f.amopmethod, f.amopfamily)
     FROM pg_catalog.pg_amop f WHERE f.amopopr = o.oid AND f.amopmethod IN (403, 405) AND f.amoppurpose = 's')) AS line
  FROM pg_catalog.pg_operator o
  WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oid < 10000
), casts AS (
  SELECT c.castsource, c.casttarget, concat_ws(' ', c.castsource, c.casttarget, concat(c.castmethod, c.castcontext), c.castfunc) AS line
  FROM pg_catalog.pg_cast c
  WHERE c.castsource < 10000 AND c.casttarget < 10000
), classes AS (
  SELECT c.opcmethod, c.opcintype, concat_ws(' ', CASE c.opcmethod WHEN 403 THEN 'b' ELSE 'h' END, c.opcintype, c.opcfamily) AS line
  FROM pg_catalog.pg_opclass c
  WHERE c.opcmethod IN (403, 405) AND c.opcdefault AND c.opcintype < 10000
)
SELECT line FROM (
  SELECT 1 AS section, 0 AS place, 'functions ' || count(*) AS line FROM functions
  UNION ALL SELECT 1, row_number() OVER (ORDER BY name, oid), line FROM functions
  UNION ALL SELECT 2, 0, 'operators ' || count(*) FROM operators
  UNION ALL SELECT 2, row_number() OVER (ORDER BY name, oid), line FROM operators
  UNION ALL SELECT 3, 0, 'casts ' || count(*) FROM casts
  UNION ALL SELECT 3, row_number() OVER (ORDER BY castsource, casttarget), line FROM casts
  UNION ALL SELECT 4, 0, 'classes ' || count(*) FROM classes
  UNION ALL SELECT 4, row_number() OVER (ORDER BY opcmethod, opcintype), line FROM classes
) lines ORDER BY section, place
