import Relations

/// A function chosen for a call: what the arguments become, where they go, and what comes out.
public struct FunctionChoice: Hashable, Sendable {
  /// What is called.
  public let function: FunctionID
  /// The types to which the given arguments are coerced, implicitly, in the order in which they were given.
  public let arguments: [TypeID]
  /// Which parameter each given argument is for; only calls that name arguments deviate from 0, 1, 2, …
  public let parameters: [Int]
  /// The parameters that were left out and take their defaults, in order. Their expressions are the last of `Function.defaults`.
  public let defaulted: [Int]
  /// Whether the last arguments become one array.
  public let variadic: Variadic
  /// The type of the call, with anything polymorphic settled.
  public let result: TypeID

  /// What becomes of the last arguments of a variadic function.
  public enum Variadic: Hashable, Sendable {
    /// Nothing: the function is not variadic, or is called with an array (`VARIADIC array`), or takes `any` as they come.
    case none
    /// The arguments from a place on are gathered into one array of a type.
    case gathered(from: Int, array: TypeID)
  }
}

/// What `name(arguments)` means.
public enum CallMeaning: Hashable, Sendable {
  case call(FunctionChoice)
  /// An explicit cast of the one argument: `date('2026-05-01')`, `text(x)`.
  case cast(to: TypeID)
}

extension Catalogue {
  /// The function, aggregate, window function or cast that a call means.
  ///
  /// Arguments that stand after `WITHIN GROUP (ORDER BY` count as further arguments here. Whether a call of an aggregate or a window
  /// function has what it needs (`OVER`, `WITHIN GROUP`) is for the caller to check.
  ///
  /// - Parameters:
  ///   - arguments: literals whose type nothing says yet are of type `unknown`.
  ///   - names: for arguments given as `name => value` their names, nil for those before them; empty if none has a name.
  ///   - isSpread: whether the last argument is given as `VARIADIC array`.
  /// - Throws: 42883 if there is none, 42725 if there are several, 42804 if polymorphic arguments do not agree, 42704 if there is no
  ///   array type where one is needed, 54023 if there are too many arguments.
  public func resolveFunction(
    _ name: String, _ arguments: [TypeID], names: [String?] = [], isSpread: Bool = false
  ) throws(SQLError) -> CallMeaning {
    precondition(names.isEmpty || names.count == arguments.count, "a name, or nil, for each argument")
    if arguments.count > Self.mostArguments {
      throw SQLError(SQLState("54023"), "cannot pass more than \(Self.mostArguments) arguments to a function")
    }
    let hasNames = names.contains { $0 != nil }
    let call = Call(name: name, arguments: arguments, names: hasNames ? names : [], isSpread: isSpread)
    let candidates = candidates(for: call)
    if let exact = candidates.first(where: { $0.arguments.prefix(arguments.count).elementsEqual(arguments) }) {
      return .call(try choice(exact, call))
    }
    if let type = castMeant(by: call) { return .cast(to: type) }
    let plain = candidates.indices.map { Candidate(place: $0, arguments: candidates[$0].arguments) }
    switch choose(for: arguments, among: plain) {
    case .one(let candidate): return .call(try choice(candidates[candidate.place], call))
    case .none: throw SQLError(.undefinedFunction, "function \(signature(call)) does not exist")
    case .several: throw notUnique(call)
    }
  }

  private static var mostArguments: Int { 100 }

  private struct Call {
    let name: String
    let arguments: [TypeID]
    let names: [String?]
    let isSpread: Bool
  }

  /// A function that takes as many arguments as there are.
  private struct FunctionCandidate {
    let function: Function
    /// The declared type for each given argument, then those of the parameters left out.
    let arguments: [TypeID]
    let parameters: [Int]
    let defaulted: [Int]
    /// How many of the arguments are of the variadic one, its element type repeated for each.
    let variadicCount: Int
    /// Another function takes the same types, and nothing prefers one of them.
    var isAmbiguous = false
  }
}

/// Gathering candidates.
extension Catalogue {
  private func candidates(for call: Call) -> [FunctionCandidate] {
    var candidates: [FunctionCandidate] = []
    for function in functions(named: call.name) {
      guard let candidate = candidate(function, call) else { continue }
      add(candidate, to: &candidates, given: call.arguments.count)
    }
    return candidates
  }

  /// The function as this call would use it; nil if the number or the names of the arguments do not fit.
  private func candidate(_ function: Function, _ call: Call) -> FunctionCandidate? {
    let given = call.arguments.count
    let declared = Array(function.arguments)
    let element = function.variadicElement
    if !call.names.isEmpty {
      // Arguments with names cannot be told from those that a variadic parameter takes.
      if element != nil, !call.isSpread { return nil }
      return namedCandidate(function, declared, call)
    }
    if let element, !call.isSpread, declared.count <= given {
      let repeated = [TypeID](repeating: element, count: given - declared.count + 1)
      return FunctionCandidate(
        function: function, arguments: declared.dropLast() + repeated, parameters: Array(0..<given), defaulted: [],
        variadicCount: repeated.count)
    }
    guard declared.count == given || (declared.count > given && given + function.defaultCount >= declared.count) else { return nil }
    return FunctionCandidate(
      function: function, arguments: declared, parameters: Array(0..<given), defaulted: Array(given..<declared.count),
      variadicCount: 0)
  }

  private func namedCandidate(_ function: Function, _ declared: [TypeID], _ call: Call) -> FunctionCandidate? {
    let parameterNames = function.argumentNames
    guard declared.count >= call.arguments.count, !parameterNames.isEmpty else { return nil }
    var parameters: [Int] = []
    for (place, name) in call.names.enumerated() {
      guard let name else {
        parameters.append(place)
        continue
      }
      guard let parameter = parameterNames.firstIndex(of: name), !parameters.contains(parameter) else { return nil }
      parameters.append(parameter)
    }
    let defaulted = declared.indices.filter { !parameters.contains($0) }
    if let first = defaulted.first, first < declared.count - function.defaultCount { return nil }
    return FunctionCandidate(
      function: function, arguments: (parameters + defaulted).map { declared[$0] }, parameters: parameters, defaulted: defaulted,
      variadicCount: 0)
  }

  /// Of two functions that take the same types one goes: the built-in one stays before an added one, and one that is not variadic
  /// here before one that is. If neither says, a call of them is ambiguous.
  private func add(_ candidate: FunctionCandidate, to candidates: inout [FunctionCandidate], given: Int) {
    let same = candidates.firstIndex { $0.arguments.prefix(given).elementsEqual(candidate.arguments.prefix(given)) }
    guard let same else { return candidates.append(candidate) }
    let known = candidates[same]
    if known.function.definitions !== candidate.function.definitions { return }
    switch (known.variadicCount > 0, candidate.variadicCount > 0) {
    case (false, true): break
    case (true, false): candidates[same] = candidate
    default: candidates[same].isAmbiguous = true
    }
  }

  /// The type that a call of one argument casts to: the name of a type, where the value is one already, byte for byte, or a literal,
  /// or goes by way of text. All other casts are found as the functions they are.
  private func castMeant(by call: Call) -> TypeID? {
    guard call.arguments.count == 1, call.names.isEmpty, let source = call.arguments.first, let target = type(named: call.name),
      kind(of: target) != .composite
    else { return nil }
    if source == .unknown { return target }
    switch path(from: source, to: target, .explicit) {
    case .relabel?: return target
    // A row is not cast to a string so: `text(row)` could as well mean a column of it.
    case .inputOutput?:
      return (source == .record || isComposite(source)) && category(of: target) == .string ? nil : target
    default: return nil
    }
  }
}

/// Making the call.
extension Catalogue {
  private func choice(_ candidate: FunctionCandidate, _ call: Call) throws(SQLError) -> FunctionChoice {
    if candidate.isAmbiguous { throw notUnique(call) }
    let given = call.arguments.count
    // A default is of its parameter's type already.
    let actual = call.arguments + candidate.arguments.dropFirst(given)
    let settled = try settle(actual, candidate.arguments, result: candidate.function.result)
    let arguments = Array(settled.arguments.prefix(given))
    return FunctionChoice(
      function: candidate.function.id, arguments: arguments, parameters: candidate.parameters, defaulted: candidate.defaulted,
      variadic: try variadic(candidate, call, arguments), result: settled.result)
  }

  private func variadic(
    _ candidate: FunctionCandidate, _ call: Call, _ arguments: [TypeID]
  ) throws(SQLError) -> FunctionChoice.Variadic {
    if candidate.variadicCount > 0, candidate.function.variadicElement != .any {
      let start = arguments.count - candidate.variadicCount
      guard let array = array(of: arguments[start]) else {
        throw SQLError(.undefinedObject, "could not find array type for data type \(name(of: arguments[start]))")
      }
      return .gathered(from: start, array: array)
    }
    if call.isSpread, candidate.function.variadicElement == .any, let last = call.arguments.last,
      element(of: base(of: last)) == nil
    {
      throw SQLError(.datatypeMismatch, "VARIADIC argument must be an array")
    }
    return .none
  }

  private func notUnique(_ call: Call) -> SQLError { SQLError(.ambiguousFunction, "function \(signature(call)) is not unique") }

  private func signature(_ call: Call) -> String {
    let arguments = call.arguments.indices.map { place in
      let type = name(of: call.arguments[place])
      return call.names.isEmpty ? type : call.names[place].map { "\($0) => \(type)" } ?? type
    }
    return "\(call.name)(\(arguments.joined(separator: ", ")))"
  }
}
