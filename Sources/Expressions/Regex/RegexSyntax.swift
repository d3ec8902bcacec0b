/// What a regular expression matches, without what it captures and prefers: all that an automaton is made from.
indirect enum RegexSyntax: Sendable {
  case empty
  case set(CodePointSet)
  case assertion(RegexAssertion)
  case sequence([RegexSyntax])
  case choice([RegexSyntax])
  /// So many times, without end if there is no most.
  case repetition(RegexSyntax, least: Int, most: Int?)
}

/// What must hold between two characters.
enum RegexAssertion: Sendable {
  case textStart, textEnd
  case wordStart, wordEnd, wordBoundary, notWordBoundary

  /// Whether it holds between a character of one kind and one of the other.
  func holds(between before: CharacterKind, and after: CharacterKind) -> Bool {
    switch self {
    case .textStart: before == .edge
    case .textEnd: after == .edge
    case .wordStart: before != .word && after == .word
    case .wordEnd: before == .word && after != .word
    case .wordBoundary: (before == .word) != (after == .word)
    case .notWordBoundary: (before == .word) == (after == .word)
    }
  }
}

/// What assertions ask of a neighbour: an edge of the text, part of a word, or another character.
enum CharacterKind: UInt8, Sendable {
  case edge, other, word
}

extension RegexSyntax {
  static func sequence(of parts: [RegexSyntax]) -> RegexSyntax {
    parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
  }

  /// All sets in it, for telling apart which characters it tells apart.
  func forEachSet(_ body: (CodePointSet) -> Void) {
    switch self {
    case .empty: break
    case .set(let set): body(set)
    case .assertion(let assertion):
      if assertion != .textStart && assertion != .textEnd { body(.word) }
    case .sequence(let parts), .choice(let parts): for part in parts { part.forEachSet(body) }
    case .repetition(let part, _, _): part.forEachSet(body)
    }
  }

  /// Whether a match can only be where the text starts.
  var isAnchored: Bool {
    switch self {
    case .assertion(.textStart): true
    case .sequence(let parts): parts[0].isAnchored
    case .choice(let parts): parts.allSatisfy(\.isAnchored)
    default: false
    }
  }

  /// The text that is sought, if it is a plain one.
  var literal: [UInt32]? {
    switch self {
    case .set(let set):
      guard set.ranges.count == 1, set.ranges[0].count == 1 else { return nil }
      return [set.ranges[0].lowerBound]
    case .sequence(let parts):
      var text: [UInt32] = []
      for part in parts {
        guard case .set = part, let character = part.literal else { return nil }
        text += character
      }
      return text
    default: return nil
    }
  }
}
