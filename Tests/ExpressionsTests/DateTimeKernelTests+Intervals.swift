import Relations
import TestKit

@testable import Expressions

/// Calls of the functions on intervals and times, for the same rows: moments near the hours at which clocks are set.
extension DateTimeKernelTests {
  static let intervalFunctions: [KernelCall] = {
    var calls: [KernelCall] = []
    func add(_ symbol: String, _ sql: String, _ columns: [String], _ result: SQLType, _ hidden: [KernelCall.Argument] = []) {
      let isStrict = !symbol.hasPrefix("overlaps")
      calls.append(
        KernelCall(
          symbol: symbol, sql: sql, arguments: columns.map { .column($0) } + hidden, result: result, isStrict: isStrict,
          mayLeaveRows: true))
    }
    for (type, result) in [("date", SQLType.timestamp), ("timestamp", .timestamp), ("timestamptz", .timestamptz)] {
      add("\(type)_pl_interval", "$1 + $2", [type + "1", "interval1"], result)
      add("\(type)_mi_interval", "$1 - $2", [type + "1", "interval1"], result)
    }
    for (type, result) in [("time", SQLType.time), ("timetz", .timetz)] {
      add("\(type)_pl_interval", "$1 + $2", [type + "1", "interval1"], result)
      add("\(type)_mi_interval", "$1 - $2", [type + "1", "interval1"], result)
      for name in ["larger", "smaller"] { add("\(type)_\(name)", "\(type)_\(name)($1, $2)", [type + "1", type + "2"], result) }
      add("\(type)_cmp", "\(type)_cmp($1, $2)", [type + "1", type + "2"], .int4)
      add("\(type)_scale", "\"\(type)\"($1, $2)", [type + "1", "month"], result)
    }
    for (symbol, sql) in [
      ("interval_pl", "$1 + $2"), ("interval_mi", "$1 - $2"), ("interval_larger", "interval_larger($1, $2)"),
      ("interval_smaller", "interval_smaller($1, $2)"),
    ] {
      add(symbol, sql, ["interval1", "interval2"], .interval)
    }
    add("interval_cmp", "interval_cmp($1, $2)", ["interval1", "interval2"], .int4)
    add("interval_um", "- $1", ["interval1"], .interval)
    add("interval_mul", "$1 * $2", ["interval1", "factor"], .interval)
    add("mul_d_interval", "$1 * $2", ["factor", "interval1"], .interval)
    add("interval_div", "$1 / $2", ["interval1", "factor"], .interval)
    for name in ["hours", "days", "interval"] {
      add("interval_justify_\(name)", "justify_\(name)($1)", ["interval1"], .interval)
    }
    add("interval_finite", "isfinite($1)", ["interval1"], .bool)
    for declaration in ["year", "day to hour", "minute to second(2)", "(3)"] {
      let type = try? SQLType(parsing: "interval \(declaration)")
      let modifier = KernelCall.Argument.constant(.integer(Int64(type?.modifier ?? -1)), .int4)
      add("interval_scale", "$1::interval \(declaration)", ["interval1"], .interval, [modifier])
    }
    add("make_interval", "make_interval($1, $2, $3, $4, $5, $6, $7)", Self.intervalParts, .interval)
    add("make_time", "make_time($1, $2, $3)", ["hour", "minute", "second"], .time)
    add(
      "make_timestamptz_at_timezone", "make_timestamptz($1, $2, $3, $4, $5, $6, 'Asia/Tokyo')",
      ["year", "month", "day", "hour", "minute", "second"], .timestamptz, [.constant(.text("Asia/Tokyo"), .text)])
    for type in ["timestamp", "timestamptz"] {
      add("timestamp_mi", "$1 - $2", [type + "1", type + "2"], .interval)
      add("\(type)_age", "age($1, $2)", [type + "1", type + "2"], .interval)
      add(
        "\(type)_bin", "date_bin($1, $2, $3)", ["interval1", type + "1", type + "2"],
        SQLType(type == "timestamp" ? .timestamp : .timestamptz))
      add("\(type)_time", "$1::time", [type + "1"], .time)
    }
    add("timestamptz_timetz", "$1::timetz", ["timestamptz1"], .timetz)
    add("time_timetz", "$1::timetz", ["time1"], .timetz)
    add("timetz_time", "$1::time", ["timetz1"], .time)
    add("interval_time", "$1::time", ["interval1"], .time)
    add("time_interval", "$1::interval", ["time1"], .interval)
    add("time_mi_time", "$1 - $2", ["time1", "time2"], .interval)
    add("datetime_timestamp", "$1 + $2", ["date1", "time1"], .timestamp)
    add("datetimetz_timestamptz", "$1 + $2", ["date1", "timetz1"], .timestamptz)
    add("timestamp_izone", "timezone($1, $2)", ["interval1", "timestamp1"], .timestamptz)
    add("timestamptz_izone", "timezone($1, $2)", ["interval1", "timestamptz1"], .timestamp)
    add("timetz_izone", "timezone($1, $2)", ["interval1", "timetz1"], .timetz)
    for (symbol, type) in [("timestamp", "timestamp"), ("timestamp", "timestamptz"), ("time", "time"), ("timetz", "timetz")] {
      add("overlaps_\(symbol)", "\"overlaps\"($1, $2, $3, $4)", [type + "1", type + "2", type + "2", type + "1"], .bool)
      add("overlaps_\(symbol)", "\"overlaps\"($1, $2, $3, $4)", [type + "1", type + "2", type + "3", type + "1"], .bool)
    }
    for type in ["time", "timetz", "interval"] {
      add("extract_\(type)", "pg_catalog.extract($1, $2)", ["unit", type + "1"], .numeric)
      add("\(type)_part", "date_part($1, $2)", ["unit", type + "1"], .float8)
    }
    add("interval_trunc", "date_trunc($1, $2)", ["unit", "interval1"], .interval)
    return calls
  }()

  private static let intervalParts = ["year", "month", "day", "hour", "minute", "days", "second"]
}
