/// Measurements as a table for people and as JSON for programs.
enum Report {
  static func table(_ measurements: [Measurement]) -> String {
    let heads = ["", "M rows/s", "spread", "bar", "peer", "M rows/s", "ours/peer"]
    let lines = [heads] + measurements.map(cells)
    let widths = heads.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      line.indices.map { padded(line[$0], to: widths[$0], leading: $0 != 0 && $0 != 4) }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private static func cells(_ m: Measurement) -> [String] {
    let bar = m.bar.map { (m.rate >= $0 ? "≥ " : "below ") + millions($0) }
    let ratio = m.ratio.map { rounded($0, 2) + "×" }
    return [
      m.name, millions(m.rate), percent(m.ours.spread), bar ?? "", m.peer?.name ?? "", m.peerRate.map(millions) ?? "", ratio ?? "",
    ]
  }

  private static func padded(_ text: String, to width: Int, leading: Bool) -> String {
    let padding = String(repeating: " ", count: width - text.count)
    return leading ? padding + text : text + padding
  }

  static func json(_ measurements: [Measurement]) -> String {
    let entries = measurements.map { m in
      var fields = [
        "\"name\":\"\(m.name)\"", "\"rows\":\(m.rows)", "\"rows_per_second\":\(Int(m.rate))",
        "\"spread\":\(rounded(m.ours.spread, 3))",
      ]
      if let bar = m.bar { fields.append("\"bar\":\(Int(bar))") }
      if let peer = m.peer, let rate = m.peerRate, let ratio = m.ratio {
        fields.append("\"peer\":\"\(peer.name)\",\"peer_rows_per_second\":\(Int(rate)),\"ratio\":\(rounded(ratio, 3))")
      }
      return "{" + fields.joined(separator: ",") + "}"
    }
    return "{\"ground\":[" + entries.joined(separator: ",") + "]}"
  }

  private static func millions(_ rate: Double) -> String { rounded(rate / 1e6, rate < 1e8 ? 1 : 0) }
  private static func percent(_ part: Double) -> String { "±\(rounded(part * 100, 0))%" }

  private static func rounded(_ number: Double, _ places: Int) -> String {
    let power = (0..<places).reduce(1.0) { power, _ in power * 10 }
    let text = "\((number * power).rounded() / power)"
    return places == 0 && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
