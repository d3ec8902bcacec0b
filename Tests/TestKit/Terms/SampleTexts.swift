import Relations

/// Texts of values, as a literal or a loaded row would have them: mostly everyday ones, so that not every sum overflows, and
/// the ends of every range often enough that each is met.
public enum SampleTexts {
  /// A text that PostgreSQL reads as the type.
  public static func text(of type: TypeID, using random: inout SplitMix64) -> String {
    if Int.random(in: 0..<4, using: &random) == 0, let special = specials(type).randomElement(using: &random) { return special }
    return everyday(type, &random)
  }

  private static func everyday(_ type: TypeID, _ random: inout SplitMix64) -> String {
    switch type {
    case .bool: return Bool.random(using: &random) ? "t" : "f"
    case .int2, .int4, .int8: return "\(Int.random(in: -20...120, using: &random))"
    case .numeric: return decimal(&random)
    case .float4, .float8: return "\(Double(Int.random(in: -400...4000, using: &random)) / 16)"
    case .date: return day(&random)
    case .timestamp: return "\(day(&random)) \(clock(&random))"
    case .timestamptz: return "\(day(&random)) \(clock(&random))+00"
    case .time: return clock(&random)
    case .timetz: return clock(&random) + ["+00", "+02", "-05:30", "+05:45", "-11"].randomElement(using: &random)!
    case .interval: return length(&random)
    case .bytea: return bytea(&random)
    case .json, .jsonb: return document(&random, depth: 2)
    case textArray: return array(&random, ["a", "b", "\"x y\"", "NULL", "\"\"", "paid", "k"])
    case intArray: return array(&random, ["1", "2", "-3", "NULL", "120", "2147483647"])
    case .jsonpath: return path(&random, depth: 2)
    case .inet, .cidr: return network(&random, isCIDR: type == .cidr)
    case _ where type.rangeElement != nil: return range(type, &random)
    case _ where type.multirangeRange != nil:
      let ranges = (0..<Int.random(in: 0...4, using: &random)).map { _ in range(type.multirangeRange!, &random) }
      return "{" + ranges.joined(separator: ",") + "}"
    case .uuid: return "00000000-0000-4000-8000-00000000000\(Int.random(in: 0...9, using: &random))"
    default: return words.randomElement(using: &random)!
    }
  }

  private static let textArray = TypeID(1009)
  private static let intArray = TypeID(1007)

  private static func array(_ random: inout SplitMix64, _ elements: [String]) -> String {
    func list(_ count: Int) -> String {
      "{" + (0..<count).map { _ in elements.randomElement(using: &random)! }.joined(separator: ",") + "}"
    }
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return "{}"
    case 1: return "{\(list(2)),\(list(2))}"
    case 2: return "[0:1]=\(list(2))"
    default: return list(Int.random(in: 1...4, using: &random))
    }
  }

  /// Two values and what is about them, mostly in their order: of small numbers and near days, so that ranges meet.
  private static func range(_ type: TypeID, _ random: inout SplitMix64) -> String {
    if Int.random(in: 0..<10, using: &random) == 0 { return "empty" }
    let element = type.rangeElement!
    let numbers = (0..<2).map { _ in Int.random(in: 0...9, using: &random) }.sorted()
    let bounds = numbers.map { number in
      switch Int.random(in: 0..<8, using: &random) {
      case 0: return ""
      case 1: return "\"\(specials(element).filter { !$0.contains("infinity") }.randomElement(using: &random)!)\""
      default:
        switch element {
        case .date: return "2024-01-1\(number)"
        case .timestamp: return "2024-01-1\(number) 12:00"
        case .timestamptz: return "\"2024-03-3\(number / 5) 0\(number):00+01\""
        case .numeric: return Bool.random(using: &random) ? "\(number)" : "\(number).0"
        default: return "\(number)"
        }
      }
    }
    let (lower, upper) = (Bool.random(using: &random) ? "[" : "(", Bool.random(using: &random) ? "]" : ")")
    let text = "\(lower)\(bounds[0]),\(bounds[1])\(upper)"
    // What is the wrong way round is no value.
    return (try? Value(parsing: text, as: SQLType(type), style: TextStyle())) == nil ? "[,)" : text
  }

  /// Near each other, and now and then anywhere.
  private static func network(_ random: inout SplitMix64, isCIDR: Bool) -> String {
    let isV6 = Int.random(in: 0..<3, using: &random) == 0
    let width = isV6 ? 128 : 32
    let near: [UInt128] =
      isV6
      ? [
        0, 1, 2, 0x0102_0304, 0xFFFF_0102_0304, 0x2001_0DB8 << 96, 0x2001_0DB8 << 96 | 1, 0x2001_0DB8_0001 << 80, .max, 1 << 64,
        0xFE80 << 112 | 7 << 48,
      ]
      : [0, 1, 0x0A00_0001, 0x0A01_0203, 0x0A00_0000, 0xC0A8_0001, 0xC0A8_01FF, 0xFFFF_FFFF, 0x7F00_0001]
    var address = near.randomElement(using: &random)!
    if Int.random(in: 0..<4, using: &random) == 0 { address = UInt128.random(in: 0...(isV6 ? .max : 0xFFFF_FFFF), using: &random) }
    let lengths = [0, 1, 8, 16, 24, 31, 32, 48, 64, 127, 128].filter { $0 <= width }
    let value = NetworkValue(isV6: isV6, address, length: lengths.randomElement(using: &random)!)
    return String(decoding: (isCIDR ? value.network : value).stored(as: isCIDR ? .cidr : .inet), as: UTF8.self)
  }

  /// A path into documents of these names, mostly one that finds something.
  static func path(_ random: inout SplitMix64, depth: Int) -> String {
    let mode = ["", "", "", "lax ", "strict "].randomElement(using: &random)!
    return mode + (Bool.random(using: &random) ? pathItems(&random, depth, ["$"]) : pathTruth(&random, depth, ["$"]))
  }

  private static func pathItems(_ random: inout SplitMix64, _ depth: Int, _ heads: [String]) -> String {
    func step() -> String {
      let number = Int.random(in: 0...3, using: &random)
      switch Int.random(in: 0..<16, using: &random) {
      case 0, 1, 2: return ".a"
      case 3: return ".\"x y\""
      case 4: return ["." + "b", ".k", ".paid", ". aa", ".\"1\""].randomElement(using: &random)!
      case 5: return ".*"
      case 6, 7: return "[*]"
      case 8: return "[\(number)]"
      case 9:
        return ["[last]", "[0 to last]", "[last - 1, 0]", "[ 1 to \(number) ]", "[\"a\"]", "[1.7]", "[-1]"].randomElement(
          using: &random)!
      case 10: return [".**", ".**{1}", ".**{0 to 1}", ".**{last}", ".**{2 to last}"].randomElement(using: &random)!
      case 11: return [".type()", ".size()", ".abs()", ".floor()", ".ceiling()"].randomElement(using: &random)!
      case 12,
        13 where depth > 0:
        return " ? (\(pathTruth(&random, depth - 1, ["@", "@", "$"])))"
      default: return ""
      }
    }
    switch depth > 0 ? Int.random(in: 0..<12, using: &random) : 2 {
    case 0:
      let symbol = ["+", "-", "*", "/", "%"].randomElement(using: &random)!
      let (a, b) = (pathItems(&random, depth - 1, heads), pathItems(&random, depth - 1, heads))
      return Bool.random(using: &random) ? "\(a) \(symbol) \(b)" : "(\(a)) \(symbol) (\(b))"
    case 1: return ["-", "+", "- -"].randomElement(using: &random)! + pathItems(&random, depth - 1, heads)
    case 3, 4:
      return ["1", "2", "0", "1.50", "\"a\"", "\"\"", "true", "null", "$k", "12e1", "false"].randomElement(using: &random)!
    default:
      var text = heads.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 0...3, using: &random) { text += step() }
      return text
    }
  }

  private static func pathTruth(_ random: inout SplitMix64, _ depth: Int, _ heads: [String]) -> String {
    func truth() -> String { pathTruth(&random, depth - 1, heads) }
    func items() -> String { pathItems(&random, max(depth - 1, 0), heads) }
    switch depth > 0 ? Int.random(in: 0..<10, using: &random) : 9 {
    case 0: return "\(truth()) && \(truth())"
    case 1: return "(\(truth())) || \(truth())"
    case 2: return "!(\(truth()))"
    case 3: return "(\(truth())) is unknown"
    case 4: return "exists (\(items()))"
    case 5: return "\(items()) starts with \"a\""
    case 6: return "! exists(\(items()))"
    default: return items() + " " + ["==", "!=", "<>", "<", "<=", ">", ">="].randomElement(using: &random)! + " " + items()
    }
  }

  private static let names = ["a", "b", "k", "paid", "x y", "aa", "1", "", "ä"]
  private static let scalars = [
    "null", "true", "false", "1", "2", "1.0", "1.50", "-0.5", "12e2", "100000000000000000000", "\"a\"", "\"b\"", "\"\"",
    "\"x\\ny\"",
    "\"\\u00e4\\\"\"", "\"paid\"", "\"3\"", "\"k\"",
  ]

  /// Members are written in any order, and now and then twice.
  private static func document(_ random: inout SplitMix64, depth: Int) -> String {
    let count = Int.random(in: 0...3, using: &random)
    switch depth > 0 ? Int.random(in: 0..<7, using: &random) : 6 {
    case 0...2:
      return "{"
        + (0..<count).map { _ in
          "\"\(names.randomElement(using: &random)!)\": \(document(&random, depth: depth - 1))"
        }.joined(separator: ",") + "}"
    case 3...5: return "[" + (0..<count).map { _ in document(&random, depth: depth - 1) }.joined(separator: " ,") + "]"
    default: return scalars.randomElement(using: &random)!
    }
  }

  private static func bytea(_ random: inout SplitMix64) -> String {
    let digits = "00017f80feff61622063"
    return "\\x"
      + (0..<Int.random(in: 0...12, using: &random)).map { _ in
        digits.dropFirst(2 * Int.random(in: 0..<10, using: &random)).prefix(2)
      }.joined()
  }

  private static func decimal(_ random: inout SplitMix64) -> String {
    let scale = Int.random(in: 0...4, using: &random)
    let whole = Int.random(in: -99...999, using: &random)
    if scale == 0 { return "\(whole)" }
    return "\(whole)." + (0..<scale).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
  }

  private static func day(_ random: inout SplitMix64) -> String {
    "\(Int.random(in: 1995...2030, using: &random))-\(padded(Int.random(in: 1...12, using: &random)))-\(padded(Int.random(in: 1...28, using: &random)))"
  }

  private static func clock(_ random: inout SplitMix64) -> String {
    let seconds = [0, 1, 30, 59].randomElement(using: &random)!
    let fraction = ["", "", ".5", ".123456", ".000001"].randomElement(using: &random)!
    return
      "\(padded(Int.random(in: 0...23, using: &random))):\(padded(Int.random(in: 0...59, using: &random))):\(padded(seconds))\(fraction)"
  }

  private static func length(_ random: inout SplitMix64) -> String {
    let number = Int.random(in: -40...40, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return "\(number) days"
    case 1: return "\(number) mons"
    case 2: return "\(number) hours"
    case 3: return clock(&random)
    case 4:
      return "\(number) years \(Int.random(in: -11...11, using: &random)) mons \(Int.random(in: -40...40, using: &random)) days"
    case 5: return "\(number) days -\(clock(&random))"
    default: return "\(Double(number) / 8) \(["min", "sec", "weeks", "mons"].randomElement(using: &random)!)"
    }
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static let words = [
    "paid", "open", "Open", "a", "ab", "abc", "b", "emea", "apac", "x y", "100", "3", "-7", "1.50", "north west", "o'neil", "%",
    "a%", "_b",
    "a_c", "zebra crossing", "2024-02-29", "t", "true",
  ]

  /// The ends and oddities of a type.
  private static func specials(_ type: TypeID) -> [String] {
    switch type {
    case .int2: ["0", "1", "-1", "32767", "-32768"]
    case .int4: ["0", "1", "-1", "2147483647", "-2147483648", "65536"]
    case .int8: ["0", "1", "-1", "9223372036854775807", "-9223372036854775808", "4294967296"]
    case .numeric:
      [
        "0", "0.00", "1", "1.0", "1.00", "-0.5", "0.5", "1.5", "2.5", "NaN", "Infinity", "-Infinity", "99999999999999999999.99",
        "1e-20",
        "123456789012345678901234567890", "0.00000000000000000001", "9223372036854775807", "-9223372036854775808.5", "100",
      ]
    case .float4:
      [
        "0", "-0", "1", "-1", "0.5", "1.5", "2.5", "NaN", "Infinity", "-Infinity", "3e38", "-3.4028235e38", "1e-45", "1e15", "1e-5",
        "0.1", "16777217", "2147483647", "9223372036854775807", "123456", "1234567",
      ]
    case .time: ["00:00:00", "24:00:00", "23:59:59.999999", "12:00:00", "00:00:00.000001"]
    case .timetz: ["00:00:00+00", "24:00:00-15:59:59", "23:59:59.999999+15:59:59", "12:00:00+00", "14:00:00+02", "24:00:00+00"]
    case .interval:
      [
        "0", "1 mon", "30 days", "1 day", "24 hours", "1 year", "12 mons", "-1 mon", "-1 day", "1 us", "-1 us", "1 mon -30 days",
        "1 day -24:00",
        "178956970 years 7 mons 2147483647 days 2562047788:00:54.775807", "-178956970 years -8 mons", "-2147483648 days",
        "9223372036854775807 us", "29 days 23:59:59.999999", "1 mon -1 day -00:00:01", "-1 mon 1 day", "3 days -1:00",
      ]
    case .float8:
      [
        "0", "-0", "1", "-1", "0.5", "1.5", "2.5", "NaN", "Infinity", "-Infinity", "1e308", "-1e308", "5e-324", "1e15", "1e-5",
        "0.1",
        "9007199254740993", "2147483647.5", "9223372036854775807",
      ]
    case .bytea: ["\\x", "\\x00", "abc", "a\\001b\\\\", "\\377", "ä", "\\xDE ad be\tEF", "a%"]
    case .text, .varchar, .bpchar:
      [
        "hex", "base64", "escape", "YWJj", "YQ==", "a b=", "k", "{a,b}", "{1}", "[1, 2]", "{\"a\": 1}",
        "", " ", "  ", "a ", "\\", "a\\%", "\\\\", "ä", "€uro", "😀", "é", "e\u{301}", "ÄÖÜ", "a\tb", "a\nb",
        "long text that does not fit eight bytes",
        "long text that does not fit eight bytes either", "Infinity", "NaN", "null", "%%", "__",
      ]
    case .date:
      ["4713-01-01 BC", "5874897-12-31", "infinity", "-infinity", "2000-01-01", "1970-01-01", "2024-02-29", "0001-12-31 BC"]
    case .timestamp:
      [
        "4713-01-01 00:00:00 BC", "294276-12-31 23:59:59.999999", "infinity", "-infinity", "2000-01-01 00:00:00",
        "1999-12-31 23:59:59.999999",
      ]
    case .timestamptz:
      [
        "4713-01-01 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00", "infinity", "-infinity", "2000-01-01 00:00:00+00",
        "2024-03-31 01:30:00+00", "2024-10-27 00:30:00+00", "2024-10-27 01:30:00+00",
      ]
    case .uuid: ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
    default: []
    }
  }
}
