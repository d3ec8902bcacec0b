import Engine
import Relations

/// The report as one page that needs nothing else: to be sorted and filtered on a screen, and read on paper or a phone without.
extension AuditReport {
  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(headline.escapedForXML)</title>
    <style>\(Self.style)</style>
    <h1>\(headline.escapedForXML)</h1>
    \(list(remarks))\(list(units.map(\.words)))\(timeline)
    <form role="search" hidden>
      <label>Find <input type="search" id="find" autocomplete="off"></label>
      <fieldset><legend>Show</legend>
        <label><input type="checkbox" value="holds"> holds</label>
        <label><input type="checkbox" value="stale" checked> stale</label>
        <label><input type="checkbox" value="doubtful" checked> doubtful</label>
      </fieldset>
      <output id="count" aria-live="polite"></output>
    </form>
    <table>
      <thead><tr>\(Self.heads.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead>
      <tbody>
    \(shown.map(row).joined(separator: "\n"))
      </tbody>
    </table>
    <script>\(Self.script)</script>
    </html>

    """
  }

  private static let heads = ["Verdict", "Read", "Branch", "Unit", "Question", "What changed"]

  private func list(_ lines: [String]) -> String {
    lines.isEmpty ? "" : "<ul>" + lines.map { "<li>\($0.escapedForXML)</li>" }.joined() + "</ul>\n"
  }

  private func row(_ verdict: Verdict) -> String {
    let details = particulars(verdict).map { "<p>\($0.escapedForXML)</p>" }.joined()
    let rows = changes(verdict)
    let witnesses = rows.isEmpty ? "" : "<ul>" + rows.map { "<li>\($0.escapedForXML)</li>" }.joined() + "</ul>"
    let cells = [
      verdict.word, verdict.read.escapedForXML, verdict.branch.escapedForXML, (verdict.unit ?? "").escapedForXML,
      "<code>\(question(verdict).escapedForXML)</code>", details + witnesses,
    ]
    return "<tr class=\"\(verdict.word)\">" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
  }
}

// MARK: - The timeline

extension AuditReport {
  /// When answers went stale, from the first such moment to the state that the report speaks of; nothing if nobody knows.
  private var timeline: String {
    let moments = verdicts.compactMap { verdict -> (read: String, position: Position)? in
      if case .exactly(let position)? = verdict.evidence.staleSince { (verdict.read, position) } else { nil }
    }
    guard let first = moments.map(\.position).min(), first < asOf else { return "" }
    let span = Double(asOf.number - first.number)
    let ticks = moments.map { read, position in
      let place = 20 + 960 * Double(position.number - first.number) / span
      return "<line x1=\"\(tenths(place))\" x2=\"\(tenths(place))\" y1=\"8\" y2=\"32\">"
        + "<title>\("\(read), since \(position.text(form))".escapedForXML)</title></line>"
    }
    return """
      <figure>
      <svg viewBox="0 0 1000 40" role="img" aria-label="When \(moments.count) answers went stale">
      <line class="axis" x1="20" x2="980" y1="32" y2="32"/>\(ticks.joined())
      </svg>
      <figcaption>When \(moments.count) answers went stale: \(first.text(form)) to \(asOf.text(form))</figcaption>
      </figure>

      """
  }

  private func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
}

// MARK: - Style and behaviour

extension AuditReport {
  private static let style = """
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
    body { margin: 0 auto; padding: 1rem; max-width: 80rem }
    h1 { font-size: 1.4rem }
    table { border-collapse: collapse; width: 100% }
    th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8886; overflow-wrap: anywhere }
    th button { all: unset; cursor: pointer; font-weight: bold } th button:focus-visible { outline: 2px solid }
    th[aria-sort=ascending] button::after { content: " ↑" } th[aria-sort=descending] button::after { content: " ↓" }
    td p { margin: 0 } td ul { margin: .3rem 0 0; padding-left: 1.2rem; font-size: .9em }
    code { font-size: .9em; white-space: pre-wrap }
    .stale td:first-child { font-weight: bold; color: #b3261e } .doubtful td:first-child { font-weight: bold; color: #8a5a00 }
    form { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin: 1rem 0 } fieldset { border: 0; padding: 0 }
    form[hidden] { display: none } legend { float: left; margin-right: .5rem }
    figure { margin: 1rem 0 } svg { width: 100% } svg line { stroke: #b3261e; stroke-width: 2 } svg .axis { stroke: #8888 }
    @media (prefers-color-scheme: dark) { .stale td:first-child, svg line { color: #ff8a80; stroke: #ff8a80 }
      .doubtful td:first-child { color: #ffc870 } }
    @media (max-width: 45rem) { thead { position: absolute; left: -999rem } tr, td { display: block; border: 0; padding: .1rem 0 }
      tr { border-bottom: 1px solid #8886; padding: .6rem 0 } tr[hidden] { display: none } }
    @media print { form { display: none } tr { break-inside: avoid } }
    """

  private static let script = """
    const form = document.forms[0], rows = [...document.querySelectorAll("tbody tr")], body = document.querySelector("tbody")
    const find = document.getElementById("find"), count = document.getElementById("count")
    const boxes = [...form.querySelectorAll("input[type=checkbox]")]
    function show() {
      const words = find.value.toLowerCase().split(/\\s+/), wanted = new Set(boxes.filter(b => b.checked).map(b => b.value))
      let shown = 0
      for (const row of rows) {
        const text = row.textContent.toLowerCase()
        row.hidden = !wanted.has(row.className) || !words.every(word => text.includes(word))
        if (!row.hidden) shown++
      }
      count.textContent = shown + " of " + rows.length
    }
    function sort(head, column) {
      const down = head.getAttribute("aria-sort") === "ascending"
      for (const other of document.querySelectorAll("th")) other.removeAttribute("aria-sort")
      head.setAttribute("aria-sort", down ? "descending" : "ascending")
      const order = (a, b) => a.cells[column].textContent.localeCompare(b.cells[column].textContent, "en", {numeric: true})
      rows.sort((a, b) => down ? order(b, a) : order(a, b))
      body.append(...rows)
    }
    document.querySelectorAll("th").forEach((head, column) => {
      const button = document.createElement("button")
      button.textContent = head.textContent
      button.onclick = () => sort(head, column)
      head.replaceChildren(button)
    })
    form.onsubmit = event => event.preventDefault()
    form.oninput = show
    form.hidden = false
    show()
    """
}
