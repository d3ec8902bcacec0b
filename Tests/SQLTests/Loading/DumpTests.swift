import PostgreSQL
import TestKit
import Testing

@testable import SQL

/// What `pg_dump` writes of a database loads as the database's own catalog has it.
@Suite struct DumpTests {
  @Test(arguments: DumpedSchemas.all)
  func `a dump loads as PostgreSQL's catalog`(sample: DumpedSchemas.Sample) throws {
    let cluster = try Cluster.shared()
    let database = "dump_\(sample.name)"
    try cluster.execute("CREATE DATABASE \(database)")
    var session = try cluster.connect(database: database)
    try session.execute(sample.definitions)
    let dump = try cluster.dumpSchema(ofDatabase: database)

    var loader = SchemaLoader()
    try loader.load(dump)
    expectSame(SchemaLines.of(loader.schema), try CatalogLines.of(&session), sample.name)
    #expect(loader.unread.map(\.description) == sample.unread)
  }
}

/// Records the lines that only one side has.
func expectSame(_ ours: [String], _ theirs: [String], _ comment: String) {
  let (extra, missing) = (Set(ours).subtracting(theirs).sorted(), Set(theirs).subtracting(ours).sorted())
  #expect(
    extra.isEmpty && missing.isEmpty,
    "\(comment)\n\((extra.map { "ours   \($0)" } + missing.map { "theirs \($0)" }).joined(separator: "\n"))")
  #expect(ours.count == theirs.count)
}
