import Relations
import TestKit
import Testing

/// Rows that are outside of a question's footprints come, go and change; columns that it does not use change: its answer does not. Over
/// questions of all constructs.
@Suite struct FootprintChangeTests {
  @Test(arguments: Cases.seeds(6)) func `answers to written questions stay`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let count = 5 + Int(seed % 4)
    let (own, other) = (Shop.rows(count, using: &random), Shop.rows(count, using: &random))
    var trial = try FootprintTrial(Shop.schema, own: Shop.definition + own, other: Shop.definition + other, seed: seed)
    for text in SelectCorpus.ending + FootprintCorpus.all {
      if let difference = try trial.difference(text, changes: 6) { Issue.record("\(difference)\n\(Cases.replay(seed))") }
    }
    #expect(trial.tally.cases > 2_400 && trial.tally.boundedCases > 800, "\(trial.tally): the test says little")
    print(trial.tally)
  }

  @Test(arguments: Cases.seeds(10)) func `answers to random questions stay`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let (own, other) = (SampleTables(rows: 6, using: &random), SampleTables(rows: 6, using: &random))
    var trial = try FootprintTrial(SampleTables.schema, own: own.definition, other: other.definition, seed: seed)
    var selects = RandomSelects(seed: seed)
    for _ in 0..<200 {
      if let difference = try trial.difference(selects.next(), changes: 8) { Issue.record("\(difference)\n\(Cases.replay(seed))") }
    }
    #expect(trial.tally.cases > 1_100 && trial.tally.boundedCases > 300, "\(trial.tally): the test says little")
    print(trial.tally)
  }

  /// What is not evaluated bounds nothing, but what it looks at counts. C is one of the collations that a database may have of which
  /// nothing is known.
  @Test(arguments: Cases.seeds(4)) func `answers by a collation that is not known stay`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let (own, other) = (Shop.rows(6, using: &random), Shop.rows(6, using: &random))
    var schema = Shop.schema
    schema.defaultCollation = nil
    var trial = try FootprintTrial(schema, own: Shop.definition + own, other: Shop.definition + other, seed: seed)
    for text in SelectCorpus.ending + FootprintCorpus.all + Self.collated {
      if let difference = try trial.difference(text, changes: 6) { Issue.record("\(difference)\n\(Cases.replay(seed))") }
    }
    #expect(trial.tally.cases > 2_400 && trial.tally.boundedCases > 600, "\(trial.tally): the test says little")
  }

  private static let collated = [
    "SELECT id FROM customers WHERE name < 'm'", "SELECT id FROM customers WHERE name < 'm' AND id > 2",
    "SELECT id FROM customers WHERE lower(name) = 'ann' OR id = 3",
    "SELECT count(*) FROM customers WHERE region BETWEEN 'a' AND 'f'",
    "SELECT id FROM customers WHERE id < 4 ORDER BY name LIMIT 1", "SELECT min(name) FROM customers WHERE id > 1 AND active",
    "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id AND c.name > 'b' WHERE o.total > 50",
    "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND c.name > 'b' WHERE c.region ILIKE 'e%'",
    "SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id AND c.name < o.status)",
    "SELECT c.name, count(*) FROM customers c GROUP BY c.name HAVING c.name > 'b'",
    "SELECT id FROM customers WHERE name ~* 'a' AND id = 2",
    "SELECT id FROM customers WHERE NOT (name < 'm' OR id = 1)", "SELECT rank() OVER (ORDER BY name) FROM customers WHERE id > 2",
    "SELECT id FROM customers WHERE 1 / (id - 2) > 0 AND name > 'b'", "SELECT DISTINCT upper(region) FROM customers WHERE id <> 2",
  ]
}
