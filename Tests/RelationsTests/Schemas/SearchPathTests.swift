import TestKit
import Testing

@testable import Relations

@Suite struct SearchPathTests {
  @Test func `pg_catalog comes first unless the path has it elsewhere`() {
    #expect(SearchPath.standard().effective == ["pg_temp", "pg_catalog", "public"])
    #expect(SearchPath(["app", "pg_catalog", "public"]).effective == ["pg_temp", "app", "pg_catalog", "public"])
    #expect(SearchPath(["app", "pg_temp"]).effective == ["pg_catalog", "app", "pg_temp"])
    #expect(SearchPath.standard(user: "alice").namespaces == ["alice", "public"])
  }

  @Test func `a path that PostgreSQL refuses is refused`() {
    for bad in ["a,,b", ",", "a b", "\"a", "a,"] {
      #expect(throws: SQLError.self, "\(bad)") { try SearchPath(parsing: bad) }
    }
  }

  @Test func `reads the setting as PostgreSQL does`() throws {
    var session = try Cluster.shared().connect()
    // Never committed, so that nobody else meets these schemas.
    try session.execute(
      "BEGIN; CREATE SCHEMA \"Mixed Case\"; CREATE SCHEMA lower1; CREATE SCHEMA \"1st\"; CREATE SCHEMA \"a,b\"; CREATE SCHEMA postgres"
    )
    let all: Set<Identifier> = ["Mixed Case", "lower1", "1st", "a,b", "postgres", "public"]
    let settings = [
      "\"$user\", public", "$user, public", "LOWER1", "\"LOWER1\", public", "\"Mixed Case\",lower1", " 1st ,\"a,b\" , public", "",
      "\"\"",
      "public, missing, lower1", "lower1, \"\", public", "\tlower1\n",
    ]
    for setting in settings {
      _ = try session.query("SELECT set_config('search_path', $1, false)", parameters: [setting])
      let theirs = try session.query("SELECT unnest(current_schemas(false))").rows.map { Identifier($0[0]!) }
      let ours = try SearchPath(parsing: setting, user: "postgres").namespaces.filter(all.contains)
      #expect(ours == theirs, "\(setting)")
    }
    try session.execute("ROLLBACK")
  }
}
