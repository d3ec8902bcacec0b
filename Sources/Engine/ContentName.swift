import Formats
import Relations

/// A name for a read that has none: of its content, so that the same read has the same name in every run.
public enum ContentName {
  public static func of(_ read: RecordedRead) -> String {
    var bytes = Array(read.sql.utf8)
    for parameter in read.parameters { bytes += [0] + Array(parameter.description.utf8) }
    bytes += [0] + Array((read.branch ?? "").utf8)
    bytes += [0] + Array((read.at.map(\.description) ?? "").utf8)
    return "read-" + digits(bytes)
  }

  static func digits(_ text: String) -> String { digits(Array(text.utf8)) }

  private static func digits(_ bytes: [UInt8]) -> String {
    let hash = FingerprintKey([UInt8](repeating: 0, count: 16)).fingerprint(of: bytes)
    let digits = String(hash.low, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
