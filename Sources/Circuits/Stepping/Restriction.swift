import Expressions
import Queries
import Relations

/// Of a plan's rows, those for which some expressions equal one of several rows of values: what a change can have met.
struct Restriction {
  /// Over the columns of the plan.
  var keys: [Expression]
  /// A column for each key, each row once; no nulls, which no index finds.
  var values: Batch

  init(_ keys: [Expression], _ values: Batch) {
    self.keys = keys
    self.values = Batch(values.columns.map(\.asKey), count: values.count).withoutNulls.distinctRows
  }

  /// With some of its keys only, which says less; nil for none.
  func keeping(_ isKept: (Expression) -> Bool) -> Restriction? {
    let places = keys.indices.filter { isKept(keys[$0]) }
    if places.isEmpty { return nil }
    return places.count == keys.count ? self : Restriction(places.map { keys[$0] }, values.projecting(places))
  }

  /// Over the columns of a plan below; nil if there is nothing left of it.
  func replacing(_ replace: (Int, SQLType) -> Expression) -> Restriction? {
    var copy = self
    copy.keys = keys.map { $0.replacingColumns(replace) }
    return copy.keeping { !$0.columns.isEmpty && !$0.isDependent }
  }

  func shifted(by distance: Int) -> Restriction {
    var copy = self
    copy.keys = keys.map { $0.replacingColumns { .column($0 + distance, $1) } }
    return copy
  }
}

extension Expression {
  /// The column that it is, as a key of a look-up.
  var keyColumn: Int? {
    switch self {
    case .column(let place, _): place
    case .relabel(.column(let place, let own), let type) where own.keyType == type.keyType: place
    default: nil
    }
  }
}

extension SQLType {
  /// The type under which its values are looked up: see `Column.asKey`.
  fileprivate var keyType: TypeID {
    switch id {
    case .int2, .int4: .int8
    case .float4: .float8
    case .varchar: .text
    default: id
    }
  }
}

extension Batch {
  /// Each row once, by equality.
  var distinctRows: Batch {
    let grouping = Grouping(columns.map(\.asKey), count: count)
    return grouping.count == count ? self : picking(grouping.firsts)
  }

  var withoutNulls: Batch { nulls.map { filtered(by: ~$0) } ?? self }

  /// Its rows apart by which of their columns are null.
  var byNulls: [(columns: [Int], rows: Batch)] {
    guard nulls != nil else { return [(Array(columns.indices), self)] }
    let isNull = Grouping(
      columns.map { column in Column(.bool, .bits(column.nulls ?? Bitmap(repeating: false, count: count))) }, count: count)
    return (0..<Int32(isNull.count)).map { group in
      let first = Int(isNull.firsts[Int(group)])
      return (
        columns.indices.filter { !columns[$0].isNull(first) },
        filtered(by: Bitmap(count: count) { isNull.groups[$0] == group })
      )
    }
  }
}
