/// Reads a POSIX `TZ` string:
///
///     std offset [dst [offset] , start [/time] , end [/time]]       e.g.  <-03>3<-02>,M3.5.0/-2,M10.5.0/-1
///
/// Offsets are written west of Greenwich. Daylight saving time without its dates is refused: what it means depends on the reader.
extension ZoneRule {
  init?(parsing text: some Sequence<UInt8>) {
    var reader = Reader(rest: Array(text)[...])
    guard reader.skipName(), let west = reader.time() else { return nil }
    standard = Int32(-west)
    guard !reader.rest.isEmpty else { return }
    guard reader.skipName() else { return nil }
    let offset = reader.rest.first == UInt8(ascii: ",") ? Int64(standard) + 3_600 : reader.time().map { -$0 }
    guard let offset, let start = reader.change(), let end = reader.change(), reader.rest.isEmpty else { return nil }
    daylight = Daylight(offset: Int32(offset), start: start, end: end)
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    /// An abbreviation: letters, or anything in angle brackets.
    mutating func skipName() -> Bool {
      if take("<") {
        rest = rest.drop { $0 != UInt8(ascii: ">") }
        return take(">")
      }
      let letters = rest.prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }.count
      rest = rest.dropFirst(letters)
      return letters >= 3
    }

    mutating func number() -> Int64? {
      let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      guard 1...3 ~= digits.count else { return nil }
      rest = rest.dropFirst(digits.count)
      return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    /// `[+-]h[:mm[:ss]]`, in seconds. Hours go up to 167, a week.
    mutating func time() -> Int64? {
      let negative = take("-")
      if !negative { _ = take("+") }
      guard var seconds = number().map({ $0 * 3_600 }), seconds <= 167 * 3_600 else { return nil }
      for unit: Int64 in [60, 1] where take(":") {
        guard let part = number(), part < 60 else { return nil }
        seconds += part * unit
      }
      return negative ? -seconds : seconds
    }

    /// `,date[/time]`; without a time, at two o'clock.
    mutating func change() -> Change? {
      guard take(","), let day = day() else { return nil }
      guard take("/") else { return Change(day: day, second: 7_200) }
      return time().map { Change(day: day, second: $0) }
    }

    mutating func day() -> Day? {
      if take("J") { return number().flatMap { 1...365 ~= $0 ? .withoutLeapDay($0) : nil } }
      guard take("M") else { return number().flatMap { 0...365 ~= $0 ? .ofYear($0) : nil } }
      guard let month = number(), take("."), let week = number(), take("."), let weekday = number() else { return nil }
      guard 1...12 ~= month, 1...5 ~= week, 0...6 ~= weekday else { return nil }
      return .ofMonth(month, week: week, weekday: weekday)
    }
  }
}
