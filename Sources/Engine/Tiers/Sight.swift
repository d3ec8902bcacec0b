import Expressions
import Queries
import Relations

/// What a read can see of the changes: per table, those of rows inside a footprint.
struct Sight {
  var branch: [TableID: ZSet] = [:]
  /// Where main's way of a contested key is taken; nil if none is contested.
  var main: [TableID: ZSet]?
  var doubt: DoubtReason?
  var detail: String?
  /// Whether nothing visible has changed, in either way.
  var isEmpty = true
}

extension Sight {
  /// Of one of the reads whose cells are not zero.
  ///
  /// - Parameter wantsRows: whether somebody is going to look at the changes themselves.
  init(_ findings: CellFindings, _ read: Int, wantsRows: Bool) {
    var other: [TableID: ZSet] = [:]
    isEmpty = false
    for seen in findings.seen where wantsRows {
      let net = seen.branch.net(read)
      branch[seen.table.id] = net
      other[seen.table.id] = seen.main?.net(read) ?? net
    }
    main = findings.seen.contains { $0.main != nil } ? other : nil
  }

  /// Of one read, looked at alone.
  init(_ run: VerdictRun, _ footprints: [Footprint], _ standpoint: Standpoint, _ context: EvaluationContext) {
    var other: [TableID: ZSet] = [:]
    var isContested = false
    for footprint in footprints {
      guard let table = run.engine.schema[footprint.table] else { continue }
      let delta = run.memory.delta(table, standpoint)
      if let doubt = delta.doubt {
        (self.doubt, detail) = (doubt, "of \(table.name)")
        return
      }
      if let (column, reason) = footprint.columns.lazy.compactMap({ c in delta.unknown[c].map { (c, $0) } }).first {
        let lens = Lens(footprint, context, knowing: delta.unknown.keys)
        if lens?.seesNothing(of: delta.traffic) ?? delta.traffic.isEmpty { continue }
        (doubt, detail) = (reason, "\(table.name).\(table.columns[column].name)")
        return
      }
      let lens = Lens(footprint, context, knowing: [])
      if lens?.seesNoChange(delta.branch) ?? delta.branch.isEmpty, delta.main.map({ lens?.seesNoChange($0) ?? $0.isEmpty }) ?? true
      {
        branch[table.id] = branch[table.id] ?? delta.branch
        other[table.id] = other[table.id] ?? delta.main ?? delta.branch
        continue
      }
      isEmpty = false
      branch[table.id] = delta.branch
      other[table.id] = delta.main ?? delta.branch
      isContested = isContested || delta.main != nil
    }
    main = isContested ? other : nil
  }
}
