import Relations

/// One path over one document.
///
/// Items are found one after the other, each by all steps before the next one by the first: who only wants to know whether there is one
/// stops at it, and does not meet the errors behind it.
struct PathRun {
  private let path: JSONPath
  private let document: Document
  private let variables: Document?
  private var isLax: Bool { !path.isStrict }
  /// Whether what is not there is passed over: in lax paths, and behind `**`.
  private var ignoresStructure: Bool
  /// Of the innermost array whose subscripts are computed.
  private var arraySize: Int?

  /// Whether an error is nothing but a sign that there was one: in silent calls, and in predicates.
  private var isSilent: Bool

  init(_ path: JSONPath, _ document: Document, variables: Document?, isSilent: Bool) {
    self.isSilent = isSilent
    self.path = path
    self.document = document
    self.variables = variables
    ignoresStructure = !path.isStrict
  }

  /// Why a run ends before its end.
  enum Stop: Error {
    /// Somebody has seen enough.
    case enough
    /// An error that a predicate takes for unknown, and a silent call for nothing.
    case error(SQLError)
    case failure(Failure)
  }

  typealias Sink = (Document) throws(Stop) -> Void

  private static func error(_ state: String, _ message: String) -> Stop { .error(SQLError(SQLState(state), message)) }
}

// MARK: - Questions

extension PathRun {
  /// All items, and the error after which there were no more.
  mutating func items() throws(Failure) -> (items: [Document], error: SQLError?) {
    var found: [Document] = []
    do throws(Stop) {
      try run(path.root, document) { (item) throws(Stop) in found.append(item) }
      return (found, nil)
    } catch {
      switch error {
      case .enough: return (found, nil)
      case .error(let error): return (found, error)
      case .failure(let failure): throw failure
      }
    }
  }

  /// Whether there is one; nil with an error.
  mutating func exists() throws(Failure) -> (answer: Bool?, error: SQLError?) {
    if path.isStrict {
      let (items, error) = try items()
      return (error == nil ? !items.isEmpty : nil, error)
    }
    do throws(Stop) { return (try isAny(path.root, document), nil) } catch {
      switch error {
      case .enough: return (true, nil)
      case .error(let error): return (nil, error)
      case .failure(let failure): throw failure
      }
    }
  }

  /// Stops at the first item.
  private mutating func isAny(_ node: PathNode, _ current: Document) throws(Stop) -> Bool {
    do throws(Stop) {
      if case .sign(_, let operand) = node {
        // Nobody asks for the number, so what is none is passed over.
        return try list(operand, current).contains { if case .number = $0 { true } else { false } }
      }
      try run(node, current) { (_) throws(Stop) in throw .enough }
      return false
    } catch {
      if case .enough = error { return true }
      throw error
    }
  }
}

// MARK: - Items

extension PathRun {
  private mutating func run(_ node: PathNode, _ current: Document, _ sink: Sink) throws(Stop) {
    switch node {
    case .chain(let head, let steps): try walk(steps[...], try value(of: head, current), unwraps: isLax, sink)
    case .arithmetic(let operation, let a, let b):
      let (left, right) = (try list(a, current), try list(b, current))
      try sink(.number(try result(operation, try Self.operand(left, "left"), try Self.operand(right, "right"))))
    case .sign(let isNegative, let operand):
      for item in try list(operand, current) {
        guard case .number(let number) = item else { throw Self.error("2203B", "operand of a sign is not a numeric value") }
        try sink(.number(isNegative ? -number : number))
      }
    default:
      switch try truth(node, current) {
      case .true: try sink(.bool(true))
      case .false: try sink(.bool(false))
      case .unknown: try sink(.null)
      }
    }
  }

  private func value(of head: PathHead, _ current: Document) throws(Stop) -> Document {
    switch head {
    case .root: return document
    case .current: return current
    case .last: return .number(Numeric(Int64((arraySize ?? 0) - 1)))
    case .literal(let literal): return literal
    case .variable(let name):
      guard let value = variables?[name] else {
        throw .failure(.raised(SQLError(.undefinedObject, "could not find jsonpath variable")))
      }
      return value
    }
  }

  /// The items of an operand: in a lax path, the elements of arrays.
  private mutating func list(_ node: PathNode, _ current: Document) throws(Stop) -> [Document] {
    var found: [Document] = []
    let isLax = isLax
    try run(node, current) { (item) throws(Stop) in
      if isLax, case .array(let elements) = item { found += elements } else { found.append(item) }
    }
    return found
  }

  private static func operand(_ items: [Document], _ side: String) throws(Stop) -> Numeric {
    guard items.count == 1, case .number(let number) = items[0] else {
      throw error("22038", "\(side) operand of a jsonpath operator is not a single numeric value")
    }
    return number
  }

  private func result(_ operation: PathOperator, _ a: Numeric, _ b: Numeric) throws(Stop) -> Numeric {
    do throws(SQLError) {
      switch operation {
      case .add: return try a + b
      case .subtract: return try a - b
      case .multiply: return try a * b
      case .divide: return try a / b
      case .remainder: return try a % b
      }
    } catch { throw .error(error) }
  }
}

// MARK: - Steps

extension PathRun {
  /// - Parameter unwraps: whether an array stands for its elements where a step is not for arrays.
  private mutating func walk(
    _ steps: ArraySlice<PathStep>, _ value: Document, unwraps: Bool, _ sink: Sink
  ) throws(Stop) {
    guard let step = steps.first else { return try sink(value) }
    let rest = steps.dropFirst()
    if unwraps, step.isForElements, case .array(let elements) = value {
      for element in elements { try walk(steps, element, unwraps: false, sink) }
      return
    }
    switch step {
    case .key(let name):
      if let member = value[name] { return try walk(rest, member, unwraps: isLax, sink) }
      if ignoresStructure { return }
      throw Self.error("2203A", "JSON object does not contain key \"\(String(decoding: name, as: UTF8.self))\"")
    case .anyKey:
      if case .object(let members) = value {
        for member in members { try walk(rest, member.value, unwraps: isLax, sink) }
      } else if !ignoresStructure {
        throw Self.error("2203C", "jsonpath wildcard member accessor can only be applied to an object")
      }
    case .anyElement:
      if case .array(let elements) = value {
        for element in elements { try walk(rest, element, unwraps: isLax, sink) }
      } else if isLax {
        try walk(rest, value, unwraps: isLax, sink)
      } else if !ignoresStructure {
        throw Self.error("22039", "jsonpath wildcard array accessor can only be applied to an array")
      }
    case .elements(let places): try pick(places, value, rest, sink)
    case .descendants(let first, let last): try descend(first, last, value, rest, sink)
    case .method(let method):
      if let item = try self.item(method, value) { try walk(rest, item, unwraps: isLax, sink) }
    case .filter(let condition):
      if try truth(condition, value) == .true { try walk(rest, value, unwraps: isLax, sink) }
    }
  }

  private mutating func pick(
    _ places: [(first: PathNode, last: PathNode?)], _ value: Document, _ rest: ArraySlice<PathStep>, _ sink: Sink
  ) throws(Stop) {
    let elements: [Document]
    if case .array(let own) = value {
      elements = own
    } else if isLax {
      elements = [value]
    } else {
      if ignoresStructure { return }
      throw Self.error("22039", "jsonpath array accessor can only be applied to an array")
    }
    let outer = arraySize
    defer { arraySize = outer }
    for place in places {
      arraySize = elements.count
      let first = try subscripted(place.first, value)
      let last = try place.last.map { (node) throws(Stop) in try subscripted(node, value) } ?? first
      if !ignoresStructure, first < 0 || first > last || last >= elements.count {
        throw Self.error("22033", "jsonpath array subscript is out of bounds")
      }
      guard max(first, 0) <= min(last, elements.count - 1) else { continue }
      for index in max(first, 0)...min(last, elements.count - 1) { try walk(rest, elements[index], unwraps: isLax, sink) }
    }
  }

  private mutating func subscripted(_ node: PathNode, _ value: Document) throws(Stop) -> Int {
    var items: [Document] = []
    try run(node, value) { (item) throws(Stop) in items.append(item) }
    guard items.count == 1, case .number(let number) = items[0] else {
      throw Self.error("22033", "jsonpath array subscript is not a single numeric value")
    }
    guard let whole = try? number.truncated(to: 0), let index = whole.scaled(to: 0), let index = Int32(exactly: index) else {
      throw Self.error("22033", "jsonpath array subscript is out of integer range")
    }
    return Int(index)
  }

  /// Behind it nothing that is not there is an error.
  private mutating func descend(
    _ first: Int?, _ last: Int?, _ value: Document, _ rest: ArraySlice<PathStep>, _ sink: Sink
  ) throws(Stop) {
    let outer = ignoresStructure
    defer { ignoresStructure = outer }
    ignoresStructure = true
    if first == 0 {
      do throws(Stop) { try walk(rest, value, unwraps: isLax, sink) } catch {
        // PostgreSQL forgets it, as long as there is something further down to look at.
        guard case .error = error, isSilent, !value.isScalar else { throw error }
      }
    }
    try descend(level: 1, first, last, value, rest, sink)
  }

  private mutating func descend(
    level: Int, _ first: Int?, _ last: Int?, _ value: Document, _ rest: ArraySlice<PathStep>, _ sink: Sink
  ) throws(Stop) {
    if let last, level > last { return }
    for part in value.parts {
      // Without levels those that have no parts are meant.
      if first.map({ level >= $0 }) ?? part.isScalar { try walk(rest, part, unwraps: isLax, sink) }
      try descend(level: level + 1, first, last, part, rest, sink)
    }
  }

  private func item(_ method: PathMethod, _ value: Document) throws(Stop) -> Document? {
    switch method {
    case .type: return .string(Array(value.typeName.utf8))
    case .size:
      if case .array(let elements) = value { return .number(Numeric(Int64(elements.count))) }
      if isLax { return .number(Numeric(1)) }
      if ignoresStructure { return nil }
      throw Self.error("22039", "jsonpath item method .size() can only be applied to an array")
    case .abs, .floor, .ceiling:
      guard case .number(let number) = value else {
        throw Self.error("22036", "jsonpath item method .\(method.rawValue)() can only be applied to a numeric value")
      }
      do throws(SQLError) {
        return .number(method == .abs ? number.absolute : method == .floor ? try number.floor() : try number.ceiling())
      } catch { throw .error(error) }
    }
  }
}

extension PathStep {
  /// Whether in a lax path an array stands for its elements there.
  fileprivate var isForElements: Bool {
    switch self {
    case .key, .anyKey, .filter: true
    case .method(let method): method != .type && method != .size
    case .anyElement, .elements, .descendants: false
    }
  }
}

extension Document {
  fileprivate var parts: [Document] {
    switch self {
    case .array(let elements): elements
    case .object(let members): members.map(\.value)
    default: []
    }
  }

  fileprivate var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

// MARK: - Truths

extension PathRun {
  enum Truth { case `true`, `false`, unknown }

  private mutating func truth(_ node: PathNode, _ current: Document) throws(Stop) -> Truth {
    switch node {
    case .and(let a, let b):
      let left = try truth(a, current)
      if left == .false { return .false }
      let right = try truth(b, current)
      return right == .true ? left : right
    case .or(let a, let b):
      let left = try truth(a, current)
      if left == .true { return .true }
      let right = try truth(b, current)
      return right == .false ? left : right
    case .not(let operand):
      switch try truth(operand, current) {
      case .true: return .false
      case .false: return .true
      case .unknown: return .unknown
      }
    case .isUnknown(let operand): return try truth(operand, current) == .unknown ? .true : .false
    case .exists(let operand):
      return try orUnknown { (run) throws(Stop) in
        if run.isLax { return try run.isAny(operand, current) ? .true : .false }
        var isThere = false
        try run.run(operand, current) { (_) throws(Stop) in isThere = true }
        return isThere ? .true : .false
      }
    case .comparison(let comparison, let a, let b):
      return try orUnknown { (run) throws(Stop) in
        let (left, right) = (try run.list(a, current), try run.list(b, current))
        return run.any(left, right) { Self.compare(comparison, $0, $1) }
      }
    case .startsWith(let a, let b):
      return try orUnknown { (run) throws(Stop) in
        let left = try run.list(a, current)
        var right: [Document] = []
        try run.run(b, current) { (item) throws(Stop) in right.append(item) }
        return run.any(left, right) { whole, start in
          guard case .string(let whole) = whole, case .string(let start) = start else { return .unknown }
          return whole.starts(with: start) ? .true : .false
        }
      }
    case .chain, .arithmetic, .sign: return .unknown
    }
  }

  /// An error of an operand is unknown.
  private mutating func orUnknown(_ answer: (inout PathRun) throws(Stop) -> Truth) throws(Stop) -> Truth {
    let before = self
    defer { self = before }
    isSilent = true
    do throws(Stop) { return try answer(&self) } catch {
      guard case .error = error else { throw error }
      return .unknown
    }
  }

  /// Of all pairs: in a lax path the first true one decides, in a strict one the first that is unknown.
  private func any(_ left: [Document], _ right: [Document], _ question: (Document, Document) -> Truth) -> Truth {
    var (isFound, isUnknown) = (false, false)
    for a in left {
      for b in right {
        switch question(a, b) {
        case .unknown:
          if path.isStrict { return .unknown }
          isUnknown = true
        case .true:
          if isLax { return .true }
          isFound = true
        case .false: break
        }
      }
    }
    return isFound ? .true : isUnknown ? .unknown : .false
  }

  private static func compare(_ comparison: PathComparison, _ a: Document, _ b: Document) -> Truth {
    let order: Int
    switch (a, b) {
    case (.null, .null): order = 0
    case (.bool(let a), .bool(let b)): order = a == b ? 0 : a ? 1 : -1
    case (.number(let a), .number(let b)): order = a.compare(b)
    case (.string(let a), .string(let b)): order = a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    case (.array, .array), (.object, .object): return .unknown
    // A null differs from all else, and is comparable with nothing.
    case (.null, _), (_, .null): return comparison == .notEqual ? .true : .false
    default: return .unknown
    }
    let isTrue =
      switch comparison {
      case .equal: order == 0
      case .notEqual: order != 0
      case .less: order < 0
      case .lessOrEqual: order <= 0
      case .greater: order > 0
      case .greaterOrEqual: order >= 0
      }
    return isTrue ? .true : .false
  }
}
