import Relations

/// A regular expression, and what has been learnt about it by matching: made once a batch for a pattern, used for all rows.
///
/// Places in a text are byte offsets. Time is proportional to the length of the text for whether there is a match; where it is and what
/// is captured takes a pass for each part that is told apart.
struct RegexMatcher {
  let tree: RegexTree
  private let colors: RegexColors
  private let literal: [UInt8]?
  private var search: RegexAutomaton
  /// Backwards from the end: finds where matches start.
  private var starts: RegexAutomaton?
  /// By the nodes of the tree, as far as they were needed.
  private var parts: [RegexAutomaton?]
  private var backwardParts: [RegexAutomaton?]
  /// Where in the text that is being searched matches start.
  private var marks: [Bool] = []

  init(_ pattern: UnsafeBufferPointer<UInt8>, ignoringCase: Bool = false) throws(Failure) {
    tree = try RegexParser.parse(pattern, ignoringCase: ignoringCase)
    let syntax = tree.nodes[tree.root].syntax
    colors = RegexColors(syntax)
    parts = Array(repeating: nil, count: tree.nodes.count)
    backwardParts = parts
    search = try RegexAutomaton(syntax, colors, searching: !syntax.isAnchored)
    literal = syntax.literal.map { text in
      var string = String.UnicodeScalarView()
      string.append(contentsOf: text.compactMap(Unicode.Scalar.init))
      return Array(String(string).utf8)
    }
  }
}

// MARK: - Whether

extension RegexMatcher {
  /// Whether there is a match somewhere.
  mutating func isFound(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    if let literal { return literal.withUnsafeBufferPointer { text.firstOffset(of: $0, from: 0) != nil } }
    var state = search.start(beside: .edge)
    var place = 0
    while place < text.count {
      let entry = search.step(state, colors.color(of: text, at: place))
      if entry & 1 != 0 { return true }
      state = entry &>> 1
      if state == RegexAutomaton.dead { return false }
      place = text[place] < 0x80 ? place &+ 1 : text.endOfCharacter(at: place)
    }
    return search.step(state, colors.count) & 1 != 0
  }
}

// MARK: - Where

extension RegexMatcher {
  /// Looks for all places where matches start, in one pass backwards; to be done before `nextMatch`.
  mutating func begin(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) {
    if starts == nil {
      starts = try RegexAutomaton(tree.nodes[tree.root].syntax, colors, backwards: true, searching: true)
    }
    marks.removeAll(keepingCapacity: true)
    marks.append(contentsOf: repeatElement(false, count: text.count + 1))
    var state = starts!.start(beside: .edge)
    var place = text.count
    while true {
      let before = place > 0 ? text.startOfCharacter(before: place) : 0
      let entry = starts!.step(state, place > 0 ? colors.color(of: text, at: before) : colors.count)
      if entry & 1 != 0 { marks[place] = true }
      if place == 0 { return }
      state = entry &>> 1
      place = before
    }
  }

  /// The leftmost match that does not start before `from`: of those that start there the longest, or if the pattern prefers so the
  /// shortest.
  mutating func nextMatch(in text: UnsafeBufferPointer<UInt8>, from: Int = 0) throws(Failure) -> Range<Int>? {
    assert(marks.count == text.count + 1, "the search has begun")
    guard from <= text.count, let start = marks[from...].firstIndex(of: true) else { return nil }
    let prefersShort = tree.nodes[tree.root].traits.contains(.shorter) != Planted.bug("the shortest match is taken")
    var end: Int?
    try forEachEnd(of: tree.root, in: text, from: start, upTo: text.count) { place in
      end = place
      return !prefersShort
    }
    guard let end else { preconditionFailure("a match that starts also ends") }
    return start..<end
  }

  /// Calls `body` with every place where a match of the part from `start` ends, in order, until it says that it has had enough.
  private mutating func forEachEnd(
    of part: Int, in text: UnsafeBufferPointer<UInt8>, from start: Int, upTo end: Int, _ body: (Int) -> Bool
  ) throws(Failure) {
    if parts[part] == nil { parts[part] = try RegexAutomaton(tree.nodes[part].syntax, colors) }
    var state = parts[part]!.start(beside: kind(in: text, before: start))
    var place = start
    while true {
      let entry = parts[part]!.step(state, place < text.count ? colors.color(of: text, at: place) : colors.count)
      if entry & 1 != 0 && !body(place) { return }
      state = entry &>> 1
      if place >= end || state == RegexAutomaton.dead { return }
      place = text.endOfCharacter(at: place)
    }
  }

  /// Calls `body` with every place from where the part matches up to `end`, from the last one to the first.
  private mutating func forEachStart(
    of part: Int, in text: UnsafeBufferPointer<UInt8>, downTo start: Int, from end: Int, _ body: (Int) -> Void
  ) throws(Failure) {
    if backwardParts[part] == nil {
      backwardParts[part] = try RegexAutomaton(tree.nodes[part].syntax, colors, backwards: true)
    }
    var state = backwardParts[part]!.start(
      beside: end < text.count ? colors.kinds[colors.color(of: text, at: end)] : .edge)
    var place = end
    while true {
      let before = place > 0 ? text.startOfCharacter(before: place) : 0
      let entry = backwardParts[part]!.step(state, place > 0 ? colors.color(of: text, at: before) : colors.count)
      if entry & 1 != 0 { body(place) }
      state = entry &>> 1
      if place <= start || state == RegexAutomaton.dead { return }
      place = before
    }
  }

  private func kind(in text: UnsafeBufferPointer<UInt8>, before place: Int) -> CharacterKind {
    place > 0 ? colors.kinds[colors.color(of: text, at: text.startOfCharacter(before: place))] : .edge
  }
}

// MARK: - What is captured

extension RegexMatcher {
  /// What each pair of parentheses matched last inside a match, the first pair's at 0; nil for what matched nothing.
  mutating func captures(of match: Range<Int>, in text: UnsafeBufferPointer<UInt8>) throws(Failure) -> [Range<Int>?] {
    var captured = [Range<Int>?](repeating: nil, count: tree.groups)
    try take(apart: tree.root, match, text, &captured)
    return captured
  }

  private mutating func take(
    apart part: Int, _ range: Range<Int>, _ text: UnsafeBufferPointer<UInt8>, _ captured: inout [Range<Int>?]
  ) throws(Failure) {
    let node = tree.nodes[part]
    switch node.shape {
    case .plain: break
    case .pair(let left, let right):
      let middle = try middle(left, right, range, text)
      try take(apart: left, range.lowerBound..<middle, text, &captured)
      try take(apart: right, middle..<range.upperBound, text, &captured)
    case .choice(let branches):
      for branch in branches where try matches(branch, range, text) {
        try take(apart: branch, range, text, &captured)
        break
      }
    case .iteration(let inside, let most):
      // Of nothing, nothing is captured; but what if the inside matches nothing is not known.
      if range.isEmpty, try !matches(inside, range, text) { break }
      guard most == 1, !range.isEmpty else { throw .unsupportedRegex("a capture that is repeated") }
      try take(apart: inside, range, text, &captured)
    }
    if let group = node.group { captured[group - 1] = range }
  }

  /// Where the left side ends: as late as it can, or as early.
  private mutating func middle(
    _ left: Int, _ right: Int, _ range: Range<Int>, _ text: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> Int {
    var fits = [Bool](repeating: false, count: range.count + 1)
    try forEachStart(of: right, in: text, downTo: range.lowerBound, from: range.upperBound) { fits[$0 - range.lowerBound] = true }
    let prefersShort = tree.nodes[left].traits.contains(.shorter) && !Planted.bug("the left part is as long as it can be")
    var middle: Int?
    try forEachEnd(of: left, in: text, from: range.lowerBound, upTo: range.upperBound) { place in
      if fits[place - range.lowerBound] {
        middle = place
        if prefersShort { return false }
      }
      return true
    }
    guard let middle else { preconditionFailure("what matches as a whole has two sides that match") }
    return middle
  }

  private mutating func matches(_ part: Int, _ range: Range<Int>, _ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> Bool {
    var found = false
    try forEachEnd(of: part, in: text, from: range.lowerBound, upTo: range.upperBound) { place in
      found = place == range.upperBound
      return true
    }
    return found
  }
}
