import Engine
import Formats
import Relations

/// The report for programs.
extension AuditReport {
  var json: JSON {
    let counts = summary
    return .object([
      ("as_of", .text(asOf.text(form))), ("clock", clock),
      ("incomplete", isIncomplete ? .scalar(.bool(true)) : nil),
      ("coverage", isCovered ? .text("stated") : .text("assumed")),
      (
        "summary",
        .object([("holds", .number(counts.holds)), ("stale", .number(counts.stale)), ("doubtful", .number(counts.doubtful))])
      ),
      ("units", units.isEmpty ? nil : .array(units.map { json($0) })),
      ("notes", notes.isEmpty ? nil : .array(notes.map(JSON.text))),
      ("verdicts", .array(shown.map { json($0) })),
    ])
  }

  /// Writes the verdicts, a line each: a part of them while the next ones are put into words.
  func writeLines(threads: Int, to write: ([UInt8]) -> Void) {
    let shown = shown
    Workers.inOrder(of: shown.indices.parts(of: 4_096), threads: threads, { lines(of: shown[$0]) }, take: write)
  }

  private func lines(of verdicts: ArraySlice<Verdict>) -> [UInt8] {
    var text: [UInt8] = []
    for verdict in verdicts {
      json(verdict).write(to: &text)
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  private func json(_ unit: UnitSummary) -> JSON {
    .object([
      ("unit", .text(unit.name)), ("may_be_merged", .scalar(.bool(unit.mayBeMerged))), ("holds", .number(unit.holds)),
      ("stale", .number(unit.stale)), ("doubtful", .number(unit.doubtful)),
    ])
  }

  /// One verdict, as it is in a line of NDJSON.
  func json(_ verdict: Verdict) -> JSON {
    let evidence = verdict.evidence
    var fields: [(name: String, value: JSON?)] = [
      ("read", .text(verdict.read)), ("branch", .text(verdict.branch)), ("unit", verdict.unit.map(JSON.text)),
      ("verdict", .text(verdict.word)), ("reason", verdict.decision.reason.map { .text($0.rawValue) }),
      ("settle_with", verdict.decision.reason.map { .text($0.remedy.rawValue) }),
      ("detail", evidence.detail.map(JSON.text)),
    ]
    if verdict.decision.reason == nil { fields.append(("level", .text(verdict.level.rawValue))) }
    fields += [
      ("because", evidence.because.map { .text($0.rawValue) }), ("decided_by", evidence.decidedBy.map { .text($0.rawValue) }),
      ("as_of", .text(verdict.asOf.text(form))),
      ("clock", clock), ("stale_since", evidence.staleSince.map { json($0) }),
      ("was", evidence.was.map { json($0) }), ("now", evidence.now.map { json($0) }),
      ("delta", evidence.delta.map { json($0) }), ("recorded", evidence.recorded.map { json($0) }),
      ("decision", evidence.condition.map { .text($0.rawValue) }),
    ]
    if let under = evidence.under {
      fields.append(("under", .object([("branch", .text(under.branch.word)), ("main", .text(under.main.word))])))
    }
    if verdict.decision == .stale {
      fields.append(("witnesses", evidence.witnessCount.map { _ in .array(evidence.witnesses.map { json($0) }) }))
      fields.append(("witness_count", evidence.witnessCount.map(JSON.number)))
    }
    return .object(fields)
  }

  private func json(_ rows: AnswerRows) -> JSON {
    switch rows.content {
    case .rows(let content): .array(content.map { row in .array(zip(row, rows.types).map { JSON($0, $1) }) })
    case .raised(let state): .object([("error", .text(state.description))])
    }
  }

  private func json(_ delta: AnswerDelta) -> JSON {
    func rows(_ rows: [[Value]]) -> JSON { .array(rows.map { row in .array(zip(row, delta.types).map { JSON($0, $1) }) }) }
    switch delta.content {
    case .rows(let added, let removed, let isTruncated):
      return .object([("added", rows(added)), ("removed", rows(removed)), ("truncated", .scalar(.bool(isTruncated)))])
    case .totals(let changes):
      return .object([("by", .array(changes.map { $0.map { .scalar(.number($0.description)) } ?? .scalar(.null) }))])
    }
  }

  private func json(_ since: Verdict.Since) -> JSON {
    switch since {
    case .exactly(let position): .text(position.text(form))
    case .between(let after, let by): .object([("after", .text(after.text(form))), ("by", .text(by.text(form)))])
    }
  }

  private func json(_ witness: Witness) -> JSON {
    guard let table = schema[witness.table] else { return .object([]) }
    func object(_ row: [Value], _ columns: [Int]) -> JSON {
      .object(
        columns.map { column in
          let value = JSON(row[column], table.columns[column].stored)
          return (table.columns[column].name.text, redaction.hides(column, of: table.id) ? .text(Redaction.words) : value)
        })
    }
    let all = Array(table.columns.indices)
    let key = table.key.flatMap { key in (witness.after ?? witness.before).map { object($0, key) } }
    let changed =
      if let before = witness.before, let after = witness.after { all.filter { !before[$0].isIdentical(to: after[$0]) } } else {
        all
      }
    return .object([
      ("table", .text(table.name.description)), ("key", key), ("op", .text(witness.operation)),
      ("position", .text(witness.position.text(form))), ("before", witness.before.map { object($0, changed) }),
      ("after", witness.after.map { object($0, changed) }),
    ])
  }
}

extension Witness {
  /// Its net operation.
  var operation: String { before == nil ? "insert" : after == nil ? "delete" : "update" }
}
