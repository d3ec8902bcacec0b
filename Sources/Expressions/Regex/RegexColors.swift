/// Which characters a regular expression does not tell apart: those of one colour. There are few colours, so automata go by them.
struct RegexColors: Sendable {
  private let ascii: [UInt16]
  /// The first characters above ASCII of stretches of one colour, ascending.
  private let starts: [UInt32]
  private let stretches: [UInt16]
  /// What assertions ask of the characters of a colour.
  let kinds: [CharacterKind]
  /// A character of each colour.
  let samples: [UInt32]

  /// How many there are. As a colour, it is the edge of the text.
  var count: Int { samples.count }

  init(_ syntax: RegexSyntax) {
    var sets: Set<CodePointSet> = []
    syntax.forEachSet { sets.insert($0) }
    let ordered = sets.sorted { $0.ranges.lexicographicallyPrecedes($1.ranges) { $0.lowerBound < $1.lowerBound } }
    var borders: Set<UInt32> = [0, 0x80]
    for range in ordered.flatMap(\.ranges) {
      borders.insert(range.lowerBound)
      if range.upperBound < CodePointSet.last { borders.insert(range.upperBound + 1) }
    }
    var colors: [[Bool]: UInt16] = [:]
    var ascii = [UInt16](repeating: 0, count: 128)
    var (starts, stretches, samples): ([UInt32], [UInt16], [UInt32]) = ([], [], [])
    let sorted = borders.sorted()
    for (index, start) in sorted.enumerated() {
      let membership = ordered.map { $0.contains(start) }
      let color = colors[membership] ?? UInt16(colors.count)
      if colors.updateValue(color, forKey: membership) == nil { samples.append(start) }
      let end = index + 1 < sorted.count ? sorted[index + 1] : CodePointSet.last + 1
      for character in min(start, 0x80)..<min(end, 0x80) { ascii[Int(character)] = color }
      if start >= 0x80 {
        starts.append(start)
        stretches.append(color)
      }
    }
    self.ascii = ascii
    self.starts = starts
    self.stretches = stretches
    self.samples = samples
    kinds = samples.map { CodePointSet.word.contains($0) ? .word : .other } + [.edge]
  }

  /// The colour of the character that starts at a place.
  @inline(__always)
  func color(of text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    let byte = text[place]
    return byte < 0x80 ? Int(ascii[Int(byte)]) : wideColor(of: text, at: place)
  }

  private func wideColor(of text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    if starts.count == 1 { return Int(stretches[0]) }
    let lead = UInt32(text[place])
    var character = lead < 0xE0 ? lead & 0x1F : lead < 0xF0 ? lead & 0x0F : lead & 0x07
    for next in (place + 1)..<text.endOfCharacter(at: place) { character = character &<< 6 | UInt32(text[next] & 0x3F) }
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= character { low = middle } else { high = middle }
    }
    return Int(stretches[low])
  }
}
