/// One thing measured: ours beside what a user would have instead, run in turn so that a change of the machine's speed meets both.
struct Measurement {
  let name: String
  /// How many rows one run works on.
  let rows: Int
  /// Nanoseconds a run, sorted.
  let ours: [Double]
  let peer: (name: String, times: [Double])?
  /// What the issue or design asks for, in rows a second.
  let bar: Double?

  var rate: Double { Double(rows) / ours.median * 1e9 }
  var peerRate: Double? { peer.map { Double(rows) / $0.times.median * 1e9 } }
  /// How many times faster we are than the peer, as the median over pairs of runs.
  var ratio: Double? { peer.map { $0.times.median / ours.median } }
}

extension [Double] {
  var median: Double {
    let sorted = self.sorted()
    return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
  }
  /// Between the quartiles, as a part of the median.
  var spread: Double {
    let sorted = self.sorted()
    return (sorted[count * 3 / 4] - sorted[count / 4]) / median
  }
}

/// Runs both sides in turn, after one run each that does not count.
func measure(
  _ name: String, rows: Int, runs: Int, bar: Double? = nil, peer: (name: String, run: () -> Int)? = nil, _ ours: () -> Int
) -> Measurement {
  var (times, peerTimes): ([Double], [Double]) = ([], [])
  let expected = ours()
  if let peer { precondition(peer.run() == expected, "\(name): the peer's answer is \(peer.run()), ours \(expected)") }
  for _ in 0..<runs {
    times.append(nanoseconds { precondition(ours() == expected, "\(name): the answer changed") })
    if let peer { peerTimes.append(nanoseconds { precondition(peer.run() == expected, "\(name): the answer changed") }) }
  }
  return Measurement(name: name, rows: rows, ours: times, peer: peer.map { ($0.name, peerTimes) }, bar: bar)
}

private func nanoseconds(_ body: () -> Void) -> Double {
  let time = ContinuousClock().measure(body)
  return Double(time.components.seconds) * 1e9 + Double(time.components.attoseconds) / 1e9
}
