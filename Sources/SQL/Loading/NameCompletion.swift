internal import CPgQuery
import Relations

/// Finds the names in a statement that only the search path makes unique, and what to put before them, so that a text which is
/// kept means the same when the path is another one. PostgreSQL keeps the bound tree instead.
///
/// What is not completed (operators and collations of the user's, names that are arguments of functions other than `nextval` and its
/// kin) is looked for by the path of whoever reads the text: found there, not found at all, and refused.
struct NameCompletion {
  private let builder: SchemaBuilder
  private let text: [UInt8]

  /// - Parameter text: the statement's bytes.
  init(_ builder: SchemaBuilder, _ text: [UInt8]) {
    self.builder = builder
    self.text = text
  }

  /// In the order of their places.
  func insertions(in tree: Message) -> [(byte: Int, text: String)] {
    var found: [Int: String] = [:]
    var commonTables: Set<Identifier> = []
    var rest = [tree]
    while let message = rest.popLast() {
      if let node = message.node, case .commonTableExpr(let table) = node.kind { commonTables.insert(Identifier(table.ctename)) }
      message.forEachChild { rest.append($0) }
    }
    rest = [tree]
    while let message = rest.popLast() {
      if let (byte, namespace) = completion(message, commonTables) { found[byte] = namespace }
      message.forEachChild { rest.append($0) }
    }
    return found.sorted { $0.key < $1.key }.map { (byte: $0.key, text: $0.value) }
  }

  private func completion(_ message: Message, _ commonTables: Set<Identifier>) -> (Int, String)? {
    switch message.typeName {
    case "RangeVar":
      let relation = Syntax.RangeVar(c: message.pointer())
      let name = Identifier(relation.relname)
      guard relation.schemaname.isEmpty, !commonTables.contains(name) else { return nil }
      return before(relation.location, builder.relationNamespace(QualifiedName(name)))
    case "TypeName":
      let type = Syntax.TypeName(c: message.pointer())
      guard type.names.count == 1, !type.pct_type else { return nil }
      return before(type.location, builder.typeNamespace(Identifier(type.names[0].text)))
    case "FuncCall":
      let call = Syntax.FuncCall(c: message.pointer())
      let name = call.funcname.last?.text ?? ""
      if ["nextval", "currval", "setval"].contains(name) { return call.args.first.flatMap(relation) }
      return call.funcname.count == 1 ? before(call.location, builder.routineNamespace(Identifier(name))) : nil
    case "TypeCast":
      let cast = Syntax.TypeCast(c: message.pointer())
      return cast.typeName?.names.last?.text == "regclass" ? cast.arg.flatMap(relation) : nil
    default: return nil
    }
  }

  private func before(_ location: Int32, _ namespace: Identifier?) -> (Int, String)? {
    location < 0 ? nil : namespace.map { (Int(location), "\($0).") }
  }

  /// A relation whose name is in a literal: `nextval('numbers')`.
  private func relation(_ node: Node) -> (Int, String)? {
    guard case .aConst(let constant) = node.kind, case .string(let literal) = constant.value, constant.location >= 0,
      text[Int(constant.location)] == UInt8(ascii: "'"), let name = try? QualifiedName(parsing: literal), name.namespace == nil,
      let namespace = builder.relationNamespace(name)
    else { return nil }
    return (Int(constant.location) + 1, "\(namespace).".replacing("'", with: "''"))
  }
}

extension Message {
  /// The structure, if that is what it is.
  fileprivate func pointer<C>() -> UnsafePointer<C> { UnsafePointer(OpaquePointer(base)) }
}
