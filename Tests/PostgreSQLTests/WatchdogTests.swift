import Glibc
import Testing

@testable import TestKit

/// Processes that hold a cluster are killed in earnest here, and what they leave behind is looked for.
@Suite struct WatchdogTests {
  @Test func `kill -9 takes the server and its directory along, though a child process lives on`() async throws {
    let death = try await #require(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
      let cluster = try Cluster.shared()
      let server = try #require(serverProcess(of: cluster.directory))
      try #require(cluster.query("SELECT 1") == [["1"]])
      // A busy session must not hold the server up, nor must a child that inherits every file that is not closed on exec.
      Task.detached { _ = try? cluster.query("SELECT pg_sleep(60)") }
      let survivor = try spawnSleeper()
      report("\(cluster.directory) \(server) \(survivor)")
      kill(getpid(), SIGKILL)
    }
    try expectGone(afterReport: death.standardOutputContent)
  }

  @Test(arguments: [SIGKILL, SIGTERM, SIGINT, SIGABRT])
  func `so does any signal to the whole process group`(signal: Int32) async throws {
    let death = try await #require(
      processExitsWith: .signal(signal), observing: [\.standardOutputContent]
    ) { [signal] in
      // To the whole process group, as a terminal's Ctrl-C would: the watchdog must not be in it.
      setpgid(0, 0)
      let cluster = try Cluster.shared()
      report("\(cluster.directory) \(try #require(serverProcess(of: cluster.directory))) 0")
      kill(0, signal)
      sleep(10)
    }
    try expectGone(afterReport: death.standardOutputContent)
  }

  @Test func `so does an ordinary end`() async throws {
    let end = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let cluster = try Cluster.shared()
      report("\(cluster.directory) \(try #require(serverProcess(of: cluster.directory))) 0")
    }
    try expectGone(afterReport: end.standardOutputContent)
  }

  @Test func `a death while the cluster is being made leaves nothing`() throws {
    let base = try #require(mkdtemp(strdup("/tmp/premise-watchdog.XXXXXX")).map { String(cString: $0) })
    defer { rmdir(base) }
    chmod(base, 0o755)
    let user = geteuid() == 0 ? "postgres" : ""
    let watchdog = try Child(
      ["setsid", "sh", "-c", Watchdog.script, "premise-test-watchdog", base, programDirectory(), user, "-c", "listen_addresses="])
    let directory = try #require(watchdog.readLine()).dropFirst("directory ".count)
    #expect(exists(String(directory)))
    watchdog.end()
    #expect(!exists(String(directory)))
    #expect(rmdir(base) == 0, "nothing else is in it")
  }

  private func expectGone(afterReport output: [UInt8]) throws {
    // Other lines on standard output are the testing library's.
    let report = try #require(
      String(decoding: output, as: UTF8.self).split(separator: "\n").last { $0.hasPrefix("report ") })
    let words = report.split(separator: " ")
    let (directory, server, survivor) = (String(words[1]), try #require(pid_t(words[2])), try #require(pid_t(words[3])))
    #expect(eventually { !exists(directory) }, "\(directory) is still there")
    #expect(eventually { !isRunning(server) }, "server \(server) still runs")
    if survivor != 0 {
      #expect(isRunning(survivor), "the test proves something only while it lives")
      kill(survivor, SIGKILL)
    }
  }
}

/// The parent's only way to know.
private func report(_ text: String) {
  print("\nreport \(text)")
  fflush(nil)
}

/// A child that does nothing for a while, and keeps every socket that it inherits. Not pipes: the testing library waits for
/// the end of its own.
private func spawnSleeper() throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  for file in 0...2 as ClosedRange<Int32> { posix_spawn_file_actions_addopen(&actions, file, "/dev/null", O_RDWR, 0) }
  for file in 3...255 as ClosedRange<Int32> {
    var status = stat()
    if fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFIFO { posix_spawn_file_actions_addclose(&actions, file) }
  }
  var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("600"), nil]
  var pid = pid_t()
  try #require(posix_spawnp(&pid, "sleep", &actions, nil, &arguments, environ) == 0)
  return pid
}
