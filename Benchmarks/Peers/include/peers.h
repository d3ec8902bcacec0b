/// What a C++ programmer would write by hand for the same data: plain loops over plain arrays, and the standard library where it
/// has the thing. Compiled with the same optimisation and for the same processor as the Swift code beside it.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How many rows have total > bound and status == code; writes one byte a row.
size_t peer_filter_decimal_code(const int64_t *total, const uint32_t *status, size_t count, int64_t bound, uint32_t code, uint8_t *out);
/// value > bound, one byte a row.
size_t peer_filter_int8(const int64_t *values, size_t count, int64_t bound, uint8_t *out);
/// Strings as (pointer, length) pairs compared with one string, one byte a row.
size_t peer_filter_text(const char *const *values, const uint32_t *lengths, size_t count, const char *sought, uint32_t length, uint8_t *out);

/// Sums weights of equal (id, amount, state) rows in a std::unordered_map and returns how many sums are not zero.
size_t peer_consolidate(const int64_t *id, const int64_t *amount, const uint32_t *state, const int64_t *weights, size_t count);
/// Stable order of the values by std::stable_sort of row numbers.
void peer_sort(const int64_t *values, size_t count, int32_t *order);
/// SipHash-2-4 with 128 bits over encoded rows, given by where each ends, times their weights, added up.
void peer_siphash_sum(const uint8_t *rows, const int64_t *ends, const int64_t *weights, size_t count, const uint8_t key[16], uint64_t sum[2]);
/// The key encoding of int8 (Specs/encodings.md) into a std::vector, value by value; returns how many bytes it took.
size_t peer_encode_keys(const int64_t *values, size_t count, uint64_t *checksum);

/// Parses each text to libpg_query's tree, as it hands it out; returns how many bytes the trees take.
size_t peer_parse(const char *const *texts, size_t count);
/// Takes the constants out of each text by libpg_query; returns how many bytes the normalised texts take.
size_t peer_normalize(const char *const *texts, size_t count);

#ifdef __cplusplus
}
#endif
