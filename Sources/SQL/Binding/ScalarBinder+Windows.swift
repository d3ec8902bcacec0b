internal import CPgQuery
import Expressions
import Queries
import Relations

/// Window functions and the windows that they look at.
extension ScalarBinder {
  func window(
    _ name: String, _ call: Syntax.FuncCall, _ window: Syntax.WindowDef, _ node: Node
  ) throws(BindingFailure) -> Expression {
    let wasInWindow = level.isInWindow
    level.isInWindow = true
    defer { level.isInWindow = wasInWindow }
    let order = try sortKeys(call.agg_order)
    let operands = try expressions(call.args) + (call.agg_within_group ? order.map(\.expression) : [])
    let filter = try self.filter(call)
    let (function, arguments, type) = try located(node) { () throws(Failure) in
      try resolver(call.funcname).aggregate(name, operands, isSpread: call.func_variadic)
    }
    try check(function, name, call, hasOrder: !order.isEmpty)
    level.isInWindow = wasInWindow
    try refuseMisplaced(call)
    level.isInWindow = true
    let (partition, keys, frame) = try definition(of: window)
    var resolvedArguments: [Expression] = []
    for (place, argument) in arguments.enumerated() {
      resolvedArguments.append(place < call.args.count ? try resolved(argument, call.args[place]) : argument)
    }
    if let members = try documents(function, resolvedArguments, call) { resolvedArguments = members }
    return level.column(
      for: Plan.WindowCall(
        function: function.id, arguments: resolvedArguments, filter: filter, partition: partition, order: keys, frame: frame,
        type: type))
  }

  private func check(
    _ function: Function, _ name: String, _ call: Syntax.FuncCall, hasOrder: Bool
  ) throws(BindingFailure) {
    let unsupported = SQLState("0A000")
    switch function.kind {
    case .aggregate:
      if function.aggregate?.kind != .normal, !call.agg_within_group {
        throw refusal(SQLState("42809"), "WITHIN GROUP is required for ordered-set aggregate \(name)", call.location)
      }
      if function.aggregate?.kind != .normal {
        throw refusal(unsupported, "OVER is not supported for ordered-set aggregate \(name)", call.location)
      }
      if !call.agg_star, call.args.isEmpty {
        throw refusal(
          SQLState("42809"), "\(name)(*) must be used to call a parameterless aggregate function", call.location)
      }
    case .window:
      if call.agg_star {
        // `row_number(*)`: what the star stands for is nothing.
        throw refusal(SQLState("42809"), "window function \(name) takes no *", call.location)
      }
      if call.agg_filter != nil {
        throw refusal(unsupported, "FILTER is not implemented for non-aggregate window functions", call.location)
      }
    default:
      throw refusal(
        SQLState("42809"), "OVER specified, but \(name) is not a window function nor an aggregate function", call.location)
    }
    if call.agg_distinct { throw refusal(unsupported, "DISTINCT is not implemented for window functions", call.location) }
    if hasOrder { throw refusal(unsupported, "aggregate ORDER BY is not implemented for window functions", call.location) }
    if call.agg_within_group {
      throw refusal(
        SQLState("42809"), "\(name) is not an ordered-set aggregate, so it cannot have WITHIN GROUP", call.location)
    }
  }

  private func refuseMisplaced(_ call: Syntax.FuncCall) throws(BindingFailure) {
    let windowing = SQLState("42P20")
    if level.isInAggregate {
      throw refusal(SQLState("42803"), "aggregate function calls cannot contain window function calls", call.location)
    }
    if level.isInWindow { throw refusal(windowing, "window function calls cannot be nested", call.location) }
    guard level.clause.allowsWindows else {
      throw refusal(windowing, "window functions are not allowed in \(level.clause.rawValue)", call.location)
    }
  }
}

// MARK: - Windows

extension ScalarBinder {
  private typealias Definition = (partition: [Expression], order: [Plan.SortKey], frame: Plan.Frame)

  private func definition(of window: Syntax.WindowDef) throws(BindingFailure) -> Definition {
    try unnamed(window.name.isEmpty ? window : named(window.name, window.location))
  }

  /// A definition by what stands in its parentheses; its own name, if it has one, is for others.
  private func unnamed(_ window: Syntax.WindowDef) throws(BindingFailure) -> Definition {
    guard !window.refname.isEmpty else { return try plain(window) }
    let base = try named(window.refname, window.location)
    let windowing = SQLState("42P20")
    if !window.partitionClause.isEmpty {
      throw refusal(windowing, "cannot override PARTITION BY clause of window \"\(window.refname)\"", window.location)
    }
    var definition = try unnamed(base)
    if !window.orderClause.isEmpty {
      if !definition.order.isEmpty {
        throw refusal(windowing, "cannot override ORDER BY clause of window \"\(window.refname)\"", window.location)
      }
      definition.order = try clause(.windowOrder) { () throws(BindingFailure) in try sortKeys(window.orderClause) }
    }
    if base.frameOptions & FrameOption.isGiven != 0 {
      throw refusal(
        windowing, "cannot copy window \"\(window.refname)\" because it has a frame clause", window.location)
    }
    definition.frame = try frame(window, definition.order)
    return definition
  }

  private func plain(_ window: Syntax.WindowDef) throws(BindingFailure) -> Definition {
    var partition: [Expression] = []
    for node in window.partitionClause {
      let key = try clause(.windowPartition) { () throws(BindingFailure) in try resolved(expression(node), node) }
      try requireEquality(key, node.leftmost)
      if !partition.contains(key) { partition.append(key) }
    }
    let order = try clause(.windowOrder) { () throws(BindingFailure) in try sortKeys(window.orderClause) }
    return (partition, order, try frame(window, order))
  }

  private func named(_ name: String, _ location: Int32) throws(BindingFailure) -> Syntax.WindowDef {
    guard let window = level.windowClause.first(where: { $0.name == name }) else {
      throw refusal(SQLState("42704"), "window \"\(name)\" does not exist", location)
    }
    return window
  }

  /// The clause's own windows, whether somebody looks at them or not.
  func checkWindowClause() throws(BindingFailure) {
    for (place, window) in level.windowClause.enumerated() {
      if level.windowClause[..<place].contains(where: { $0.name == window.name }) {
        throw refusal(SQLState("42P20"), "window \"\(window.name)\" is already defined", window.location)
      }
      if !window.refname.isEmpty, !level.windowClause[..<place].contains(where: { $0.name == window.refname }) {
        throw refusal(SQLState("42704"), "window \"\(window.refname)\" does not exist", window.location)
      }
      let wasInWindow = level.isInWindow
      level.isInWindow = true
      defer { level.isInWindow = wasInWindow }
      _ = try unnamed(window)
    }
  }

  func requireEquality(_ key: Expression, _ location: Int32) throws(BindingFailure) {
    if !builder.catalogue.understands(key.type.id) { throw .unsupported("the equality of a user's type") }
    guard builder.catalogue.comparison(.equal, of: key.type.id) == nil else { return }
    let type = builder.catalogue.name(of: key.type.id)
    throw refusal(.undefinedFunction, "could not identify an equality operator for type \(type)", location)
  }
}

// MARK: - Frames

/// The bits by which the grammar tells a frame.
private enum FrameOption {
  static let isGiven: Int32 = 0x1
  static let range: Int32 = 0x2
  static let rows: Int32 = 0x4
  static let groups: Int32 = 0x8
  static let startUnboundedPreceding: Int32 = 0x20
  static let endUnboundedFollowing: Int32 = 0x100
  static let startCurrentRow: Int32 = 0x200
  static let endCurrentRow: Int32 = 0x400
  static let startPreceding: Int32 = 0x800
  static let endPreceding: Int32 = 0x1000
  static let startFollowing: Int32 = 0x2000
  static let endFollowing: Int32 = 0x4000
  static let excludeCurrentRow: Int32 = 0x8000
  static let excludeGroup: Int32 = 0x10000
  static let excludeTies: Int32 = 0x20000
}

extension ScalarBinder {
  private func frame(_ window: Syntax.WindowDef, _ order: [Plan.SortKey]) throws(BindingFailure) -> Plan.Frame {
    let options = window.frameOptions
    func has(_ option: Int32) -> Bool { options & option != 0 }
    let mode: Plan.Frame.Mode = has(FrameOption.rows) ? .rows : has(FrameOption.groups) ? .groups : .range
    let hasOffset = window.startOffset != nil || window.endOffset != nil
    if mode == .range, hasOffset, order.count != 1 {
      throw refusal(
        SQLState("42P20"), "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column", window.location)
    }
    if mode == .groups, order.isEmpty {
      throw refusal(SQLState("42P20"), "GROUPS mode requires an ORDER BY clause", window.location)
    }
    var start = Plan.Frame.Bound.unboundedPreceding
    if has(FrameOption.startCurrentRow) { start = .currentRow }
    if let node = window.startOffset {
      let distance = try offset(node, mode, order)
      start = has(FrameOption.startPreceding) ? .preceding(distance) : .following(distance)
    }
    var end = Plan.Frame.Bound.currentRow
    if has(FrameOption.endUnboundedFollowing) { end = .unboundedFollowing }
    if let node = window.endOffset {
      let distance = try offset(node, mode, order)
      end = has(FrameOption.endPreceding) ? .preceding(distance) : .following(distance)
    }
    let exclusion: Plan.Frame.Exclusion =
      has(FrameOption.excludeCurrentRow)
      ? .currentRow : has(FrameOption.excludeGroup) ? .group : has(FrameOption.excludeTies) ? .ties : .none
    return Plan.Frame(mode, start, end, excluding: exclusion)
  }

  private func offset(_ node: Node, _ mode: Plan.Frame.Mode, _ order: [Plan.SortKey]) throws(BindingFailure) -> Expression {
    let clause: Clause = mode == .rows ? .windowRows : mode == .range ? .windowRange : .windowGroups
    let bound = try self.clause(clause) { () throws(BindingFailure) in try expression(node) }
    let what = "\(mode)".uppercased()
    let made: Expression
    if mode == .range {
      made = try rangeOffset(bound, order[0].expression, node)
    } else {
      made = try wholeNumber(bound, of: what, node)
    }
    guard !made.hasColumns else {
      throw refusal(SQLState("42P10"), "argument of \(what) must not contain variables", node.location)
    }
    return made
  }

  /// A count, as `LIMIT` and `ROWS` want one.
  func wholeNumber(_ bound: Expression, of clause: String, _ node: Node) throws(BindingFailure) -> Expression {
    if bound.type.id == .int8 { return bound }
    do throws(Failure) {
      return try builder.coerce(bound, to: .int8, .assignment)
    } catch {
      switch error {
      case .unsupported(let what): throw .unsupported(what)
      case .raised(let raised) where raised.state == .cannotCoerce:
        let type = builder.catalogue.name(of: bound.type.id)
        throw refusal(.datatypeMismatch, "argument of \(clause) must be type bigint, not type \(type)", node.location)
      case .raised(let raised): throw refusal(raised.state, raised.message, node.location)
      }
    }
  }

  /// By how much the ordered column may differ: of a type that PostgreSQL can add to it.
  private func rangeOffset(_ bound: Expression, _ key: Expression, _ node: Node) throws(BindingFailure) -> Expression {
    let candidates: [TypeID] =
      switch key.type.id {
      case .int2, .int4: [.int8, .int4, .int2]
      case .int8: [.int8]
      case .float4, .float8: [.float8]
      case .numeric: [.numeric]
      case .date, .timestamp, .timestamptz, .time, .timetz, .interval: [.interval]
      default: []
      }
    guard !candidates.isEmpty else {
      let type = builder.catalogue.name(of: key.type.id)
      throw refusal(
        SQLState("0A000"), "RANGE with offset PRECEDING/FOLLOWING is not supported for column type \(type)", node.location)
    }
    if candidates.contains(bound.type.id) { return bound }
    var wanted = candidates.filter { builder.catalogue.coercion(from: bound.type.id, to: $0, .implicit) != nil }
    if bound.type.id == .unknown { wanted = candidates.contains(key.type.id) ? [key.type.id] : candidates }
    guard wanted.count == 1 else {
      let (type, offset) = (builder.catalogue.name(of: key.type.id), builder.catalogue.name(of: bound.type.id))
      throw refusal(
        SQLState("0A000"),
        "RANGE with offset PRECEDING/FOLLOWING is not supported for column type \(type) and offset type \(offset)", node.location)
    }
    return try coerced(bound, to: SQLType(wanted[0]), node)
  }
}

// MARK: - Order

extension ScalarBinder {
  /// The order within an aggregate or a window: expressions, never numbers or names of the select list.
  func sortKeys(_ items: Nodes) throws(BindingFailure) -> [Plan.SortKey] {
    var keys: [Plan.SortKey] = []
    for case .sortBy(let item) in items.map(\.kind) {
      let key = try resolved(expression(item.node!), item.node!)
      let order = try self.order(item, key)
      if !keys.contains(where: { $0.expression == key }) { keys.append(Plan.SortKey(key, order)) }
    }
    return keys
  }

  func order(_ item: Syntax.SortBy, _ key: Expression) throws(BindingFailure) -> KeyOrder {
    if !builder.catalogue.understands(key.type.id) { throw .unsupported("the order of a user's type") }
    guard builder.catalogue.comparison(.less, of: key.type.id) != nil else {
      let type = builder.catalogue.name(of: key.type.id)
      throw refusal(.undefinedFunction, "could not identify an ordering operator for type \(type)", item.node!.leftmost)
    }
    let isDescending: Bool
    switch item.sortby_dir {
    case PG_QUERY__SORT_BY_DIR__SORTBY_DESC: isDescending = true
    case PG_QUERY__SORT_BY_DIR__SORTBY_USING:
      switch try operatorName(item.useOp) {
      case "<": isDescending = false
      case ">": isDescending = true
      case let name: throw refusal(SQLState("42809"), "operator \(name) is not a valid ordering operator", item.location)
      }
    default: isDescending = false
    }
    switch item.sortby_nulls {
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST: return KeyOrder(isDescending: isDescending, nullsFirst: true)
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST: return KeyOrder(isDescending: isDescending, nullsFirst: false)
    default: return isDescending ? .descending : .ascending
    }
  }
}
