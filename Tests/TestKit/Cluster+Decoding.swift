import Glibc
import PostgreSQL

extension Cluster {
  /// A further cluster whose log can be decoded, by `pgoutput`, `test_decoding` and `wal2json`. Transactions of some kilobytes are streamed
  /// while they are in progress, where a plugin can do that.
  public static func decoding() throws -> Cluster {
    let cluster = try Cluster(settings: [
      "wal_level": "logical", "max_replication_slots": "20", "max_wal_senders": "4", "max_prepared_transactions": "5",
      "logical_decoding_work_mem": "64kB",
    ])
    // Releases from 15.19 on want to be told which plugins there are.
    let setting = "output_plugin_libraries"
    if try !cluster.query("SELECT 1 FROM pg_settings WHERE name = '\(setting)'").isEmpty {
      try cluster.execute("ALTER SYSTEM SET \(setting) = 'pgoutput', 'test_decoding', 'wal2json'")
      _ = try cluster.query("SELECT pg_reload_conf()")
      for _ in 0..<1_000 {
        if try cluster.query("SHOW \(setting)").first?[0]?.contains("wal2json") == true { break }
        usleep(10_000)
      }
    }
    return cluster
  }
}
