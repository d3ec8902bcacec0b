/// Printing `interval` in `IntervalStyle` `postgres`, the default:
///
///     1 year 2 mons 3 days 04:05:06.5      -1 days +02:00:00      00:00:00
extension TextForm {
  /// Appends what the output function prints.
  public static func appendInterval(_ interval: Interval, to text: inout [UInt8]) {
    var printer = IntervalPrinter()
    printer.part(Int64(interval.months / 12), "year", &text)
    printer.part(Int64(interval.months % 12), "mon", &text)
    printer.part(Int64(interval.days), "day", &text)
    if printer.isEmpty || interval.microseconds != 0 { printer.time(interval.microseconds, &text) }
  }
}

private struct IntervalPrinter {
  var isEmpty = true
  /// Whether the part before was negative: then a positive one has its sign too.
  private var isAfterNegative = false

  mutating func part(_ count: Int64, _ unit: StaticString, _ text: inout [UInt8]) {
    if count == 0 { return }
    if !isEmpty { text.append(UInt8(ascii: " ")) }
    if isAfterNegative && count > 0 { text.append(UInt8(ascii: "+")) }
    TextForm.appendInteger(count, to: &text)
    text.append(UInt8(ascii: " "))
    text.append(contentsOf: UnsafeBufferPointer(start: unit.utf8Start, count: unit.utf8CodeUnitCount))
    if count != 1 { text.append(UInt8(ascii: "s")) }
    isAfterNegative = count < 0
    isEmpty = false
  }

  func time(_ microseconds: Int64, _ text: inout [UInt8]) {
    if !isEmpty { text.append(UInt8(ascii: " ")) }
    if microseconds < 0 {
      text.append(UInt8(ascii: "-"))
    } else if isAfterNegative {
      text.append(UInt8(ascii: "+"))
    }
    let (seconds, fraction) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    TextForm.appendDigits(seconds / 3_600, width: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    TextForm.appendDigits(seconds / 60 % 60, width: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    TextForm.appendDigits(seconds % 60, width: 2, to: &text)
    if fraction == 0 { return }
    text.append(UInt8(ascii: "."))
    TextForm.appendDigits(fraction, width: 6, to: &text)
    while text[text.count - 1] == UInt8(ascii: "0") { text.removeLast() }
  }
}
