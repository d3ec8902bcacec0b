import TestKit
import Testing

@testable import premise

/// What shells and `man` are told of the program.
@Suite struct ShellTests {
  @Test func `every option of a help text is one that the command takes, and the other way round`() throws {
    #expect(Completions.commands.map(\.name) == ["audit", "explain", "query", "store", "demo", "completions", "man"])
    for (command, count) in [("audit", 24), ("explain", 6), ("query", 7), ("store", 5), ("demo", 1)] {
      let options = try #require(Completions.commands.first { $0.name == command }).options
      #expect(options.count == count, "\(command): \(options.map(\.name))")
    }
    for option in try #require(Completions.commands.first { $0.name == "audit" }).options {
      do {
        _ = try AuditOptions(["--\(option.name)"] + (option.takesValue ? ["x"] : []))
      } catch {
        #expect(!"\(error)".contains("there is no option"), "\(error)")
        #expect(!"\(error)".contains("wants a value"), "\(error)")
      }
    }
  }

  @Test(arguments: [
    ("premise ''", "audit explain query store demo completions man --help --version"), ("premise audit --red", "--redact"),
    ("premise audit --format j", "json junit"), ("premise audit --fail-on ''", "stale doubtful never"),
    ("premise query --s", "--schema"),
  ])
  func `bash completes`(line: String, completions: String) throws {
    let words = line.split(separator: " ")
    let command =
      "exec bash -c 'source /dev/stdin; COMP_WORDS=(\(line.replacing("'", with: "\""))); COMP_CWORD=\(words.count - 1); _premise; "
      + "echo ${COMPREPLY[@]}' <<'END'\n\(Completions.text(for: .bash))END"
    let run = try Program.shell(command)
    #expect(run.status == 0 && run.output == completions + "\n")
  }

  @Test func `the manual page has every command, and nothing that roff would take for its own`() throws {
    let lines = ManualPage.text.split(separator: "\n")
    for command in HelpTexts.all { #expect(lines.contains(".SH \(command.name.uppercased())")) }
    for line in lines where line.hasPrefix(".") {
      #expect(["TH", "SH", "nf", "fi"].contains(line.dropFirst().prefix(2)), "\(line)")
    }
    #expect(lines.contains { $0.contains("\\-\\-redact TABLE.COLUMN") })
  }
}
