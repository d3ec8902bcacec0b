import Circuits
import Formats
import Glibc
import Relations
import SQL

/// TPC-H's tables in memory.
struct OrderTables {
  let schema: Schema
  private(set) var snapshot = MemorySnapshot()

  /// - Parameter directory: as `Scripts/tpch` fills it.
  init(_ directory: String) throws {
    var loader = SchemaLoader(Schema(collation: "C"))
    try loader.load(Self.text("\(directory)/schema.sql"))
    schema = loader.schema
    for (file, table) in try BaseDirectory(directory, schema: schema).files {
      var batches: [Batch] = []
      var reader = try CSVReader(try FileSource(file), table: table, schema: schema)
      while let rows = try reader.next() { batches.append(rows.rows) }
      snapshot.tables[table.id] = [.concatenating(batches)]
    }
  }

  func id(_ name: String) -> TableID { schema.table(QualifiedName("public", Identifier(name)), .standard())!.id }

  static func text(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Orders that go with their lines, and others that come with theirs: about a thousand changes a batch.
struct OrderChanges {
  private let orders: (table: TableID, rows: Batch)
  private let lines: (table: TableID, rows: Batch)
  /// Where each order's lines are: they lie beside each other.
  private var spans: [Int64: Range<Int32>] = [:]
  private var generator: Generator
  private var going: [Int32]
  private var nextKey: Int64 = 0

  init(_ tables: OrderTables, seed: UInt64) {
    orders = (tables.id("orders"), tables.snapshot.tables[tables.id("orders")]![0])
    lines = (tables.id("lineitem"), tables.snapshot.tables[tables.id("lineitem")]![0])
    generator = Generator(seed: seed)
    going = (0..<Int32(orders.rows.count)).map { $0 }
    for row in 0..<Int32(lines.rows.count) {
      guard case .integer(let key) = lines.rows.columns[0][Int(row)] else { continue }
      spans[key] = (spans[key]?.lowerBound ?? row)..<row + 1
      nextKey = max(nextKey, key)
    }
  }

  mutating func next() -> [TableID: ZSet] {
    var (orderRows, lineRows): ([ZSet], [ZSet]) = ([], [])
    var count = 0
    while count < 1_000 {
      let place = Int(generator.next(below: UInt64(going.count)))
      going.swapAt(place, going.count - 1)
      let row = going.removeLast()
      guard case .integer(let key) = orders.rows.columns[0][Int(row)], let span = spans[key] else { continue }
      let own = span.map { $0 }
      orderRows.append(ZSet(orders.rows.picking([row]), weight: -1))
      lineRows.append(ZSet(lines.rows.picking(own), weight: -1))
      // Another one like it comes, with a key of its own and with other numbers.
      nextKey += 1
      orderRows.append(ZSet(orders.rows.picking([row]).replacingFirst(nextKey)))
      lineRows.append(ZSet(lines.rows.picking(own).replacingFirst(nextKey)))
      count += 2 * (1 + own.count)
    }
    return [orders.table: .sum(orderRows), lines.table: .sum(lineRows)]
  }
}

extension Batch {
  fileprivate func replacingFirst(_ key: Int64) -> Batch {
    Batch([Column(columns[0].type, .integers(Array(repeating: key, count: count)))] + columns.dropFirst(), count: count)
  }
}
