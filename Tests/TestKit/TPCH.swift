/// TPC-H's tables and queries, fetched from PyPI when a test wants them and kept below `.build`: nothing of them is in the repository.
public struct TPCH: Sendable {
  /// The definitions of its tables.
  public let schema: String
  /// `q01` to `q22`.
  public let questions: [(name: String, text: String)]

  /// Where its files are.
  public let directory: String

  /// nil if PyPI is out of reach.
  ///
  /// - Parameter scale: how many gigabytes of rows, roughly.
  public static func files(scale: String = "0.01") throws -> TPCH? {
    let child = try Child(["sh", "-c", "exec \"$0\" \"$@\"", SourceFile.root + "/Scripts/tpch", scale])
    let directory = child.readAll().split(separator: "\n").last.map(String.init) ?? ""
    let status = child.end()
    // 75: temporarily not to be had.
    if status & 0x7F == 0, status >> 8 & 0xFF == 75 { return nil }
    guard status == 0 else { throw ClusterError.failed("Scripts/tpch", status) }
    let names = (1...22).map { ($0 < 10 ? "q0" : "q") + "\($0)" }
    return TPCH(
      schema: SourceFile.text(directory + "/schema.sql") ?? "",
      questions: names.map { ($0, SourceFile.text("\(directory)/\($0).sql") ?? "") }, directory: directory)
  }
}
