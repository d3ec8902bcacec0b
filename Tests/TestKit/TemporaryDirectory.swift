import Glibc

/// A directory that is gone when it is not needed any more, with all that is in it.
public final class TemporaryDirectory: Sendable {
  public let path: String

  public init() throws(ClusterError) {
    var template = Array("/tmp/premise-test.XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw .failed("mkdtemp", errno) }
    path = String(cString: made)
  }

  deinit {
    let program = try? RunningProgram.shell("rm -rf '\(path)'")
    _ = program?.end()
  }
}
