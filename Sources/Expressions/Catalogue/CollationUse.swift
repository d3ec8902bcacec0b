import Relations

/// What a function makes of the collation of its arguments.
public enum CollationUse: Sendable {
  /// It looks at characters alone.
  case nothing
  /// Which texts are equal: under every collation but the non-deterministic ones, those of the same bytes.
  case equality
  /// Which text comes first.
  case order
  /// What a letter is, and what its other case is.
  case letters
  /// Not known to be less.
  case everything
}

extension Function {
  public var collationUse: CollationUse {
    switch kind {
    case .aggregate, .window, .procedure: Self.aggregates[name] ?? .everything
    case .function: Self.uses[symbol ?? name] ?? .everything
    }
  }

  private static let aggregates: [String: CollationUse] = {
    let carrying = [
      "count", "array_agg", "string_agg", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg", "first_value",
      "last_value", "nth_value", "lag", "lead",
      // What is put in order is in the keys.
      "mode", "percentile_disc", "rank", "dense_rank", "percent_rank", "cume_dist",
    ]
    return Dictionary(carrying.map { ($0, .nothing) } + ["min", "max"].map { ($0, .order) }) { $1 }
  }()

  /// By the names under which PostgreSQL links them; those that are written in SQL by their own.
  private static let uses: [String: CollationUse] = {
    var uses: [String: CollationUse] = [:]
    func note(_ use: CollationUse, _ symbols: String) {
      for symbol in symbols.split(whereSeparator: \.isWhitespace) { uses[String(symbol)] = use }
    }
    note(
      .equality,
      """
      texteq textne bpchareq bpcharne textlike textnlike bpcharlike bpcharnlike text_starts_with textpos replace_text split_part
      text_to_array text_to_array_null text_to_table text_to_table_null array_eq array_ne array_position array_position_start
      array_positions array_remove array_replace arraycontains arraycontained arrayoverlap
      """)
    note(
      .order,
      """
      text_lt text_le text_gt text_ge bpcharlt bpcharle bpchargt bpcharge text_larger text_smaller bpchar_larger bpchar_smaller
      bttextcmp bpcharcmp array_lt array_le array_gt array_ge array_larger array_smaller btarraycmp width_bucket_array
      jsonb_lt jsonb_le jsonb_gt jsonb_ge jsonb_cmp
      """)
    note(
      .letters,
      """
      lower upper initcap texticlike texticnlike bpchariclike bpcharicnlike textregexeq textregexne texticregexeq texticregexne bpcharregexeq
      bpcharregexne bpcharicregexeq bpcharicregexne textregexsubstr textregexreplace_noopt
      """)
    note(
      .nothing,
      """
      text_pattern_lt text_pattern_le text_pattern_gt text_pattern_ge bpchar_pattern_lt bpchar_pattern_le bpchar_pattern_gt
      bpchar_pattern_ge textcat text_concat text_concat_ws textlen bpcharlen textoctetlen bpcharoctetlen text_substr text_substr_no_len
      text_left text_right text_reverse lpad rpad ltrim ltrim1 rtrim rtrim1 btrim btrim1 repeat translate ascii md5_text textoverlay
      textoverlay_no_len like_escape similar_escape similar_to_escape_1 similar_to_escape_2 quote_ident quote_literal quote_nullable
      text_format text_format_nv bpchar varchar text_name name_text bpchar_name name_bpchar binary_decode binary_encode
      anytextcat textanycat bit_length date_part domain_in

      array_append array_prepend array_cat array_cardinality array_dims array_length array_lower array_upper array_ndims array_to_text
      array_to_text_null array_to_json trim_array array_unnest

      enum_cmp pg_num_nonnulls pg_num_nulls

      extract_date extract_interval extract_time extract_timestamp extract_timestamptz extract_timetz interval_part interval_trunc
      time_part timestamp_part timestamp_trunc timestamp_zone timestamptz_part timestamptz_trunc timestamptz_trunc_zone timestamptz_zone
      timetz_part make_timestamptz_at_timezone float4_to_char float8_to_char int4_to_char int8_to_char interval_to_char numeric_to_char
      numeric_to_number timestamp_to_char timestamptz_to_char to_date to_timestamp

      json_build_array json_build_object json_extract_path json_extract_path_text json_object json_object_field json_object_field_text
      json_object_two_arg jsonb_array_element jsonb_array_element_text jsonb_array_length jsonb_bool jsonb_build_array jsonb_build_object
      jsonb_concat jsonb_contained jsonb_contains jsonb_delete jsonb_delete_array jsonb_delete_idx jsonb_delete_path jsonb_eq jsonb_ne
      jsonb_exists jsonb_exists_all jsonb_exists_any jsonb_extract_path jsonb_extract_path_text jsonb_float4 jsonb_float8 jsonb_insert
      jsonb_int2 jsonb_int4 jsonb_int8 jsonb_numeric jsonb_object jsonb_object_field jsonb_object_field_text jsonb_object_two_arg
      jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_typeof to_json to_jsonb jsonb_array_elements jsonb_array_elements_text jsonb_each
      jsonb_each_text jsonb_object_keys json_array_elements json_array_elements_text json_each json_each_text json_object_keys
      jsonb_path_exists jsonb_path_exists_opr jsonb_path_exists_tz jsonb_path_match jsonb_path_match_opr jsonb_path_match_tz
      jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz
      json_strip_nulls jsonb_set_lax json_array_element json_array_element_text json_array_length json_typeof
      """)
    return uses
  }()
}

extension Expression.Call {
  /// As of its function; of a regular expression that stands in the text and names no letters but itself, nothing.
  public func collationUse(_ catalogue: Catalogue) -> CollationUse {
    guard let function = catalogue.function(function) else { return .everything }
    guard let symbol = function.symbol, Self.caseBound.contains(symbol), arguments.count >= 2, arguments[1].isLetterByLetter else {
      return function.collationUse
    }
    return .equality
  }

  /// Those that take a pattern as their second argument and no flags.
  private static let caseBound: Set<String> = [
    "textregexeq", "textregexne", "bpcharregexeq", "bpcharregexne", "textregexsubstr", "textregexreplace_noopt",
  ]
}

extension Expression {
  /// Whether it is a written pattern in which every letter stands for itself: no classes, no options, nothing that is escaped.
  fileprivate var isLetterByLetter: Bool {
    switch self {
    case .constant(let constant):
      constant.origin?.isCompared = true
      guard case .bytes(let pattern) = constant.value else { return constant.value.isNull }
      let text = Array(pattern)
      if text.contains(UInt8(ascii: "\\")) || text.starts(with: Array("***".utf8)) { return false }
      return !zip(text, text.dropFirst()).contains { a, b in
        (a == UInt8(ascii: "[") && [UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "=")].contains(b))
          || (a == UInt8(ascii: "(") && b == UInt8(ascii: "?"))
      }
    case .call(let call):
      // `SIMILAR TO`.
      return call.arguments.count == 1 && Catalogue.builtIn.function(call.function)?.symbol == "similar_to_escape_1"
        && call.arguments[0].isLetterByLetter
    case .relabel(let operand, _): return operand.isLetterByLetter
    default: return false
    }
  }
}
