import CVersion
import Glibc

/// The program: finds the command and leaves the rest to it.
@main struct Premise {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    let name = arguments.isEmpty ? "--help" : arguments.removeFirst()
    switch name {
    case "audit": exit(run { try Audit.run(arguments) })
    case "explain": run { try Explain.run(arguments) }
    case "query": exit(run { try QueryCommand.run(arguments) })
    case "store": exit(run { try StoreCommand.run(arguments) })
    case "demo": run { try Demo.run(arguments) }
    case "completions": run { try Completions.run(arguments) }
    case "man": run { try ManualPage.run(arguments) }
    case "--help", "-h", "help": print(help)
    case "--version": print("premise \(version)")
    default: fail(UsageError("there is no command '\(name)'"))
    }
  }

  /// With the commit that it was built from.
  static let version = "0.1.0 (\(String(cString: premise_commit())))"

  static let help = """
    premise: tells a database branch which of its answers are still true

    USAGE
      premise audit --schema S.sql --reads R.ndjson --changes C.ndjson… [--base B.ndjson|DIR] [--branch-writes W.ndjson]
                           which of the recorded answers still hold; 'premise audit --help' says more
      premise explain --schema S.sql "SQL"
                           what a question depends on; 'premise explain --help' says more
      premise query --schema S.sql --base B.ndjson|DIR "SELECT …"
                           an answer from files, as PostgreSQL 15 gives it; 'premise query --help' says more
      premise store check|stat|collect|backup|restore …
                           looks after a store; 'premise store --help' says more
      premise demo [--write DIR]
                           Alice's four weeks, made up and audited; leaves the files as examples
      premise completions bash|zsh|fish
                           what makes a shell complete all this; 'premise man' prints the manual page
      premise --version
      premise --help

    EXIT STATUS
      0  done; of an audit: all answers hold     1  of an audit: something is stale or doubtful
      2  bad input: says what, where and what to do     3  a bug of ours
    """

  private static func run<R>(_ command: () throws -> R) -> R {
    do { return try command() } catch { fail(error) }
  }

  private static func fail(_ error: any Error) -> Never {
    let hint = error is UsageError ? "Try 'premise --help'.\n" : ""
    FileHandle.standardError.write("premise: \(error)\n\(hint)")
    exit(error is any InputError ? 2 : 3)
  }
}

/// Where text goes by its descriptor: no buffer that a crash could lose.
struct FileHandle {
  let descriptor: Int32
  static let standardOutput = FileHandle(descriptor: 1)
  static let standardError = FileHandle(descriptor: 2)

  func write(_ text: String) { write(Array(text.utf8)) }

  func write(_ text: [UInt8]) {
    var rest = text[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written <= 0 { return }
      rest = rest.dropFirst(written)
    }
  }
}

/// An error that whoever called can mend.
protocol InputError: Error {}

/// The command line is not understood.
struct UsageError: InputError, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
