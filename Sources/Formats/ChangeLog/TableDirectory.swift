import Relations

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Finds tables by the names that a file writes. A file names few tables many times, mostly the same one again.
struct TableDirectory {
  private(set) var layouts: [TableLayout] = []
  /// What the file names and the schema does not have, in order of appearance.
  private(set) var unknown: [UnknownTable] = []

  /// How many of these another directory met.
  private let inherited: Int

  private let schema: Schema
  private let path: SearchPath
  private var entries: [Entry] = []
  private var entriesByHash: [UInt64: [Int]] = [:]
  private var layoutsByID: [TableID: Int] = [:]
  private var last = 0
  private var scratch: [UInt8] = []

  /// A name as it was written, and what it is.
  private struct Entry {
    let name: [UInt8]
    let found: Found
  }

  /// What a name stands for.
  enum Found {
    /// An index in `layouts`.
    case known(Int)
    /// An index in `unknown`.
    case unknown(Int)
  }

  /// - Parameter unknown: what another directory of the same file did not find.
  init(_ schema: Schema, path: SearchPath, unknown: [UnknownTable] = []) {
    self.schema = schema
    self.path = path
    self.unknown = unknown
    inherited = unknown.count
  }

  /// A file must not fill the memory with names.
  private static let mostUnknown = 10_000
}

/// A table that a file names and the schema lacks. What the file says of it is passed over.
public struct UnknownTable: Hashable, Sendable {
  /// As the file writes it.
  public let name: String
  /// Where it was first met.
  public let place: FormatError.Place
}

extension TableDirectory {
  /// The table of a name, which is a SQL identifier.
  @inline(__always)
  mutating func find(_ token: JSONToken, _ base: UnsafePointer<UInt8>, _ context: LineContext) throws(Fault) -> Found {
    if last < entries.count, token.kind == .string, isLast(token.bytes(base)) { return entries[last].found }
    return try findOther(token, base, context)
  }

  /// The bytes as they stand in the file: an escaped name never is one that was resolved.
  @inline(__always)
  private func isLast(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    entries[last].name.count == name.count
      && entries[last].name.withUnsafeBufferPointer { memcmp($0.baseAddress!, name.baseAddress!, name.count) == 0 }
  }

  @inline(never)
  private mutating func findOther(
    _ token: JSONToken, _ base: UnsafePointer<UInt8>, _ context: LineContext
  ) throws(Fault) -> Found {
    let name = Array(try token.string(base, "table").utf8)
    let hash = Self.hash(name)
    if let index = entriesByHash[hash]?.first(where: { entries[$0].name == name }) {
      last = index
      return entries[index].found
    }
    let found = try resolve(name, token, context)
    remember(found, name, hash)
    return found
  }

  /// The table of names as the database stores them, without quotes of SQL's.
  mutating func find(
    namespace: UnsafeBufferPointer<UInt8>?, name: UnsafeBufferPointer<UInt8>, at offset: Int, _ context: LineContext
  ) -> Found {
    // No name has U+0000 in it: such a key is no SQL text's.
    scratch.removeAll(keepingCapacity: true)
    if let namespace { scratch.append(contentsOf: namespace) }
    scratch.append(0)
    scratch.append(contentsOf: name)
    if last < entries.count, scratch.withUnsafeBufferPointer({ isLast($0) }) { return entries[last].found }
    let hash = Self.hash(scratch)
    if let index = entriesByHash[hash]?.first(where: { entries[$0].name == scratch }) {
      last = index
      return entries[index].found
    }
    let qualified = QualifiedName(
      namespace.map { Identifier(String(decoding: $0, as: UTF8.self)) }, Identifier(String(decoding: name, as: UTF8.self)))
    let found = find(qualified, as: qualified.description, at: offset, context)
    remember(found, scratch, hash)
    return found
  }

  private mutating func remember(_ found: Found, _ name: [UInt8], _ hash: UInt64) {
    if case .unknown(Self.mostUnknown - 1) = found { return }  // The last place stands for all further ones.
    last = entries.count
    entries.append(Entry(name: name, found: found))
    entriesByHash[hash, default: []].append(last)
  }

  private mutating func resolve(_ name: [UInt8], _ token: JSONToken, _ context: LineContext) throws(Fault) -> Found {
    let text = String(decoding: name, as: UTF8.self)
    let qualified: QualifiedName
    do throws(SQLError) { qualified = try QualifiedName(parsing: text) } catch {
      throw Fault(
        .value, at: token.place, error.message, advice: "write the table as in SQL, with double quotes where SQL needs them")
    }
    return find(qualified, as: text, at: token.place, context)
  }

  private mutating func find(_ name: QualifiedName, as text: String, at offset: Int, _ context: LineContext) -> Found {
    if let table = schema.table(name, path) { return .known(index(of: table)) }
    if let known = unknown.prefix(inherited).firstIndex(where: { $0.name == text }) { return .unknown(known) }
    if unknown.count < Self.mostUnknown { unknown.append(UnknownTable(name: text, place: context.place(offset))) }
    return .unknown(unknown.count - 1)
  }

  /// The layout of a table.
  mutating func index(of table: Table) -> Int {
    if let index = layoutsByID[table.id] { return index }
    layouts.append(TableLayout(table, in: schema))
    layoutsByID[table.id] = layouts.count - 1
    return layouts.count - 1
  }

  private static func hash(_ name: [UInt8]) -> UInt64 {
    name.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

/// The line that is being read, for messages and places.
struct LineContext {
  let line: Line
  let file: String
  /// Where a format of others keeps the lines of the transaction at hand: then offsets are into those.
  var transaction: CapturedTransaction?

  func place(_ offset: Int) -> FormatError.Place {
    if let transaction { return transaction.place(offset, file) }
    return Fault(.syntax, at: offset, "", advice: "").placed(in: line, of: file).place
  }
}
