import Circuits
import Engine
import Formats
import Queries
import Relations
import SQL

/// The explanation for programs.
extension Explanation {
  var json: JSON {
    var fields: [(String, JSON?)] = []
    if let bound {
      fields += [
        ("template", .array(PlanText.lines(of: bound.template.single.query.plan, schema).map(JSON.text))),
        (
          "constants",
          .array(
            constants(of: bound).map {
              .object([
                ("type", .text($0.type)),
                $0.isList ? ("each_of", .array($0.values.map(JSON.text))) : ("value", .text($0.values[0])),
              ])
            })
        ),
        (
          "columns",
          .array(
            bound.query.columns.map { .object([("name", .text($0.name.text)), ("type", .text(schema.description(of: $0.type)))]) })
        ),
        ("footprints", .array(footprints(of: bound).map(\.json))), ("clock", .scalar(.bool(bound.inputs.usesClock))),
        ("volatile", .array(bound.inputs.volatile.map(JSON.text))), ("settings", .array(bound.inputs.stable.map(JSON.text))),
        ("decided_by", bound.outlook.json(isEvaluated: doubts.isEmpty, isProvable: !doubts.contains { $0.isOfAllProofs })),
        ("certificate", .array(bound.outlook.certificate.map { .text($0.rawValue) })),
      ]
    }
    if let outline {
      fields += [
        ("template", .array([.text(outline.template)])),
        ("constants", .array(outline.constants.map { .object([("value", .text($0))]) })),
        ("footprints", .array(footprints(of: outline).map(\.json))), ("everything", .scalar(.bool(outline.readsEverything))),
        ("clock", .scalar(.bool(outline.usesClock))),
      ]
    }
    let doubts = doubts.map { JSON.object([("reason", .text($0.reason.rawValue)), ("detail", .text($0.detail))]) }
    return .object(fields + [("not_evaluated", .array(doubts))])
  }
}

extension FootprintText {
  fileprivate var json: JSON {
    .object([
      ("table", .text(table)), ("condition", .text(condition)), ("columns", .array(columns.map(JSON.text))),
      ("projected", .array(projected.map(JSON.text))), ("sql", .text(sql)),
      ("index", index?.json),
    ])
  }
}

extension IndexText {
  fileprivate var json: JSON {
    .object([
      ("deferred", .scalar(.bool(isDeferred))),
      (
        "parts",
        .array(
          parts.map { part in
            .object([
              ("hash", .array(part.hash.map(JSON.text))), ("hash_each", .array(part.each.map(JSON.text))),
              ("ordered", part.ordered.map(JSON.text)),
            ])
          })
      ),
    ])
  }
}

extension QuestionOutlook {
  /// The tiers that can decide, cheapest first.
  fileprivate func json(isEvaluated: Bool, isProvable: Bool) -> JSON {
    var tiers: [Verdict.Tier] = []
    if isProvable {
      if holdsByFootprint { tiers.append(.footprint) }
      if changes != nil, isEvaluated { tiers.append(.answer) }
      if isEvaluated { tiers.append(.circuit) }
      if holdsByFootprint { tiers.append(.recheck) }
    }
    return .array(tiers.map { .text($0.rawValue) })
  }
}

extension JSON {
  /// A refusal: PostgreSQL's code and words, and where.
  init(_ error: SQLTextError) {
    self = .object([
      (
        "error",
        .object([
          ("sqlstate", .text(error.state.description)), ("message", .text(error.message)),
          ("line", error.position.map { .number($0.line) }), ("column", error.position.map { .number($0.column) }),
          ("detail", error.detail.map(JSON.text)), ("hint", error.hint.map(JSON.text)),
        ])
      )
    ])
  }
}
