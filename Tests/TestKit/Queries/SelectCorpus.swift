/// `SELECT`s over the shop's tables, by construct, one a line: what PostgreSQL takes, and beside it what it refuses.
public enum SelectCorpus {
  public static var all: [String] { ending + lines(of: [endless]) }

  /// All that come to an end, if they are accepted.
  public static var ending: [String] {
    lines(of: [
      distinct, order, limit, joins, merged, derived, common, views, subqueries, quantified, rows, sets, values, grouping, sets2,
      aggregates, windows, lateral, functions, recursive, various, documents, collected,
    ])
  }

  private static func lines(of texts: [String]) -> [String] {
    texts.flatMap { $0.split(separator: "\n").map { $0.trimmingCharacters() } }
  }

  static let distinct = """
    SELECT DISTINCT region FROM customers
    SELECT DISTINCT region, active FROM customers ORDER BY region, 2
    SELECT DISTINCT region FROM customers ORDER BY name
    SELECT DISTINCT region FROM customers ORDER BY lower(region)
    SELECT DISTINCT lower(region) FROM customers ORDER BY lower(region)
    SELECT DISTINCT ON (region) region, name FROM customers ORDER BY region, balance
    SELECT DISTINCT ON (region) name FROM customers ORDER BY region DESC NULLS LAST, balance
    SELECT DISTINCT ON (region, active) name FROM customers ORDER BY active, region, id
    SELECT DISTINCT ON (region) name FROM customers ORDER BY name, region
    SELECT DISTINCT ON (1) region, name FROM customers
    SELECT DISTINCT ON (7) region, name FROM customers
    SELECT DISTINCT ON (r) region AS r, name FROM customers ORDER BY r, name
    SELECT DISTINCT ON (region, name) balance FROM customers ORDER BY region, id
    SELECT DISTINCT 'x', NULL
    SELECT DISTINCT '{}'::json
    SELECT DISTINCT * FROM customers
    SELECT DISTINCT count(*) FROM customers GROUP BY region ORDER BY count(*)
    """

  static let order = """
    SELECT name FROM customers ORDER BY name
    SELECT name AS n FROM customers ORDER BY n DESC
    SELECT name FROM customers ORDER BY 1 DESC NULLS FIRST
    SELECT name FROM customers ORDER BY 2
    SELECT name FROM customers ORDER BY 0
    SELECT name FROM customers ORDER BY 'x'
    SELECT name FROM customers ORDER BY 1.5
    SELECT name FROM customers ORDER BY balance, joined
    SELECT name, balance AS name FROM customers ORDER BY name
    SELECT name, name AS name FROM customers ORDER BY name
    SELECT balance AS name FROM customers ORDER BY customers.name
    SELECT balance AS b FROM customers ORDER BY b + 1
    SELECT balance FROM customers ORDER BY balance + 1, upper(name)
    SELECT 'x' AS x FROM customers ORDER BY x
    SELECT NULL AS x ORDER BY x
    SELECT name FROM customers ORDER BY nope
    SELECT name FROM customers ORDER BY name USING <
    SELECT name FROM customers ORDER BY name USING >
    SELECT name FROM customers ORDER BY name USING =
    SELECT '{}'::json ORDER BY 1
    SELECT region, count(*) FROM customers GROUP BY region ORDER BY count(*) DESC, region
    SELECT region FROM customers GROUP BY region ORDER BY max(balance)
    SELECT region FROM customers GROUP BY region ORDER BY balance
    SELECT * FROM customers ORDER BY id, id DESC
    """

  static let limit = """
    SELECT name FROM customers LIMIT 3
    SELECT name FROM customers ORDER BY id LIMIT 3 OFFSET 2
    SELECT name FROM customers ORDER BY id OFFSET 2 ROWS FETCH FIRST 3 ROWS ONLY
    SELECT name FROM customers ORDER BY id FETCH FIRST ROW ONLY
    SELECT name FROM customers ORDER BY region FETCH FIRST 3 ROWS WITH TIES
    SELECT name FROM customers FETCH FIRST 3 ROWS WITH TIES
    SELECT name FROM customers ORDER BY id LIMIT ALL
    SELECT name FROM customers ORDER BY id LIMIT NULL OFFSET NULL
    SELECT name FROM customers ORDER BY region FETCH FIRST NULL ROWS WITH TIES
    SELECT name FROM customers LIMIT '3'
    SELECT name FROM customers LIMIT 2.5
    SELECT name FROM customers LIMIT 'x'
    SELECT name FROM customers LIMIT id
    SELECT name FROM customers LIMIT nope
    SELECT name FROM customers LIMIT true
    SELECT name FROM customers LIMIT count(*)
    SELECT name FROM customers LIMIT 1 + 2 OFFSET 3 - 2
    SELECT name FROM customers LIMIT (SELECT 3)
    SELECT 1 LIMIT row_number() OVER ()
    """

  static let joins = """
    SELECT * FROM customers c JOIN orders o ON o.customer_id = c.id
    SELECT c.name, o.total FROM customers c INNER JOIN orders o ON o.customer_id = c.id WHERE o.total > 10
    SELECT * FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
    SELECT * FROM customers c RIGHT OUTER JOIN orders o ON o.customer_id = c.id
    SELECT * FROM customers c FULL JOIN orders o ON o.customer_id = c.id
    SELECT * FROM customers CROSS JOIN orders
    SELECT * FROM customers, orders
    SELECT * FROM customers c, orders o WHERE c.id = o.customer_id
    SELECT c.*, o.id FROM customers c, orders o, items i WHERE c.id = o.customer_id AND i.order_id = o.id
    SELECT id FROM customers, orders
    SELECT customers.id, orders.id FROM customers, orders
    SELECT name FROM customers c JOIN orders o ON c.id = o.customer_id JOIN items i ON i.order_id = o.id AND i.quantity > 1
    SELECT * FROM customers c JOIN (orders o JOIN items i ON i.order_id = o.id) ON o.customer_id = c.id
    SELECT * FROM (customers c JOIN orders o ON o.customer_id = c.id) JOIN items i ON i.order_id = o.id
    SELECT j.name FROM (customers c JOIN orders o ON o.customer_id = c.id) AS j
    SELECT c.name FROM (customers c JOIN orders o ON o.customer_id = c.id) AS j
    SELECT j.id FROM (customers c JOIN orders o ON o.customer_id = c.id) AS j
    SELECT j.a, j.b FROM (customers c JOIN orders o ON o.customer_id = c.id) AS j(a, b)
    SELECT x.a FROM customers AS x(a, b)
    SELECT a FROM customers AS x(a, b, c, d, e, f, g)
    SELECT * FROM customers c JOIN orders c ON true
    SELECT * FROM customers, customers
    SELECT * FROM customers a, customers b
    SELECT a.id FROM customers a JOIN customers b ON a.id = b.id + 1
    SELECT * FROM customers c JOIN orders o ON nope = 1
    SELECT * FROM customers c JOIN orders o ON o.customer_id
    SELECT * FROM customers c JOIN orders o ON c.name
    SELECT * FROM customers c JOIN orders o ON count(*) > 1
    SELECT * FROM customers a, orders b JOIN items c ON a.id = c.quantity
    SELECT * FROM customers a LEFT JOIN orders b ON a.id = b.customer_id AND b.total > 5 AND a.active
    SELECT public.customers.id FROM customers
    SELECT public.customers.id FROM public.customers
    SELECT public.c.id FROM public.customers c
    SELECT other.customers.id FROM customers
    SELECT customers.id FROM customers c
    SELECT c.nope FROM customers c
    SELECT c FROM customers c
    SELECT "Id", "select" FROM "Odd Names"
    SELECT id FROM "Odd Names"
    SELECT * FROM ONLY base
    SELECT * FROM base
    SELECT b.id, d.extra FROM base b JOIN derived d USING (id)
    SELECT * FROM events
    SELECT kind, count(*) FROM events GROUP BY kind
    SELECT * FROM ONLY events
    SELECT * FROM events_rest
    TABLE customers
    TABLE nope
    TABLE customers ORDER BY 1 LIMIT 2
    """

  static let merged = """
    SELECT * FROM customers JOIN orders USING (region)
    SELECT * FROM customers LEFT JOIN orders USING (id)
    SELECT * FROM customers RIGHT JOIN orders USING (id)
    SELECT * FROM customers FULL JOIN orders USING (id)
    SELECT id FROM customers FULL JOIN orders USING (id, region)
    SELECT customers.id, orders.id, id FROM customers JOIN orders USING (id)
    SELECT id, count(*) FROM customers FULL JOIN orders USING (id) GROUP BY id
    SELECT customers.id FROM customers JOIN orders USING (id) GROUP BY id
    SELECT orders.id FROM customers JOIN orders USING (id) GROUP BY id
    SELECT id FROM customers LEFT JOIN orders USING (id) GROUP BY customers.id
    SELECT * FROM customers NATURAL JOIN orders
    SELECT * FROM customers NATURAL LEFT JOIN orders
    SELECT * FROM customers NATURAL FULL JOIN orders
    SELECT * FROM customers NATURAL JOIN "Odd Names"
    SELECT * FROM customers JOIN orders USING (nope)
    SELECT * FROM customers JOIN orders USING (name)
    SELECT * FROM customers JOIN orders USING (id, id)
    SELECT * FROM (customers JOIN orders ON true) JOIN base USING (id)
    SELECT * FROM customers JOIN orders USING (id) JOIN base USING (id)
    SELECT id FROM customers JOIN orders USING (id) JOIN base USING (id)
    SELECT u.id FROM customers JOIN orders USING (id) AS u
    SELECT u.name FROM customers JOIN orders USING (id) AS u
    SELECT u.* FROM customers JOIN orders USING (id, region) AS u
    SELECT customers.* FROM customers JOIN orders USING (id)
    SELECT region FROM customers c JOIN orders o ON c.id = o.customer_id
    SELECT j.id FROM (customers JOIN orders USING (id)) AS j
    SELECT * FROM (SELECT 1 AS a) x JOIN (SELECT 'b' AS a) y USING (a)
    SELECT * FROM (SELECT 1 AS a) x JOIN (SELECT true AS a) y USING (a)
    SELECT * FROM (SELECT 1.5 AS a) x FULL JOIN (SELECT 2 AS a) y USING (a)
    SELECT a FROM (SELECT 1 AS a) x LEFT JOIN (SELECT 2::int8 AS a) y USING (a)
    """

  static let derived = """
    SELECT * FROM (SELECT id, name FROM customers) c
    SELECT c.n FROM (SELECT id, name FROM customers) c(i, n)
    SELECT c.n FROM (SELECT id, name FROM customers) c(i, n, x)
    SELECT * FROM (SELECT count(*) FROM customers) c
    SELECT count FROM (SELECT count(*) FROM customers) c
    SELECT region, avg(n) FROM (SELECT region, count(*) AS n FROM customers GROUP BY region, active) x GROUP BY region
    SELECT * FROM (SELECT 'x' AS a, NULL AS b) t WHERE a = 'x'
    SELECT a + 1 FROM (SELECT '1' AS a) t
    SELECT * FROM (SELECT * FROM (SELECT id FROM orders ORDER BY total LIMIT 3) a) b WHERE id > 2
    SELECT * FROM customers c, (SELECT c.id) x
    SELECT * FROM customers c, (SELECT id) x
    SELECT * FROM customers c JOIN (SELECT customer_id, sum(total) AS s FROM orders GROUP BY 1) o ON o.customer_id = c.id AND o.s > c.balance
    SELECT t.* FROM (VALUES (1, 'a'), (2, 'b')) AS t(n, s)
    SELECT * FROM (SELECT id FROM customers UNION SELECT id FROM orders) u ORDER BY id
    SELECT (SELECT 1), x.* FROM (SELECT 2 AS two) x
    SELECT * FROM (SELECT id, id FROM customers) c
    SELECT id FROM (SELECT id, id FROM customers) c
    """

  static let common = """
    WITH c AS (SELECT * FROM customers) SELECT name FROM c
    WITH c(i) AS (SELECT id FROM customers) SELECT i FROM c
    WITH c(i, j) AS (SELECT id FROM customers) SELECT i FROM c
    WITH c AS (SELECT id FROM customers), d AS (SELECT id + 1 AS next FROM c) SELECT * FROM c JOIN d ON c.id = d.next
    WITH c AS (SELECT 1), c AS (SELECT 2) SELECT * FROM c
    WITH d AS (SELECT * FROM c), c AS (SELECT 1) SELECT * FROM d
    WITH customers AS (SELECT 1 AS one) SELECT * FROM customers
    WITH customers AS (SELECT 1 AS one) SELECT * FROM public.customers
    WITH customers AS (SELECT id FROM customers) SELECT * FROM customers
    WITH c AS MATERIALIZED (SELECT id FROM customers) SELECT * FROM c a, c b
    WITH c AS (SELECT id FROM customers) SELECT (SELECT count(*) FROM c WHERE c.id > o.id) FROM orders o
    SELECT * FROM (WITH c AS (SELECT 1 AS a) SELECT a FROM c) x
    WITH c AS (SELECT 1 AS a) (WITH d AS (SELECT a + 1 AS b FROM c) SELECT b, a FROM c, d)
    WITH c AS (SELECT nope FROM customers) SELECT 1
    WITH c AS (SELECT id FROM customers) SELECT * FROM c AS x WHERE c.id = 1
    WITH c AS (SELECT id FROM customers) SELECT c.* FROM c WHERE EXISTS (SELECT 1 FROM c AS d WHERE d.id = c.id + 1)
    SELECT id, (WITH x AS (SELECT total FROM orders o WHERE o.customer_id = c.id) SELECT max(total) FROM x) FROM customers c
    SELECT id, (WITH x AS (SELECT c.id AS y) SELECT (SELECT y FROM x) + y FROM x) FROM customers c
    WITH c AS (SELECT 'x' AS a) SELECT a || 'y' FROM c
    WITH a AS (SELECT 1 AS n), b AS (SELECT * FROM a UNION ALL SELECT * FROM a) SELECT sum(n) FROM b
    """

  static let views = """
    SELECT * FROM big_orders
    SELECT b.total FROM big_orders b WHERE b.customer_id = 3
    SELECT * FROM totals ORDER BY amount
    SELECT customer, amount FROM public.totals t WHERE t.amount > 10
    SELECT big_orders.id FROM big_orders JOIN customers ON big_orders.customer_id = customers.id
    SELECT public.totals.amount FROM totals
    SELECT o.id FROM totals o
    SELECT a FROM totals AS t(a, b)
    """

  static let subqueries = """
    SELECT (SELECT max(total) FROM orders)
    SELECT name, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c
    SELECT name, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS n FROM customers c ORDER BY n
    SELECT name FROM customers c WHERE (SELECT sum(total) FROM orders o WHERE o.customer_id = c.id) > 100
    SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
    SELECT name FROM customers c WHERE NOT EXISTS (SELECT * FROM orders o WHERE o.customer_id = c.id AND o.total > c.balance)
    SELECT EXISTS (SELECT 1 FROM customers), NOT EXISTS (SELECT 1 FROM orders)
    SELECT (SELECT id, name FROM customers)
    SELECT (SELECT)
    SELECT (SELECT 'x')
    SELECT (SELECT 'x') || 'y'
    SELECT (SELECT name FROM customers WHERE id = orders.customer_id) FROM orders
    SELECT (SELECT customers.name) FROM customers
    SELECT (SELECT name) FROM customers
    SELECT (SELECT id FROM orders o WHERE o.customer_id = id) FROM customers
    SELECT (SELECT (SELECT c.id + o.id FROM items LIMIT 1) FROM orders o LIMIT 1) FROM customers c
    SELECT (SELECT max(c.balance)) FROM customers c
    SELECT (SELECT max(c.balance) FROM orders) FROM customers c
    SELECT (SELECT max(c.balance + o.total) FROM orders o) FROM customers c
    SELECT id, (SELECT max(c.balance)) FROM customers c
    SELECT id, (SELECT max(c.balance)) FROM customers c GROUP BY id
    SELECT region, (SELECT count(*) FROM orders o WHERE o.region = c.region) FROM customers c GROUP BY region
    SELECT region, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c GROUP BY region
    SELECT region, sum((SELECT count(*) FROM orders o WHERE o.customer_id = c.id)) FROM customers c GROUP BY region
    SELECT sum((SELECT max(c.id) FROM orders o)) FROM customers c
    SELECT count(*) FROM customers HAVING count(*) > (SELECT count(*) FROM orders)
    SELECT count(*) FROM customers c WHERE (SELECT count(c.id)) > 1
    SELECT (SELECT 1 FROM orders WHERE count(c.id) > 1) FROM customers c
    SELECT region FROM customers GROUP BY region HAVING EXISTS (SELECT 1 FROM orders WHERE orders.region = customers.region)
    SELECT region FROM customers c GROUP BY region HAVING EXISTS (SELECT 1 FROM orders o WHERE o.total > max(c.balance))
    SELECT (SELECT count(*) FROM orders o GROUP BY c.id) FROM customers c
    SELECT ARRAY(SELECT id FROM customers ORDER BY id)
    SELECT ARRAY(SELECT name FROM customers), ARRAY(SELECT 1 UNION SELECT 2)
    SELECT ARRAY(SELECT id, name FROM customers)
    SELECT CASE WHEN EXISTS (SELECT 1 FROM orders WHERE total > 5) THEN (SELECT 1) ELSE 2 END
    SELECT name FROM customers ORDER BY (SELECT count(*) FROM orders WHERE customer_id = customers.id)
    SELECT name FROM customers GROUP BY name, (SELECT 1)
    SELECT (SELECT total FROM orders WHERE id = 1), count(*) FROM customers GROUP BY (SELECT total FROM orders WHERE id = 1)
    SELECT * FROM customers c JOIN orders o ON o.id = (SELECT max(id) FROM orders WHERE customer_id = c.id)
    SELECT * FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id)
    SELECT * FROM customers c LEFT JOIN orders o ON o.total > (SELECT avg(total) FROM orders p WHERE p.customer_id = c.id)
    """

  static let quantified = """
    SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)
    SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE total > 10)
    SELECT name FROM customers WHERE id = ANY (SELECT customer_id FROM orders)
    SELECT name FROM customers WHERE balance > ALL (SELECT total FROM orders)
    SELECT name FROM customers WHERE balance <= SOME (SELECT total FROM orders)
    SELECT id IN (SELECT customer_id FROM orders), id IN (SELECT id FROM orders) FROM customers
    SELECT name FROM customers WHERE name IN (SELECT id FROM orders)
    SELECT name FROM customers WHERE id IN (SELECT id, total FROM orders)
    SELECT name FROM customers WHERE (id, balance) IN (SELECT customer_id, total FROM orders)
    SELECT name FROM customers WHERE (id, balance) IN (SELECT customer_id FROM orders)
    SELECT name FROM customers WHERE (id, balance) NOT IN (SELECT customer_id, total FROM orders)
    SELECT name FROM customers WHERE (id, balance) = ANY (SELECT customer_id, total FROM orders)
    SELECT name FROM customers WHERE (id, balance) < ALL (SELECT customer_id, total FROM orders)
    SELECT '1' IN (SELECT id FROM customers), 1 IN (SELECT '1')
    SELECT 1 + ANY (SELECT 1)
    SELECT name LIKE ANY (SELECT product FROM items) FROM customers
    SELECT name FROM customers WHERE id = ANY (ARRAY[1, 2, 3])
    SELECT name FROM customers WHERE id = ANY ('{1,2,3}')
    SELECT name FROM customers WHERE id = ANY ('{1,2,3}'::int8[])
    SELECT name FROM customers WHERE id <> ALL ('{1,x}')
    SELECT name FROM customers WHERE id <> ALL ('{1,')
    SELECT name FROM customers WHERE name = ANY (ARRAY['a', 'b', NULL])
    SELECT name FROM customers WHERE region = ANY ('{emea,apac}'::text[])
    SELECT name FROM customers WHERE balance > ALL (ARRAY[1, 2.5])
    SELECT name FROM customers WHERE id = ANY (ARRAY[1, 'x'])
    SELECT name FROM customers WHERE id = ANY (ARRAY['1', '2'])
    SELECT name FROM customers WHERE id = ANY (ARRAY[]::int4[])
    SELECT name FROM customers WHERE id = ANY (ARRAY[])
    SELECT name FROM customers WHERE id = ANY (1)
    SELECT name FROM customers WHERE id = ANY (NULL)
    SELECT name FROM customers WHERE name LIKE ANY (ARRAY['a%', 'b%'])
    SELECT name FROM customers WHERE id = ANY (ARRAY[balance, 3])
    SELECT 1 = ANY (SELECT 1 UNION SELECT 2)
    """

  static let rows = """
    SELECT (1, 2) = (1, 2), (1, 2) < (1, 3), (1, 'a') <> (2, 'b')
    SELECT (id, name) = (1, 'x') FROM customers
    SELECT (id, balance) >= (3, 4.5) FROM customers
    SELECT (id, name) = (1, 2) FROM customers
    SELECT (1, 2) = (1, 2, 3)
    SELECT (1, 2) + (1, 2)
    SELECT ROW(1) = ROW(2)
    SELECT (id, region) IN ((1, 'a'), (2, 'b')) FROM customers
    SELECT (id, region) NOT IN ((1, 'a'), (2, 'b')) FROM customers
    SELECT (id, region) IS NULL, (id, region) IS NOT NULL FROM customers
    SELECT (1, 2) IS DISTINCT FROM (1, NULL), ROW(1, 2) IS NOT DISTINCT FROM ROW(1, 2)
    SELECT (id, balance) = (SELECT customer_id, total FROM orders LIMIT 1) FROM customers
    SELECT (id, balance) = (SELECT customer_id FROM orders LIMIT 1) FROM customers
    SELECT (id, balance) < (SELECT 1, 2) FROM customers
    """

  static let sets = """
    SELECT id FROM customers UNION SELECT customer_id FROM orders
    SELECT id FROM customers UNION ALL SELECT id FROM orders ORDER BY id
    SELECT id FROM customers INTERSECT SELECT customer_id FROM orders
    SELECT id FROM customers EXCEPT ALL SELECT customer_id FROM orders LIMIT 3
    SELECT id, name FROM customers UNION SELECT id FROM orders
    SELECT id FROM customers UNION SELECT status FROM orders
    SELECT id FROM customers UNION SELECT NULL
    SELECT NULL UNION SELECT 1
    SELECT 'x' UNION SELECT 'y'
    SELECT '1' UNION SELECT 2
    SELECT 'x' UNION SELECT 2
    SELECT 1 UNION SELECT 2.5
    SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3.5
    SELECT 1 AS a UNION SELECT 2 AS b ORDER BY a
    SELECT 1 AS a UNION SELECT 2 AS b ORDER BY b
    SELECT 1 AS a UNION SELECT 2 ORDER BY 1 DESC
    SELECT 1 AS a UNION SELECT 2 ORDER BY a + 1
    SELECT 1 AS a UNION SELECT 2 ORDER BY 3
    (SELECT id FROM customers ORDER BY balance LIMIT 2) UNION ALL (SELECT id FROM orders ORDER BY total LIMIT 2)
    SELECT 1 INTERSECT SELECT 2 UNION SELECT 3
    SELECT 1 UNION (SELECT 2 EXCEPT SELECT 3) ORDER BY 1
    (SELECT 1 UNION SELECT 2) LIMIT 1
    SELECT 'a'::varchar(3) UNION SELECT 'b'::text
    SELECT region FROM customers UNION SELECT region FROM orders
    SELECT '{}'::json UNION SELECT '{}'::json
    SELECT '{}'::json UNION ALL SELECT '{}'::json
    SELECT DISTINCT 'a' UNION SELECT 1
    SELECT 'a' AS x UNION ALL (SELECT 'b' ORDER BY 1 LIMIT 1) ORDER BY x
    SELECT NULL UNION SELECT NULL UNION SELECT 1
    SELECT 1 UNION VALUES (2), (3)
    VALUES (1), (2) UNION ALL SELECT 3
    SELECT count(*) FROM customers UNION SELECT count(*) FROM orders ORDER BY count
    SELECT * FROM customers UNION SELECT * FROM customers
    SELECT * FROM customers UNION SELECT * FROM orders
    WITH a AS (SELECT 1 AS n) SELECT n FROM a UNION SELECT n + 1 FROM a
    SELECT date '2020-01-01' UNION SELECT timestamp '2020-01-01 10:00'
    SELECT (SELECT 1 UNION SELECT 2 LIMIT 1)
    SELECT 1 UNION SELECT 2 FOR UPDATE
    """

  static let values = """
    VALUES (1, 'a'), (2, 'b')
    VALUES (1), (2.5), (NULL)
    VALUES (1), ('x')
    VALUES (1), ('2')
    VALUES (1, 2), (3)
    VALUES (NULL), (NULL)
    VALUES (1, 'a'), (2, 'b') ORDER BY column2 LIMIT 1
    VALUES (1) ORDER BY 1
    VALUES (count(*))
    VALUES ((SELECT count(*) FROM customers)), (3)
    VALUES (DEFAULT)
    VALUES (id)
    SELECT column1 FROM (VALUES (1), (2)) v
    SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, s) WHERE n IN (VALUES (1), (3))
    SELECT * FROM customers WHERE (id, region) IN (VALUES (1, 'a'), (2, 'b'))
    SELECT * FROM customers c JOIN (VALUES (1, 'x'::text), (2, 'y')) v(id, label) USING (id)
    """

  static let grouping = """
    SELECT id, name, count(*) FROM customers GROUP BY id
    SELECT c.id, c.name, c.balance + 1, sum(o.total) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id
    SELECT c.name, o.status FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id
    SELECT c.name, o.status FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id, o.id
    SELECT product FROM items GROUP BY order_id
    SELECT product FROM items GROUP BY line, order_id
    SELECT name FROM customers GROUP BY id HAVING balance > 5 ORDER BY joined
    SELECT name FROM (SELECT * FROM customers) c GROUP BY id
    SELECT id, total FROM big_orders GROUP BY id
    SELECT name, (SELECT count(*) FROM orders o WHERE o.region = c.region) FROM customers c GROUP BY c.id
    SELECT "Odd Names"."select" FROM "Odd Names" GROUP BY "Id"
    SELECT j.name FROM (customers c JOIN orders o ON o.customer_id = c.id) AS j(id, name) GROUP BY j.id
    SELECT region, count(*) FROM customers GROUP BY (region)
    SELECT region, active, count(*) FROM customers GROUP BY (region, active)
    SELECT count(*) FROM customers GROUP BY ()
    SELECT region FROM customers GROUP BY ()
    SELECT count(*) FROM customers GROUP BY 1
    SELECT region AS name, count(*) FROM customers GROUP BY name
    SELECT lower(region) AS r, count(*) FROM customers GROUP BY r
    SELECT 'x' AS x, count(*) FROM customers GROUP BY x
    SELECT region || 'x', count(*) FROM customers GROUP BY region
    SELECT region || 'x', count(*) FROM customers GROUP BY region || 'x'
    SELECT region || 'y', count(*) FROM customers GROUP BY region || 'x'
    SELECT *, count(*) FROM customers GROUP BY id
    SELECT count(*) FROM customers WHERE GROUPING(id) = 0
    SELECT 1 FROM customers HAVING count(*) > 1
    SELECT region FROM customers HAVING count(*) > 1
    SELECT max(count(*)) FROM customers GROUP BY region
    SELECT 1 FROM customers GROUP BY row_number() OVER ()
    """

  static let sets2 = """
    SELECT region, active, count(*) FROM customers GROUP BY ROLLUP (region, active)
    SELECT region, active, count(*) FROM customers GROUP BY CUBE (region, active)
    SELECT region, active, count(*) FROM customers GROUP BY GROUPING SETS ((region), (active), ())
    SELECT region, active, joined, sum(balance) FROM customers GROUP BY region, ROLLUP (active, joined)
    SELECT region, active, GROUPING(region, active) FROM customers GROUP BY CUBE (region, active) ORDER BY 3
    SELECT region, GROUPING(active) FROM customers GROUP BY ROLLUP (region)
    SELECT GROUPING(region) FROM customers
    SELECT GROUPING(region) FROM customers GROUP BY region
    SELECT region, count(*) FROM customers GROUP BY GROUPING SETS (region, GROUPING SETS ((region, active), ()))
    SELECT region, count(*) FROM customers GROUP BY DISTINCT ROLLUP (region, active), ROLLUP (region)
    SELECT id, name, count(*) FROM customers GROUP BY ROLLUP (id)
    SELECT id, name, count(*) FROM customers GROUP BY GROUPING SETS ((id), (id, region))
    SELECT active, count(*) FROM customers GROUP BY ROLLUP (region)
    SELECT region, count(*) FROM customers GROUP BY ROLLUP ((region, active), joined) HAVING GROUPING(joined) = 1
    SELECT coalesce(region, 'all'), count(*) FROM customers GROUP BY ROLLUP (region) ORDER BY GROUPING(region), 2
    SELECT lower(region), count(*) FROM customers GROUP BY CUBE (lower(region), id % 2)
    """

  static let aggregates = """
    SELECT string_agg(name, ',' ORDER BY name) FROM customers
    SELECT string_agg(DISTINCT name, ',' ORDER BY name) FROM customers
    SELECT string_agg(DISTINCT name, ',' ORDER BY id) FROM customers
    SELECT array_agg(name ORDER BY balance DESC NULLS LAST, id) FROM customers
    SELECT array_agg(id), array_agg(DISTINCT region) FROM customers
    SELECT bool_and(active), bool_or(active), every(active) FROM customers
    SELECT count(DISTINCT region), count(name), count('x'), count(NULL) FROM customers
    SELECT count(DISTINCT *) FROM customers
    SELECT min(name), max(joined), min(balance), max(id), min(region), max(code) FROM customers, items
    SELECT sum(id), sum(balance), avg(id), avg(balance), sum(quantity), avg(price), sum(line) FROM customers, items
    SELECT stddev(balance), variance(price), stddev_pop(id), var_samp(quantity) FROM customers, items
    SELECT corr(price, quantity), regr_slope(price, quantity) FROM items
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY balance) FROM customers
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY name) FROM customers
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY name) FROM customers
    SELECT mode() WITHIN GROUP (ORDER BY region) FROM customers
    SELECT rank(3) WITHIN GROUP (ORDER BY id), dense_rank('x') WITHIN GROUP (ORDER BY name) FROM customers
    SELECT rank(3, 4) WITHIN GROUP (ORDER BY id) FROM customers
    SELECT percentile_cont(0.5) FROM customers
    SELECT sum(id) WITHIN GROUP (ORDER BY id) FROM customers
    SELECT mode() WITHIN GROUP (ORDER BY region) OVER () FROM customers
    SELECT sum(balance) FILTER (WHERE active) FROM customers
    SELECT sum(balance) FILTER (WHERE count(*) > 1) FROM customers
    SELECT sum(balance ORDER BY id) FROM customers
    SELECT lower(name ORDER BY id) FROM customers
    SELECT lower(name) FILTER (WHERE active) FROM customers
    SELECT json_agg(name), jsonb_agg(id), json_object_agg(name, id) FROM customers
    SELECT json_agg(name ORDER BY id), jsonb_agg(balance ORDER BY id), json_agg(joined ORDER BY id) FROM customers
    SELECT region, json_agg(active ORDER BY id DESC), jsonb_agg(to_json(name) ORDER BY id) FROM customers GROUP BY region ORDER BY region
    SELECT json_object_agg(id, name ORDER BY id), jsonb_object_agg(id, joined ORDER BY id) FROM customers
    SELECT jsonb_object_agg(active, id ORDER BY id) FROM customers WHERE active IS NOT NULL
    SELECT json_object_agg(region, id ORDER BY id) FROM customers
    SELECT id, json_agg(name) OVER (ORDER BY id), jsonb_agg(id) OVER (PARTITION BY region) FROM customers WHERE id = 1
    SELECT percentile_cont(ARRAY[0.25, 0.5, NULL]) WITHIN GROUP (ORDER BY id) FROM customers
    SELECT region, percentile_disc(ARRAY[0, 1]) WITHIN GROUP (ORDER BY name) FROM customers GROUP BY region ORDER BY region
    SELECT percentile_disc('{}'::float8[]) WITHIN GROUP (ORDER BY name), percentile_disc(NULL::float8[]) WITHIN GROUP (ORDER BY id) FROM customers
    SELECT percentile_cont(ARRAY[0.25, 1.5]) WITHIN GROUP (ORDER BY id) FROM customers
    SELECT percentile_disc(ARRAY[0.5]::float8[]) WITHIN GROUP (ORDER BY joined) FILTER (WHERE false) FROM customers
    SELECT json_agg(id) FILTER (WHERE id = 1), jsonb_agg(id) FILTER (WHERE false) FROM customers
    SELECT jsonb_object_agg('k', total ORDER BY id) FROM orders
    SELECT jsonb_agg(array[id, 1] ORDER BY id) FROM customers
    SELECT bit_and(id), bit_or(quantity) FROM customers, items
    SELECT sum(name) FROM customers
    SELECT min(active) FROM customers
    SELECT count(*) + 1, -count(*), sum(id) / count(*) FROM customers
    SELECT sum(DISTINCT id + 1), count(DISTINCT lower(name)) FROM customers WHERE active
    SELECT count() FROM customers
    SELECT any_value(id) FROM customers
    """

  static let windows = """
    SELECT name, row_number() OVER (ORDER BY id) FROM customers
    SELECT name, rank() OVER (PARTITION BY region ORDER BY balance DESC) FROM customers
    SELECT sum(balance) OVER (), sum(balance) OVER (ORDER BY id ROWS 2 PRECEDING) FROM customers
    SELECT avg(balance) OVER w, max(balance) OVER w FROM customers WINDOW w AS (PARTITION BY region)
    SELECT sum(balance) OVER (w ORDER BY id) FROM customers WINDOW w AS (PARTITION BY region)
    SELECT sum(balance) OVER (w PARTITION BY id) FROM customers WINDOW w AS (PARTITION BY region)
    SELECT sum(balance) OVER (w ORDER BY id) FROM customers WINDOW w AS (ORDER BY region)
    SELECT sum(balance) OVER (w) FROM customers WINDOW w AS (ORDER BY region ROWS 1 PRECEDING)
    SELECT sum(balance) OVER w FROM customers WINDOW w AS (ORDER BY region ROWS 1 PRECEDING)
    SELECT sum(balance) OVER nope FROM customers
    SELECT 1 FROM customers WINDOW w AS (ORDER BY nope)
    SELECT 1 FROM customers WINDOW w AS (ORDER BY id), w AS (ORDER BY name)
    SELECT lag(balance) OVER (ORDER BY id), lead(balance, 2, 0) OVER (ORDER BY id), lag(name, 1, 'x') OVER (ORDER BY id) FROM customers
    SELECT first_value(name) OVER (ORDER BY id), last_value(name) OVER (ORDER BY id), nth_value(name, 2) OVER (ORDER BY id) FROM customers
    SELECT ntile(4) OVER (ORDER BY id), percent_rank() OVER (ORDER BY id), cume_dist() OVER (ORDER BY id) FROM customers
    SELECT sum(balance) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM customers
    SELECT sum(balance) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING) FROM customers
    SELECT sum(balance) OVER (ORDER BY balance RANGE BETWEEN 1.5 PRECEDING AND CURRENT ROW) FROM customers
    SELECT sum(balance) OVER (ORDER BY name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM customers
    SELECT sum(balance) OVER (ORDER BY id, name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM customers
    SELECT sum(balance) OVER (ORDER BY region GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES) FROM customers
    SELECT sum(balance) OVER (GROUPS 1 PRECEDING) FROM customers
    SELECT sum(balance) OVER (ORDER BY id ROWS id PRECEDING) FROM customers
    SELECT sum(balance) OVER (ORDER BY id ROWS 'x' PRECEDING) FROM customers
    SELECT sum(balance) OVER (ORDER BY id ROWS true PRECEDING) FROM customers
    SELECT sum(balance) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM customers
    SELECT sum(balance) OVER (ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM customers
    SELECT sum(count(*)) OVER (ORDER BY region) FROM customers GROUP BY region
    SELECT region, sum(sum(balance)) OVER (), rank() OVER (ORDER BY sum(balance) DESC) FROM customers GROUP BY region
    SELECT rank() OVER (ORDER BY balance) FROM customers GROUP BY region
    SELECT sum(row_number() OVER ()) OVER () FROM customers
    SELECT sum(row_number() OVER ()) FROM customers
    SELECT id FROM customers WHERE row_number() OVER () > 1
    SELECT id FROM customers HAVING row_number() OVER () > 1
    SELECT id FROM customers ORDER BY row_number() OVER (ORDER BY name)
    SELECT row_number() FROM customers
    SELECT lower(name) OVER () FROM customers
    SELECT count(DISTINCT id) OVER () FROM customers
    SELECT sum(balance ORDER BY id) OVER () FROM customers
    SELECT row_number() FILTER (WHERE active) OVER () FROM customers
    SELECT count(*) FILTER (WHERE active) OVER (PARTITION BY region) FROM customers
    SELECT count() OVER () FROM customers
    SELECT DISTINCT region, count(*) OVER (PARTITION BY region) FROM customers ORDER BY 2
    SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY region ORDER BY balance) AS n FROM customers) x WHERE n = 1
    SELECT sum(balance) OVER (ORDER BY joined RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM customers
    SELECT name, (SELECT count(*) OVER () FROM orders LIMIT 1) FROM customers
    SELECT sum(id) OVER (PARTITION BY (SELECT 1), region) FROM customers
    SELECT row_number() OVER (ORDER BY 1), rank() OVER (ORDER BY 'x') FROM customers
    """

  static let lateral = """
    SELECT * FROM customers c, LATERAL (SELECT * FROM orders o WHERE o.customer_id = c.id ORDER BY total DESC LIMIT 1) x
    SELECT c.name, x.t FROM customers c LEFT JOIN LATERAL (SELECT sum(total) AS t FROM orders o WHERE o.customer_id = c.id) x ON true
    SELECT * FROM customers c CROSS JOIN LATERAL (SELECT c.id + 1 AS next) x
    SELECT * FROM customers c RIGHT JOIN LATERAL (SELECT c.id + 1 AS next) x ON true
    SELECT * FROM customers c FULL JOIN LATERAL (SELECT id + 1 AS next) x ON true
    SELECT * FROM customers a, orders b, LATERAL (SELECT a.id + b.id AS s) x
    SELECT * FROM customers a, orders b JOIN LATERAL (SELECT a.id + b.id AS s) x ON x.s > 3
    SELECT * FROM customers a JOIN LATERAL (SELECT a.id AS i) x ON true JOIN LATERAL (SELECT x.i + a.id AS j) y ON true
    SELECT * FROM customers a, LATERAL (SELECT * FROM (SELECT a.id) z, LATERAL (SELECT z.id, a.name) w) y
    SELECT * FROM customers a, LATERAL (SELECT * FROM (SELECT a.id) z, (SELECT z.id) w) y
    SELECT * FROM LATERAL (SELECT c.id) x, customers c
    SELECT * FROM customers c, LATERAL (SELECT max(c.id)) x
    SELECT (SELECT s FROM LATERAL (SELECT c.id + o.id AS s FROM orders o LIMIT 1) x) FROM customers c
    SELECT * FROM customers c WHERE EXISTS (SELECT 1 FROM orders o, LATERAL (SELECT o.id + c.id AS s) x WHERE x.s > 3)
    SELECT * FROM customers c, LATERAL (VALUES (c.id), (c.id + 1)) v(n)
    SELECT * FROM customers c, (VALUES (c.id)) v(n)
    """

  static let functions = """
    SELECT * FROM generate_series(1, 10)
    SELECT * FROM generate_series('2024-01-30'::timestamp, '2024-05-01', '1 month')
    SELECT * FROM generate_series('2024-01-03'::timestamp, '2024-01-01 12:00', '-5 hours')
    SELECT * FROM generate_series('2024-01-01'::timestamp, '2024-01-02', '0 s')
    SELECT * FROM generate_series('2024-01-01'::timestamp, '2024-03-01', '1 month -30 days')
    SELECT count(*) FROM generate_series('2024-01-01'::date, '2024-02-01', '1 day')
    SELECT c.id, d FROM customers c, generate_series(c.joined::timestamp, c.joined + interval '2 days', '1 day') d
    SELECT * FROM generate_series(1, 10) AS g
    SELECT g FROM generate_series(1, 10) g
    SELECT g.g, g.n FROM generate_series(1, 10) WITH ORDINALITY AS g(g, n)
    SELECT * FROM generate_series(1, 10) WITH ORDINALITY
    SELECT n FROM generate_series(1, 10, 2) AS t(n)
    SELECT * FROM generate_series(1, 2.5)
    SELECT * FROM generate_series('2020-01-01'::timestamp, '2020-02-01', '1 day')
    SELECT * FROM customers c, generate_series(1, c.id) n
    SELECT * FROM customers c LEFT JOIN generate_series(1, c.id) n ON n > 3
    SELECT * FROM unnest(ARRAY[1, 2, 3])
    SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) AS u(n, s)
    SELECT * FROM unnest('{1,2}'::int8[]) WITH ORDINALITY
    SELECT * FROM unnest('{1,2}')
    SELECT * FROM ROWS FROM (generate_series(1, 3), generate_series(1, 2)) AS r(a, b)
    SELECT * FROM ROWS FROM (generate_series(1, 3), generate_series(1, 2)) WITH ORDINALITY
    SELECT * FROM lower('X')
    SELECT * FROM lower('X') AS l
    SELECT l.x FROM lower('X') AS l(x)
    SELECT * FROM now()
    SELECT * FROM nope(1)
    SELECT * FROM count(*)
    SELECT * FROM json_each('{}')
    SELECT generate_series(1, 3)
    SELECT id, generate_series(1, id) FROM customers
    SELECT generate_series(1, 3) + 1, generate_series(1, 2) ORDER BY 1
    SELECT id FROM customers WHERE generate_series(1, 3) > 1
    SELECT sum(generate_series(1, 3))
    SELECT count(*) FROM customers LIMIT generate_series(1, 3)
    SELECT regexp_split_to_table('a b', ' ')
    SELECT * FROM regexp_matches('abc', 'b') m
    SELECT d.day FROM generate_series(date '2020-01-01', date '2020-01-05', interval '1 day') AS d(day)
    """

  static let recursive = """
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 10) SELECT sum(n) FROM t
    WITH RECURSIVE t AS (SELECT 1 AS n UNION SELECT n + 1 FROM t WHERE n < 10) SELECT * FROM t ORDER BY n
    WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 10) TABLE t
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT 2) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT n FROM t) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 1 INTERSECT SELECT n FROM t) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT n FROM t UNION ALL SELECT 1) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT a.n FROM t a, t b) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT (SELECT max(n) FROM t)) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM customers LEFT JOIN t ON t.n = id) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT sum(n) FROM t) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t ORDER BY 1) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 10) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM (SELECT * FROM t WHERE n < 5) x) SELECT * FROM t
    WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT 1 AS x) SELECT * FROM a
    WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3), u AS (SELECT n FROM t) SELECT * FROM t JOIN u USING (n)
    WITH t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT * FROM t
    SELECT (WITH RECURSIVE t(n) AS (SELECT c.id UNION ALL SELECT n + 1 FROM t WHERE n < 10) SELECT max(n) FROM t) FROM customers c
    """

  /// They bind, and would go on for ever.
  static let endless = """
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT m FROM (WITH RECURSIVE u(m) AS (SELECT n FROM t UNION ALL SELECT m + 1 FROM u WHERE m < 3) SELECT m FROM u) x) SELECT * FROM t
    WITH RECURSIVE t(id, depth) AS (SELECT id, 0 FROM customers WHERE id = 1 UNION ALL SELECT o.customer_id, depth + 1 FROM t JOIN orders o ON o.customer_id = t.id) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1.5 FROM t) SELECT * FROM t
    WITH RECURSIVE t(n) AS (SELECT 'a' UNION ALL SELECT n || 'b' FROM t) SELECT * FROM t
    """

  static let various = """
    SELECT
    SELECT FROM customers
    SELECT 1 WHERE false
    SELECT count(*) WHERE false
    SELECT * FROM customers FOR UPDATE
    SELECT * FROM customers c FOR UPDATE OF c
    SELECT * FROM customers c FOR UPDATE OF nope
    SELECT count(*) FROM customers FOR UPDATE
    SELECT DISTINCT id FROM customers FOR SHARE
    SELECT region FROM customers GROUP BY region FOR UPDATE
    SELECT * FROM customers FOR NO KEY UPDATE NOWAIT
    SELECT make_interval(days => 3)
    SELECT make_date(2020, month => 1, day => 3)
    SELECT concat('a', 1, NULL), format('%s', 1), concat_ws(',', 'a', 'b')
    SELECT CASE WHEN id > 3 THEN 'a' END FROM customers
    SELECT id AS "where", "where" FROM customers
    SELECT name SIMILAR TO 'a%' FROM customers
    SELECT name COLLATE "C" FROM customers ORDER BY name COLLATE "POSIX"
    SELECT id COLLATE "C" FROM customers
    SELECT current_time, localtime
    SELECT customers.nope.id FROM customers
    SELECT nope.customers.id.x FROM customers
    SELECT pg_catalog.lower('X'), public.lower('X'), nope.lower('X')
    SELECT 1 AS one, one + 1
    SELECT now(), current_timestamp, transaction_timestamp()
    """

  /// Whole rows as documents.
  static let documents = """
    SELECT row_to_json(c) FROM customers c ORDER BY c.id
    SELECT to_json(o), to_jsonb(o) FROM orders o
    SELECT to_jsonb(c.*) FROM customers c
    SELECT json_agg(c ORDER BY c.id) FROM customers c
    SELECT jsonb_agg(c ORDER BY c.id), json_agg(row_to_json(c) ORDER BY c.id) FROM customers c
    SELECT coalesce(json_agg(t), '[]') FROM (SELECT id, name AS "Full Name", balance FROM customers ORDER BY id) t
    SELECT json_agg(t) FROM (SELECT id, id AS id FROM orders WHERE id = 1) t
    SELECT row_to_json(t) FROM (SELECT id, name FROM customers) t(a, b)
    SELECT row_to_json(c) FROM customers c(a, b)
    SELECT row_to_json(customers) FROM customers
    SELECT row_to_json(v) FROM totals v
    SELECT row_to_json(x) FROM (VALUES (1, 'a'), (2, NULL)) x(n, s)
    WITH w AS (SELECT region, count(*) AS n FROM customers GROUP BY region) SELECT to_jsonb(w) FROM w
    WITH w(r, n) AS (SELECT region, count(*) FROM customers GROUP BY region) SELECT row_to_json(w) FROM w
    SELECT row_to_json(ROW(id, name, 'x')), to_jsonb(ROW(1, NULL)), to_json((id, total)) FROM (SELECT 1 AS id, 'n'::text AS name, 2.50 AS total) t
    SELECT c.id, (SELECT json_agg(o ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id) FROM customers c ORDER BY c.id
    SELECT c.id, (SELECT row_to_json(c)) FROM customers c ORDER BY c.id
    SELECT c.region, json_agg(c ORDER BY c.id) FROM customers c GROUP BY c.region ORDER BY c.region
    SELECT row_to_json(c) FROM customers c GROUP BY c.id
    SELECT row_to_json(c) FROM customers c GROUP BY c.id, c.name, c.region, c.balance, c.active, c.joined
    SELECT o.id, row_to_json(c) FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.id
    SELECT o.id, row_to_json(c) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id ORDER BY o.id
    SELECT c.id, row_to_json(c) FROM customers c LEFT JOIN orders o ON c.id = o.customer_id ORDER BY c.id
    SELECT c.id, o.list FROM customers c LEFT JOIN LATERAL (SELECT jsonb_agg(o ORDER BY o.id) AS list FROM orders o WHERE o.customer_id = c.id) o ON true ORDER BY c.id
    SELECT to_jsonb(c) - 'balance' FROM customers c
    SELECT to_jsonb(c) ->> 'name' FROM customers c WHERE (to_jsonb(c) ->> 'id')::int > 2
    SELECT json_agg(c.*) FROM customers c WHERE c.id < 0
    SELECT row_to_json(nope) FROM customers
    SELECT * FROM jsonb_to_recordset('[{"a": 1, "b": "x"}, {"b": null, "a": "7", "c": [1]}, {}]') AS x(a int, b text, c jsonb)
    SELECT x.b, x.a + 1 FROM json_to_recordset('[{"a": 1.0, "b": [1, 2]}, {"a": 2, "b": {"k": "v"}}]') AS x(a numeric, b text)
    SELECT * FROM json_to_recordset('[{"a": 1.0}]') AS x(a int)
    SELECT b FROM jsonb_to_recordset('[{"a": "x", "b": 1}]') AS x(a int, b int)
    SELECT * FROM jsonb_to_recordset('[1]') AS x(a int)
    SELECT * FROM jsonb_to_recordset('{"a": 1}') AS x(a int)
    SELECT * FROM jsonb_to_recordset(NULL) AS x(a int)
    SELECT * FROM jsonb_to_record('{"a": "2024-01-05", "b": true, "c": "abc"}') AS x(a date, b bool, c varchar(3), d json)
    SELECT * FROM jsonb_to_record('{"c": "abcd"}') AS x(c varchar(3))
    SELECT * FROM jsonb_to_record('{"c": "ab"}') AS x(c char(3))
    SELECT * FROM jsonb_to_record(NULL) AS x(a int, b text)
    SELECT * FROM jsonb_to_record('[]') AS x(a int)
    SELECT * FROM json_to_record('{"a": 1, "a": 2, "b": "\\u00e4\\\"", "j": {"k": [1, 2 ]}, "n": null}') AS x(a int, b text, j json, n json)
    SELECT c.id, x.q FROM customers c, jsonb_to_recordset(jsonb_build_array(jsonb_build_object('q', c.balance))) AS x(q numeric) ORDER BY c.id
    SELECT count(*) FROM customers c JOIN jsonb_to_recordset('[{"id": 1}, {"id": 3}]') AS x(id int) ON x.id = c.id
    SELECT * FROM jsonb_to_recordset('[]') AS x
    SELECT * FROM jsonb_to_recordset('[{"a": 1}]') AS x(a int, a int)
    SELECT * FROM jsonb_to_recordset('[{"a": "2024-01-01 00:00"}]') AS x(a timestamptz)
    SELECT row_to_json(id) FROM customers
    SELECT to_json(name) FROM customers name
    SELECT row_to_json(r) FROM generate_series(1, 2) r
    SELECT to_json(r) FROM unnest(ARRAY[1, 2]) r
    """

  /// Odd corners, where it once was wrong or could be.
  static let collected = """
    SELECT o.id FROM orders o GROUP BY o.id HAVING count(*) = (SELECT count(*) FROM items i WHERE i.order_id = o.id)
    SELECT x.n FROM (SELECT count(*) AS n, region FROM customers GROUP BY region) x WHERE x.region IN (SELECT region FROM orders GROUP BY region HAVING sum(total) > x.n)
    SELECT c.region, count(*) FILTER (WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)) FROM customers c GROUP BY c.region
    SELECT sum(o.total) / (SELECT sum(total) FROM orders) FROM orders o
    SELECT c.id FROM customers c WHERE c.id = (SELECT max(o.customer_id) FROM orders o WHERE o.region = c.region GROUP BY o.region HAVING count(*) > c.id)
    SELECT (SELECT string_agg(o.status, ',' ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id) FROM customers c
    SELECT a.id, b.id FROM customers a JOIN LATERAL (SELECT * FROM orders o WHERE o.customer_id = a.id) b ON b.total > a.balance LEFT JOIN items i ON i.order_id = b.id
    SELECT * FROM (SELECT 1 AS a UNION SELECT 2) x, LATERAL (SELECT x.a + 1 UNION ALL SELECT x.a + 2) y(b)
    SELECT count(*) FROM (customers a LEFT JOIN orders b ON a.id = b.customer_id) LEFT JOIN (items c JOIN base d ON c.quantity = d.id) ON c.order_id = b.id
    SELECT region, name FROM customers GROUP BY ROLLUP (region, name) HAVING (SELECT count(*) FROM orders o WHERE o.region = customers.region) > 0
    SELECT max(o.total), (SELECT min(i.price) FROM items i WHERE i.order_id = max(o.id)) FROM orders o
    SELECT CASE WHEN count(*) > 0 THEN sum(balance) / count(*) ELSE 0 END FROM customers
    SELECT c.name FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.id IN (SELECT i.order_id FROM items i WHERE i.quantity > c.id AND i.price > o.total))
    """
}

extension Substring {
  fileprivate func trimmingCharacters() -> String { String(drop { $0 == " " }) }
}
