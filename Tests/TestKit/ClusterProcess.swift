import Glibc

/// A PostgreSQL server of our own and the watchdog that outlives us to remove it. See `Watchdog` for the bargain.
///
///     test process ──says nothing──▶ watchdog (sh) ──starts, stops──▶ postgres, in a directory of its own
///
/// The server is gone, and its directory with it, a moment after the last copy of the leash is closed. Only this process
/// ever has one: it is close-on-exec.
struct ClusterProcess: ~Copyable {
  /// Holds everything that the cluster has, its socket included.
  let directory: String
  private let watchdog: Child

  /// Returns when the server listens, which is a moment before it lets anybody in.
  init(settings: [String: String]) throws(ClusterError) {
    (watchdog, directory) = try startServer(settings)
  }

  /// Waits until everything is gone.
  deinit { watchdog.end() }
}

private func startServer(_ settings: [String: String]) throws(ClusterError) -> (Child, directory: String) {
  let programs = try programDirectory()
  let user = geteuid() == 0 ? "postgres" : ""
  if !user.isEmpty, getpwnam(user) == nil { throw .noUser(user) }

  // A session of its own, so that a signal to the tests' process group does not reach it.
  let options = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
  let watchdog = try Child(
    ["setsid", "sh", "-c", Watchdog.script, "premise-test-watchdog", temporaryDirectory(), programs, user] + options)

  var directory: String?
  while let line = watchdog.readLine() {
    if line == "ready", let directory { return (watchdog, directory) }
    if line == "failed" { break }
    if line.hasPrefix("directory ") { directory = String(line.dropFirst("directory ".count)) }
  }
  var log = ""
  while let line = watchdog.readLine() { log += "\n" + line }
  watchdog.end()
  throw .cannotStart(log)
}

/// A child process whose standard input and output are the other end of `leash`.
struct Child {
  let pid: pid_t
  let leash: Int32

  init(_ arguments: [String]) throws(ClusterError) {
    // Close-on-exec from the first moment on, because another thread may be starting a process right now.
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw .cannotStart("socketpair: \(String(cString: strerror(errno)))")
    }
    defer { close(ends[1]) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)

    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var pid = pid_t()
    let failure = posix_spawnp(&pid, arguments[0], &actions, nil, &pointers, environ)
    guard failure == 0 else {
      close(ends[0])
      throw .cannotStart("\(arguments[0]): \(String(cString: strerror(failure)))")
    }
    self.pid = pid
    leash = ends[0]
  }

  /// Lets go of the leash, waits for the child to be gone and returns what it ended with.
  @discardableResult
  func end() -> Int32 {
    close(leash)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
    return status
  }

  /// Reads byte by byte, which is enough for a few lines; nil at the end.
  func readLine() -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      switch read(leash, &byte, 1) {
      case 1 where byte == UInt8(ascii: "\n"): return String(decoding: line, as: UTF8.self)
      case 1: line.append(byte)
      case -1 where errno == EINTR: continue
      default: return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
      }
    }
  }
}

/// Memory, if there is room for a cluster (some 60 MB and what the tests load); a container's `/dev/shm` often has only 64 MB.
private func temporaryDirectory() -> String {
  var space = statvfs()
  if statvfs("/dev/shm", &space) == 0, access("/dev/shm", W_OK | X_OK) == 0,
    UInt64(space.f_bavail) * UInt64(space.f_bsize) >= 1 << 30
  {
    return "/dev/shm"
  }
  // The server's user must get there, and a socket's path has at most 107 bytes.
  if geteuid() != 0, let directory = environment("TMPDIR"), directory.utf8.count < 70 { return directory }
  return "/tmp"
}

/// Debian's place, else what `pg_config` names if that is PostgreSQL 15.
func programDirectory() throws(ClusterError) -> String {
  let debian = "/usr/lib/postgresql/15/bin"
  if access(debian + "/postgres", X_OK) == 0 { return debian }
  let answer = try Child(["sh", "-c", "pg_config --version && pg_config --bindir"])
  defer { answer.end() }
  if let version = answer.readLine(), version.hasPrefix("PostgreSQL 15."), let directory = answer.readLine(),
    access(directory + "/postgres", X_OK) == 0
  {
    return directory
  }
  throw .noPrograms
}
