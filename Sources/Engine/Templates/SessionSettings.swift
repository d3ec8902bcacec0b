import Formats
import Relations

/// What the settings of a session say of the texts that it asked. Shared by all of them.
final class SessionSettings: Sendable {
  /// With its time zone; nil if nobody said which.
  let style: TextStyle?
  let path: SearchPath
  /// Why nobody knows what a text means under them.
  let doubt: String?

  init(_ settings: [RecordedRead.Setting]) {
    let values = Dictionary(settings.map { ($0.name.lowercased(), $0.value) }) { $1 }
    let zone = values["timezone"].map { Zone.named($0) }
    if case .some(nil) = zone {
      (style, path, doubt) = (nil, .standard(), "the time zone \(values["timezone"]!) is not known here")
      return
    }
    style = zone.flatMap { $0 }.map { TextStyle(zone: $0) }
    do throws(SQLError) {
      path = try values["search_path"].map { text throws(SQLError) in try SearchPath(parsing: text) } ?? .standard()
      doubt = nil
    } catch { (path, doubt) = (.standard(), "the search path is no list of names: \(error.message)") }
  }

  /// The zones under which a text is bound. A moment in it means another one in another zone: of a session that did not say its zone, two
  /// that are far apart have to agree.
  var zones: [TextStyle] { style.map { [$0] } ?? Self.farApart }

  private static let farApart = [14, -12].map { TextStyle(zone: Zone(name: "\($0)", offset: $0 * 3600)) }
}
