import Relations

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A base as a directory of files `schema.table.csv`, as `\copy` writes them one by one.
///
/// What position they are of, a file named `position` may say; otherwise whoever uses the base does.
public struct BaseDirectory: Sendable {
  /// The files, in the order of their names.
  public let files: [(path: String, table: Table)]
  /// What the directory says about its position.
  public let position: (position: Position, form: PositionForm)?
  /// Files whose table the schema lacks.
  public let unknownTables: [UnknownTable]

  /// Lists a directory.
  public init(_ path: String, schema: Schema, options: BaseOptions = BaseOptions()) throws(FormatError) {
    var files: [(path: String, table: Table)] = []
    var unknown: [UnknownTable] = []
    var position: (position: Position, form: PositionForm)?
    for name in try Self.names(in: path).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let file = "\(path)/\(name)"
      let place = FormatError.Place(file, line: 1, column: 1)
      if name == "position" {
        position = try Self.position(file)
      } else if name.hasSuffix(".csv") {
        let qualified: QualifiedName
        do throws(SQLError) { qualified = try QualifiedName(parsing: name.dropLast(4)) } catch {
          throw FormatError(.value, place, "the file's name is no table's: \(error.message)", advice: "name it schema.table.csv")
        }
        if let table = schema.table(qualified, options.path) {
          files.append((file, table))
        } else {
          unknown.append(UnknownTable(name: String(name.dropLast(4)), place: place))
        }
      }
    }
    self.files = files
    self.position = position
    unknownTables = unknown
  }

  private static func names(in path: String) throws(FormatError) -> [String] {
    guard let directory = opendir(path) else {
      let reason = String(cString: strerror(errno))
      throw FormatError(
        .unreadable, FormatError.Place(path, line: 1, column: 1), "the directory cannot be read (\(reason))",
        advice: "check the path and the permissions")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { name in
        String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names
  }

  private static func position(_ path: String) throws(FormatError) -> (position: Position, form: PositionForm) {
    var lines = LineReader(try FileSource(path), longest: 1 << 10)
    let text = try lines.next().map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    do throws(SQLError) { return try Position.parse(text) } catch {
      throw FormatError(
        .value, FormatError.Place(path, line: 1, column: 1), "the file says no position",
        advice: "write one line, \"X/Y\" as PostgreSQL prints an LSN (without quotes), or decimal digits")
    }
  }
}
