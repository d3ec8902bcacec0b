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
      section("footprints", footprints(of: bound).map(\.sql))
      section("besides rows", besides(bound.inputs))
    }
    if let outline {
      section("template", [outline.template])
      section("constants", outline.constants.enumerated().map { "$\($0 + 1)  \($1)" })
      section("columns", ["not known"])
      section("footprints", outline.readsEverything ? ["all tables, whole"] : footprints(of: outline).map(\.sql))
      section("besides rows", outline.usesClock ? ["the clock"] : [])
    }
    section("not evaluated", doubts.map { "\($0.reason.rawValue): \($0.detail)" })
    return lines.joined(separator: "\n") + "\n"
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

  func footprints(of bound: Bound) -> [FootprintText] { bound.query.footprints.compactMap { FootprintText($0, schema) } }
  func footprints(of outline: Outline) -> [FootprintText] { outline.footprints.compactMap { FootprintText($0, schema) } }
}
