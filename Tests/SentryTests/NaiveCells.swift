import Expressions
import Queries
import Relations
import Sentry

/// What the sentry computes, without any index: each read looks at each change.
struct NaiveCells {
  let footprint: Footprint
  let changes: ZSet
  let key: FingerprintKey
  let context: EvaluationContext

  /// The rows that one read can see.
  func inside(_ constants: [Value]) throws -> Bitmap {
    var context = context
    context.parameters = constants
    return try FootprintFilter(footprint).inside(changes.rows, context)
  }

  func cell(_ inside: Bitmap) -> Cell {
    var cell = Cell.zero
    for row in inside.trueRows {
      let values = footprint.projected.map { changes.rows[Int(row)][$0] }
      let types = footprint.projected.map { changes.types[$0] }
      let hash = key.fingerprint(of: RowEncoding(types).encode(values))
      cell.count += changes.weights[Int(row)]
      cell.fingerprint += hash * changes.weights[Int(row)]
    }
    return cell
  }

  /// Value by value; only counted where a value is not finite.
  func sum(_ argument: Expression, _ inside: Bitmap) throws -> (sum: Numeric, values: Int64, failures: Int64) {
    let vector = try Evaluator(argument, order: .any).evaluate(changes.rows, context)
    var (sum, values, failures) = (Numeric.zero, 0 as Int64, 0 as Int64)
    for row in inside.trueRows {
      let weight = changes.weights[Int(row)]
      let result = vector[Int(row)]
      switch result {
      case .failure: failures += weight
      case .success(.null): break
      default: values += weight
      }
      switch result {
      case .success(.integer(let integer)): sum = try sum + Numeric(integer) * Numeric(weight)
      case .success(.numeric(let numeric)) where numeric.isFinite: sum = try sum + numeric * Numeric(weight)
      default: break
      }
    }
    return (sum, values, failures)
  }
}
