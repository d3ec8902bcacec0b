import Formats
import Queries
import Relations
import SQL

/// Binds many reads of few shapes: a text whose shape was met before costs a scan.
///
/// Not part of the engine, because it is not a value: whoever has many reads to record makes one and hands it along.
public final class ReadBinder {
  private let schema: Schema
  private var sessions: [[RecordedRead.Setting]: Session] = [:]
  /// The one that was asked for last: most often the next one too.
  private var session: (settings: [RecordedRead.Setting], session: Session)?
  private var boxes: [Shape: BoundTemplate] = [:]

  private struct Shape: Hashable {
    let template: ObjectIdentifier
    let lengths: [Int]
  }

  public init(_ schema: Schema) { self.schema = schema }
}

/// Those who ask under the same settings.
private final class Session {
  let settings: SessionSettings
  /// One for each zone under which a text is bound.
  let binders: [KnownTemplates]
  /// By the template that the first zone gave.
  var judged: [ObjectIdentifier: Judgment] = [:]

  struct Judgment {
    /// What the zones gave: an identifier is of something as long as that stays.
    let templates: [SQL.KnownTemplate]
    /// Whether the template and its constants are all that there is to know of a text.
    let isPlain: Bool
    /// Whether its constants are the same whatever the zone.
    let isZoneless: Bool
  }

  init(_ settings: SessionSettings, _ schema: Schema) {
    self.settings = settings
    binders = settings.zones.map { KnownTemplates(Binder(schema, path: settings.path, style: $0)) }
  }
}

/// A template that many reads share.
final class BoundTemplate: Sendable {
  let template: Template
  init(_ template: Template) { self.template = template }
}

/// A read, and what its SQL means, or why it means nothing.
///
/// A class, because both are large, most of it empty, and a hundred thousand of them are handed on.
public final class BoundRead: Sendable {
  public let read: RecordedRead
  let question: Result<BoundQuestion, SQLTextError>

  init(_ read: consuming RecordedRead, _ question: Result<BoundQuestion, SQLTextError>) {
    self.read = read
    self.question = question
  }

  /// The same with what was remembered of its answer.
  public func certified(by certificate: Scalar) -> BoundRead {
    var read = read
    read.certificate = certificate
    return BoundRead(read, question)
  }
}

extension ReadBinder {
  /// What a read means, to be recorded later.
  public func bind(_ read: consuming RecordedRead) -> BoundRead {
    let question = Result { [read] () throws(SQLTextError) in try BoundQuestion(read, schema, self) }
    return BoundRead(read, question)
  }

  func settings(of read: RecordedRead) -> SessionSettings { session(of: read).settings }

  private func session(of read: RecordedRead) -> Session {
    if let session, session.settings == read.settings { return session.session }
    let found = sessions[read.settings] ?? Session(SessionSettings(read.settings), schema)
    sessions[read.settings] = found
    session = (read.settings, found)
    return found
  }

  /// nil for a read that has to go the whole way: of a shape that is no plan, or that depends on more than its session's zone.
  func known(_ read: RecordedRead) -> (BoundTemplate, [Value])? {
    let session = session(of: read)
    let parameters = read.parameters.map(\.parameterText)
    guard let first = try? session.binders[0].read(read.sql, parameters: parameters) else { return nil }
    let name = ObjectIdentifier(first.template)
    let known = session.judged[name]
    var others: [KnownTemplates.Read] = []
    if known?.isZoneless != true {
      for binder in session.binders.dropFirst() {
        guard let other = try? binder.read(read.sql, parameters: parameters) else { return nil }
        // The same constants in whatever zone.
        guard other.constants.lengths == first.constants.lengths, other.constants.values.isIdentical(to: first.constants.values)
        else { return nil }
        others.append(other)
      }
    }
    if let known, known.isZoneless || known.templates.dropFirst().elementsEqual(others.map(\.template), by: ===) {
      return known.isPlain ? (box(first.template, first.constants.lengths), first.constants.values) : nil
    }
    let judgment = session.judge([first.template] + others.map(\.template))
    session.judged[name] = judgment
    return judgment.isPlain ? (box(first.template, first.constants.lengths), first.constants.values) : nil
  }

  private func box(_ template: SQL.KnownTemplate, _ lengths: [Int]) -> BoundTemplate {
    let shape = Shape(template: ObjectIdentifier(template), lengths: lengths)
    if let known = boxes[shape] { return known }
    let made = BoundTemplate(template.template.template(lengths: lengths))
    boxes[shape] = made
    return made
  }
}

extension Session {
  func judge(_ templates: [SQL.KnownTemplate]) -> Judgment {
    let first = templates[0].template
    let query = first.single.query
    let isPlain =
      templates.dropFirst().allSatisfy { $0.template == first } && (settings.style != nil || !query.dependsOnSettings)
      && query.unrepeatable == nil
    return Judgment(
      templates: templates, isPlain: isPlain,
      isZoneless: binders.count == 1 || Planted.bug("a constant is the same in every zone")
        || (isPlain && first.single.parameters.allSatisfy(\.isReadWithoutSettings)))
  }
}

extension SQLType {
  /// Whether a text means the same value of it under whatever settings, at whatever time.
  fileprivate var isReadWithoutSettings: Bool {
    [.bool, .int2, .int4, .int8, .numeric, .float4, .float8, .text, .varchar, .bpchar, .uuid].contains(id)
  }
}
