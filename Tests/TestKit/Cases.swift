import Glibc

/// How many random cases the tests run, and which.
///
/// `PREMISE_CASES=×10 make test` runs ten times as many as usual; `PREMISE_SEED=17 make test-one TEST=…` runs seed 17 alone.
/// A test that takes its seeds from `seeds(_:)` is scaled by that already: use `count(_:)` only where one seed makes all cases.
public enum Cases {
  /// `usual`, scaled by `PREMISE_CASES` (`×10`, `x10` or `10`, also `0.1`); never less than one.
  public static func count(_ usual: Int) -> Int {
    max(1, Int((Double(usual) * scale).rounded()))
  }

  /// The seeds of a parameterised test: `usual` of them, scaled, always the same ones; or the one that `PREMISE_SEED` asks for.
  public static func seeds(_ usual: Int) -> [UInt64] {
    replayed.map { [$0] } ?? (1...UInt64(count(usual))).map { $0 }
  }

  /// The seed that a person wants to see again.
  public static let replayed: UInt64? = environment("PREMISE_SEED").map {
    guard let seed = UInt64($0) else { preconditionFailure("PREMISE_SEED is a number, not '\($0)'") }
    return seed
  }

  /// The command that runs a seed again, for the message of a failure:
  /// `#expect(ours == theirs, "\(Cases.replay(seed))")`.
  public static func replay(_ seed: UInt64, fileID: String = #fileID) -> String {
    let file = fileID.split(separator: "/").last ?? ""
    let suite = file.hasSuffix(".swift") ? file.dropLast(6) : file
    // What a seed generates may depend on how many cases it is asked for.
    let cases = environment("PREMISE_CASES").map { "PREMISE_CASES=\($0) " } ?? ""
    return "\(cases)PREMISE_SEED=\(seed) make test-one TEST=\(suite)"
  }

  static let scale: Double =
    environment("PREMISE_CASES").map {
      guard let scale = factor($0) else { preconditionFailure("PREMISE_CASES is '×10', 'x10' or '10', not '\($0)'") }
      return scale
    } ?? 1

  /// Reads `×10`, `x10` or `10`.
  static func factor(_ text: String) -> Double? {
    let digits = text.hasPrefix("×") || text.hasPrefix("x") ? text.dropFirst() : text[...]
    guard let factor = Double(digits), factor > 0, factor.isFinite else { return nil }
    return factor
  }
}

/// A variable of the environment; an empty one counts as not set.
func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
