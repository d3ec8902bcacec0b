import Expressions
import Relations

/// What a schema adds to PostgreSQL's own names, as far as it can decide what a call means: types and casts take part in the choice, and
/// functions and operators are rivals of the built-in ones, which nobody looks into.
extension Schema {
  /// PostgreSQL's catalogue with the types and casts of the schema.
  ///
  /// - Parameter path: where types are looked for by name.
  func catalogue(_ path: SearchPath) -> Catalogue {
    let (types, casts) = (allTypes, allCasts)
    if types.isEmpty, casts.isEmpty { return .builtIn }
    var definitions = SchemaDefinitions()
    for type in types { definitions.types += facts(of: type, path) }
    for cast in casts {
      let method: Cast.Method =
        switch cast.method {
        // It is only asked whether there is one: a cast that is used is refused.
        case .function: .function(FunctionID(.max))
        case .inOut: .inputOutput
        case .binary: .relabel
        }
      let context: CoercionContext =
        switch cast.context {
        case .explicit: .explicit
        case .assignment: .assignment
        case .implicit: .implicit
        }
      definitions.casts.append(Cast(source: cast.source, target: cast.target, method: method, context: context))
    }
    return Catalogue.builtIn.with(definitions)
  }

  /// A type and the arrays of it.
  private func facts(of type: UserType, _ path: SearchPath) -> [TypeFacts] {
    // By its name alone only what the path comes by is found.
    let name = self.type(QualifiedName(type.name.name), path)?.id == type.id ? type.name.name.text : type.name.description
    func own(_ kind: TypeKind, _ category: TypeCategory, _ related: SQLType? = nil, multirange: TypeID? = nil) -> TypeFacts {
      TypeFacts(
        id: type.id, name: name, kind: kind, category: category, array: type.array, related: related?.id,
        baseModifier: related?.modifier ?? -1, multirange: multirange)
    }
    let facts =
      switch type.definition {
      case .enumeration: own(.enum, .enum)
      case .domain(let domain): own(.domain, category(of: domain.base.id), domain.base)
      case .composite: own(.composite, .composite)
      case .range(let subtype, let multirange): own(.range, .range, subtype, multirange: multirange)
      case .multirange(let range): own(.multirange, .range, SQLType(range))
      case .base: own(.base, .user)
      }
    guard let array = type.array else { return [facts] }
    return [facts, TypeFacts(id: array, name: "_" + name, kind: .array, category: .array, element: type.id)]
  }

  private func category(of type: TypeID) -> TypeCategory {
    if type < .firstUserDefined { return Catalogue.builtIn.facts(of: type)?.category ?? .user }
    return switch self[type]?.definition {
    case .enumeration: .enum
    case .domain(let domain): category(of: domain.base.id)
    case .composite: .composite
    case .range, .multirange: .range
    case .base: .user
    case nil: .array
    }
  }
}

// MARK: - Functions and operators

extension Schema {
  /// What calls could mean beside what is built in.
  ///
  /// - Parameter path: nil for texts of which it is not known under which path they were written: then everything could be meant, and
  ///   before anything that is built in.
  func rivals(_ path: SearchPath?) -> Rivals {
    let (routines, operators) = (allRoutines, allOperators)
    var rivals = Rivals()
    if routines.isEmpty, operators.isEmpty { return rivals }
    let reached = implicitTargets
    let effective = path?.effective
    let builtIns = effective?.firstIndex(of: "pg_catalog") ?? Int.max
    /// Nil for what the path does not come by.
    func isFirst(_ name: QualifiedName) -> Bool? {
      guard let effective else { return true }
      guard let place = effective.firstIndex(where: { $0 == name.namespace }) else { return nil }
      return place < builtIns
    }
    for routine in routines {
      guard let isFirst = isFirst(routine.name) else { continue }
      let signature = routine.signature.lowercased()
      let hasDefaults = signature.contains("default") || signature.contains("=")
      rivals.add(
        function: routine.name.name,
        .init(
          routine.inputs.map { slot($0.id, reached) }, fewest: hasDefaults ? 0 : nil, isVariadic: signature.contains("variadic"),
          isFirst: isFirst))
    }
    for operation in operators {
      guard let isFirst = isFirst(operation.name) else { continue }
      let operands = (operation.left.map { [$0] } ?? []) + [operation.right]
      rivals.add(operator: operation.name.name, .init(operands.map { slot($0.id, reached) }, isFirst: isFirst))
    }
    return rivals
  }

  /// The types of the schema's that something becomes by itself.
  private var implicitTargets: Set<TypeID> {
    Set(allCasts.filter { $0.context == .implicit && $0.target >= .firstUserDefined }.map(\.target))
  }

  private func slot(_ type: TypeID, _ reached: Set<TypeID>) -> Rivals.Slot {
    if type < .firstUserDefined { return .type(type) }
    if reached.contains(type) { return .anything }
    return switch self[type]?.definition {
    case .domain(let domain): slot(domain.base.id, reached)
    case .enumeration, .composite, .range, .multirange, .base: .literal
    // An array of such a type, or a table's row.
    case nil: .anything
    }
  }
}
