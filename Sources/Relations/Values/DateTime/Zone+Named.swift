#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// From a setting of `timezone` to a zone. PostgreSQL takes more than is taken here; what is not certain to mean the same is nil.
extension Zone {
  /// Where Debian, and PostgreSQL on it, keep the tz database.
  public static let systemDatabase = "/usr/share/zoneinfo"

  /// The zone of a setting as `SHOW timezone` prints it: a name of the tz database in its own spelling, hours east of Greenwich (`5`,
  /// `-3.5`), or a POSIX zone without daylight saving time, which counts west (`<+05>-05`, `UTC-5`, `+05:30`).
  public static func named(_ name: String, in database: String = systemDatabase) -> Zone? {
    if let offset = offset(ofNumber: name) { return Zone(name: name, offset: offset) }
    if name == "UTC" { return .utc }
    if isFileName(name), let file = contents(of: database + "/" + name), let zone = Zone(name: name, file: file) { return zone }
    return offset(ofPOSIX: name).map { Zone(name: name, offset: $0) }
  }

  /// Plain decimals are hours east. Zones have whole minutes.
  private static func offset(ofNumber text: String) -> Int32? {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
    guard text.utf8.count - digits.count <= 1, let first = digits.first, isDigit(first), digits.count <= 8,
      digits.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }), let hours = Double(text), abs(hours) < 168
    else { return nil }
    let seconds = Int32(hours * 3_600)
    return seconds % 60 == 0 ? seconds : nil
  }

  /// An abbreviation, which may be missing, then hours west. Zones have whole minutes.
  private static func offset(ofPOSIX text: String) -> Int32? {
    guard let first = text.utf8.first else { return nil }
    let hasNoName = isDigit(first) || first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
    guard let rule = ZoneRule(parsing: Array((hasNoName ? "<>" + text : text).utf8)), rule.daylight == nil else { return nil }
    return rule.standard % 60 == 0 ? rule.standard : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  /// Names stay inside the database.
  private static func isFileName(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      guard let first = part.first, first != UInt8(ascii: ".") else { return false }
      return part.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
  }

  private static func contents(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    // The largest file of the database has four kilobytes.
    let limit = 1 << 20
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      count = fread(buffer.baseAddress, 1, limit, file)
    }
    return bytes.isEmpty || bytes.count == limit ? nil : bytes
  }
}
