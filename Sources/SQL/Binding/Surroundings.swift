internal import CPgQuery
import Expressions
import Queries
import Relations

/// Where in a text something is bound: what its names can mean beside what stands in the same query.
struct Surroundings {
  let binding: TextBinding
  /// The rows around a dependent plan, the nearest first: level 1 is the first.
  var rows: [Row] = []
  /// The common table expressions that are in sight; of two with a name, the later one hides the earlier.
  var commonTables: [CommonTable] = []
  /// How many recursions are around.
  var recursions = 0

  /// One row around. It counts as a level also where names do not see it.
  struct Row {
    let level: Level
    /// Whether names mean its columns: a derived table that is not `LATERAL` does not see its neighbours.
    var isVisible = true
  }

  var binder: Binder { binding.binder }
  var builder: ExpressionBuilder { binding.binder.builder }

  func within(_ level: Level) -> Surroundings {
    var inner = self
    inner.rows.insert(Row(level: level), at: 0)
    return inner
  }

  func refusal(_ state: SQLState, _ message: String, _ location: Int32, hint: String? = nil) -> BindingFailure {
    .refused(SQLTextError(state, message, at: location < 0 ? nil : Int(location), in: binding.text, hint: hint))
  }

  /// What the builder refuses, it refuses without knowing where. A literal that could not be read is pointed at itself.
  func located<R>(_ location: Int32, _ build: () throws(Failure) -> R) throws(BindingFailure) -> R {
    do { return try build() } catch {
      switch error {
      case .raised(let error): throw refusal(error.state, error.message, binding.refusedLiteral ?? location)
      case .unsupported(let what): throw .unsupported(what)
      }
    }
  }
}

extension Surroundings {
  /// The same where a literal is taken apart: what cannot be read stands in it.
  func located<R>(_ location: Int32, inLiteral node: Node, _ build: () throws(Failure) -> R) throws(BindingFailure) -> R {
    do { return try build() } catch {
      var place = location
      if case .raised(let raised) = error, raised.state.description.hasPrefix("22") { place = node.leftmost }
      return try located(place) { () throws(Failure) in throw error }
    }
  }

  /// The same for operands that are brought to a common type.
  ///
  /// - Parameter location: where it is wrong, if each of them becomes it.
  func located<R>(
    _ locations: [Int32], _ types: [TypeID], or location: Int32 = -1, _ build: () throws(Failure) -> R
  ) throws(BindingFailure) -> R {
    do { return try build() } catch {
      let misfit = types.isEmpty ? location : builder.catalogue.misfit(among: types).map { locations[$0] } ?? location
      return try located(misfit) { () throws(Failure) in throw error }
    }
  }
}

/// One text while it is bound. A view's query is a text of its own.
final class TextBinding {
  let binder: Binder
  let text: String
  let parameters: [String?]
  /// The views that are being expanded: a view within itself is a broken schema.
  let views: [TableID]
  /// Whether constants are told where they stand in the text.
  let keepsOrigins: Bool
  /// Those that were told where they stand.
  private var origins: [LiteralOrigin] = []
  private let size: Size

  /// How large the plan may still become: shared with the texts of views.
  private final class Size {
    var operatorsLeft = TextBinding.mostOperators
    var namesCollations = false
    var expressionsLeft: Int
    var depth = 0

    init(_ text: String) { expressionsLeft = max(TextBinding.mostExpressions, 2 * text.utf8.count) }
  }

  /// Common table expressions and views are expanded wherever they are named, and a short text can name them very often.
  static let mostOperators = 10_000
  /// An operand may be bound, or stand in what is bound, several times (`BETWEEN`, `CASE x WHEN`), and again within itself: twice as often
  /// a level. So there are no more expressions than this, or than a longer text writes out twice.
  static let mostExpressions = 20_000

  init(_ binder: Binder, text: String, parameters: [String?], keepsOrigins: Bool = false) {
    self.binder = binder
    self.text = text
    self.parameters = parameters
    views = []
    self.keepsOrigins = keepsOrigins
    size = Size(text)
  }

  /// For the text of a view.
  init(_ outer: TextBinding, view: Table, query: String) {
    binder = outer.binder.forViews
    text = query
    parameters = []
    views = outer.views + [view.id]
    keepsOrigins = false
    size = outer.size
  }

  /// That something is named which may have another collation than the database.
  func notesCollation() { size.namesCollations = true }

  var namesCollations: Bool { size.namesCollations }

  func origin(_ place: Int) -> LiteralOrigin {
    let origin = LiteralOrigin(place)
    origins.append(origin)
    return origin
  }

  /// Where a literal stands that could not be read; no place of the text if it was a parameter.
  var refusedLiteral: Int32? { origins.first(where: \.isRefused).map { Int32(max($0.place, -1)) } }

  /// The deepest that queries and expressions may be within each other, and their plans: whoever walks a plan does so on whatever stack
  /// there is, and a mebibyte is enough for these.
  static let mostLevels = 500

  /// Binds something that is so many levels further in.
  func within<R>(_ levels: Int, _ bind: () throws(BindingFailure) -> R) throws(BindingFailure) -> R {
    size.depth += levels
    defer { size.depth -= levels }
    if size.depth > TextBinding.mostLevels { throw Self.tooDeep }
    return try bind()
  }

  func spend(expressions count: Int) throws(BindingFailure) {
    size.expressionsLeft -= count
    if size.expressionsLeft < 0 { throw .unsupported("a query of more than \(TextBinding.mostExpressions) expressions") }
  }

  /// For an expression that is going to stand in several places.
  func spend(copies count: Int, of expression: Expression) throws(BindingFailure) {
    if count > 0, !expression.children.isEmpty { try spend(expressions: count * expression.size) }
  }

  static var tooDeep: BindingFailure { .unsupported("a query of more than \(mostLevels) levels") }

  func spend(_ operators: Int) throws(BindingFailure) {
    size.operatorsLeft -= operators
    if size.operatorsLeft < 0 { throw .unsupported("a query of more than \(TextBinding.mostOperators) operators") }
  }
}
