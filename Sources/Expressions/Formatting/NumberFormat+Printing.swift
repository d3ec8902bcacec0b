import Relations

/// The digits of a number as a template gets them.
struct FormattedNumber {
  /// Digits, a point, digits; hash marks if they do not fit the template.
  var digits: [UInt8]
  var isNegative: Bool
  /// How many places of the template are in front of the digits.
  var blanks: Int

  /// - Parameter text: without a sign.
  init(_ text: [UInt8], isNegative: Bool, in format: NumberFormat) {
    let whole = text.firstIndex(of: UInt8(ascii: ".")) ?? text.count
    self.isNegative = isNegative
    digits = text
    blanks = max(format.whole - whole, 0)
    if whole > format.whole {
      let marks = [UInt8](repeating: UInt8(ascii: "#"), count: format.whole)
      digits = marks + [UInt8(ascii: ".")] + [UInt8](repeating: UInt8(ascii: "#"), count: format.fraction)
    }
  }
}

extension NumberFormat {
  func print(_ number: FormattedNumber, to writer: inout TextWriter) throws(Failure) {
    var printer = Printer(self, number)
    for node in nodes where !printer.isCutShort { try printer.print(node, to: &writer) }
  }

  /// Goes along template and digits, side by side.
  private struct Printer {
    private let format: NumberFormat
    private let number: FormattedNumber
    private let usesBrackets: Bool
    /// With `FM`, the last digit behind the point that counts, or the point if none does.
    private let lastRelevant: Int?
    private let end: Int
    private var isSignWritten: Bool
    private var next = 0
    private var place = 0
    /// Whether the digit before was written, so that a comma may follow.
    private var isInside = false
    /// PostgreSQL ends the result where the template has a point and the number none.
    private(set) var isCutShort = false

    init(_ format: NumberFormat, _ number: FormattedNumber) {
      self.format = format
      self.number = number
      usesBrackets = format.sign == .brackets && (number.isNegative || !format.isBare || format.hasMinus || format.hasPlus)
      if format.hasMinus || format.hasPlus {
        isSignWritten = format.hasMinus
      } else {
        isSignWritten = !number.isNegative && format.isBare && (format.sign == .plain || format.sign == .brackets)
      }
      var lastRelevant: Int?
      if format.isBare && format.hasPoint, let point = number.digits.firstIndex(of: UInt8(ascii: ".")) {
        var last = number.digits.lastIndex { $0 != UInt8(ascii: "0") }!
        last = max(last, point)
        if format.zeroEnd > number.blanks { last = max(last, min(number.digits.count - 1, format.zeroEnd - number.blanks)) }
        lastRelevant = last
      }
      self.lastRelevant = lastRelevant
      let count = format.fraction + format.whole - 1 + (!isSignWritten && number.blanks == 0 ? 1 : 0)
      end = count + (number.blanks > 0 ? 1 : 0) + (format.hasPoint ? 1 : 0)
    }

    mutating func print(_ node: Node, to writer: inout TextWriter) throws(Failure) {
      switch node {
      case .digit(let isZero): printPart(isZero: isZero, to: &writer)
      case .point: printPart(isZero: false, to: &writer)
      case .comma: if isInside { writer.append(",") } else if !format.isBare { writer.append(" ") }
      case .minus: if number.isNegative { writer.append("-") } else if !format.isBare { writer.append(" ") }
      case .plus: if !number.isNegative { writer.append("+") } else if !format.isBare { writer.append(" ") }
      case .eitherSign: writer.append(number.isNegative ? "-" : "+")
      case .ordinal(let letters):
        if !number.isNegative && !format.hasPoint && number.digits[0] != UInt8(ascii: "#") {
          guard let last = number.digits.last, UInt8(ascii: "0")...UInt8(ascii: "9") ~= last else {
            throw .raised(SQLError(.invalidTextRepresentation, "not a number"))
          }
          writer.appendOrdinal(of: number.digits, letters)
        }
      case .text(let text): text.withUnsafeBufferPointer { writer.append($0) }
      }
    }

    private var isAtPoint: Bool { next < number.digits.count && number.digits[next] == UInt8(ascii: ".") }
    private var endsAtPoint: Bool { lastRelevant.map { number.digits[$0] == UInt8(ascii: ".") } ?? false }

    /// A single zero before the point is a blank: `9.9` prints ` .1`.
    private var isNeedlessZero: Bool {
      format.firstZero == nil && next == 0 && number.digits[0] == UInt8(ascii: "0") && format.fraction > 0
    }

    private mutating func printPart(isZero: Bool, to writer: inout TextWriter) {
      isInside = false
      let startsWithZero = format.firstZero != nil && format.firstZero == place
      if !isSignWritten && (place >= number.blanks || startsWithZero) && (!isNeedlessZero || endsAtPoint) {
        printSign(to: &writer)
      }
      if place < number.blanks {
        if let firstZero = format.firstZero, firstZero <= place {
          writer.append("0")
          isInside = true
        } else if !format.isBare {
          writer.append(" ")
        }
      } else {
        printDigit(isZero: isZero, to: &writer)
        if next < number.digits.count { next += 1 }
      }
      let end = lastRelevant != nil && lastRelevant == next ? place : self.end
      if place + 1 == end && !isCutShort { printEnd(to: &writer) }
      place += 1
    }

    private mutating func printDigit(isZero: Bool, to writer: inout TextWriter) {
      if isAtPoint {
        writer.append(".")
      } else if let lastRelevant, next > lastRelevant, !isZero {
        return
      } else if isNeedlessZero {
        if !format.isBare { writer.append(" ") } else if endsAtPoint { writer.append("0") }
      } else if next < number.digits.count {
        writer.append(number.digits[next])
        isInside = true
      } else {
        isCutShort = true
      }
    }

    private mutating func printSign(to writer: inout TextWriter) {
      switch format.sign {
      case .anchoredBefore: writer.append(number.isNegative ? "-" : "+")
      case .anchoredAfter: return
      case .brackets where usesBrackets: writer.append(number.isNegative ? "<" : " ")
      default: if number.isNegative { writer.append("-") } else if !format.isBare { writer.append(" ") }
      }
      isSignWritten = true
    }

    private func printEnd(to writer: inout TextWriter) {
      if usesBrackets {
        if isSignWritten { writer.append(number.isNegative ? ">" : " ") }
      } else if format.sign == .anchoredAfter {
        writer.append(number.isNegative ? "-" : "+")
      }
    }
  }
}
