import TestKit

@testable import Relations

/// Days and moments where something could go wrong, and random ones between.
struct DateTimeCases {
  var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func integer(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }

  mutating func day() -> Int64 {
    switch integer(0...9) {
    case 0:
      return [DateRange.infinity, DateRange.minusInfinity, DateRange.first, DateRange.last].randomElement(using: &random) ?? 0
    case 1: return DateRange.last - integer(0...1_000)
    case 2: return DateRange.first + integer(0...1_000)
    case 3: return integer(-731_000 ... -729_000)  // Around the year 1.
    case 4: return Civil.days(year: integer(-4712...12_000), month: 3, day: 1) - integer(0...2)
    case 5: return Civil.days(year: integer(-50...3_000), month: 1, day: 1) - integer(0...1)
    case 6: return integer(DateRange.first...DateRange.last)
    default: return integer(-100_000...100_000)
    }
  }

  mutating func moment() -> Int64 {
    let day = TimestampRange.microsecondsPerDay
    switch integer(0...9) {
    case 0: return [TimestampRange.infinity, .min, TimestampRange.first, TimestampRange.last].randomElement(using: &random) ?? 0
    case 1: return TimestampRange.last - integer(0...2 * day)
    case 2: return TimestampRange.first + integer(0...2 * day)
    case 3: return integer(-731_000 ... -729_000) * day + integer(0...day - 1)
    case 4: return integer(TimestampRange.first...TimestampRange.last)
    case 5: return integer(-36_500...36_500) * day + ([0, 1, -1, 500_000, 60_000_000].randomElement(using: &random) ?? 0)
    case 6: return integer(-36_500 * 86_400...36_500 * 86_400) * 1_000_000
    default: return integer(-36_500 * day...36_500 * day)
    }
  }
}
