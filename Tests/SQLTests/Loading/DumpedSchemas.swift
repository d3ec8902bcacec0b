import Testing

/// Databases that are dumped and loaded: together they have every kind of object that `pg_dump` writes.
enum DumpedSchemas {
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let definitions: String
    /// What the loader is to say that it has not followed.
    var unread: [String] = []

    var testDescription: String { name }
  }

  static let all = [shop, types, trees, programs, others]

  /// Tables as applications have them.
  static let shop = Sample(
    name: "shop",
    definitions: #"""
      CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, email varchar(120) UNIQUE, region char(4) DEFAULT 'emea',
        created timestamptz DEFAULT now() NOT NULL, tags text[] DEFAULT '{}', CHECK (email LIKE '%@%'));
      CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY (START 1000 INCREMENT 5) PRIMARY KEY,
        customer_id int NOT NULL REFERENCES customers ON DELETE CASCADE, total numeric(10,2) DEFAULT 0.0 CHECK (total >= 0),
        note text, state text DEFAULT 'open'::text, placed timestamp(3) without time zone, weight float4, doubled numeric GENERATED ALWAYS AS (total * 2) STORED,
        CONSTRAINT "Odd ""Check""" CHECK (note <> 'it''s; (not) this' OR state = ANY (ARRAY['a', 'b;'])));
      CREATE UNIQUE INDEX orders_open ON orders (customer_id) WHERE state = 'open';
      CREATE UNIQUE INDEX ON orders (lower(note), ((total + 1)), state DESC NULLS LAST) INCLUDE (placed);
      CREATE UNIQUE INDEX strange ON orders (note COLLATE "C" text_pattern_ops, (note || state) COLLATE "POSIX");
      CREATE INDEX ON orders USING hash (state);
      CREATE TABLE lines (order_id bigint, line smallint, product text DEFAULT 'x' NOT NULL, quantity int DEFAULT 1, PRIMARY KEY (order_id, line),
        FOREIGN KEY (order_id) REFERENCES orders (id) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
        UNIQUE NULLS NOT DISTINCT (product, quantity), CONSTRAINT late UNIQUE (quantity, product, line) DEFERRABLE);
      CREATE TABLE parts (order_id bigint, line smallint, part int, other_order bigint, other_line smallint,
        FOREIGN KEY (order_id, line) REFERENCES lines MATCH FULL ON DELETE SET NULL (line),
        FOREIGN KEY (other_order, other_line) REFERENCES lines ON DELETE SET DEFAULT ON UPDATE SET NULL);
      ALTER TABLE parts ADD CONSTRAINT unchecked FOREIGN KEY (order_id) REFERENCES orders NOT VALID;
      ALTER TABLE parts ADD CONSTRAINT unchecked_too CHECK (part > 0) NOT VALID;
      ALTER TABLE parts REPLICA IDENTITY FULL;
      ALTER TABLE lines REPLICA IDENTITY USING INDEX lines_pkey;
      ALTER TABLE customers ADD dropped int; ALTER TABLE customers DROP dropped; ALTER TABLE customers ADD again int DEFAULT 3;
      CREATE UNLOGGED TABLE scratch (a int, b int);
      CREATE TABLE nothing ();
      CREATE VIEW open_orders AS SELECT o.*, c.name AS customer, count(*) OVER (PARTITION BY c.id), 1 + 1 FROM orders o JOIN customers c ON c.id = o.customer_id WHERE state = 'open';
      CREATE VIEW "Named Columns" (a, "B b", c) WITH (security_invoker) AS VALUES (1, 'x;y', now()), (2, '''', NULL);
      CREATE VIEW united AS SELECT id, 'c' AS kind FROM customers UNION ALL (SELECT id, 'o' FROM orders ORDER BY 1 LIMIT 3);
      CREATE VIEW updatable AS SELECT id, note FROM orders WHERE total > 3 WITH LOCAL CHECK OPTION;
      CREATE RECURSIVE VIEW numbers (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10;
      CREATE VIEW functions AS SELECT f.*, CASE WHEN true THEN 1 END, coalesce(1, 2), f.g::text AS t, ROW(1, 2)::text, EXISTS (SELECT 1), ARRAY[1], ARRAY (SELECT 1) AS second,
        f.g AS g1, (SELECT 5 AS five), current_date, nullif(1, 2), greatest(1, 2), '3'::int4 AS i, CAST(4 AS numeric(3,1)), grouping(f.g), xmlelement(name a), f.g IS NULL AS missing
        FROM generate_series(1, 3) WITH ORDINALITY f (g) GROUP BY f.g, f.ordinality;
      CREATE MATERIALIZED VIEW totals (region, sum) AS SELECT region, sum(total) FROM customers JOIN orders ON customer_id = customers.id GROUP BY region;
      CREATE UNIQUE INDEX ON totals (region);
      CREATE MATERIALIZED VIEW unpopulated AS SELECT 1 AS one WITH NO DATA;
      COMMENT ON TABLE orders IS 'about; orders';
      GRANT SELECT ON orders TO PUBLIC;
      """#)

  /// Types of all kinds, in several schemas, with odd names.
  static let types = Sample(
    name: "types",
    definitions: #"""
      CREATE SCHEMA app; CREATE SCHEMA "Odd ""Schema"""; SET search_path = app, "Odd ""Schema""", public;
      CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'Happy', '');
      CREATE TYPE none AS ENUM ();
      CREATE DOMAIN positive AS int CHECK (VALUE > 0) CONSTRAINT small CHECK (VALUE < 1000) NOT NULL;
      CREATE DOMAIN code AS varchar(8) COLLATE "C" DEFAULT 'x'; CREATE DOMAIN more AS positive DEFAULT 7; CREATE DOMAIN moods AS mood[];
      ALTER DOMAIN code ADD CONSTRAINT late CHECK (VALUE <> '') NOT VALID;
      CREATE TYPE place AS (street text COLLATE "C", zip char(5), at numeric(9,6)[], m mood, inner_moods moods);
      CREATE TYPE place2 AS (p place, ps place[]);
      CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi); CREATE TYPE "Odd Range" AS RANGE (subtype = mood, multirange_type_name = "Odd Many");
      CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk'); CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE COLLATION plain FROM "C";
      CREATE TABLE "Odd ""Schema"""."Table; -- no" ("a.b" int, "select" text COLLATE german, "Ünï ""q""" mood DEFAULT 'it''s ok', p positive, c code COLLATE "POSIX", d code,
        m mood[], pl place, pls place[], s span, ms span_multirange, o "Odd Range", om "Odd Many"[], r "char", b bit(5), vb bit varying(7), iv interval day to second(3), iv2 interval(2),
        t time(2) with time zone, j jsonb, x xml, q numeric(5,-2), n name, f float(20), self int8[][] DEFAULT '{{1,2},{3,4}}', PRIMARY KEY ("a.b", "select"));
      CREATE TABLE uses (t "Table; -- no", ts "Table; -- no"[], v text COLLATE loose);
      CREATE TABLE public.here (like_it mood, LIKE uses);
      CREATE TABLE of_place OF place (zip NOT NULL DEFAULT '00000', PRIMARY KEY (street));
      CREATE SEQUENCE counting AS smallint INCREMENT -3 MINVALUE -300 MAXVALUE 90 START 60 CYCLE; CREATE SEQUENCE owned OWNED BY uses.v; CREATE SEQUENCE "Big Seq";
      CREATE TABLE draws (a int DEFAULT nextval('counting'), b smallserial, c bigserial, d int GENERATED BY DEFAULT AS IDENTITY, e int8 DEFAULT nextval('"Big Seq"'));
      CREATE FUNCTION place_text(place) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.street';
      CREATE CAST (place AS text) WITH FUNCTION place_text(place) AS ASSIGNMENT; CREATE CAST (mood AS int) WITH INOUT; CREATE CAST (span AS text) WITH INOUT AS IMPLICIT;
      CREATE FUNCTION place_less(place, place) RETURNS bool LANGUAGE sql AS 'SELECT $1.zip < $2.zip';
      CREATE FUNCTION mood_up(mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE OPERATOR <<< (LEFTARG = place, RIGHTARG = place, FUNCTION = place_less); CREATE OPERATOR public.!!! (RIGHTARG = mood, FUNCTION = mood_up);
      CREATE VIEW public.seen AS SELECT "a.b", "select", (pl).zip, p2 <<< p2 AS less FROM (SELECT *, pl AS p2 FROM "Table; -- no") t;
      """#)

  /// Partitions and inheritance.
  static let trees = Sample(
    name: "trees",
    definitions: #"""
      CREATE TABLE targets (id int PRIMARY KEY);
      CREATE TABLE events (id bigint, at timestamptz NOT NULL, kind text DEFAULT 'x', target int REFERENCES targets, PRIMARY KEY (id, at), CHECK (kind <> '')) PARTITION BY RANGE (at);
      CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
      CREATE TABLE events_2 PARTITION OF events (kind DEFAULT 'y', CHECK (id > 0)) FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (id);
      CREATE TABLE events_2a PARTITION OF events_2 DEFAULT;
      CREATE UNIQUE INDEX ON events (at, id, lower(kind)); CREATE TABLE computed (a int, b text) PARTITION BY RANGE (lower(b) COLLATE "C", ((a + 1)));
      CREATE TABLE detached (LIKE events INCLUDING ALL); CREATE TABLE joined (kind text, id bigint NOT NULL, at timestamptz NOT NULL, target int, CONSTRAINT events_kind_check CHECK (kind <> ''));
      ALTER TABLE events ATTACH PARTITION joined FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
      CREATE TABLE hashed (a int, b text COLLATE "C") PARTITION BY HASH (a, b); CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      CREATE TABLE listed (a int, b text) PARTITION BY LIST (b); CREATE TABLE listed_x PARTITION OF listed FOR VALUES IN ('x', 'y''s', NULL);
      CREATE TABLE base (id int PRIMARY KEY, note text DEFAULT 'n' CHECK (note <> ''), kept int CHECK (kept > 0) NO INHERIT, doubled int GENERATED ALWAYS AS (id * 2) STORED);
      CREATE TABLE other (id int NOT NULL, flag bool DEFAULT true);
      CREATE TABLE child (extra text, note text DEFAULT 'mine') INHERITS (base, other); CREATE TABLE grandchild (UNIQUE (id)) INHERITS (child);
      CREATE TABLE pointed (e_id bigint, e_at timestamptz, FOREIGN KEY (e_id, e_at) REFERENCES events);
      """#)

  /// What acts by itself: functions, triggers, rules, policies.
  static let programs = Sample(
    name: "programs",
    definitions: #"""
      CREATE ROLE reader; CREATE ROLE "Odd Role";
      CREATE TABLE notes (id int PRIMARY KEY, owner name DEFAULT current_user, body text, secret bool);
      ALTER TABLE notes ENABLE ROW LEVEL SECURITY; ALTER TABLE notes FORCE ROW LEVEL SECURITY;
      CREATE POLICY own ON notes USING (owner = current_user) WITH CHECK (owner = current_user AND body <> ')');
      CREATE POLICY "Read It" ON notes AS RESTRICTIVE FOR SELECT TO reader, "Odd Role" USING (NOT secret);
      CREATE POLICY adding ON notes FOR INSERT TO PUBLIC WITH CHECK (true);
      CREATE FUNCTION add(a int, b int DEFAULT 3 + 4) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN a + CASE b WHEN 1 THEN 2 ELSE b END;
      CREATE FUNCTION add(text, VARIADIC text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, "Odd" SET work_mem = '1MB' AS $$BEGIN RETURN NEXT ';$body$'; END$$;
      CREATE FUNCTION several(OUT a int, INOUT b text, OUT c numeric(3,1)) LANGUAGE sql AS 'SELECT 1, $1, 2.5';
      CREATE FUNCTION one_out(OUT a int) LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION tabled(x int) RETURNS TABLE (y int, z text) LANGUAGE sql ROWS 5 BEGIN ATOMIC SELECT CASE WHEN x > 0 THEN x ELSE 1 END, 'b'; SELECT 1 AS "end", ';'; END;
      CREATE PROCEDURE doing(INOUT a int) LANGUAGE sql AS 'SELECT $1'; CREATE PROCEDURE silent(a int) LANGUAGE sql AS '';
      CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER touch BEFORE INSERT OR UPDATE OF body, "owner" ON notes FOR EACH ROW WHEN (NEW.body <> 'a;b)') EXECUTE FUNCTION touched('x', '1');
      CREATE TRIGGER counted AFTER DELETE ON notes REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION touched();
      CREATE TRIGGER emptied AFTER TRUNCATE ON notes EXECUTE FUNCTION touched();
      CREATE CONSTRAINT TRIGGER late AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touched();
      ALTER TABLE notes DISABLE TRIGGER counted; ALTER TABLE notes ENABLE ALWAYS TRIGGER emptied; ALTER TABLE notes ENABLE REPLICA TRIGGER late;
      CREATE VIEW plain AS SELECT id, body FROM notes;
      CREATE TRIGGER instead INSTEAD OF UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION touched();
      CREATE RULE gone AS ON DELETE TO plain DO INSTEAD NOTHING;
      CREATE RULE logged AS ON INSERT TO notes WHERE NEW.id > 3 DO ALSO (UPDATE notes SET body = 'x;' WHERE id = 1; DELETE FROM notes WHERE id = NEW.id);
      CREATE FUNCTION int4_sum3(int, int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2 + $3';
      CREATE AGGREGATE longest(text) (SFUNC = textcat, STYPE = text, INITCOND = ''); CREATE AGGREGATE averaged(int, int) (SFUNC = int4_sum3, STYPE = int, FINALFUNC = int4abs);
      """#)

  /// Extensions, foreign tables, and what no answer depends on.
  static let others = Sample(
    name: "others",
    definitions: #"""
      CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE EXTENSION btree_gist; CREATE EXTENSION hstore SCHEMA public;
      CREATE TABLE typed (id int PRIMARY KEY, name ext.citext NOT NULL DEFAULT 'X'::ext.citext, names ext.citext[], h hstore, UNIQUE (name));
      CREATE TABLE booked (room int, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0), EXCLUDE USING gist (room WITH <>) DEFERRABLE);
      CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'x'); CREATE USER MAPPING FOR PUBLIC SERVER s;
      CREATE FOREIGN TABLE far (id int OPTIONS (key 'true') NOT NULL, note text DEFAULT 'x', CHECK (id > 0)) SERVER s OPTIONS (table_name 'x');
      CREATE TABLE split (id int, at int) PARTITION BY RANGE (at); CREATE FOREIGN TABLE split_far PARTITION OF split FOR VALUES FROM (0) TO (10) SERVER s;
      CREATE FUNCTION first_one(typed) RETURNS text LANGUAGE sql AS 'SELECT 1::text';
      CREATE VIEW one AS SELECT 1 AS a, 'x'::text AS b; CREATE VIEW two AS SELECT a, b FROM one; CREATE OR REPLACE VIEW one AS SELECT 2 AS a, 'y'::text AS b FROM typed;
      CREATE VIEW circle AS SELECT 1 AS a; CREATE VIEW back AS SELECT a FROM circle; CREATE OR REPLACE VIEW circle AS SELECT a FROM back;
      CREATE TABLE ruled (a int, b text); CREATE VIEW ruling AS SELECT * FROM ruled; CREATE RULE "r 1" AS ON UPDATE TO ruling DO INSTEAD UPDATE ruled SET a = NEW.a WHERE b = OLD.b;
      CREATE STATISTICS st (dependencies) ON a, b FROM ruled; CREATE PUBLICATION p FOR TABLE ruled WHERE (a > 0); COMMENT ON COLUMN ruled.a IS ';';
      CREATE FUNCTION event() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION event();
      CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple); CREATE OPERATOR CLASS oc FOR TYPE int4 USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int4, int4);
      CREATE FUNCTION grouped(VARIADIC int[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE ordered(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
      """#,
    unread: [
      "the type ext.citext is taken to come with an extension", "the type public.hstore is taken to come with an extension",
      "an operator class is not followed", "an operator class is not followed", "a text search definition is not followed",
    ])
}
