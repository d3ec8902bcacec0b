/// A regular expression taken apart, as far as captures and preferences need it.
///
/// A match of the whole is the longest or the shortest from the leftmost place where there is one. What its parts match follows from the top
/// down: a concatenation gives its left side the longest or shortest stretch with which the right side still fits. Parts that capture
/// nothing, stand side by side and do not disagree in what they prefer are one part, as they are to PostgreSQL.
struct RegexTree: Sendable {
  /// Children are places in here.
  var nodes: [Node] = []
  var root = 0
  /// How many parentheses capture.
  var groups = 0

  struct Node: Sendable {
    let shape: Shape
    /// What it matches.
    let syntax: RegexSyntax
    var traits: Traits
    /// The parentheses whose content it is.
    var group: Int?
  }

  enum Shape: Sendable {
    case plain
    case pair(Int, Int)
    case choice([Int])
    /// A capturing part repeated, perhaps not at all.
    case iteration(Int, most: Int?)
  }

  /// What a part prefers and whether its insides matter.
  struct Traits: OptionSet, Sendable {
    let rawValue: UInt8
    static let longer = Traits(rawValue: 1)
    static let shorter = Traits(rawValue: 2)
    /// Something below prefers otherwise than its neighbours.
    static let mixed = Traits(rawValue: 4)
    static let captures = Traits(rawValue: 8)
  }

  mutating func add(_ shape: Shape, _ syntax: RegexSyntax, _ traits: Traits) -> Int {
    nodes.append(Node(shape: shape, syntax: syntax, traits: traits))
    return nodes.count - 1
  }

  mutating func plain(_ parts: [RegexSyntax], _ traits: Traits) -> Int { add(.plain, .sequence(of: parts), traits) }

  mutating func pair(_ left: Int, _ right: Int, _ traits: Traits) -> Int {
    add(.pair(left, right), .sequence([nodes[left].syntax, nodes[right].syntax]), traits)
  }
}

extension RegexTree.Traits {
  var preference: RegexTree.Traits { intersection([.longer, .shorter]) }

  /// What a part tells the one around it: not what it prefers, but whether that clashed.
  var passedUp: RegexTree.Traits {
    let rest = subtracting([.longer, .shorter])
    return isSuperset(of: [.longer, .shorter]) ? rest.union(.mixed) : rest
  }

  /// Of two parts side by side the first one that prefers anything decides.
  func combined(with next: RegexTree.Traits) -> RegexTree.Traits {
    union(next).passedUp.union(preference.isEmpty ? next.preference : preference)
  }

  var isMessy: Bool { !isDisjoint(with: [.mixed, .captures]) }
}
