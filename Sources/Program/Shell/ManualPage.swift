/// `premise man`: the manual page, made of the help texts.
enum ManualPage {
  static let help = """
    premise man

      prints the manual page: premise man | man -l -
    """

  static func run(_ arguments: [String]) throws {
    if arguments.contains("--help") { return FileHandle.standardOutput.write(help + "\n") }
    if let stray = arguments.first { throw UsageError("'man' takes nothing, not '\(stray)'") }
    FileHandle.standardOutput.write(text)
  }

  static var text: String {
    let sections = HelpTexts.all.map { section($0.name.uppercased(), $0.text) }
    return """
      .TH PREMISE 1 "" "premise \(Premise.version)" "User Commands"
      .SH NAME
      premise \\- tells a database branch which of its answers are still true
      \(section("SYNOPSIS", Premise.help))
      \(sections.joined(separator: "\n"))
      .SH FILES
      The formats of change logs, base snapshots and reads are described in Specs/formats.md, reports in Specs/report.md, of the project.

      """
  }

  /// A text as it is, with nothing in it that roff would take for its own.
  private static func section(_ name: String, _ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let escaped = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : String(escaped)
    }
    return ".SH \(name)\n.nf\n\(lines.joined(separator: "\n"))\n.fi"
  }
}
