import Engine
import Formats
import Queries
import Relations
import TestKit
import Testing

/// What a branch and its parent differ in, beside plain lists of the rows of both.
@Suite struct DiffTests {
  @Test(arguments: Cases.seeds(20)) func `a diff is what tells the rows of a branch from those of its parent`(seed: UInt64) throws {
    var rowCount = 0
    for world in 0..<40 as Range<UInt64> {
      let seed = seed &* 1_000 &+ world
      let world = try World(seed: seed)
      guard let then = world.states(after: world.branch.count)?.then else { continue }
      let isSub = seed % 4 == 3
      let engine = try world.engine(hasBase: true, told: [.all, .key, .keyIfItChanged][Int(seed % 3)], isSub: isSub)
      for (asOf, parent) in [(nil, world.now), (Position(UInt64(100 + world.beforeFork)), world.fork)] {
        let diff = try engine.diff(of: "alice", asOf: asOf)
        rowCount += try Self.check(
          diff, world, then, parent, "\(diff)\n\(world)\n\(Cases.replay(seed / 1_000)), world \(seed % 1_000)")
      }
    }
    #expect(rowCount > 200, "the test says little")
  }

  /// - Returns: how many rows differ.
  private static func check(
    _ diff: TimelineDiff, _ world: World, _ ours: [World.Rows], _ theirs: [World.Rows], _ told: Comment
  ) throws -> Int {
    var count = 0
    for table in world.tables.names.indices {
      let rows = diff.tables.first { $0.table == world.id(table) }
      #expect(rows?.doubt == nil, told)
      // What only one of them has, as a multiset.
      var left = try printed(world.rows(ours[table], table))
      var expected = (branch: [[String]](), parent: [[String]]())
      for row in try printed(world.rows(theirs[table], table)) {
        if let place = left.firstIndex(of: row) { left.remove(at: place) } else { expected.parent.append(row) }
      }
      expected.branch = left
      func side(_ image: (RowDiff) -> RowImage?) -> [[String]] {
        (rows?.rows ?? []).flatMap { row in
          image(row).map { Array(repeating: $0.columns.map { $0.map { "\($0)" } ?? "?" }, count: row.count) } ?? []
        }
      }
      #expect(side(\.branch).sorted(by: precedes) == expected.branch.sorted(by: precedes), told)
      #expect(side(\.parent).sorted(by: precedes) == expected.parent.sorted(by: precedes), told)
      for row in rows?.rows ?? [] {
        count += 1
        guard let branch = row.branch, let parent = row.parent else { continue }
        let columns = branch.columns.indices.filter { "\(branch.columns[$0]!)" != "\(parent.columns[$0]!)" }
        #expect(row.columns == columns, told)
      }
    }
    return count
  }

  private static func printed(_ rows: Batch) -> [[String]] { (0..<rows.count).map { rows[$0].map { "\($0)" } } }

  private static func precedes(_ a: [String], _ b: [String]) -> Bool { a.lexicographicallyPrecedes(b) }

  @Test func `what the logs tell is there without a base, and what they do not is absent`() throws {
    var scene = try Scene("CREATE TABLE orders (id int PRIMARY KEY, total int, note text);")
    try scene.write(
      #"{"position":"0/1","changes":[{"table":"orders","op":"update","before":{"id":7,"total":1,"note":"a"},"after":{"id":7,"total":2}},"#
        + #"{"table":"orders","op":"delete","before":{"id":8}}]}"#)
    try scene.main(
      #"{"position":"0/20","changes":[{"table":"orders","op":"insert","after":{"id":9,"total":1,"note":null}}]}"#)
    let rows = try scene.engine.diff(of: "alice").tables[0].rows
    #expect(rows.map(\.changedBy) == [.branch, .branch, .parent])
    #expect(rows.map(\.columns) == [[1], [0, 1, 2], [0, 1, 2]])
    #expect(rows[0].parent?.columns.map { $0.map { "\($0)" } } == rows[0].fork?.columns.map { $0.map { "\($0)" } })
    #expect(rows[1].branch == nil && rows[1].parent?.has(0) == true && rows[1].parent?.has(1) == false)
    #expect(rows[2].branch == nil && rows[2].fork == nil && rows[2].parent?.isComplete == true)
    // Which rows were in a table that was emptied only a base tells.
    try scene.write(#"{"position":"0/2","changes":[{"table":"orders","op":"truncate"}]}"#)
    #expect(try scene.engine.diff(of: "alice").tables[0].doubt == .noBase)
  }
}
