/// A set of characters: code points in ranges that are sorted, disjoint and not adjacent.
struct CodePointSet: Hashable, Sendable {
  private(set) var ranges: [ClosedRange<UInt32>]

  static let last: UInt32 = 0x10FFFF
  static let none = CodePointSet([])
  static let all = CodePointSet([0...last])

  init(_ ranges: [ClosedRange<UInt32>]) {
    self.ranges = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let previous = self.ranges.last, range.lowerBound <= previous.upperBound + 1 {
        self.ranges[self.ranges.count - 1] = previous.lowerBound...max(previous.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  init(_ character: UInt32) { ranges = [character...character] }
}

extension CodePointSet {
  func contains(_ character: UInt32) -> Bool { ranges.contains { $0.contains(character) } }

  func union(_ other: CodePointSet) -> CodePointSet { CodePointSet(ranges + other.ranges) }

  var inverted: CodePointSet {
    var gaps: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= Self.last { gaps.append(next...Self.last) }
    return CodePointSet(gaps)
  }

  /// With the other case of every letter. In collation C letters are those of ASCII.
  var withBothCases: CodePointSet {
    let lower: ClosedRange<UInt32> = 0x61...0x7A
    let upper: ClosedRange<UInt32> = 0x41...0x5A
    var more = ranges
    for range in ranges {
      if range.overlaps(upper) {
        let letters = range.clamped(to: upper)
        more.append((letters.lowerBound + 32)...(letters.upperBound + 32))
      }
      if range.overlaps(lower) {
        let letters = range.clamped(to: lower)
        more.append((letters.lowerBound - 32)...(letters.upperBound - 32))
      }
    }
    return CodePointSet(more)
  }
}

// MARK: - Classes

extension CodePointSet {
  static let digits = CodePointSet([0x30...0x39])
  static let space = CodePointSet([0x09...0x0D, 0x20...0x20])
  /// What words are made of.
  static let word = CodePointSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])

  /// What `[:name:]` stands for in collation C, where only ASCII has classes; nil if there is no such class.
  static func named(_ name: String) -> CodePointSet? {
    switch name {
    case "alnum": CodePointSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A])
    case "alpha": CodePointSet([0x41...0x5A, 0x61...0x7A])
    case "blank": CodePointSet([0x09...0x09, 0x20...0x20])
    case "cntrl": CodePointSet([0x00...0x1F, 0x7F...0x7F])
    case "digit": digits
    case "graph": CodePointSet([0x21...0x7E])
    case "lower": CodePointSet([0x61...0x7A])
    case "print": CodePointSet([0x20...0x7E])
    case "punct": CodePointSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
    case "space": space
    case "upper": CodePointSet([0x41...0x5A])
    case "xdigit": CodePointSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
    case "word": word
    default: nil
    }
  }
}
