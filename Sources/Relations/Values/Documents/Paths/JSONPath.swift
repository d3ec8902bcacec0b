/// A path into documents, as SQL/JSON has it: `$.items[*] ? (@.price > 10)`.
///
/// Without regular expressions and dates: a path that has them is not read.
public struct JSONPath: Sendable {
  /// Whether what is not there is an error; else arrays are made and taken apart as the path needs them.
  public let isStrict: Bool
  public let root: PathNode

  init(isStrict: Bool, root: PathNode) {
    self.isStrict = isStrict
    self.root = root
  }
}

/// What has items, or a truth.
public indirect enum PathNode: Sendable {
  case chain(PathHead, [PathStep])
  case arithmetic(PathOperator, PathNode, PathNode)
  case sign(isNegative: Bool, PathNode)

  case comparison(PathComparison, PathNode, PathNode)
  case startsWith(PathNode, PathNode)
  case and(PathNode, PathNode)
  case or(PathNode, PathNode)
  case not(PathNode)
  case isUnknown(PathNode)
  case exists(PathNode)
}

public enum PathHead: Sendable {
  /// `$`
  case root
  /// `@`
  case current
  /// The subscript of an array's last element.
  case last
  case literal(Document)
  /// `$name`
  case variable([UInt8])
}

public enum PathStep: Sendable {
  case key([UInt8])
  case anyKey
  case anyElement
  /// `[0, 2 to last]`
  case elements([(first: PathNode, last: PathNode?)])
  /// `.**{2 to 3}`: members and elements so far down; nil of both for those that have none.
  case descendants(first: Int?, last: Int?)
  case method(PathMethod)
  case filter(PathNode)
}

public enum PathMethod: String, Sendable { case type, size, abs, floor, ceiling }
public enum PathOperator: String, Sendable { case add = "+", subtract = "-", multiply = "*", divide = "/", remainder = "%" }

public enum PathComparison: String, Sendable {
  case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
}

extension PathNode {
  /// Whether it is a truth.
  var isPredicate: Bool {
    switch self {
    case .chain, .arithmetic, .sign: false
    case .comparison, .startsWith, .and, .or, .not, .isUnknown, .exists: true
    }
  }

  /// How strongly it holds together.
  fileprivate var priority: Int {
    switch self {
    case .or: 0
    case .and: 1
    case .comparison, .startsWith: 2
    case .arithmetic(let operation, _, _): operation == .add || operation == .subtract ? 3 : 4
    case .sign: 5
    case .chain, .not, .isUnknown, .exists: 6
    }
  }
}

// MARK: - Printing

extension JSONPath {
  /// Appends what the output function prints.
  func append(to text: inout [UInt8]) {
    if isStrict { text += "strict ".utf8 }
    root.append(inBrackets: true, to: &text)
  }
}

extension PathNode {
  fileprivate func append(inBrackets: Bool, to text: inout [UInt8]) {
    func infix(_ symbol: String, _ a: PathNode, _ b: PathNode) {
      if inBrackets { text.append(UInt8(ascii: "(")) }
      a.append(inBrackets: a.priority <= priority, to: &text)
      text += " \(symbol) ".utf8
      b.append(inBrackets: b.priority <= priority, to: &text)
      if inBrackets { text.append(UInt8(ascii: ")")) }
    }
    func around(_ opening: String, _ operand: PathNode, _ closing: String) {
      text += opening.utf8
      operand.append(inBrackets: false, to: &text)
      text += closing.utf8
    }
    switch self {
    case .chain(let head, let steps):
      head.append(to: &text)
      for step in steps { step.append(to: &text) }
    case .arithmetic(let operation, let a, let b): infix(operation.rawValue, a, b)
    case .comparison(let comparison, let a, let b): infix(comparison.rawValue, a, b)
    case .startsWith(let a, let b): infix("starts with", a, b)
    case .and(let a, let b): infix("&&", a, b)
    case .or(let a, let b): infix("||", a, b)
    case .sign(let isNegative, let operand):
      if inBrackets { text.append(UInt8(ascii: "(")) }
      text.append(isNegative ? UInt8(ascii: "-") : UInt8(ascii: "+"))
      operand.append(inBrackets: operand.priority <= priority, to: &text)
      if inBrackets { text.append(UInt8(ascii: ")")) }
    case .not(let operand): around("!(", operand, ")")
    case .isUnknown(let operand): around("(", operand, ") is unknown")
    case .exists(let operand): around("exists (", operand, ")")
    }
  }
}

extension PathHead {
  fileprivate func append(to text: inout [UInt8]) {
    switch self {
    case .root: text.append(UInt8(ascii: "$"))
    case .current: text.append(UInt8(ascii: "@"))
    case .last: text += "last".utf8
    case .literal(let document): document.append(to: &text)
    case .variable(let name):
      text.append(UInt8(ascii: "$"))
      DocumentText.appendQuoted(name, to: &text)
    }
  }
}

extension PathStep {
  fileprivate func append(to text: inout [UInt8]) {
    switch self {
    case .key(let name):
      text.append(UInt8(ascii: "."))
      DocumentText.appendQuoted(name, to: &text)
    case .anyKey: text += ".*".utf8
    case .anyElement: text += "[*]".utf8
    case .elements(let places):
      for (index, place) in places.enumerated() {
        text.append(index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
        place.first.append(inBrackets: false, to: &text)
        guard let last = place.last else { continue }
        text += " to ".utf8
        last.append(inBrackets: false, to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .descendants(let first, let last):
      text += ".**".utf8
      switch (first, last) {
      case (0?, nil): break
      case (nil, _): text += "{last}".utf8
      case (let first?, nil): text += "{\(first) to last}".utf8
      case (let first?, let last?): text += (first == last ? "{\(first)}" : "{\(first) to \(last)}").utf8
      }
    case .method(let method): text += ".\(method.rawValue)()".utf8
    case .filter(let condition):
      text += "?(".utf8
      condition.append(inBrackets: false, to: &text)
      text.append(UInt8(ascii: ")"))
    }
  }
}
