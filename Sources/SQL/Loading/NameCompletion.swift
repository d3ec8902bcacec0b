internal import CPgQuery
import Relations

/// Finds the names in a statement that only the search path makes unique, and what to put before them, so that a text which is
/// kept means the same when the path is another one. PostgreSQL keeps the bound tree instead.
struct NameCompletion {
  private let builder: SchemaBuilder

  init(_ builder: SchemaBuilder) { self.builder = builder }

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
      if let (byte, namespace) = completion(message, commonTables) { found[byte] = "\(namespace)." }
      message.forEachChild { rest.append($0) }
    }
    return found.sorted { $0.key < $1.key }.map { (byte: $0.key, text: $0.value) }
  }

  private func completion(_ message: Message, _ commonTables: Set<Identifier>) -> (Int, Identifier)? {
    switch message.typeName {
    case "RangeVar":
      let relation = Syntax.RangeVar(c: message.pointer())
      let name = Identifier(relation.relname)
      guard relation.schemaname.isEmpty, relation.location >= 0, !commonTables.contains(name) else { return nil }
      return (builder.relationNamespace(QualifiedName(name))).map { (Int(relation.location), $0) }
    case "TypeName":
      let type = Syntax.TypeName(c: message.pointer())
      guard type.names.count == 1, type.location >= 0, !type.pct_type else { return nil }
      return builder.typeNamespace(Identifier(type.names[0].text)).map { (Int(type.location), $0) }
    case "FuncCall":
      let call = Syntax.FuncCall(c: message.pointer())
      guard call.funcname.count == 1, call.location >= 0 else { return nil }
      return builder.routineNamespace(Identifier(call.funcname[0].text)).map { (Int(call.location), $0) }
    default: return nil
    }
  }
}

extension Message {
  /// The structure, if that is what it is.
  fileprivate func pointer<C>() -> UnsafePointer<C> { UnsafePointer(OpaquePointer(base)) }
}
