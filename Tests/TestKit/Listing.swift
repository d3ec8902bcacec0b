import Glibc

/// Pages that a person has read and that are kept beside the tests, in `Tests/Listings`.
public enum Listing {
  /// How a page differs from the one that is kept; nil if it does not. With `PREMISE_ACCEPT=1` it is kept from now on: read the
  /// difference before you do.
  public static func difference(of page: String, from file: String) throws -> String? {
    let path = SourceFile.root + "/Tests/Listings/" + file
    if getenv("PREMISE_ACCEPT") != nil {
      try write(page, to: path)
      return nil
    }
    let kept = (SourceFile.text(path) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    let found = page.split(separator: "\n", omittingEmptySubsequences: false)
    var heading = ""
    for place in 0..<max(kept.count, found.count) {
      let (old, new) = (
        kept.indices.contains(place) ? kept[place] : "nothing", found.indices.contains(place) ? found[place] : "nothing"
      )
      if !new.hasPrefix("  ") { heading = String(new) }
      if old == new { continue }
      return "\(file):\(place + 1), under \(heading)\n  kept:  \(old)\n  found: \(new)\nPREMISE_ACCEPT=1 keeps what was found."
    }
    return nil
  }

  private static func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw ClusterError.failed(path, errno) }
    fputs(text, file)
    fclose(file)
  }
}
