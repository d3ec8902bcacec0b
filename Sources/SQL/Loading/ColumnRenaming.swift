internal import CPgQuery
import Relations

/// Writes an expression over one table with another name for one of its columns.
struct ColumnRenaming {
  private let old: Identifier
  private let new: Identifier
  private let table: Identifier

  init(from old: Identifier, to new: Identifier, in table: Identifier) {
    self.old = old
    self.new = new
    self.table = table
  }

  func rewritten(_ expression: String) -> String {
    let prefix = "SELECT "
    let text = prefix + expression
    let places = (try? SQLParser.withTree(of: text) { tree in self.places(in: tree.message) }) ?? []
    if places.isEmpty { return expression }
    let statement = StatementText(text, offset: 0, position: TextPosition(character: 1, line: 1, column: 1))
    return String(statement.replacing(names: places, by: new.description).dropFirst(prefix.count))
  }

  /// Where the column is named, and how many names stand before it.
  private func places(in tree: Message) -> [(location: Int32, before: Int)] {
    var places: [(location: Int32, before: Int)] = []
    var rest = [tree]
    while let message = rest.popLast() {
      if let node = message.node, case .columnRef(let column) = node.kind {
        let names = column.fields.map { Identifier($0.text) }
        // `a`, `t.a`, and in a trigger `new.a`.
        if let index = names.firstIndex(of: old), index == 0 || (index == 1 && [table, "new", "old"].contains(names[0])) {
          places.append((column.location, index))
        }
      }
      message.forEachChild { rest.append($0) }
    }
    return places.sorted { $0.location < $1.location }
  }
}

extension StatementText {
  /// The text with other words for some names.
  func replacing(names: [(location: Int32, before: Int)], by new: String) -> String {
    var result: [UInt8] = []
    var from = 0
    let bytes = Array(text.utf8)
    for name in names {
      let range = range(of: place(at: name.location) + 2 * name.before)
      result += bytes[from..<range.lowerBound] + Array(new.utf8)
      from = range.upperBound
    }
    return String(decoding: result + bytes[from...], as: UTF8.self)
  }
}
