internal import CPgQuery

/// Any structure of a tree, for walks that do not care which: its parts are found by libprotobuf-c's descriptions.
struct Message {
  private let c: UnsafePointer<ProtobufCMessage>

  var base: UnsafePointer<ProtobufCMessage> { c }

  init(_ c: OpaquePointer) { self.c = UnsafePointer(c) }
  init(_ node: Node) { self.init(OpaquePointer(node.c)) }

  /// For whoever knows what it is.
  var opaque: OpaquePointer { OpaquePointer(c) }

  /// As PostgreSQL names it: `SelectStmt`; `Node` for what says only which structure follows.
  var typeName: String { String(cString: c.pointee.descriptor.pointee.short_name) }

  /// The structure as a node, if it is one.
  var node: Node? {
    typeName == "Node" ? Node(UnsafeMutablePointer(mutating: UnsafePointer<PgQuery__Node>(OpaquePointer(c)))) : nil
  }

  /// Calls `body` with each structure directly under it.
  func forEachChild(_ body: (Message) -> Void) {
    let type = c.pointee.descriptor.pointee
    for i in 0..<Int(type.n_fields) {
      let field = type.fields[i]
      if field.type == PROTOBUF_C_TYPE_MESSAGE { forEachChild(in: field, body) }
    }
  }

  private func forEachChild(in field: ProtobufCFieldDescriptor, _ body: (Message) -> Void) {
    let raw = UnsafeRawPointer(c)
    if field.label == PROTOBUF_C_LABEL_REPEATED {
      let count = raw.load(fromByteOffset: Int(field.quantifier_offset), as: Int.self)
      if count == 0 { return }
      let list = raw.load(fromByteOffset: Int(field.offset), as: UnsafePointer<OpaquePointer>.self)
      for i in 0..<count { body(Message(list[i])) }
      return
    }
    let isOneOf = field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
    if isOneOf, raw.load(fromByteOffset: Int(field.quantifier_offset), as: UInt32.self) != field.id { return }
    if let child = raw.load(fromByteOffset: Int(field.offset), as: OpaquePointer?.self) { body(Message(child)) }
  }
}

extension Message {
  /// How many structures are under each other at most, itself included. Does not recurse.
  var depth: Int {
    var depth = 0
    var level = [self]
    while !level.isEmpty {
      depth += 1
      var next: [Message] = []
      for message in level { message.forEachChild { next.append($0) } }
      level = next
    }
    return depth
  }
}

extension ParsedSQL {
  /// The whole tree.
  var message: Message { Message(OpaquePointer(root)) }
}
