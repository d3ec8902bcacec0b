import Engine
import Formats
import Relations
import Storage
import TestKit
import Testing

/// A service's life in steps that a seed decides: main's feed, branches that ask, people who look, the power that goes; and beside it what
/// was acknowledged, and what plain lists say.
///
/// Nothing in it knows the time, a thread or another seed: the same seed is the same run.
struct Simulation {
  private let world: World
  private let told: World.Told
  private let base: BaseTables?
  private var store = MemoryStore()
  private var node: SimulatedNode
  private var random: SplitMix64
  private let comment: Comment

  // What the others know for sure.
  /// How many of main's transactions were acknowledged, lost ones counted.
  private var delivered = 0
  /// Alice's fork is where the world's branch is; the others only read.
  private var forks: [String: Int] = [:]
  /// Branches of alice, by how much of her work they saw.
  private var subs: [String: Int] = [:]
  private var writes = 0
  /// Statements by which things got other names, and how often that was.
  private var renamings: [String: (from: String, to: String)] = [:]
  private var reads: [Read] = []
  private var watchers: [String: Watcher] = [:]

  /// Everything that happened and was said.
  private(set) var trace: [String] = []
  private(set) var tally = Tally()

  struct Tally: Hashable {
    var (holds, stale, doubtful, crashes, lost, refused, collected) = (0, 0, 0, 0, 0, 0, 0)
    var (rewound, renamed, below, behindNames) = (0, 0, 0, 0)
  }

  private struct Read {
    let name: String
    let branch: String
    let writes: Int
    let question: PlainQuestion
    /// As it was asked first.
    var sql: String?
    /// Whether it was acknowledged; else it may be there or not.
    var isKnown = false
  }

  private struct Watcher {
    var cursor: String?
    var told: [String: Verdict.Decision] = [:]
  }

  init(seed: UInt64, _ comment: Comment) throws {
    self.comment = comment
    random = SplitMix64(seed: seed)
    world = try World(seed: seed)
    let hasBase = Int.random(in: 0..<3, using: &random) > 0
    told = Int.random(in: 0..<4, using: &random) == 0 ? .key : .all
    base = hasBase ? try world.baseTables(at: SimulatedNode.start) : nil
    node = try SimulatedNode(in: store, world.schema, base: base)
  }

  mutating func run(steps: Int) throws {
    for _ in 0..<steps { try step() }
    // In the end the rest comes, and everybody looks.
    store.set(MemoryStore.Faults())
    while delivered < world.main.count { try deliver() }
    try look()
    for branch in branches { try watch(branch) }
  }

  private var branches: [String] { (Array(forks.keys) + subs.keys).sorted() }
}

// MARK: - Steps

extension Simulation {
  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  private mutating func step() throws {
    switch pick(24) {
    case 0...3: try deliver()
    case 4...6: try ask()
    case 7: try fork()
    case 8, 9: try write()
    case 10, 11: try look()
    case 12, 13: if let branch = branches.randomElement(using: &random) { try watch(branch) }
    case 14: store.set(MemoryStore.Faults(powerLossAt: store.writes + pick(8)))
    case 15: try collect()
    case 16: try attempt("derive") { node, _ in try node.derive() }
    case 17: try restart("restart")
    case 18: try deliverOutOfOrder()
    case 19: try forkBelow()
    case 20, 21: try rename()
    case 22: if pick(12) == 0 { try rewind() }
    default: if pick(5) == 0 { try lose() }
    }
  }

  private mutating func note(_ line: String) { trace.append(line) }

  /// Does something that may meet the loss of power; then everybody starts again, and nothing is known of it.
  ///
  /// - Returns: whether it was acknowledged.
  @discardableResult
  private mutating func attempt(
    _ what: String, refusal: Set<String> = [], _ body: (inout SimulatedNode, World) throws -> Void
  ) throws -> Bool {
    do {
      try body(&node, world)
      note(what)
      return true
    } catch let error as StoreError where error.code == "storage-failed" {
      tally.crashes += 1
      store = store.afterPowerLoss(&random)
      try restart("\(what): the power goes")
    } catch let error as StoreError where refusal.contains(error.code) {
      tally.refused += 1
      note("\(what): \(error.code)")
    }
    return false
  }

  /// What was acknowledged is there again.
  private mutating func restart(_ what: String) throws {
    note(what)
    store.set(MemoryStore.Faults())
    node = try SimulatedNode(in: store, world.schema, base: base)
    let end = Int(try node.end.number - SimulatedNode.start.number)
    #expect(end >= delivered, comment)
    delivered = end
    for (name, fork) in forks.sorted(by: { $0.key < $1.key }) { #expect(node.engine.fork(of: name) == position(fork), comment) }
    for (name, fork) in subs.sorted(by: { $0.key < $1.key }) {
      #expect(node.engine.fork(of: name) == Position(UInt64(fork)), comment)
    }
    for name in node.engine.branchNames where forks[name] == nil && subs[name] == nil {
      if try node.engine.branch(name).parent != nil {
        subs[name] = Int(node.engine.fork(of: name)!.number)
        continue
      }
      forks[name] = Int(node.engine.fork(of: name)!.number - SimulatedNode.start.number)
    }
    if forks["alice"] != nil {
      let written = try node.engine.branch("alice").transactions
      #expect(written >= writes, comment)
      writes = written
    }
    let names = Set(node.engine.verdicts().verdicts.map(\.read))
    for read in reads where read.isKnown { #expect(names.contains(read.name), "\(read.name) is gone: \(comment)") }
    // Net changes may know rows that a log left out.
    if node.isNet, told == .key { watchers = [:] }
    reads.removeAll { !names.contains($0.name) }
    for place in reads.indices { reads[place].isKnown = true }
  }

  private func position(_ count: Int) -> Position { Position(SimulatedNode.start.number + UInt64(count)) }

  /// The next transactions of main, and perhaps some that were there before.
  private mutating func deliver() throws {
    guard delivered < world.main.count else { return }
    let end = min(world.main.count, delivered + 1 + pick(3))
    // What a gap has swallowed does not come again.
    let start = max(delivered - pick(3), lost.last.map { $0 + 1 } ?? 0, 0)
    guard start < end else { return }
    let told = told
    let isDone = try attempt("main \(start)..<\(end)") { node, world in
      try node.append(try world.transactions(Array(world.numbered[start..<end]), told))
    }
    if isDone { delivered = end }
  }

  /// A transaction that is none of those that are there, before the last one: refused, or, where it cannot be told from one that has been
  /// collected, of no effect.
  private mutating func deliverOutOfOrder() throws {
    guard delivered > 1, let edits = world.main.first(where: { !$0.isEmpty }) else { return }
    let told = told
    let place = position(1 + pick(delivered - 1))
    let before = node.engine.verdicts()
    try attempt("out of order at \(place)", refusal: ["differs", "not-retained", "out-of-order"]) { node, world in
      let header = Transaction.Header(place, committedAt: 7)
      let one = try world.transactions([(place, edits)], told)
      try node.append(TransactionBatch(transactions: [header], tables: one.tables))
    }
    let after = node.engine.verdicts()
    if trace.last?.contains("power") == false {
      #expect(after.asOf == before.asOf && after.verdicts.map(\.decision) == before.verdicts.map(\.decision), comment)
    }
  }

  /// A transaction of main that nobody will ever see, and the word that something is missing.
  private mutating func lose() throws {
    guard delivered < world.main.count else { return }
    let place = position(delivered + 1)
    let isDone = try attempt("lost \(place)") { node, _ in try node.append(.gap(before: place)) }
    if isDone {
      tally.lost += 1
      delivered += 1
    }
  }

  /// The transactions that were lost.
  private var lost: [Int] {
    node.engine.ledger.events.compactMap { event in
      if case .gap(let before) = event { Int(before.number - SimulatedNode.start.number) - 1 } else { nil }
    }.sorted()
  }

  /// Often long after main has moved on.
  private mutating func fork() throws {
    let isAlice = forks["alice"] == nil && pick(2) == 0
    let name = isAlice ? "alice" : "reader\(forks.count)"
    let place = isAlice ? world.beforeFork : pick(delivered + 1)
    guard place <= delivered, forks[name] == nil else { return }
    let at = position(place)
    if try attempt("fork \(name) at \(at)", refusal: ["not-retained"], { node, _ in try node.fork(name, at: at) }) {
      forks[name] = place
    }
  }

  private mutating func forkBelow() throws {
    guard forks["alice"] != nil else { return }
    let (name, place) = ("sub\(subs.count)", pick(writes + 1))
    let isDone = try attempt("fork \(name) of alice at \(place)") { node, _ in
      try node.fork(name, from: "alice", at: Position(UInt64(place)))
    }
    if isDone { subs[name] = place }
  }

  /// Something gets another name, by a statement or by a map; or a statement touches a table in some other way.
  private mutating func rename() throws {
    // Who asked there before means something else by now.
    if forks.values.contains(delivered), pick(4) > 0 { return }
    let known = names(at: .end)
    let old = ["items", "parts", "pairs", "note"][pick(4)]
    let (now, new) = (known[old] ?? old, "\(old)_\("abcdefghijklmnopqrstuvwxyz".dropFirst(renamings.count % 26).first!)")
    if now == new { return }
    let parts = known["parts"] ?? "parts"
    let place = position(delivered)
    let change: SchemaChange
    switch pick(3) {
    case 0 where old != "note":
      change = SchemaChange(
        place, SchemaMap([SchemaMap.TableEntry(QualifiedName(Identifier(now)), QualifiedName(Identifier(new)))]))
    case 1 where pick(4) == 0:
      change = SchemaChange(place, sql: "ALTER TABLE \(known["pairs"] ?? "pairs") ALTER COLUMN v TYPE numeric(6,2) USING v")
    default:
      change = SchemaChange(
        place, sql: old == "note" ? "ALTER TABLE \(parts) RENAME COLUMN \(now) TO \(new)" : "ALTER TABLE \(now) RENAME TO \(new)")
    }
    if change.map != nil || change.sql.contains("RENAME") { renamings[Self.name(of: change)] = (old, new) }
    if try attempt("schema \(Self.name(of: change)) at \(place)", { node, _ in try node.append(.schemaChange(change)) }) {
      tally.renamed += 1
    }
  }

  private static func name(of change: SchemaChange) -> String {
    "\(change.position) \(change.sql) \(change.map.map { "\($0)" } ?? "")"
  }

  /// What things are called at a position, by what they were called first.
  private func names(at position: Position) -> [String: String] {
    var names: [String: String] = [:]
    for case .schemaChange(let change) in node.engine.ledger.events where change.position <= position {
      if let renaming = renamings[Self.name(of: change)] { names[renaming.from] = renaming.to }
    }
    return names
  }

  /// Main is restored to an earlier state; what came behind it comes again.
  private mutating func rewind() throws {
    guard delivered > 0 else { return }
    let count = delivered - 1 - pick(min(delivered, 2))
    let place = position(max(count, 0))
    // Perhaps it is done, and nobody is told.
    let before = delivered
    delivered = max(count, 0)
    if try attempt("rewind to \(place)", refusal: ["not-retained"], { node, _ in try node.append(.rewind(to: place)) }) {
      tally.rewound += 1
    } else if trace.last?.contains("power") == false {
      delivered = before
    }
  }

  private mutating func write() throws {
    guard forks["alice"] != nil, writes < world.branch.count else { return }
    let batch = try world.transactions([(Position(UInt64(writes + 1)), world.branch[writes])], .all)
    if try attempt("write \(writes)", { node, _ in try node.write(batch, to: "alice") }) { writes += 1 }
  }

  private mutating func ask() throws {
    guard let branch = branches.randomElement(using: &random) else { return }
    // Now and then somebody does not know whether it was taken, and asks again.
    var read = Read(
      name: "r\(trace.count)", branch: branch, writes: branch == "alice" ? writes : 0, question: .make(pick(10), pick(9)))
    if pick(5) == 0, let known = reads.randomElement(using: &random) { read = known }
    guard let then = states(read, world.main.count)?.then else { return }
    let names = names(at: position(forks[read.branch] ?? world.beforeFork))
    let sql = read.sql ?? read.question.sql(calling: names)
    read.sql = sql
    if sql != read.question.sql { tally.behindNames += 1 }
    var record = RecordedRead(sql, on: read.branch, id: read.name, at: Position(UInt64(read.writes)))
    record.settings = [RecordedRead.Setting(name: "TimeZone", value: "UTC")]
    // The same again says the same.
    if read.name.utf8.reduce(0, { $0 &+ Int($1) }) % 3 > 0 { record.answer = .recorded(.rows(read.question.sorted(then))) }
    if !reads.contains(where: { $0.name == read.name }) { reads.append(read) }
    let isDone = try attempt("ask \(read.name)") { [record] node, _ in try node.ask(record) }
    if isDone { reads[reads.firstIndex { $0.name == read.name }!].isKnown = true }
  }

  private mutating func collect() throws {
    let horizon = position(pick(delivered + 1))
    if try attempt("collect \(horizon)", { node, _ in try node.collect(horizon: horizon) }) { tally.collected += 1 }
  }
}

// MARK: - Looking

extension Simulation {
  private func states(_ read: Read, _ count: Int) -> (then: [World.Rows], branch: [World.Rows], main: [World.Rows])? {
    if read.branch == "alice" { return world.states(after: read.writes, over: count) }
    // To her own branches alice is what main is to her, and where she is now is all that counts.
    if let seen = subs[read.branch] {
      guard let then = world.states(after: seen)?.then, let now = world.states(after: writes)?.then else { return nil }
      return (then, now, now)
    }
    let now = world.state(after: count)
    return (world.state(after: forks[read.branch]!), now, now)
  }

  /// Every verdict beside what plain lists say.
  private mutating func look() throws {
    let count = pick(3) == 0 ? pick(delivered + 1) : delivered
    guard node.retains(position(count)) else { return }
    var options = VerdictEngine.Options()
    options.asOf = count == delivered ? nil : position(count)
    options.threads = 1 + pick(3)
    let verdicts = node.engine.verdicts(options).verdicts
    note("as of \(count): " + verdicts.map { "\($0.read) \($0.decision)" }.joined(separator: ", "))
    for verdict in verdicts {
      guard let read = reads.first(where: { $0.name == verdict.read }), forks[read.branch] ?? 0 <= count,
        let states = states(read, count)
      else { continue }
      let then = read.question.sorted(states.then)
      let (branch, main) = (read.question.sorted(states.branch), read.question.sorted(states.main))
      let told: Comment =
        "\(read.question.sql) on \(read.branch): \(verdict.decision) as of \(count), lost \(lost)\n\(world)\n\(comment)"
      switch verdict.decision {
      case .holds:
        tally.holds += 1
        tally.below += subs[read.branch] == nil ? 0 : 1
        #expect(then == branch && then == main, told)
      case .stale:
        tally.stale += 1
        #expect(then != branch && then != main, told)
      case .doubtful: tally.doubtful += 1
      }
    }
  }

  /// Somebody is told what changed since he was told last, and knows every verdict.
  private mutating func watch(_ branch: String) throws {
    var watcher = watchers[branch] ?? Watcher()
    while true {
      let news = try node.engine.verdictChanges(
        of: branch, since: watcher.cursor.flatMap { VerdictCursor($0) }, limit: 1 + pick(3))
      if news.isRestarted { watcher.told = [:] }
      for change in news.changes {
        #expect(change.before == nil || change.before == watcher.told[change.read], "\(change) on \(branch)\n\(world)\n\(comment)")
        watcher.told[change.read] = change.after
      }
      watcher.cursor = "\(news.cursor)"
      note("watch \(branch): " + news.changes.map { "\($0.read) \($0.position) \($0.after)" }.joined(separator: ", "))
      if news.isComplete { break }
    }
    watchers[branch] = watcher
    let now = node.engine.verdicts().verdicts.filter { $0.branch == branch }
    #expect(watcher.told == Dictionary(uniqueKeysWithValues: now.map { ($0.read, $0.decision) }), "\(branch)\n\(world)\n\(comment)")
  }
}
