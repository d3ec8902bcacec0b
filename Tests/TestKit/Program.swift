import Glibc

/// The program that is tested, run as somebody would run it.
public enum Program {
  /// What a run has left behind.
  public struct Run: Sendable {
    public let status: Int32
    /// Both streams, as they came.
    public var output: String
  }

  /// Runs `premise` as it was built along with the tests, and waits for its end.
  public static func run(_ arguments: [String]) throws(ClusterError) -> Run {
    try run(Child(["sh", "-c", "exec \"$0\" \"$@\" 2>&1", directory + "/premise"] + arguments))
  }

  /// Runs any command, and waits for its end; what it prints on standard output is kept.
  public static func shell(_ command: String) throws(ClusterError) -> Run { try run(Child(["sh", "-c", command])) }

  private static func run(_ child: Child) -> Run {
    let output = child.readAll()
    let status = child.end()
    return Run(status: status & 0x7F == 0 ? status >> 8 & 0xFF : -1, output: output)
  }

  /// Where the tests' own executable is, and `premise` beside it.
  public static var directory: String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &path, path.count)
    let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(text[..<(text.lastIndex(of: "/") ?? text.startIndex)])
  }
}
