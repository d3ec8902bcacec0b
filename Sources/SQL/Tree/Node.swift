internal import CPgQuery

/// A node of PostgreSQL's parse tree: look at its `kind`.
struct Node {
  let c: UnsafePointer<PgQuery__Node>

  init(_ c: UnsafeMutablePointer<PgQuery__Node>) { self.c = UnsafePointer(c) }
  init?(_ c: UnsafeMutablePointer<PgQuery__Node>?) {
    guard let c else { return nil }
    self.init(c)
  }

  /// PostgreSQL's name of the node's type, for messages: `SelectStmt`.
  var typeName: String {
    // Every member of the union is a pointer to a message, which begins with its descriptor.
    guard let message = UnsafePointer<ProtobufCMessage>(OpaquePointer(c.pointee.alias)) else { return "nothing" }
    return String(cString: message.pointee.descriptor.pointee.short_name)
  }
}

/// A list of nodes, in place.
struct Nodes: RandomAccessCollection {
  private let start: UnsafeMutablePointer<UnsafeMutablePointer<PgQuery__Node>?>?
  let count: Int

  init(_ count: Int, _ start: UnsafeMutablePointer<UnsafeMutablePointer<PgQuery__Node>?>?) {
    self.start = start
    self.count = count
  }

  var startIndex: Int { 0 }
  var endIndex: Int { count }
  subscript(position: Int) -> Node {
    precondition(position < count)
    return Node(start![position]!)
  }
}
