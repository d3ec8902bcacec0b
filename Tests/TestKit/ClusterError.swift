/// Why there is no cluster to ask.
public enum ClusterError: Error, Sendable {
  /// PostgreSQL 15's server is not installed.
  case noPrograms
  /// We are root, PostgreSQL must not be, and the user that it could run as does not exist.
  case noUser(String)
  /// The server did not come up; with what it said.
  case cannotStart(String)
  /// A program of PostgreSQL's ended with this status, as `waitpid` gives it.
  case failed(String, Int32)
}

extension ClusterError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noPrograms:
      "PostgreSQL 15 is not installed (neither in /usr/lib/postgresql/15/bin nor where pg_config says): run `make test`, which installs it"
    case .noUser(let name):
      "the tests run as root, the PostgreSQL server cannot, and there is no user '\(name)' to run it as: run `make test`, which installs it"
    case .cannotStart(let log):
      "the private PostgreSQL cluster did not start: \(log)"
    case .failed(let program, let status): "\(program) ended with status \(status)"
    }
  }
}
