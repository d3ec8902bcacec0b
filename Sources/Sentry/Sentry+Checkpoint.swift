import Expressions
import Queries
import Relations

/// The sentry as bytes, from which it goes on where it was. `Specs/checkpoint.md` describes them.
extension Sentry {
  private static let magic = Array("premise sentry\n\u{1A}".utf8)
  private static let version: UInt32 = 1

  /// Everything there is: templates, reads, cells, and what is owed to those who subscribed.
  ///
  /// What waits is looked at before.
  public mutating func checkpoint() -> [UInt8] {
    settle()
    var body = CheckpointWriter()
    body.write(context.clock != nil)
    body.write(context.clock ?? 0)
    body.write(Array(context.style.zone.name.utf8))
    body.write(all: templates) { writer, template in
      writer.write(template.footprint.table.number)
      writer.write(template.footprint.condition)
      writer.write(template.footprint.projected)
      writer.write(template.sums)
    }
    for template in templates {
      body.write(template.parts.count)
      for part in template.parts { part.watched.write(to: &body) }
      template.flips.write(to: &body, template)
    }
    return body.sealed(Self.magic, Self.version, key)
  }

  /// The sentry that gave the bytes.
  ///
  /// - Parameters:
  ///   - key: the secret under which they were written.
  ///   - context: the clock and the settings, as they were.
  public init(checkpoint bytes: [UInt8], key: FingerprintKey, context: EvaluationContext = EvaluationContext())
    throws(CheckpointError)
  {
    self.init(key: key, context: context)
    var body = try CheckpointReader(sealed: bytes, Self.magic, Self.version, key)
    let hasClock = try body.readBit()
    let clock: Int64 = try body.read()
    let zone = try body.readBytes()
    guard (hasClock ? clock : nil) == context.clock, zone == Array(context.style.zone.name.utf8) else { throw .otherContext }
    let known = try body.readAll { reader throws(CheckpointError) in
      let table = TableID(try reader.read())
      let footprint = Footprint(table: table, condition: try reader.readExpression(), projected: try reader.readNumbers())
      return (footprint: footprint, sums: try reader.readExpressions())
    }
    for (footprint, sums) in known {
      // It could be evaluated when it was written.
      guard (try? add(footprint, sums: sums)) != nil else { throw .corrupt }
    }
    guard templates.count == known.count else { throw .corrupt }
    for template in templates {
      guard try body.readCount() == template.parts.count else { throw .corrupt }
      for part in template.parts { try part.watched.read(from: &body) }
      try template.flips.read(from: &body, template)
    }
    guard body.isAtEnd else { throw .corrupt }
  }
}
