import Circuits
import Engine
import Queries
import Relations

/// The explanation for people.
extension Explanation {
  var text: String {
    var lines: [String] = []
    func section(_ head: String, _ body: [String]) {
      if !lines.isEmpty { lines.append("") }
      lines.append(head)
      lines += (body.isEmpty ? ["none"] : body).map { "  \($0)" }
    }
    if let bound {
      section("template", PlanText.lines(of: bound.template.single.query.plan, schema))
      section("constants", constants(of: bound).enumerated().map { "$\($0 + 1)  \($1.type)  \($1.words)" })
      section("columns", bound.query.columns.map { "\($0.name)  \(schema.description(of: $0.type))" })
      section("footprints", footprints(of: bound).flatMap { [$0.sql] + ($0.index.map { ["  " + $0.words] } ?? []) })
      section("besides rows", besides(bound.inputs))
      section("decided by", means(of: bound))
      section("certificate", bound.outlook.certificate.map(\.words))
    }
    if let outline {
      section("template", [outline.template])
      section("constants", outline.constants.enumerated().map { "$\($0 + 1)  \($1)" })
      section("columns", ["not known"])
      section("footprints", outline.readsEverything ? ["all tables, whole"] : footprints(of: outline).map(\.sql))
      section("besides rows", outline.usesClock ? ["the clock"] : [])
      section("decided by", means(of: outline))
    }
    section("not evaluated", doubts.map { "\($0.reason.rawValue): \($0.detail)" })
    return lines.joined(separator: "\n") + "\n"
  }

  /// What can prove a verdict, cheapest first.
  private func means(of bound: Bound) -> [String] {
    if doubts.contains(where: { $0.isOfAllProofs }) { return ["a person: see below"] }
    let outlook = bound.outlook
    var lines: [String] = []
    if outlook.holdsByFootprint { lines.append("footprint: holds where nothing that it looks at has changed on balance") }
    if let changes = outlook.changes, doubts.isEmpty { lines.append("answer: \(changes.words)") }
    if doubts.isEmpty { lines.append("circuit: the question evaluated at both ends, with main's rows") }
    if outlook.holdsByFootprint {
      lines.append(
        "recheck: the same answer of the real database"
          + (outlook.isSingleValued ? ", or another one" : "; another one may be chance"))
    }
    return lines
  }

  private func means(of outline: Outline) -> [String] {
    if outline.obstacle != nil || outline.usesClock { return ["a person: see below"] }
    return [
      "footprint: holds where no column that it looks at has changed in any row", "recheck: the same answer of the real database",
    ]
  }

  private func besides(_ inputs: Query.Inputs) -> [String] {
    (inputs.usesClock ? ["the clock"] : []) + inputs.volatile.map { "volatile: \($0)" } + inputs.stable.map { "by settings: \($0)" }
  }

  /// What stands for a parameter of the template: one value, or those of a list's members.
  struct ConstantText {
    let type: String
    let values: [String]
    let isList: Bool

    var words: String { isList ? "each of " + values.joined(separator: ", ") : values[0] }
  }

  func constants(of bound: Bound) -> [ConstantText] {
    let (template, constants) = (bound.template, bound.constants)
    var texts: [ConstantText] = []
    var next = 0
    func take(_ parameters: Range<Int>, length: Int, isList: Bool) {
      for (place, parameter) in parameters.enumerated() {
        let type = template.single.parameters[parameter]
        let values = (0..<length).map { constants.values[next + $0 * parameters.count + place] }
        texts.append(
          ConstantText(
            type: schema.description(of: type), values: values.map { $0.text(as: type, style: TextStyle()) ?? "null" },
            isList: isList))
      }
      next += parameters.count * length
    }
    for (list, length) in zip(template.lists, constants.lengths) {
      take(texts.count..<list.lowerBound, length: 1, isList: false)
      take(list, length: length, isList: true)
    }
    take(texts.count..<template.single.parameters.count, length: 1, isList: false)
    return texts
  }

  func footprints(of bound: Bound) -> [FootprintText] {
    // With and without constants there are as many, in the same order.
    let templates = bound.template.single.query.footprints
    return bound.query.footprints.enumerated().compactMap { place, footprint in
      let template = place < templates.count && templates[place].table == footprint.table ? templates[place] : nil
      return FootprintText(footprint, template, schema)
    }
  }

  func footprints(of outline: Outline) -> [FootprintText] { outline.footprints.compactMap { FootprintText($0, nil, schema) } }
}

extension QuestionOutlook.Changes {
  var words: String {
    switch self {
    case .sums: "what the changed rows add up to tells"
    case .rows: "the rows that came and went are those of the answer"
    case .values: "the values of the changed rows tell"
    case .groups: "the groups of the changed rows tell"
    }
  }
}

extension CertificateNeed {
  var words: String {
    switch self {
    case .totals: "rows, values and sums of all that is inside, the least and greatest with their ties"
    case .groups: "rows, values and sums of each group, the least and greatest with their ties"
    case .multiplicities: "how often each row is there"
    case .first: "the first rows, and those behind them that may move up"
    case .subqueryCount: "how many rows the subquery has"
    case .subqueryRow: "the row of the subquery"
    }
  }
}
