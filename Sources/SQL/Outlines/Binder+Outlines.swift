internal import CPgQuery
import Expressions
import Queries
import Relations

/// What a text asks: with a plan, or in outline.
public enum Question: Sendable {
  case bound(Query)
  case outlined(Outline)
}

extension Binder {
  /// The question of a text: a plan, or where there is none, what it depends on all the same.
  ///
  /// - Throws: what PostgreSQL says of a text that it refuses.
  public func question(_ text: String, parameters: [String?] = []) throws(SQLTextError) -> Question {
    do throws(BindingFailure) { return .bound(try query(text, parameters: parameters)) } catch {
      switch error {
      case .refused(let error): throw error
      case .unsupported(let what): return .outlined(try outline(text, parameters, Outline.Doubt(.unsupported, what)))
      case .undecidable(let reason, let what): return .outlined(try outline(text, parameters, Outline.Doubt(reason, what)))
      }
    }
  }

  /// What a question depends on, without a plan of it.
  ///
  /// - Parameter doubt: why no plan is to be had, or of no use.
  /// - Throws: what PostgreSQL says of a text that is no SQL, or that names a relation that is not there.
  public func outline(_ text: String, _ parameters: [String?] = [], _ doubt: Outline.Doubt) throws(SQLTextError) -> Outline {
    let walk = OutlineWalk(self)
    try SQLParser.withTree(of: text) { tree throws(SQLTextError) in
      for parameter in parameters { walk.note(text: parameter ?? "") }
      try walk.statement(tree)
    }
    let (template, constants) = WordTemplate.of(text)
    return Outline(
      doubt, template: template, constants: constants, footprints: walk.footprints, usesClock: walk.usesClock,
      obstacle: walk.obstacle, readsEverything: walk.readsEverything)
  }
}

/// What is found while texts are walked: the question's, and those of the views that it names.
final class OutlineWalk {
  let binder: Binder
  private(set) var obstacle: Outline.Doubt?
  private(set) var readsEverything = false
  private(set) var usesClock = false
  /// The columns that are looked at in each table, in the order in which the tables were found.
  private var columns: [(table: TableID, places: Set<Int>)] = []
  private var views: Set<TableID> = []

  init(_ binder: Binder) { self.binder = binder }

  /// The first of them is told.
  func hinder(_ reason: DoubtReason, _ what: String) { obstacle = obstacle ?? Outline.Doubt(reason, what) }

  /// A function, operator or type that nothing is known of may read any table.
  func hinderByAll(_ what: String) {
    hinder(.userFunction, what)
    readsEverything = true
  }

  func noteClock() { usesClock = true }

  /// A string that could be read as a moment of the day that it is read on.
  func note(text: String) {
    if usesClock || text.utf8.count < 3 { return }
    // Arrays and rows within strings have quotes and backslashes of their own.
    let letters = String(decoding: text.utf8.lazy.filter { $0 != 0x5C && $0 != 0x22 }, as: UTF8.self).lowercased()
    if ["now", "today", "tomorrow", "yesterday"].contains(where: letters.contains) { usesClock = true }
  }

  func note(_ table: Table, columns places: Set<Int>) {
    if let known = columns.firstIndex(where: { $0.table == table.id }) {
      columns[known].places.formUnion(places)
    } else {
      columns.append((table.id, places))
    }
  }

  var footprints: [Footprint] {
    columns.map { Footprint(table: $0.table, condition: .constant(.bool(true), .bool), projected: $0.places.sorted()) }
  }
}

extension OutlineWalk {
  fileprivate func statement(_ tree: borrowing ParsedSQL) throws(SQLTextError) {
    for cast in binder.schema.allCasts {
      switch cast.method {
      // PostgreSQL's own, though it comes with a type of the schema's.
      case .function where binder.schema[cast.target]?.isMultirange ?? false: break
      case .function(let name): hinderByAll("the cast by \(name)")
      // A text may be read as a moment wherever one is wanted.
      case .inOut where cast.context == .implicit: noteClock()
      case .inOut, .binary: break
      }
    }
    guard tree.statementCount == 1 else { return hinder(.unsupported, "several statements") }
    let node = tree.statement(0).node
    guard case .selectStmt = node.kind else { return hinder(.unsupported, "\(node.typeName) as a read") }
    try TextOutline(self, binder, tree.text).walk(node)
  }

  /// Walks the text of a view, once.
  func view(_ view: Table) throws(SQLTextError) {
    guard views.insert(view.id).inserted else { return }
    guard let query = view.query else {
      hinder(.unsupported, "the view \(view.name), whose query is not known")
      readsEverything = true
      return
    }
    do throws(SQLTextError) {
      try SQLParser.withTree(of: query) { tree throws(SQLTextError) in
        guard tree.statementCount == 1 else { return hinder(.unsupported, "the view \(view.name)") }
        try TextOutline(self, binder.forViews, tree.text).walk(tree.statement(0).node)
      }
    } catch {
      // It is not the reader's text that is wrong.
      hinder(.unsupported, "the view \(view.name): \(error.message)")
      readsEverything = true
    }
  }
}

extension UserType {
  fileprivate var isMultirange: Bool { if case .multirange = definition { true } else { false } }
}
