import Glibc

/// `premise demo`: Alice's four weeks, made up and audited before your eyes.
enum Demo {
  static let help = """
    premise demo: Alice's four weeks, made up and audited

    USAGE
      premise demo [--write DIR]

      Alice forks production, asks some three hundred questions on her branch, writes a little herself, and decides. Production goes on for
      four weeks. Prints which of her answers still hold.

      --write DIR   leaves the files there, as examples of every kind: schema.sql, base.ndjson, reads.ndjson, writes.ndjson, changes.ndjson
    """

  static func run(_ arguments: [String]) throws {
    let options = try Options(arguments, values: ["write"], flags: ["help"])
    if options.has("help") { return FileHandle.standardOutput.write(help + "\n") }
    if let stray = options.operands.first { throw UsageError("'demo' takes '--write DIR' and nothing else, not '\(stray)'") }
    let kept = try options.one("write")
    let directory = try kept.map(made) ?? temporary()
    defer { if kept == nil { remove(directory) } }
    let story = AliceStory()
    for (name, text) in story.files { try TextFile.write(text, to: "\(directory)/\(name)") }
    FileHandle.standardOutput.write(story.introduction + "\n\n")
    _ = try Audit.run(command(directory))
    let shown = kept.map { "premise audit \(command($0).joined(separator: " "))" } ?? "premise demo --write DIR"
    FileHandle.standardOutput.write("\n\(kept == nil ? "To see the files" : "The same again"): \(shown)\n")
  }

  private static func command(_ directory: String) -> [String] {
    [
      "--schema", "\(directory)/schema.sql", "--base", "\(directory)/base.ndjson", "--reads", "\(directory)/reads.ndjson",
      "--branch-writes", "\(directory)/writes.ndjson", "--changes", "\(directory)/changes.ndjson", "--witnesses", "3",
    ]
  }

  private static func made(_ directory: String) throws -> String {
    guard mkdir(directory, 0o755) == 0 || TextFile.isDirectory(directory) else { throw FileError(directory, "made") }
    return directory
  }

  private static func temporary() throws -> String {
    var template = Array("/tmp/premise-demo.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError("/tmp", "written") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func remove(_ directory: String) {
    for (name, _) in AliceStory().files { unlink("\(directory)/\(name)") }
    rmdir(directory)
  }
}
