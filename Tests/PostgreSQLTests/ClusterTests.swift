import Glibc
import PostgreSQL
import TestKit
import Testing

@Suite struct ClusterTests {
  @Test func `is what the oracle has to be`() throws {
    let cluster = try Cluster.shared()
    let settings = """
      SELECT current_setting('server_encoding'), current_setting('lc_collate'), current_setting('TimeZone'),
        current_setting('DateStyle'), current_setting('listen_addresses'), current_setting('extra_float_digits'),
        current_setting('server_version_num')::int / 10000
      """
    #expect(try cluster.query(settings) == [["UTF8", "C", "UTC", "ISO, MDY", "", "1", "15"]])
  }

  @Test func `answers many threads at once`() async throws {
    let cluster = try Cluster.shared()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask { () throws in
          for round in 0..<100 {
            #expect(try cluster.query("SELECT $1::int + $2::int", parameters: ["\(task)", "\(round)"]) == [["\(task + round)"]])
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `schemas are empty and one's own`() throws {
    let cluster = try Cluster.shared()
    let (a, b) = (try cluster.schema(), try cluster.schema())
    #expect(a != b)
    try cluster.execute("CREATE TABLE \(a).t (n int); CREATE TABLE \(b).t (n text)")
    try cluster.copy("COPY \(b).t FROM STDIN", rows: [["x"], [nil]])
    #expect(try cluster.query("SELECT * FROM \(b).t ORDER BY n") == [["x"], [nil]])
  }

  @Test func `a transaction left open in the shared session is an error and is rolled back`() throws {
    let cluster = try Cluster(settings: ["shared_buffers": "16MB"])
    #expect(failure(of: { try cluster.execute("BEGIN; CREATE TABLE left_open (n int)") })?.sqlState == "25000")
    #expect(try cluster.query("SELECT to_regclass('left_open')") == [[nil]])
  }

  @Test func `a second cluster comes and goes without disturbing the first`() throws {
    let shared = try Cluster.shared()
    var second: Cluster? = try Cluster(settings: ["timezone": "Asia/Kolkata"])
    let directory = try #require(second?.directory)
    let server = try #require(serverProcess(of: directory))
    #expect(directory != shared.directory)
    #expect(try second?.query("SHOW timezone") == [["Asia/Kolkata"]])
    second = nil
    #expect(!exists(directory) && !isRunning(server))
    #expect(try shared.query("SHOW timezone") == [["UTC"]])
  }

  @Test func `settings that the server refuses are told with its own words`() throws {
    let error = #expect(throws: ClusterError.self) { try Cluster(settings: ["shared_buffers": "nonsense"]) }
    #expect(error?.description.contains("shared_buffers") == true)
  }
}

/// The server's process as it noted it itself.
func serverProcess(of directory: String) -> pid_t? {
  guard let file = fopen(directory + "/data/postmaster.pid", "r") else { return nil }
  defer { fclose(file) }
  var line: [CChar] = Array(repeating: 0, count: 32)
  guard fgets(&line, 32, file) != nil else { return nil }
  return pid_t(atoi(line))
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

func isRunning(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno == EPERM }

/// Looks every 20 ms until it is so, for at most half a minute.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<1_500 {
    if condition() { return true }
    usleep(20_000)
  }
  return condition()
}
