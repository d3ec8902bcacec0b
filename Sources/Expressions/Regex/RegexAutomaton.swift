import Relations

/// Reads texts along a graph, all paths at once, and remembers where each colour leads from each set of paths: after a few rows, a
/// character costs one look into a table, however the pattern is made.
struct RegexAutomaton {
  private let graph: RegexGraph
  private let colors: RegexColors
  private let isBackwards: Bool
  /// Whether a match may start at every place.
  private let isSearching: Bool
  private let width: Int
  private var states: [State] = []
  private var places: [State: Int32] = [:]
  /// Twice the next state, and one if what was read before is a match; negative if that is not known yet.
  private var table: [Int32] = []
  /// The states in which reading starts, by what stands before it; negative if not known.
  private var starts: [Int32] = [-1, -1, -1]

  /// Where paths have got to, and what was read last.
  private struct State: Hashable {
    var steps: [Int32]
    var last: CharacterKind
  }

  private static let limit = 2_000

  init(_ syntax: RegexSyntax, _ colors: RegexColors, backwards: Bool = false, searching: Bool = false) throws(Failure) {
    graph = try RegexGraph(syntax, backwards: backwards)
    self.colors = colors
    isBackwards = backwards
    isSearching = searching
    width = colors.count + 1
  }

  /// No path is left.
  static let dead: Int32 = 0

  /// Where reading starts, next to a character of a kind.
  mutating func start(beside kind: CharacterKind) -> Int32 {
    let known = starts[Int(kind.rawValue)]
    if known >= 0 { return known }
    let start = place(of: State(steps: [Int32(graph.start)], last: graph.hasAssertions ? kind : .edge))
    starts[Int(kind.rawValue)] = start
    return start
  }

  /// Twice the state after a character of the colour, and one if the place before it ends a match.
  @inline(__always)
  mutating func step(_ state: Int32, _ color: Int) -> Int32 {
    let known = table[Int(state) &* width &+ color]
    return known >= 0 ? known : learn(state, color)
  }

  private mutating func learn(_ state: Int32, _ color: Int) -> Int32 {
    let from = states[Int(state)]
    let next = colors.kinds[color]
    var (isMatch, targets) = (false, Set<Int32>())
    var seen = Set(from.steps)
    var open = from.steps
    while let place = open.popLast() {
      func go(_ target: Int32) { if seen.insert(target).inserted { open.append(target) } }
      switch graph.steps[Int(place)] {
      case .end: isMatch = true
      case .fork(let a, let b):
        go(a)
        go(b)
      case .check(let assertion, let then):
        let holds = isBackwards ? assertion.holds(between: next, and: from.last) : assertion.holds(between: from.last, and: next)
        if holds { go(then) }
      case .read(let set, let then): if color < colors.count && set.contains(colors.samples[color]) { targets.insert(then) }
      }
    }
    if isSearching && color < colors.count { targets.insert(Int32(graph.start)) }
    let forgets = states.count >= Self.limit
    if forgets { forget() }
    let result = place(of: State(steps: targets.sorted(), last: graph.hasAssertions ? next : .edge)) * 2 + (isMatch ? 1 : 0)
    if !forgets { table[Int(state) * width + color] = result }
    return result
  }

  private mutating func forget() {
    states = []
    places = [:]
    table = []
    starts = [-1, -1, -1]
  }

  private mutating func place(of state: State) -> Int32 {
    if states.isEmpty { add(State(steps: [], last: .edge)) }
    if state.steps.isEmpty { return Self.dead }
    return places[state] ?? add(state)
  }

  @discardableResult
  private mutating func add(_ state: State) -> Int32 {
    states.append(state)
    let place = Int32(states.count - 1)
    places[state] = place
    table.append(contentsOf: repeatElement(-1, count: width))
    return place
  }
}
