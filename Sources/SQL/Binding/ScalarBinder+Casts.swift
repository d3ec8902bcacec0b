internal import CPgQuery
import Expressions
import Relations

/// Casts, the names of types, and arrays that are written out.
extension ScalarBinder {
  func cast(_ cast: Syntax.TypeCast, _ node: Node) throws(BindingFailure) -> Expression {
    let type = try self.type(cast.typeName!)
    if case .aArrayExpr(let array)? = cast.arg?.kind { return try castArray(array, to: type, node) }
    let operand = try expression(cast.arg!)
    return try located(node) { () throws(Failure) in try builder.cast(operand, to: type) }
  }

  func type(_ name: Syntax.TypeName) throws(BindingFailure) -> SQLType {
    let parts = name.names.map(\.text)
    guard !name.setof, !name.pct_type, parts.count <= 2 else { throw .unsupported("a type by reference") }
    var modifiers: [Int] = []
    for node in name.typmods {
      guard case .aConst(let constant) = node.kind, case .integer(let value) = constant.value else {
        throw .unsupported("a type modifier that is no number")
      }
      modifiers.append(Int(value))
    }
    let schema = parts.count == 2 ? parts[0] : nil
    let last = parts[parts.count - 1]
    let declared = QualifiedName(schema.map { Identifier($0) }, Identifier(last))
    if let type = binder.declaredType(declared), schema != nil || BuiltInTypes.type(named: last) == nil {
      surroundings.binding.notesCollation()
      guard modifiers.isEmpty else {
        throw refusal(SQLState("42601"), "type modifier is not allowed for type \"\(last)\"", name.location)
      }
      if name.arrayBounds.isEmpty { return SQLType(type.id) }
      if let array = type.array { return SQLType(array) }
    }
    if binder.schema.type(declared, binder.path) != nil {
      throw .unsupported("the type \(parts.joined(separator: "."))")
    }
    if last.hasPrefix("reg"),
      ["regclass", "regproc", "regprocedure", "regtype", "regnamespace", "regrole", "regoper"].contains(last)
    {
      throw .undecidable(.notFollowed, "the type \(last)")
    }
    if let schema, !["pg_catalog", "information_schema"].contains(schema), !binder.schema.namespaces.contains(Identifier(schema)) {
      throw refusal(SQLState("3F000"), "schema \"\(schema)\" does not exist", name.location)
    }
    let written = TypeName(schema: schema, name: last, modifiers: modifiers, dimensions: name.arrayBounds.count)
    do throws(SQLError) {
      return try builder.catalogue.type(written)
    } catch {
      throw refusal(error.state, error.message, name.location)
    }
  }
}

// MARK: - Arrays

extension ScalarBinder {
  /// An array whose elements stand in the text.
  struct WrittenArray {
    let elements: [Expression]
    /// `unknown` of a literal that nothing gave a type.
    let type: TypeID
    let element: TypeID
    /// NULL instead of an array.
    var isNull = false
  }

  /// Nil for an array that is computed, or has more than one dimension.
  ///
  /// - Parameter ofUnknown: whether a literal without a type is taken for an array, whose type its surroundings choose.
  func array(_ node: Node, ofUnknown: Bool = false) throws(BindingFailure) -> WrittenArray? {
    switch node.kind {
    case .aArrayExpr(let array): return try self.array(array)
    case .typeCast(let cast):
      let type = try self.type(cast.typeName!)
      guard let element = builder.catalogue.element(of: type.id) else { return nil }
      if case .aArrayExpr(let array)? = cast.arg?.kind {
        if array.elements.contains(where: { if case .aArrayExpr = $0.kind { true } else { false } }) { return nil }
        var elements: [Expression] = []
        for node in array.elements {
          let bound = try expression(node)
          elements.append(
            try located(node) { () throws(Failure) in try builder.cast(bound, to: SQLType(element, modifier: type.modifier)) })
        }
        return WrittenArray(elements: elements, type: type.id, element: element)
      }
      guard let literal = try self.literal(cast.arg!) else { return nil }
      guard let texts = try self.elements(literal, node) else {
        return WrittenArray(elements: [], type: type.id, element: element, isNull: true)
      }
      var elements: [Expression] = []
      for text in texts {
        elements.append(
          try located(node) { () throws(Failure) in
            try builder.cast(builder.literal(text), to: SQLType(element, modifier: type.modifier))
          })
      }
      return WrittenArray(elements: elements, type: type.id, element: element)
    default:
      guard ofUnknown, let literal = try self.literal(node) else { return nil }
      guard let texts = try self.elements(literal, node) else {
        return WrittenArray(elements: [], type: .unknown, element: .unknown, isNull: true)
      }
      return WrittenArray(elements: texts.map { builder.literal($0) }, type: .unknown, element: .unknown)
    }
  }

  private func array(_ array: Syntax.AArrayExpr) throws(BindingFailure) -> WrittenArray? {
    if array.elements.contains(where: { if case .aArrayExpr = $0.kind { true } else { false } }) { return nil }
    guard !array.elements.isEmpty else {
      throw refusal(SQLState("42P18"), "cannot determine type of empty array", array.location)
    }
    let bound = try expressions(array.elements)
    let unified = try located(oneOf: Array(array.elements), bound) { () throws(Failure) in
      try builder.unified(bound, context: "ARRAY")
    }
    guard builder.catalogue.element(of: unified.type.id) == nil else { return nil }
    guard let type = builder.catalogue.array(of: unified.type.id) else {
      let name = builder.catalogue.name(of: unified.type.id)
      throw refusal(.undefinedObject, "could not find array type for data type \(name)", array.location)
    }
    return WrittenArray(elements: unified.expressions, type: type, element: unified.type.id)
  }

  /// A literal or parameter without a type: `.some(nil)` is NULL.
  private func literal(_ node: Node) throws(BindingFailure) -> String?? {
    switch node.kind {
    case .aConst, .paramRef:
      guard case .constant(let constant) = try expression(node), constant.type.id == .unknown else { return nil }
      guard case .bytes(let bytes) = constant.value else { return .some(nil) }
      return .some(String(decoding: bytes, as: UTF8.self))
    default: return nil
    }
  }

  private func elements(_ literal: String?, _ node: Node) throws(BindingFailure) -> [String?]? {
    guard let literal else { return nil }
    return try located(node) { () throws(Failure) in
      try TextForm.arrayElements(Array(literal.utf8)).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }
  }
}
