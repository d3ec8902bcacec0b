import Relations

/// A command's options: `--name value`, `--name=value`, `--flag`, and what stands between them.
///
///     var options = Options(arguments, values: ["schema", "fork"], flags: ["explain"])
///     let schema = try options.required("schema")
struct Options {
  private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []

  init(_ arguments: [String], values known: Set<String>, flags knownFlags: Set<String> = []) throws(UsageError) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--"), argument != "--" else {
        operands.append(argument)
        continue
      }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if knownFlags.contains(parts[0]), parts.count == 1 {
        flags.insert(parts[0])
      } else if known.contains(parts[0]) {
        guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
          throw UsageError("'--\(parts[0])' wants a value")
        }
        values[parts[0], default: []].append(value)
      } else {
        throw UsageError("there is no option '--\(parts[0])'")
      }
    }
  }
}

extension Options {
  func has(_ flag: String) -> Bool { flags.contains(flag) }

  /// All values that were given.
  func all(_ name: String) -> [String] { values[name] ?? [] }

  func one(_ name: String) throws(UsageError) -> String? {
    let given = all(name)
    if given.count > 1 { throw UsageError("'--\(name)' is given \(given.count) times") }
    return given.first
  }

  func required(_ name: String) throws(UsageError) -> String {
    guard let value = try one(name) else { throw UsageError("'--\(name)' is missing") }
    return value
  }

  /// A place in a log.
  func position(_ name: String) throws(UsageError) -> Position? {
    guard let text = try one(name) else { return nil }
    do throws(SQLError) { return try Position(parsing: text) } catch {
      throw UsageError("'--\(name)' is a position, X/Y or decimal digits, not '\(text)'")
    }
  }

  /// One of a few words.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws(UsageError) -> Choice? where Choice.RawValue == String {
    guard let word = try one(name) else { return nil }
    guard let choice = Choice(rawValue: word) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("'--\(name)' is one of \(words), not '\(word)'")
    }
    return choice
  }
}
