import TestKit

@testable import premise

/// The demo's files in a directory of their own, and audits of them.
enum DemoFiles {
  /// The directory with the demo's files, which is gone afterwards.
  static func inDirectory<R>(_ body: (String) throws -> R) throws -> R {
    let directory = try TemporaryDirectory()
    for (name, text) in AliceStory().files { try TextFile.write(text, to: "\(directory.path)/\(name)") }
    return try withExtendedLifetime(directory) { try body(directory.path) }
  }

  /// - Parameter changes: others than the demo's.
  static func audit(
    _ directory: String, _ further: [String], changes: [String]? = nil
  ) throws -> (status: Int32, report: String) {
    let files =
      [
        "--schema", "\(directory)/schema.sql", "--base", "\(directory)/base.ndjson", "--reads", "\(directory)/reads.ndjson",
        "--branch-writes", "\(directory)/writes.ndjson",
      ] + (changes ?? ["--changes", "\(directory)/changes.ndjson"])
    if further.contains("--output") { return (try Audit.run(files + further), "") }
    let status = try Audit.run(files + ["--output", "\(directory)/report"] + further)
    return (status, try TextFile.read("\(directory)/report"))
  }
}
