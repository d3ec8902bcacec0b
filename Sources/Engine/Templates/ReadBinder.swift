import Formats
import Queries
import Relations
import SQL

/// Binds many reads of few shapes: a text whose shape was met before costs a scan.
///
/// Not part of the engine, because it is not a value: whoever has many reads to record makes one and hands it along.
public final class ReadBinder {
  private let schema: Schema
  private var sessions: [Session: [KnownTemplates]] = [:]
  private var boxes: [Shape: BoundTemplate] = [:]
  /// By the templates that the zones of a session gave.
  private var judged: [[ObjectIdentifier]: Bool] = [:]
  /// What identifiers are of has to stay.
  private var kept: [SQL.KnownTemplate] = []

  private struct Session: Hashable {
    let path: String?
    let zone: String?
  }

  private struct Shape: Hashable {
    let template: ObjectIdentifier
    let lengths: [Int]
  }

  public init(_ schema: Schema) { self.schema = schema }
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
}

extension ReadBinder {
  /// What a read means, to be recorded later.
  public func bind(_ read: consuming RecordedRead) -> BoundRead {
    let question = Result { [read] () throws(SQLTextError) in try BoundQuestion(read, schema, self) }
    return BoundRead(read, question)
  }

  /// nil for a read that has to go the whole way: of a shape that is no plan, or that depends on more than its session's zone.
  func bind(_ read: RecordedRead, _ path: SearchPath, _ pathText: String?, _ style: TextStyle?) -> (BoundTemplate, [Value])? {
    let session = Session(path: pathText, zone: style?.zone.name)
    let binders = sessions[session] ?? BoundQuestion.zones(style).map { KnownTemplates(Binder(schema, path: path, style: $0)) }
    sessions[session] = binders
    let parameters = read.parameters.map(\.parameterText)
    var found: [KnownTemplates.Read] = []
    for binder in binders {
      guard let bound = try? binder.read(read.sql, parameters: parameters) else { return nil }
      found.append(bound)
    }
    // The same constants in whatever zone.
    let first = found[0].constants
    guard
      found.dropFirst().allSatisfy({ $0.constants.lengths == first.lengths && $0.constants.values.isIdentical(to: first.values) }),
      isPlain(found.map(\.template), hasZone: style != nil)
    else { return nil }
    return (box(found[0].template, first.lengths), first.values)
  }

  private func isPlain(_ templates: [SQL.KnownTemplate], hasZone: Bool) -> Bool {
    let name = templates.map(ObjectIdentifier.init)
    if let known = judged[name] { return known }
    let query = templates[0].template.single.query
    let isPlain =
      templates.dropFirst().allSatisfy { $0.template == templates[0].template } && (hasZone || !query.dependsOnSettings)
      && query.unrepeatable == nil
    judged[name] = isPlain
    kept += templates
    return isPlain
  }

  private func box(_ template: SQL.KnownTemplate, _ lengths: [Int]) -> BoundTemplate {
    let shape = Shape(template: ObjectIdentifier(template), lengths: lengths)
    if let known = boxes[shape] { return known }
    let made = BoundTemplate(template.template.template(lengths: lengths))
    boxes[shape] = made
    return made
  }
}
