import Expressions
import Queries
import Relations

/// Certificates: made at the fork, carried on by what changes, and kept by whoever asked.
///
///     let circuit = Circuit(query)
///     let (answer, certificate) = circuit.certify(on: fork)            // while the tables are there
///     circuit.advance(&certificate, on: NoTables(), by: changes)       // when they are not: a delta, or what is missing
///
/// One circuit serves all certificates of its question, whatever their constants.
extension Circuit {
  /// The answer, and a certificate of it.
  ///
  /// - Returns: no certificate of an answer that is open, or an error.
  public func certify(
    on snapshot: some Snapshot, _ context: EvaluationContext = EvaluationContext(), _ limits: Certificate.Limits = .standard
  ) -> (outcome: Outcome, certificate: Certificate?) {
    let outcome = answer(on: snapshot, context).outcome
    guard case .rows(let answer) = outcome, answer.doubts.isEmpty else { return (outcome, nil) }
    let computation = Computation(snapshot, context, evaluators)
    computation.looksUp = true
    computation.findsConstants = snapshot.isIndexed && plan.raisesNothingUnseen(.builtIn)
    computation.used = used
    let memory = StepMemory(spare: limits.spare)
    do throws(Stop) {
      try memory.fill(plan, Path(), computation)
      guard computation.errors.isEmpty, computation.doubts.isEmpty else { return (outcome, nil) }
      return (outcome, try certificate(of: memory, computation, limits))
    } catch { return (outcome, nil) }
  }

  /// What the answer changes by since the state that a certificate is of; afterwards the certificate is of the state after.
  ///
  /// Of anything but a delta it stays as it is. It may be of less afterwards: what grew beyond the limits is left to the tables.
  ///
  /// - Parameter before: the tables at the state that the certificate is of; `NoTables` if they are out of reach. Then the outcome is
  ///   `unreadable` where they would have been asked.
  /// - Precondition: the certificate is of this question with these parameters.
  public func advance(
    _ certificate: inout Certificate, on before: some Snapshot, by changes: [TableID: ZSet],
    _ context: EvaluationContext = EvaluationContext(), _ limits: Certificate.Limits = .standard
  ) -> StepOutcome {
    guard let memory = memory(of: certificate, context, limits) else { return .evaluate(.open) }
    let stepping = Stepping(before, changes, context, until: nil, price: plan, used: used, evaluators)
    stepping.memory = memory
    let outcome = stepping.outcome(of: plan)
    guard case .delta = outcome else { return outcome }
    memory.settle { plan.isTouched(at: $0, stepping) }
    do throws(Stop) {
      certificate = try self.certificate(of: memory, stepping.new, limits)
      return outcome
    } catch { return .evaluate(.cost) }
  }

  /// Whether a certificate is of this question with these constants at this time, and whole.
  public func accepts(_ certificate: Certificate, _ context: EvaluationContext = EvaluationContext()) -> Bool {
    memory(of: certificate, context, .standard) != nil
  }
}

extension Circuit {
  private func name(_ context: EvaluationContext) -> UInt64 {
    var text = Array(planText.utf8)
    for parameter in context.parameters { text += "\(parameter)|".utf8 }
    return FingerprintKey(words: 0, 0).fingerprint(of: text).low
  }

  private func certificate(
    of memory: StepMemory, _ computation: Computation, _ limits: Certificate.Limits
  ) throws(Stop) -> Certificate {
    let known = memory.known
    var parts: [Certificate.Part] = []
    for (path, sums) in known.sums {
      if let tables = sums.tables(cap: limits.rows) { parts.append(.init(path.places, .groups, tables)) }
    }
    for (path, top) in known.tops {
      let top = try top.trimmed(spare: limits.spare, computation)
      if top.kept.count <= limits.rows { parts.append(.init(path.places, .first, [top.kept.table(isAll: top.isAll)])) }
    }
    for (path, rows) in known.rows where rows.count <= 1 {
      parts.append(.init(path.places, .rows, [rows.table(isAll: true)]))
    }
    return Certificate(question: name(computation.context), clock: readsClock ? computation.context.clock : nil, parts: parts)
  }

  /// Nil if it is of something else.
  private func memory(
    of certificate: Certificate, _ context: EvaluationContext, _ limits: Certificate.Limits
  ) -> StepMemory? {
    guard certificate.question == name(context) || Planted.bug("a certificate of another question is taken"),
      certificate.clock == (readsClock ? context.clock : nil)
    else { return nil }
    let memory = StepMemory(isCertified: true, spare: limits.spare)
    let computation = Computation(NoTables(), context, evaluators)
    for part in certificate.parts {
      do throws(Stop) { guard try memory.take(part, plan, computation) else { return nil } } catch { return nil }
    }
    return memory
  }
}

// MARK: - Parts

extension StepMemory {
  /// Remembers, of all operators that remember something, all that is to be remembered.
  fileprivate func fill(_ plan: Plan, _ path: Path, _ computation: Computation) throws(Stop) {
    switch plan {
    case .aggregate(let input, let aggregation):
      _ = try sums(of: input, aggregation, path, computation)
    case .distinct(let input) where !input.hidesOrder:
      _ = try sums(of: input, .distinct(input), path, computation)
    case .limit(.sort(let input, let keys), let limit) where limit.isTied(by: keys):
      if let count = try computation.reach(limit), 0...TopRows.most ~= count {
        _ = try top(of: input, keys, wanted: count, path, computation)
      }
    case .apply(let apply) where apply.subquery.outerColumns.isEmpty && apply.input.scans.isEmpty:
      if apply.kind == .exists { _ = try sums(of: apply.subquery.withoutTargets, .size, path.below(2), computation) }
      if apply.kind == .scalar && apply.subquery.hasAtMostOneRow {
        _ = try rows(of: apply.subquery, path.below(1), computation)
      }
    case .join(let join) where join.kind != .inner && !join.isLateral:
      // Without a key it is evaluated, not stepped.
      let condition = JoinCondition(join.condition.conjuncts, leftWidth: join.left.types.count, computation.catalogue)
      if condition.equalities.isEmpty { return }
    default: break
    }
    for (place, input) in plan.steppedInputs.enumerated() { try fill(input, path.below(place), computation) }
  }

  fileprivate func take(_ part: Certificate.Part, _ plan: Plan, _ computation: Computation) throws(Stop) -> Bool {
    let path = Path(places: part.place)
    switch part.form {
    case .groups:
      guard let (_, aggregation) = plan.grouped(at: part.place[...]),
        let sums = GroupSums(part.tables, aggregation, computation.catalogue, spare: spare)
      else { return false }
      keep(sums, path)
    case .first:
      guard case .limit(.sort(let input, let keys), let limit)? = plan.operator(at: part.place[...]), part.tables.count == 1,
        let (rows, isAll) = part.tables[0].weighted(input.types), let count = try computation.reach(limit)
      else { return false }
      keep(try TopRows(rows, isAll: isAll, keys, wanted: count, computation), path)
    case .rows:
      guard let own = plan.operator(at: part.place[...]), part.tables.count == 1, let (rows, _) = part.tables[0].weighted(own.types)
      else { return false }
      keep(rows, path)
    }
    return true
  }
}

extension Plan {
  /// The plans that are stepped below this one, in the order of their paths: see `Stepping.change(of:at:)`.
  var steppedInputs: [Plan] {
    switch self {
    case .join(let join) where join.isLateral: [join.left]
    case .join(let join) where join.kind == .inner: JoinedInputs(self).inputs
    case .apply(let apply):
      !apply.subquery.outerColumns.isEmpty
        ? [apply.input] : [apply.input, apply.kind == .exists ? apply.subquery.withoutTargets : apply.subquery]
    case .recursive: []
    default: inputs
    }
  }

  /// Whether changes touch what is remembered at a place.
  func isTouched(at path: Path, _ stepping: Stepping) -> Bool {
    let own = self.operator(at: path.places[...]) ?? grouped(at: path.places[...])?.input
    return own.map(stepping.touches) ?? true
  }

  func `operator`(at path: ArraySlice<UInt8>) -> Plan? {
    guard let first = path.first else { return self }
    let inputs = steppedInputs
    return inputs.indices.contains(Int(first)) ? inputs[Int(first)].operator(at: path.dropFirst()) : nil
  }

  /// What is gathered into groups where sums are remembered.
  func grouped(at path: ArraySlice<UInt8>) -> (input: Plan, Aggregation)? {
    switch self.operator(at: path) {
    case .aggregate(let input, let aggregation)?: return (input, aggregation)
    case .distinct(let input)?: return (input, .distinct(input))
    case nil:
      // How many rows a subquery has.
      guard path.last == 2, case .apply(let apply)? = self.operator(at: path.dropLast()), apply.kind == .exists else { return nil }
      return (apply.subquery, .size)
    default: return nil
    }
  }
}

extension ZSet {
  /// The rows, how often each is there, and whether there are no others.
  fileprivate func table(isAll: Bool) -> Batch {
    Batch(rows.columns + [Column(.int8, .integers(weights)), .repeating(.bool(isAll), .bool, count: count)], count: count)
  }
}

extension Batch {
  fileprivate func weighted(_ types: [SQLType]) -> (rows: ZSet, isAll: Bool)? {
    guard self.types == types + [.int8, .bool], case .integers(let weights) = columns[types.count].storage,
      columns[types.count].nulls == nil, weights.allSatisfy({ $0 > 0 })
    else { return nil }
    let isAll = (0..<count).allSatisfy { if case .bool(true) = columns[types.count + 1][$0] { true } else { false } }
    return (ZSet(projecting(Array(types.indices)), weights: weights), isAll)
  }
}
