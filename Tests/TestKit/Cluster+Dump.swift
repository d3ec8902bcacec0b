import Glibc

extension Cluster {
  /// What `pg_dump --schema-only` writes of a database.
  public func dumpSchema(ofDatabase database: String, options: [String] = []) throws(ClusterError) -> String {
    let program = try programDirectory() + "/pg_dump"
    let child = try Child([program, "--schema-only", "--dbname", conninfo(database: database)] + options)
    let text = child.readAll()
    let status = child.end()
    guard status == 0 else { throw .failed("pg_dump", status) }
    return text
  }
}

extension Child {
  /// Everything up to the end.
  func readAll() -> String {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(leash, &chunk, chunk.count)
      if count > 0 { all += chunk[..<count] } else if count == 0 || errno != EINTR { break }
    }
    return String(decoding: all, as: UTF8.self)
  }
}
