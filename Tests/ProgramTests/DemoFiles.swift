import Glibc
import TestKit
import Testing

@testable import premise

/// The demo's files in a directory of their own, and audits of them.
enum DemoFiles {
  /// The directory with the demo's files, which is gone afterwards.
  static func inDirectory<R>(_ body: (String) throws -> R) throws -> R {
    var template = Array("/tmp/premise-test.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var names: [String] = []
    defer {
      for name in names + ["report", "earlier"] { unlink("\(directory)/\(name)") }
      rmdir(directory)
    }
    for (name, text) in AliceStory().files {
      names.append(name)
      try TextFile.write(text, to: "\(directory)/\(name)")
    }
    return try body(directory)
  }

  static func audit(_ directory: String, _ further: [String]) throws -> (status: Int32, report: String) {
    let files = [
      "--schema", "\(directory)/schema.sql", "--base", "\(directory)/base.ndjson", "--reads", "\(directory)/reads.ndjson",
      "--branch-writes", "\(directory)/writes.ndjson", "--changes", "\(directory)/changes.ndjson",
    ]
    if further.contains("--output") { return (try Audit.run(files + further), "") }
    let status = try Audit.run(files + ["--output", "\(directory)/report"] + further)
    return (status, try TextFile.read("\(directory)/report"))
  }
}

/// Other programs.
enum Shell {
  /// What a command prints; nil if it fails.
  static func output(of command: String) -> String? {
    guard let pipe = popen(command, "r") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return pclose(pipe) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }
}
