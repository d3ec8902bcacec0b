/// What was measured for one number of reads; times in seconds of the processor.
struct SentryResult {
  let reads: Int
  let changes: Int
  var registerBulk = 0.0
  var registerSingle = 0.0
  var bytesPerRead = 0.0
  var step = 0.0
  var stepSingle = 0.0
  var stepWhole = 0.0
  var verdictAll = 0.0
  var verdictLater = 0.0
  var verdictBranch = 0.0
  var stale = 0
  var netChanges = 0
  var verdictCold = 0.0
  var quiet: [(changes: Int, registered: Double, cold: Double)] = []
  var checkpoint = 0.0
  var restore = 0.0
  var checkpointBytes = 0
  /// nil where there is no peer.
  var peerCold: Double?
  var peerAgrees = true

  init(reads: Int, changes: Int) {
    self.reads = reads
    self.changes = changes
  }
}

extension SentryResult {
  private var fields: [(name: String, value: Double)] {
    var fields = [
      ("changes_per_second", Double(changes / 4) / stepSingle), ("changes_per_second_by_hundred", Double(changes) / step),
      ("changes_per_second_one_batch", Double(changes) / stepWhole), ("verdict_all_ms", verdictAll * 1e3),
      ("verdict_all_ms_stream_10x", verdictLater * 1e3), ("verdict_branch_ms", verdictBranch * 1e3),
      ("verdict_cold_ms", verdictCold * 1e3), ("register_bulk_us", registerBulk / Double(reads) * 1e6),
      ("register_single_us", registerSingle * 1e6), ("bytes_per_read", bytesPerRead), ("checkpoint_ms", checkpoint * 1e3),
      ("restore_ms", restore * 1e3), ("checkpoint_bytes_per_read", Double(checkpointBytes) / Double(reads)),
    ]
    for entry in quiet {
      fields.append(("quiet_\(entry.changes)_step_and_verdict_ms", entry.registered * 1e3))
      fields.append(("quiet_\(entry.changes)_cold_ms", entry.cold * 1e3))
    }
    if let peerCold { fields.append(("duckdb_cold_ms", peerCold)) }
    return fields
  }

  var json: String {
    let rest = fields.map { "\"\($0.name)\":\(rounded($0.value))" }.joined(separator: ",")
    let peer = peerCold == nil ? "\"absent\"" : peerAgrees ? "\"agrees\"" : "\"differs\""
    return "{\"reads\":\(reads),\"changes\":\(changes),\"net_rows\":\(netChanges),\"stale\":\(stale),\(rest),\"duckdb\":\(peer)}"
  }

  var text: String {
    "\(reads) reads, \(changes) changes (\(netChanges) net rows), \(stale) reads stale\n"
      + fields.map { "  \($0.name): \(rounded($0.value))" }.joined(separator: "\n")
      + (peerCold == nil
        ? "\n  without DuckDB: Scripts/peers/duckdb could not get it" : peerAgrees ? "" : "\n  DuckDB says otherwise")
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
