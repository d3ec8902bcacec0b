import Relations

/// `to_char`, `to_date`, `to_timestamp`, `to_number` and `format`: values by a template.
///
/// Shaped for one template over a whole column, which is read once a batch.
enum FormatKernels {
  static let all: [(String, Kernel)] = moments + reading + numbers + texts

  private static let moments: [(String, Kernel)] = [
    (
      "timestamp_to_char",
      Kernel { a in
        let moments = a.integers(0)
        return printed(a, isNull: { !TimestampRange.isFinite(moments[$0]) }) { BrokenDownTime(local: moments[$0]) }
      }
    ),
    (
      "timestamptz_to_char",
      Kernel { a in
        let moments = a.integers(0)
        var zone = ZoneCursor(a.context.style.zone)
        return printed(a, isNull: { !TimestampRange.isFinite(moments[$0]) }) { row in
          let offset = zone.offset(at: moments[row])
          var time = BrokenDownTime(local: moments[row] &+ offset &* TimestampRange.microsecondsPerSecond)
          time.offset = offset
          time.zone = a.context.style.zone
          return time
        }
      }
    ),
    (
      "interval_to_char",
      Kernel { a in
        let intervals = a.intervals(0)
        return printed(a, isNull: { _ in false }) { BrokenDownTime(intervals[$0]) }
      }
    ),
  ]

  /// Null where there is nothing to print or no template.
  private static func printed(
    _ a: Kernel.Arguments, isNull: (Int) -> Bool, _ time: (Int) -> BrokenDownTime
  ) -> Kernel.Outcome {
    var nulls = Bitmap(repeating: false, count: a.count)
    var outcome = a.withText(1) { templates in
      let formats = LentTemplates(templates, DateTimeFormat.init)
      return a.write { row, writer throws(Failure) in
        if templates[row].isEmpty || isNull(row) {
          nulls[row] = true
        } else {
          try formats[row].print(time(row), to: &writer)
        }
      }
    }
    outcome.nulls = nulls
    return outcome
  }
}

// MARK: - Reading

extension FormatKernels {
  fileprivate static let reading: [(String, Kernel)] = [
    (
      "to_date",
      Kernel { a in
        read(a) { time throws(Failure) in
          guard let date = time.date, DateRange.contains(date) else { throw .dateOutOfRange }
          return date
        }
      }
    ),
    (
      "to_timestamp",
      Kernel { a in
        var zone = ZoneCursor(a.context.style.zone)
        return read(a) { time throws(Failure) in
          guard let date = time.date, DateRange.contains(date) else { throw .timestampOutOfRange }
          let (midnight, overflow) = date.multipliedReportingOverflow(by: TimestampRange.microsecondsPerDay)
          let (local, more) = midnight.addingReportingOverflow(time.time)
          guard !overflow, !more, TimestampRange.first - 172_800_000_000 <= local else { throw .timestampOutOfRange }
          let moment = time.offset.map { local &- $0 &* TimestampRange.microsecondsPerSecond } ?? zone.moment(ofLocal: local)
          guard TimestampRange.contains(moment) else { throw .timestampOutOfRange }
          return TimestampRange.rounded(moment, to: time.precision)
        }
      }
    ),
  ]

  private static func read(_ a: Kernel.Arguments, _ moment: (ReadTime) throws(Failure) -> Int64) -> Kernel.Outcome {
    a.withTexts(0, 1) { texts, templates in
      let formats = LentTemplates(templates, DateTimeFormat.init)
      let (results, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in
        try moment(try formats[row].read(texts[row]))
      }
      return .init(.integers(results), failures: failures)
    }
  }
}

// MARK: - Numbers

extension FormatKernels {
  fileprivate static let numbers: [(String, Kernel)] = [
    ("float4_to_char", Kernel { a in floats(a, digits: 6) }), ("float8_to_char", Kernel { a in floats(a, digits: 15) }),
    ("numeric_to_number", number), ("int4_to_char", Kernel { a in integers(a) }), ("int8_to_char", Kernel { a in integers(a) }),
    (
      "numeric_to_char",
      Kernel { a in
        let numbers = a.numerics(0)
        return written(a) { row, format throws(Failure) in
          let number = numbers[row]
          guard number.isFinite else { throw .unsupported("to_char of NaN or an infinity") }
          let rounded = try NumericKernels.raising { () throws(SQLError) in try number.rounded(to: format.fraction) }
          var text: [UInt8] = []
          rounded.absolute.append(to: &text)
          return FormattedNumber(text, isNegative: rounded.signum < 0, in: format)
        }
      }
    ),
  ]

  /// `to_number`; null without a template.
  private static let number = Kernel { a in
    a.withTexts(0, 1) { texts, templates in
      let formats = LentTemplates(templates) { template in
        Result { () throws(Failure) in try NumberFormat(template) }
      }
      var nulls = Bitmap(repeating: false, count: a.count)
      let (numbers, failures) = Kernel.collecting(count: a.count, placeholder: Numeric(0)) { row throws(Failure) in
        if templates[row].isEmpty {
          nulls[row] = true
          return Numeric(0)
        }
        return try formats[row].get().read(texts[row])
      }
      return .init(.numerics(numbers), nulls: nulls, failures: failures)
    }
  }

  private static func integers(_ a: Kernel.Arguments) -> Kernel.Outcome {
    let numbers = a.integers(0)
    return written(a) { row, format in
      var text = Array(String(numbers[row].magnitude).utf8)
      if format.fraction > 0 {
        text.append(UInt8(ascii: "."))
        text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: format.fraction))
      }
      return FormattedNumber(text, isNegative: numbers[row] < 0, in: format)
    }
  }

  /// As C prints them, with no more digits than the type has for certain.
  private static func floats(_ a: Kernel.Arguments, digits: Int) -> Kernel.Outcome {
    let numbers = a.floats(0)
    return written(a) { row, format throws(Failure) in
      let number = numbers[row]
      guard number.isFinite else { throw .unsupported("to_char of NaN or an infinity") }
      let whole = TextForm.fixedPoint(abs(number), places: 0).count
      format = format.with(fraction: max(min(format.fraction, digits - whole), 0))
      let text = TextForm.fixedPoint(number, places: format.fraction)
      let isNegative = text.first == UInt8(ascii: "-")
      return FormattedNumber(isNegative ? Array(text.dropFirst()) : text, isNegative: isNegative, in: format)
    }
  }

  private static func written(
    _ a: Kernel.Arguments, _ number: (Int, inout NumberFormat) throws(Failure) -> FormattedNumber
  ) -> Kernel.Outcome {
    a.withText(1) { templates in
      let formats = LentTemplates(templates) { template in
        Result { () throws(Failure) in try NumberFormat(template) }
      }
      return a.write { row, writer throws(Failure) in
        if templates[row].isEmpty { return }
        var format = try formats[row].get()
        let number = try number(row, &format)
        try format.print(number, to: &writer)
      }
    }
  }
}

/// The templates that an argument names, read once if they are all one.
struct LentTemplates<Template> {
  private let texts: LentText
  private let read: (UnsafeBufferPointer<UInt8>) -> Template
  private let constant: Template?

  init(_ texts: LentText, _ read: @escaping (UnsafeBufferPointer<UInt8>) -> Template) {
    self.texts = texts
    self.read = read
    constant = texts.step == 0 ? read(texts[0]) : nil
  }

  subscript(row: Int) -> Template { constant ?? read(texts[row]) }
}
