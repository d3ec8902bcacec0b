import Relations

/// One of the functions or operators that a call may mean.
struct Candidate {
  /// Its place among the definitions that were looked through.
  let place: Int
  /// The declared types, one for each given argument, a variadic one repeated as needed; defaults follow.
  let arguments: [TypeID]
}

/// What a choice among candidates came to.
enum Choice {
  case one(Candidate)
  case none
  case several
}

/// PostgreSQL's choice among functions or operators of one name whose types are not those of the call.
///
/// Each step narrows the candidates down, and the first that leaves one ends it: who can be called at all; who has the most types
/// right; who takes preferred types where types must change; what the literals of unknown type best are; and at last whether one
/// candidate remains if all literals are taken for the type that everything else has.
extension Catalogue {
  func choose(for inputs: [TypeID], among candidates: [Candidate]) -> Choice {
    let callable = candidates.filter { canCoerce(inputs, to: $0.arguments.prefix(inputs.count), .implicit) }
    if callable.isEmpty { return .none }
    if callable.count == 1 { return .one(callable[0]) }
    return best(for: inputs, among: callable).map(Choice.one) ?? .several
  }

  private func best(for inputs: [TypeID], among callable: [Candidate]) -> Candidate? {
    let inputs = inputs.map { base(of: $0) }
    let categories = inputs.map { category(of: $0) }
    let unknowns = inputs.indices.filter { inputs[$0] == .unknown }

    var candidates = best(callable) { candidate in
      inputs.indices.count { inputs[$0] != .unknown && candidate.arguments[$0] == inputs[$0] }
    }
    if candidates.count == 1 { return candidates[0] }

    candidates = best(candidates) { candidate in
      inputs.indices.count {
        inputs[$0] != .unknown
          && (candidate.arguments[$0] == inputs[$0] || isPreferred(candidate.arguments[$0], in: categories[$0]))
      }
    }
    if candidates.count == 1 { return candidates[0] }
    if unknowns.isEmpty { return nil }

    candidates = candidatesForLiterals(at: unknowns, candidates)
    if candidates.count == 1 { return candidates[0] }
    return candidateIfAlike(inputs, candidates)
  }

  /// Those with the highest score.
  private func best(_ candidates: [Candidate], by score: (Candidate) -> Int) -> [Candidate] {
    let scores = candidates.map(score)
    let best = scores.max() ?? 0
    return zip(candidates, scores).filter { $0.1 == best }.map(\.0)
  }

  /// For each literal, the category that its candidates agree on, or strings if any takes one, because a literal looks like one;
  /// then those candidates that take such a category everywhere, and its preferred type where one of them does. If the candidates
  /// disagree about some literal, or none would remain, all stay.
  private func candidatesForLiterals(at unknowns: [Int], _ candidates: [Candidate]) -> [Candidate] {
    var wanted: [(category: TypeCategory, isPreferred: Bool)] = []
    for slot in unknowns {
      let offered = candidates.map { candidate in
        let type = candidate.arguments[slot]
        let category = self.category(of: type)
        return (category: category, isPreferred: isPreferred(type, in: category))
      }
      let takesString = offered.contains { $0.category == .string }
      let category: TypeCategory = takesString ? .string : offered[0].category
      if !takesString, offered.contains(where: { $0.category != category }) { return candidates }
      wanted.append((category, offered.contains { $0.category == category && $0.isPreferred }))
    }
    let remaining = candidates.filter { candidate in
      zip(unknowns, wanted).allSatisfy { slot, wanted in
        let type = candidate.arguments[slot]
        return category(of: type) == wanted.category && (!wanted.isPreferred || isPreferred(type, in: wanted.category))
      }
    }
    return remaining.isEmpty ? candidates : remaining
  }

  /// If all arguments whose type is known have the same, the one candidate that takes it everywhere.
  private func candidateIfAlike(_ inputs: [TypeID], _ candidates: [Candidate]) -> Candidate? {
    let known = inputs.filter { $0 != .unknown }
    guard let type = known.first, known.allSatisfy({ $0 == type }) else { return nil }
    let alike = [TypeID](repeating: type, count: inputs.count)
    let callable = candidates.filter { canCoerce(alike, to: $0.arguments.prefix(alike.count), .implicit) }
    return callable.count == 1 ? callable[0] : nil
  }
}
