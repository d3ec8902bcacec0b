import Relations
import SQL

/// The schema that a command was given: the definitions in a file, and what they do not tell.
struct SchemaFile {
  let text: String
  private let loader: SchemaLoader

  var schema: Schema { loader.schema }
  /// Statements that could matter and were not followed, with the file.
  var notes: [String] { loader.unread.map { "\(path):\($0)" } }
  var unread: [UnreadStatement] { loader.unread }
  private let path: String

  /// - Parameter collation: the database's, for a file that does not tell.
  init(_ path: String, collation: String?) throws {
    self.path = path
    text = try TextFile.read(path)
    var loader = SchemaLoader(Schema(collation: collation))
    do throws(SQLTextError) { try loader.load(text) } catch { throw RefusedText(file: path, error: error) }
    self.loader = loader
    if let collation, let stated = loader.schema.defaultCollation, stated != Schema(collation: collation).defaultCollation {
      throw InconsistentInput(
        "\(path) makes a database of the collation \"\(stated.locale)\", and '--collation' says \"\(collation)\"")
    }
  }
}
