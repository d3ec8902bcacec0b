import PostgreSQL
import Relations
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

    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(dump)
    let lines = SchemaLines.of(loader.schema)
    expectSame(lines, try CatalogLines.of(&session), sample.name)
    #expect(loader.unread.map { "\($0.reason)" } == sample.unread)

    for options in [["--clean", "--if-exists"], ["--create"], ["--create", "--clean"], ["--no-privileges", "--no-comments"]] {
      var other = SchemaLoader(Schema(collation: "C"))
      try other.load(try cluster.dumpSchema(ofDatabase: database, options: options))
      expectSame(SchemaLines.of(other.schema), lines, "\(sample.name) \(options)")
      #expect(other.unread.map(\.reason) == loader.unread.map(\.reason))
    }
    // Expressions are written otherwise then, so that it has to load is all.
    var quoted = SchemaLoader(Schema(collation: "C"))
    try quoted.load(try cluster.dumpSchema(ofDatabase: database, options: ["--quote-all-identifiers", "--no-owner"]))
    #expect(SchemaLines.of(quoted.schema).count == lines.count)
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
