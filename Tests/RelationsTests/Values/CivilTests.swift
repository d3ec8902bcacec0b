import TestKit
import Testing

@testable import Relations

@Suite struct CivilTests {
  @Test func `day follows day through eight centuries and at both ends`() {
    for (start, year) in [
      (-730_119 as Int64, 1 as Int64), (-1_095_000, 0), (DateRange.first, -4_713), (DateRange.last - 150_000, 0), (-36_524, 0),
    ] {
      var previous = Civil.date(start - 1)
      if year != 0 { #expect(Civil.date(start).year == year) }
      for day in start...start + 150_000 {
        let date = Civil.date(day)
        let isNextDay = date.year == previous.year && date.month == previous.month && date.day == previous.day + 1
        let endsMonth = previous.day == Civil.length(ofMonth: previous.month, year: previous.year)
        let isNextMonth = date.day == 1 && endsMonth && date.month == previous.month % 12 + 1
        let isRight = isNextDay && !endsMonth || isNextMonth && date.year == previous.year + (date.month == 1 ? 1 : 0)
        if !isRight || Civil.days(year: date.year, month: date.month, day: date.day) != day {
          Issue.record("\(day) is \(date) after \(previous)")
          return
        }
        previous = date
      }
    }
  }

  @Test func `the epochs and the ends of the range are where they are`() {
    #expect(Civil.date(0) == (2000, 1, 1))
    #expect(Civil.days(year: 1970, month: 1, day: 1) == -10_957)
    #expect(Civil.date(DateRange.first) == (-4_713, 11, 24))
    #expect(Civil.date(DateRange.last) == (5_874_897, 12, 31))
    #expect(Civil.weekday(0) == 6 && Civil.weekday(1) == 0 && Civil.weekday(-1) == 5 && Civil.weekday(-7_000_000) == 6)
    #expect((1...12).map { Civil.length(ofMonth: $0, year: 1900) } == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    #expect(
      [1900, 2000, 2004, 0, -4, -100, -400, 2001].map { Civil.isLeap($0) } == [false, true, true, true, true, false, true, false])
  }
}
