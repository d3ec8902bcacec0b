import Glibc

/// Pages that a person has read and that are kept beside the tests, in `Tests/Listings`.
public enum Listing {
  /// How a page differs from the one that is kept; nil if it does not. With `PREMISE_ACCEPT=1` it is kept from now on: read the
  /// difference before you do.
  public static func difference(of page: String, from file: String) throws -> String? {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
    let path = root + "/Listings/" + file
    if getenv("PREMISE_ACCEPT") != nil {
      try write(page, to: path)
      return nil
    }
    let kept = try read(path).split(separator: "\n", omittingEmptySubsequences: false)
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

  private static func read(_ path: String) throws -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }

  private static func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw ClusterError.failed(path, errno) }
    fputs(text, file)
    fclose(file)
  }
}
