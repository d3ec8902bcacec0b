import Glibc
import Testing

/// The examples in `Specs/formats.md`, so that page and code cannot part.
enum Page {
  /// The lines of a fenced block.
  static func block(_ name: String, _ file: String = #filePath) throws -> [String] {
    let lines = try text(file).split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0 == "```\(name)" }, "the page has a block of \(name)")
    return lines[(start + 1)...].prefix { $0 != "```" }.map(String.init)
  }

  /// What is refused: an expectation, `code line:column`, and the file.
  static func refusals(_ name: String, beginsFile: (String) -> Bool) throws -> [(expected: String, file: String)] {
    var refusals: [(expected: String, file: String)] = []
    for line in try block(name) {
      if beginsFile(line) { refusals.append((line, "")) } else { refusals[refusals.count - 1].file += line + "\n" }
    }
    #expect(!refusals.isEmpty)
    return refusals
  }

  private static func text(_ file: String) throws -> String {
    let path = file.split(separator: "/").dropLast(3).joined(separator: "/")
    let stream = try #require(fopen("/\(path)/Specs/formats.md", "r"))
    defer { fclose(stream) }
    var text = [UInt8](repeating: 0, count: 1 << 20)
    return String(decoding: text[..<fread(&text, 1, text.count, stream)], as: UTF8.self)
  }
}
