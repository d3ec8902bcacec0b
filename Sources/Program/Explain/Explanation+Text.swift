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
      section("template", PlanText.lines(of: bound.template.query.plan, schema))
      section("constants", constants(of: bound).enumerated().map { "$\($0 + 1)  \($1.type)  \($1.value ?? "null")" })
      section("columns", bound.query.columns.map { "\($0.name)  \(schema.description(of: $0.type))" })
      section("footprints", footprints(of: bound).map(\.sql))
      section("besides rows", besides(bound.inputs))
    }
    section("not evaluated", doubts.map { "\($0.reason.rawValue): \($0.detail)" })
    return lines.joined(separator: "\n") + "\n"
  }

  private func besides(_ inputs: Query.Inputs) -> [String] {
    (inputs.usesClock ? ["the clock"] : []) + inputs.volatile.map { "volatile: \($0)" } + inputs.stable.map { "by settings: \($0)" }
  }

  func constants(of bound: Bound) -> [(type: String, value: String?)] {
    zip(bound.template.parameters, bound.constants).map { type, value in
      (schema.description(of: type), value.text(as: type, style: TextStyle()))
    }
  }

  func footprints(of bound: Bound) -> [FootprintText] { bound.query.footprints.compactMap { FootprintText($0, schema) } }
}
