import Glibc

/// A program that was built along with the tests, while it runs: to be read from, and killed.
public struct RunningProgram: Sendable {
  private let child: Child

  /// - Parameter wrapper: what runs the program, such as `setpriv …`.
  public init(_ name: String, _ arguments: [String], wrapper: [String] = []) throws(ClusterError) {
    child = try Child(wrapper + [Program.directory + "/" + name] + arguments)
  }

  private init(_ child: Child) { self.child = child }

  /// Any command.
  public static func shell(_ command: String) throws(ClusterError) -> RunningProgram {
    RunningProgram(try Child(["sh", "-c", command]))
  }

  /// The next line of its output; nil at the end.
  public func readLine() -> String? { child.readLine() }

  /// Kills it as `kill -9` does, and returns what it had still said.
  public func kill() -> [String] { killed().said }

  /// Kills it, and tells by which signal it ended: another one than `SIGKILL` if it had ended by itself.
  public func killed() -> (said: [String], signal: Int32) {
    Glibc.kill(child.pid, SIGKILL)
    var rest: [String] = []
    while let line = child.readLine() { rest.append(line) }
    return (rest, child.end() & 0x7F)
  }

  /// Waits for its end. Returns its status; -1 if a signal ended it.
  public func end() -> Int32 {
    let status = child.end()
    return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
  }
}
