import TestKit

/// Questions over the shop's tables whose conditions have a way to go: what of them has to arrive at the tables, and what must not.
enum FootprintCorpus {
  static var all: [String] {
    [joins, outer, alternatives, equalities, derived, subqueries, groups, sets, limits, errors].flatMap {
      $0.split(separator: "\n").map { String($0.drop { $0 == " " }) }
    }
  }

  static let joins = """
    SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 2 AND c.region = 'emea'
    SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id AND o.status = 'paid' WHERE c.active
    SELECT count(*) FROM customers c, orders o WHERE c.id = o.customer_id AND c.balance > o.total AND o.status = 'open'
    SELECT i.product FROM customers c JOIN orders o ON o.customer_id = c.id JOIN items i ON i.order_id = o.id WHERE c.region = 'apac' AND i.quantity > 1
    SELECT a.name, b.name FROM customers a JOIN customers b ON a.region = b.region WHERE a.id < 3 AND b.id > 2
    SELECT count(*) FROM customers c CROSS JOIN orders o WHERE c.active AND o.total BETWEEN 1 AND 50
    SELECT c.id FROM customers c JOIN orders o ON true WHERE c.id = 1 AND false
    SELECT o.id FROM orders o NATURAL JOIN customers c WHERE region = 'emea'
    SELECT * FROM customers c JOIN (orders o JOIN items i ON i.order_id = o.id AND i.line = 0) ON o.customer_id = c.id WHERE o.status = 'paid' AND c.id IN (1, 2, 3)
    """

  static let outer = """
    SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.region = 'emea'
    SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 2
    SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.total > 2
    SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND c.active
    SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL
    SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'paid' WHERE o.id IS NULL AND c.active
    SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 2 OR o.total IS NULL
    SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE coalesce(o.total, 5) > 2
    SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.active OR o.total > 2
    SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE NOT (o.total > 2)
    SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE (o.total > 2) IS NOT TRUE
    SELECT c.name FROM customers c RIGHT JOIN orders o ON o.customer_id = c.id AND c.active WHERE o.status = 'paid'
    SELECT c.name FROM customers c RIGHT JOIN orders o ON o.customer_id = c.id WHERE c.active
    SELECT c.id, o.id FROM customers c FULL JOIN orders o ON o.customer_id = c.id WHERE c.active
    SELECT c.id, o.id FROM customers c FULL JOIN orders o ON o.customer_id = c.id WHERE o.status = 'paid'
    SELECT c.id, o.id FROM customers c FULL JOIN orders o ON o.customer_id = c.id WHERE o.status = 'paid' AND c.active
    SELECT c.id, o.id FROM customers c FULL JOIN orders o ON o.customer_id = c.id AND o.status = 'paid' AND c.active
    SELECT c.id, o.id FROM customers c FULL JOIN orders o ON o.customer_id = c.id WHERE c.active IS NULL
    SELECT id, name, total FROM customers FULL JOIN orders USING (id) WHERE id = 2
    SELECT id, name, total FROM customers FULL JOIN orders USING (id) WHERE id > 1 OR id IS NULL
    SELECT region, count(*) FROM customers FULL JOIN orders USING (region) WHERE region = 'emea' GROUP BY region
    SELECT id, name, total FROM customers LEFT JOIN orders USING (id) WHERE id = 2
    SELECT c.id FROM (customers c LEFT JOIN orders o ON o.customer_id = c.id) LEFT JOIN items i ON i.order_id = o.id WHERE i.quantity = 2
    SELECT c.id FROM customers c LEFT JOIN (orders o JOIN items i ON i.order_id = o.id) ON o.customer_id = c.id AND i.quantity = 2 WHERE c.id < 4
    SELECT c.id, x.n FROM customers c LEFT JOIN (SELECT customer_id, 1 AS n FROM orders WHERE status = 'paid') x ON x.customer_id = c.id WHERE x.n = 1
    """

  static let alternatives = """
    SELECT count(*) FROM customers c, orders o WHERE (c.region = 'emea' AND o.status = 'paid') OR (c.region = 'apac' AND o.status = 'open')
    SELECT count(*) FROM customers c, orders o WHERE c.id = o.customer_id AND ((c.region = 'emea' AND o.total > 2) OR (c.region = 'apac' AND c.active))
    SELECT count(*) FROM customers c, orders o WHERE NOT (c.active OR o.total > 2)
    SELECT count(*) FROM customers c, orders o WHERE NOT (c.active AND o.total > 2)
    SELECT count(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE (c.region = 'emea' AND o.id IS NULL) OR (c.region = 'apac' AND o.total > 2)
    SELECT count(*) FROM customers c LEFT JOIN orders o ON (o.status = 'paid' AND c.active) OR (o.status = 'open' AND c.balance > 2)
    SELECT name FROM customers WHERE region IN ('emea', 'apac') OR (active AND balance > 2)
    SELECT name FROM customers c WHERE (c.region = 'emea' AND EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)) OR (c.region = 'apac' AND c.active)
    SELECT count(*) FROM customers c, orders o WHERE (c.region, o.status) IN (('emea', 'paid'), ('apac', 'open'))
    SELECT count(*) FROM customers c, orders o WHERE CASE WHEN c.active THEN o.total > 2 ELSE o.total < 2 END
    """

  static let equalities = """
    SELECT o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = 3
    SELECT o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id IN (1, 3)
    SELECT o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.customer_id BETWEEN 1 AND 2
    SELECT i.product FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = 2
    SELECT i.product FROM orders o, items i, customers c WHERE i.order_id = o.id AND o.customer_id = c.id AND c.id = 1
    SELECT c.name FROM customers c JOIN orders o ON o.id = c.id JOIN base b ON b.id = c.id WHERE o.id = 2
    SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.id = 2
    SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.customer_id = 2
    SELECT c.name FROM customers c JOIN orders o ON o.region = c.region WHERE c.region LIKE 'e%'
    SELECT c.name FROM customers c JOIN orders o ON o.total = c.balance WHERE c.balance = 1
    SELECT c.name FROM customers c JOIN orders o ON o.total = c.balance WHERE c.balance::text = '1.00'
    SELECT c.id, o.id FROM customers c JOIN (SELECT id, round(total) AS t FROM orders) o ON o.t = c.balance WHERE c.balance::text = '1.00'
    SELECT c.id, o.id FROM customers c JOIN (SELECT id, round(total) AS t FROM orders) o ON o.t = c.balance WHERE c.balance::text LIKE '%.00'
    SELECT a.code FROM items a JOIN items b ON a.code = b.code WHERE b.code = 'ab'
    SELECT c.name FROM customers c JOIN (VALUES (1), (2)) v(id) ON v.id = c.id
    SELECT c.name FROM customers c JOIN (SELECT 2 AS id) v ON v.id = c.id
    SELECT o.id FROM (SELECT * FROM customers WHERE id = 2) c JOIN orders o ON o.customer_id = c.id
    SELECT o.id FROM customers c, LATERAL (SELECT * FROM orders o WHERE o.customer_id = c.id AND o.status = 'paid') o WHERE c.id = 2
    SELECT c.id, x.s FROM customers c LEFT JOIN LATERAL (SELECT max(total) AS s FROM orders o WHERE o.customer_id = c.id) x ON true WHERE c.id = 2
    SELECT c.id FROM customers c JOIN orders o ON c.joined = o.placed::date WHERE c.joined = '2024-01-01'
    SELECT c.id FROM customers c JOIN orders o ON c.joined = o.placed::timestamp WHERE c.joined = '2024-01-01'
    SELECT c.id FROM customers c JOIN (SELECT NULL::timestamp AS at FROM orders) o ON c.joined = o.at WHERE c.joined = '2024-01-01'
    """

  static let derived = """
    SELECT n FROM (SELECT name AS n, region AS r, balance + 1 AS b FROM customers) x WHERE r = 'emea'
    SELECT n FROM (SELECT name AS n, balance + 1 AS b FROM customers) x WHERE b > 2
    SELECT total FROM big_orders WHERE customer_id = 2
    SELECT b.total FROM big_orders b JOIN customers c ON c.id = b.customer_id WHERE c.id = 2
    SELECT * FROM totals WHERE customer = 'Ann'
    WITH o AS (SELECT * FROM orders WHERE status = 'paid') SELECT a.id, b.id FROM o a JOIN o b ON a.id = b.customer_id WHERE a.total > 2
    WITH o AS MATERIALIZED (SELECT id, customer_id, total FROM orders) SELECT id FROM o WHERE customer_id = 2
    WITH RECURSIVE t(id) AS (SELECT id FROM customers WHERE region = 'emea' UNION SELECT o.customer_id FROM t JOIN orders o ON o.id = t.id WHERE o.status = 'paid') SELECT id FROM t WHERE id < 3
    SELECT kind, count(*) FROM events WHERE at = '2024-01-01' GROUP BY kind
    SELECT e.id, d.extra FROM events e JOIN derived d ON d.id = e.id WHERE e.kind = 'a' AND d.id = 1
    SELECT note FROM base WHERE id = 2
    """

  static let subqueries = """
    SELECT name FROM customers c WHERE c.active AND EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.status = 'paid')
    SELECT name FROM customers c WHERE c.id = 2 AND EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
    SELECT name FROM customers c WHERE c.id = 2 AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 2)
    SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE status = 'paid') AND region = 'emea'
    SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE status = 'paid') AND region = 'emea'
    SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders) AND id < 3
    SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders) AND id < 3
    SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE status = 'paid') AND id < 4
    SELECT name FROM customers WHERE NOT (id = ANY (SELECT customer_id FROM orders WHERE total > 1)) AND id > 1
    SELECT name, id IN (SELECT customer_id FROM orders) FROM customers WHERE id IN (1, 2)
    SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE customer_id < 3)
    SELECT name FROM customers WHERE id IN (VALUES (1), (2))
    SELECT name FROM customers WHERE id = ANY (SELECT customer_id FROM orders WHERE total > 2) OR active
    SELECT name FROM customers WHERE balance > ALL (SELECT total FROM orders WHERE status = 'paid') AND active
    SELECT name, (SELECT max(total) FROM orders o WHERE o.customer_id = c.id AND o.status = 'paid') FROM customers c WHERE c.region = 'emea'
    SELECT name FROM customers c WHERE active AND balance > (SELECT avg(total) FROM orders o WHERE o.region = c.region)
    SELECT name FROM customers c WHERE active AND balance > (SELECT total FROM orders WHERE id = 2)
    SELECT name FROM customers c WHERE active AND balance > (SELECT total FROM orders WHERE id = c.id AND status = 'paid')
    SELECT name FROM customers c WHERE active AND region = (SELECT k.region FROM orders o JOIN customers k ON k.id = o.customer_id WHERE o.id = 2)
    SELECT name FROM customers c WHERE active AND region = (SELECT k.region FROM orders o LEFT JOIN customers k ON k.id = o.customer_id WHERE o.id = 2)
    SELECT name FROM customers c WHERE active AND region = (SELECT k.region FROM orders o JOIN customers k ON k.id = o.customer_id WHERE k.id = 2)
    SELECT name FROM customers c WHERE active AND region = (SELECT o.region FROM customers k LEFT JOIN orders o ON o.customer_id = k.id WHERE k.id = 2)
    SELECT name FROM customers c WHERE active AND balance > (SELECT quantity FROM items WHERE line = 0 AND order_id = c.id)
    SELECT name FROM customers c WHERE active AND balance > (SELECT quantity FROM items WHERE order_id = 2)
    SELECT name FROM customers c WHERE active AND id = (SELECT id FROM base WHERE id = 2)
    SELECT name FROM customers c WHERE active AND region = (SELECT x.r FROM (SELECT id AS i, region AS r FROM orders) x WHERE x.i = 1)
    SELECT name FROM customers c WHERE active AND balance > (SELECT sum(total) FROM orders GROUP BY region HAVING region = 'emea')
    SELECT name, (SELECT status FROM orders WHERE id = 2) FROM customers c WHERE active
    SELECT name, (SELECT o.status FROM orders o WHERE o.id = c.id) FROM customers c WHERE c.id = 3
    SELECT name, EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE c.id = 2
    SELECT name, ARRAY(SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY 1) FROM customers c WHERE c.id = 2
    SELECT name FROM customers c WHERE (c.id, c.region) IN (SELECT o.customer_id, o.region FROM orders o WHERE o.total > 2) AND c.region = 'emea'
    SELECT c.name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id AND i.quantity > 1)) AND c.id = 1
    SELECT o.id FROM orders o WHERE o.total > (SELECT sum(i.quantity) FROM items i WHERE i.order_id = o.id AND i.product = 'pen') AND o.id = 1
    SELECT count(*) FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE c.active)
    """

  static let groups = """
    SELECT region, sum(balance) FROM customers WHERE active GROUP BY region HAVING region = 'emea'
    SELECT region, sum(balance) FROM customers WHERE active GROUP BY region HAVING sum(balance) > 2
    SELECT * FROM (SELECT region AS r, count(*) AS n FROM customers GROUP BY region) x WHERE r = 'emea' AND n > 1
    SELECT * FROM (SELECT balance AS b, count(*) AS n FROM customers GROUP BY balance) x WHERE b = 1
    SELECT * FROM (SELECT balance AS b, count(*) AS n FROM customers GROUP BY balance) x WHERE b::text = '1.00'
    SELECT * FROM (SELECT region AS r, active AS a, count(*) AS n FROM customers GROUP BY ROLLUP (region, active)) x WHERE r = 'emea'
    SELECT * FROM (SELECT region AS r, active AS a, count(*) AS n FROM customers GROUP BY GROUPING SETS ((region, active), (region))) x WHERE r = 'emea'
    SELECT * FROM (SELECT region AS r, count(*) AS n FROM customers GROUP BY ROLLUP (region)) x WHERE r IS NULL
    SELECT * FROM (SELECT region AS r, active AS a, sum(balance) AS n FROM customers GROUP BY CUBE (region, active)) x WHERE r IS DISTINCT FROM 'emea' AND a IS NOT FALSE
    SELECT c.name, x.s FROM customers c JOIN (SELECT customer_id, sum(total) AS s FROM orders GROUP BY customer_id) x ON x.customer_id = c.id WHERE c.id = 2
    SELECT count(*) FILTER (WHERE active), sum(balance) FILTER (WHERE active) FROM customers
    SELECT count(*) FILTER (WHERE active), count(*) FILTER (WHERE balance > 2) FROM customers WHERE region = 'emea'
    SELECT count(*) FILTER (WHERE active), count(*) FROM customers
    SELECT region, count(*) FILTER (WHERE active) FROM customers GROUP BY region
    SELECT * FROM (SELECT name, region, rank() OVER (PARTITION BY region ORDER BY balance) AS r FROM customers) x WHERE region = 'emea' AND r = 1
    SELECT * FROM (SELECT name, region, rank() OVER (ORDER BY balance) AS r FROM customers) x WHERE region = 'emea'
    SELECT * FROM (SELECT DISTINCT region, active FROM customers) x WHERE region = 'emea'
    SELECT * FROM (SELECT DISTINCT balance FROM customers) x WHERE balance = 1
    SELECT * FROM (SELECT DISTINCT balance FROM customers) x WHERE balance::text = '1.00'
    SELECT * FROM (SELECT DISTINCT ON (region) region, name FROM customers ORDER BY region, id) x WHERE region = 'emea'
    SELECT * FROM (SELECT DISTINCT ON (region) region, name FROM customers ORDER BY region, id) x WHERE name = 'Ann'
    SELECT n FROM (SELECT region, count(*) AS n, sum(balance) AS s FROM customers GROUP BY region) x
    """

  static let sets = """
    SELECT * FROM (SELECT id, region FROM customers UNION ALL SELECT id, region FROM orders) x WHERE id = 2
    SELECT * FROM (SELECT id, region FROM customers UNION SELECT id, region FROM orders) x WHERE id = 2
    SELECT id FROM customers WHERE active UNION SELECT customer_id FROM orders WHERE status = 'paid'
    SELECT id FROM customers WHERE id < 3 UNION SELECT customer_id FROM orders WHERE status = 'paid'
    SELECT * FROM (SELECT round(balance) AS b FROM customers EXCEPT SELECT total FROM orders) x WHERE b::text = '1'
    SELECT * FROM (SELECT round(balance) AS b FROM customers EXCEPT SELECT total FROM orders) x WHERE b::text NOT LIKE '%.%'
    SELECT id FROM customers EXCEPT SELECT customer_id FROM orders WHERE customer_id > 1
    SELECT id FROM customers EXCEPT ALL SELECT customer_id FROM orders WHERE customer_id = 2 AND total > 1
    SELECT id FROM customers WHERE id < 3 EXCEPT SELECT customer_id FROM orders
    SELECT id FROM customers WHERE id < 3 INTERSECT SELECT customer_id FROM orders WHERE customer_id > 0
    SELECT * FROM (SELECT id FROM customers EXCEPT ALL SELECT customer_id FROM orders) x WHERE id = 2
    SELECT count(*) FROM (SELECT balance FROM customers INTERSECT SELECT total FROM orders) x WHERE balance = 1
    SELECT region FROM (SELECT id, region FROM customers UNION ALL SELECT id, region FROM orders) x
    SELECT o.id FROM (SELECT id FROM customers WHERE id = 1 UNION ALL SELECT id FROM base WHERE id = 2) x JOIN orders o ON o.customer_id = x.id
    """

  static let limits = """
    SELECT * FROM (SELECT id, total FROM orders WHERE status = 'paid' ORDER BY total, id LIMIT 3) x WHERE id > 2
    SELECT id FROM orders WHERE status = 'paid' ORDER BY total, id LIMIT 2 OFFSET 1
    SELECT c.name FROM customers c JOIN (SELECT customer_id FROM orders ORDER BY id LIMIT 3) o ON o.customer_id = c.id WHERE c.id = 2
    SELECT c.name, x.total FROM customers c, LATERAL (SELECT total FROM orders o WHERE o.customer_id = c.id AND o.status = 'paid' ORDER BY total, id LIMIT 1) x WHERE c.active
    SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE status = 'paid' ORDER BY id LIMIT 2) AND id < 3
    SELECT region, balance FROM customers WHERE active ORDER BY balance, id FETCH FIRST 2 ROWS WITH TIES
    """

  /// Errors are answers: a row whose division somebody may compute is inside.
  static let errors = """
    SELECT id FROM customers WHERE id = 2 AND 10 / id > 2
    SELECT id FROM customers WHERE id + 0 + 0 + 0 + 0 = 2 AND 10 / id > 2
    SELECT 10 / id FROM customers WHERE id = 2
    SELECT q FROM (SELECT id, 10 / id AS q FROM customers) x WHERE id = 2
    SELECT q FROM (SELECT id, 10 / id AS q FROM customers WHERE active) x WHERE q > 2
    SELECT id FROM (SELECT id, 10 / id AS q FROM customers) x
    WITH x AS MATERIALIZED (SELECT id, 10 / id AS q FROM customers) SELECT q FROM x WHERE id = 2
    WITH x AS MATERIALIZED (SELECT id, active, 10 / id AS q FROM customers) SELECT count(*) FROM x WHERE active
    SELECT c.id FROM customers c JOIN orders o ON 10 / c.id = o.customer_id WHERE c.id + 0 + 0 + 0 = 2 AND o.status = 'paid'
    SELECT c.id FROM customers c JOIN orders o ON 10 / (c.id - o.customer_id) = 2 WHERE c.active AND o.status = 'paid'
    SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE 10 / (c.id - o.id) = 2 AND c.id + 0 + 0 + 0 = 2
    SELECT o.id FROM customers c JOIN orders o ON o.id = c.id AND 10 / (c.id - o.customer_id) < 20 WHERE o.status || '' || '' || '' || '' = 'paid' AND c.name || '' || '' || '' || '' <> 'x'
    SELECT c.id FROM customers c, orders o WHERE c.id = o.id AND o.status || '' || '' || '' || '' <> 'x' AND c.region || '' || '' || '' || '' = 'emea' AND 10 / (o.customer_id - c.id) < 20
    SELECT c.id FROM customers c, orders o WHERE c.id = o.id AND o.status || '' || '' || '' || '' = 'open' AND c.region || '' || '' || '' || '' <> 'x' AND 10 / (o.customer_id - c.id) < 20
    SELECT 10 / (c.id - o.id) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.active AND o.status = 'paid'
    SELECT c.id, x.q FROM customers c LEFT JOIN (SELECT id, customer_id, 10 / id AS q FROM orders WHERE status = 'paid') x ON x.customer_id = c.id WHERE c.id = 2
    SELECT c.id, x.q FROM customers c LEFT JOIN (SELECT o.customer_id, 10 / o.id AS q FROM orders o JOIN items i ON i.order_id = o.id WHERE i.order_id = 2) x ON x.customer_id = c.id
    SELECT name FROM customers c WHERE c.id = 2 AND (SELECT o.status FROM orders o WHERE o.customer_id = c.id) = 'paid'
    SELECT name, (SELECT o.status FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE c.id = 2
    SELECT * FROM (SELECT id, (SELECT o.status FROM orders o WHERE o.customer_id = c.id) AS s FROM customers c) x WHERE id = 2
    SELECT name FROM customers c WHERE c.id + 0 + 0 = 2 AND EXISTS (SELECT 1 FROM orders o WHERE 10 / o.id > c.id AND o.status = 'paid')
    SELECT name FROM customers c WHERE c.active AND EXISTS (SELECT 10 / o.id FROM orders o WHERE o.status = 'paid')
    SELECT name FROM customers c WHERE c.active AND c.id IN (SELECT 10 / o.id FROM orders o WHERE o.status = 'paid')
    SELECT region, sum(10 / id) FROM customers WHERE active GROUP BY region HAVING region = 'emea'
    SELECT * FROM (SELECT id % 2 AS k, 10 / id AS q FROM customers GROUP BY 1, 2) x WHERE k = 1
    SELECT DISTINCT 10 / id FROM customers WHERE active
    SELECT * FROM (SELECT DISTINCT region, 10 / id AS q FROM customers) x WHERE region = 'emea'
    SELECT * FROM (SELECT region, 10 / id AS q FROM customers UNION ALL SELECT region, 1 FROM orders) x WHERE region = 'emea'
    SELECT * FROM (SELECT region, sum(10 / id) OVER (PARTITION BY region) AS q FROM customers) x WHERE region = 'emea'
    SELECT id FROM customers WHERE active ORDER BY 10 / id LIMIT 2
    SELECT id FROM customers WHERE CASE WHEN id <> 0 THEN 10 / id > 2 ELSE active END
    SELECT name FROM customers WHERE balance::int2 > 1 AND region = 'emea'
    SELECT c.name FROM customers c, LATERAL (SELECT 10 / (o.id - c.id) AS q FROM orders o WHERE o.customer_id = c.id) x WHERE c.id = 2 AND x.q > 1
    SELECT c.id, g FROM customers c, generate_series(1, 10 / c.id) g WHERE c.id = 2
    SELECT count(*) FROM customers c LEFT JOIN orders o ON 10 / c.id > o.id WHERE c.active
    """
}
