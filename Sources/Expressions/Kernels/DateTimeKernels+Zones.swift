import Relations

/// `AT TIME ZONE`, and what else needs the offset of a zone.
extension DateTimeKernels {
  static let zones: [(String, Kernel)] = [
    ("timestamp_zone", inNamedZone { zone, local in zone.moment(ofLocal: local) }),
    ("timestamptz_zone", inNamedZone { zone, moment in zone.local(at: moment) }),
  ]

  /// A conversion by the zone that the first argument names. What comes out of range raises; infinities have no zone.
  private static func inNamedZone(_ convert: @escaping @Sendable (inout ZoneCursor, Int64) -> Int64) -> Kernel {
    Kernel { a in
      let values = a.integers(1)
      return a.withText(0) { names in
        var zones = NamedZones()
        let (results, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in
          guard TimestampRange.isFinite(values[row]) else { return values[row] }
          let result = convert(&zones.cursors[try zones.place(of: names[row])], values[row])
          guard TimestampRange.contains(result) else { throw .timestampOutOfRange }
          return result
        }
        return .init(.integers(results), failures: failures)
      }
    }
  }
}

// MARK: - One moment after the other

/// A zone, and the stretches without a transition that were asked for last.
///
/// Values are microseconds from 2000-01-01 and finite. A result may be out of range.
struct ZoneCursor {
  private let zone: Zone
  /// By the 24 days that a moment lies in, so that the moments of a few years, in whatever order, do not get in each other's way.
  private var spans: [Zone.Span]

  init(_ zone: Zone) {
    self.zone = zone
    spans = Array(repeating: zone.span(at: TimestampRange.unixEpoch), count: 64)
  }

  @inline(__always)
  private static func place(_ seconds: Int64) -> Int { Int(truncatingIfNeeded: seconds &>> 21) & 63 }

  /// Seconds east of Greenwich at a moment.
  @inline(__always)
  mutating func offset(at moment: Int64) -> Int64 {
    let seconds = Self.unixSeconds(moment)
    let place = Self.place(seconds)
    if !spans[place].contains(seconds) { spans[place] = zone.span(at: seconds) }
    return Int64(spans[place].offset)
  }

  /// Seconds east of Greenwich by which a local time is read. Where the clock is set within a few days, the zone decides.
  @inline(__always)
  mutating func offset(atLocal local: Int64) -> Int64 {
    let seconds = Self.unixSeconds(local)
    let place = Self.place(seconds)
    if !Self.isWellInside(spans[place], seconds) {
      spans[place] = zone.span(at: seconds)
      if !Self.isWellInside(spans[place], seconds) { return Int64(zone.offset(atLocal: seconds)) }
    }
    return Int64(spans[place].offset)
  }

  @inline(__always)
  mutating func local(at moment: Int64) -> Int64 { moment &+ offset(at: moment) &* TimestampRange.microsecondsPerSecond }

  @inline(__always)
  mutating func moment(ofLocal local: Int64) -> Int64 { local &- offset(atLocal: local) &* TimestampRange.microsecondsPerSecond }

  /// More than any offset, and than the day by which reading a local time looks back.
  private static let safety: Int64 = 3 * 86_400

  @inline(__always)
  private static func isWellInside(_ span: Zone.Span, _ seconds: Int64) -> Bool {
    span.contains(seconds &- safety) && span.contains(seconds &+ safety)
  }

  @inline(__always)
  private static func unixSeconds(_ moment: Int64) -> Int64 {
    moment.dividedDown(by: TimestampRange.microsecondsPerSecond).quotient &+ TimestampRange.unixEpoch
  }
}

// MARK: - Zones by name

/// The zones that a column of names mentions, each looked for once.
struct NamedZones {
  var cursors: [ZoneCursor] = []
  private var places: [[UInt8]: Int] = [:]
  private var last: (name: [UInt8], place: Int)?

  /// Where among the cursors the zone of a name is.
  mutating func place(of name: UnsafeBufferPointer<UInt8>) throws(Failure) -> Int {
    if let last, last.name.elementsEqual(name) { return last.place }
    let key = Array(name)
    if places[key] == nil {
      cursors.append(ZoneCursor(try Self.zone(named: key)))
      places[key] = cursors.count - 1
    }
    let place = places[key]!
    last = (key, place)
    return place
  }

  /// PostgreSQL takes abbreviations first, then names of the database in any case, then POSIX rules. Here, UTC and what is surely a
  /// name of the database: abbreviations have no slash, and as a rule such a name makes no sense.
  private static func zone(named name: [UInt8]) throws(Failure) -> Zone {
    let text = String(decoding: name, as: UTF8.self)
    if ["utc", "gmt"].contains(text.lowercased()) { return .utc }
    guard name.contains(UInt8(ascii: "/")), let zone = Zone.named(text) else { throw .unsupported("time zone \(text)") }
    return zone
  }
}
