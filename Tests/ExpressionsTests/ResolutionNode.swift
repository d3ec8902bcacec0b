/// A node of an analysed expression, as PostgreSQL stores it for a view: what its parser made of a text, before any planning.
///
///     {OPEXPR :opno 551 :opfuncid 177 :opresulttype 23 … :args ({VAR … :vartype 23 …} {CONST … :consttype 23 …})}
struct ResolutionNode {
  enum Value {
    case atom([String])
    case list([ResolutionNode])
  }

  var label = ""
  var values: [String: Value] = [:]

  func number(_ name: String) -> UInt32 {
    guard case .atom(let words)? = values[name], let word = words.first else { return 0 }
    return UInt32(truncatingIfNeeded: Int64(word) ?? 0)
  }

  func nodes(_ name: String) -> [ResolutionNode] {
    guard case .list(let nodes)? = values[name] else { return [] }
    return nodes
  }

  func words(_ name: String) -> [String] {
    guard case .atom(let words)? = values[name] else { return [] }
    return words
  }
}

extension ResolutionNode {
  /// The type of the expression.
  var type: UInt32 {
    switch label {
    case "VAR": number("vartype")
    case "CONST": number("consttype")
    case "FUNCEXPR": number("funcresulttype")
    case "OPEXPR": number("opresulttype")
    case "SCALARARRAYOPEXPR", "NULLTEST": 16
    case "AGGREF": number("aggtype")
    case "WINDOWFUNC": number("wintype")
    case "RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "COERCETODOMAIN", "CONVERTROWTYPEEXPR": number("resulttype")
    case "ARRAYEXPR": number("array_typeid")
    case "COALESCEEXPR": number("coalescetype")
    case "ROW": number("row_typeid")
    case "CASETESTEXPR": number("typeId")
    case "NAMEDARGEXPR", "TARGETENTRY": (nodes("arg") + nodes("expr")).first?.type ?? 0
    default: 0
    }
  }

  /// An integer or boolean constant's value; nil if it is null.
  var constant: Int32? {
    let words = words("constvalue")
    guard let start = words.firstIndex(of: "[") else { return nil }
    let bytes = words[(start + 1)...].prefix(4).map { UInt32(truncatingIfNeeded: Int64($0) ?? 0) & 0xFF }
    return Int32(truncatingIfNeeded: bytes.reversed().reduce(0) { $0 << 8 | $1 })
  }
}

extension ResolutionNode: CustomStringConvertible {
  var description: String { "\(label)(\(nodes("args").map(\.type))) -> \(type)" }
}

/// Reading PostgreSQL's text form of trees.
struct ResolutionNodeReader {
  private let bytes: [UInt8]
  private var i = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The expressions within `{TARGETENTRY :expr {NULLTEST :arg …`, in order.
  mutating func targets() -> [ResolutionNode] {
    skipSpace()
    var queries = value()
    while case .list(let nodes) = queries, nodes.count == 1, nodes[0].label != "QUERY" { queries = .list(nodes) }
    guard case .list(let nodes) = queries, let query = nodes.first else { return [] }
    return query.nodes("targetList").compactMap { $0.nodes("expr").first?.nodes("arg").first }
  }

  private mutating func skipSpace() {
    while i < bytes.count, bytes[i] == 0x20 || bytes[i] == 0x0A { i += 1 }
  }

  private mutating func value() -> ResolutionNode.Value {
    skipSpace()
    switch bytes[i] {
    case UInt8(ascii: "{"): return .list([node()])
    case UInt8(ascii: "("):
      i += 1
      return parenthesised()
    default: return .atom(atoms())
    }
  }

  private mutating func node() -> ResolutionNode {
    i += 1
    var node = ResolutionNode()
    node.label = word()
    skipSpace()
    while bytes[i] != UInt8(ascii: "}") {
      i += 1  // The colon.
      let name = word()
      node.values[name] = value()
      skipSpace()
    }
    i += 1
    return node
  }

  /// A list: of nodes, or of words.
  private mutating func parenthesised() -> ResolutionNode.Value {
    var nodes: [ResolutionNode] = []
    var words: [String] = []
    skipSpace()
    while bytes[i] != UInt8(ascii: ")") {
      switch bytes[i] {
      case UInt8(ascii: "{"): nodes.append(node())
      case UInt8(ascii: "("):
        i += 1
        if case .list(let inner) = parenthesised() { nodes += inner }
      default: words.append(word())
      }
      skipSpace()
    }
    i += 1
    return nodes.isEmpty && !words.isEmpty ? .atom(words) : .list(nodes)
  }

  private mutating func atoms() -> [String] {
    var words: [String] = []
    skipSpace()
    while i < bytes.count, ![UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: ")")].contains(bytes[i]) {
      words.append(word())
      skipSpace()
    }
    return words
  }

  private mutating func word() -> String {
    skipSpace()
    let start = i
    while i < bytes.count, ![0x20, 0x0A, 0x28, 0x29, 0x7B, 0x7D].contains(bytes[i]) {
      i += bytes[i] == 0x5C ? 2 : 1
    }
    if i == start { i += 1 }
    return String(decoding: bytes[start..<min(i, bytes.count)], as: UTF8.self)
  }
}
