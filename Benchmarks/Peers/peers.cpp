#include "peers.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <vector>

size_t peer_filter_decimal_code(const int64_t *total, const uint32_t *status, size_t count, int64_t bound, uint32_t code, uint8_t *out) {
  size_t matches = 0;
  for (size_t i = 0; i < count; i++) {
    out[i] = (total[i] > bound) & (status[i] == code);
    matches += out[i];
  }
  return matches;
}

size_t peer_filter_int8(const int64_t *values, size_t count, int64_t bound, uint8_t *out) {
  size_t matches = 0;
  for (size_t i = 0; i < count; i++) {
    out[i] = values[i] > bound;
    matches += out[i];
  }
  return matches;
}

size_t peer_filter_text(const char *const *values, const uint32_t *lengths, size_t count, const char *sought, uint32_t length, uint8_t *out) {
  std::string_view wanted(sought, length);
  size_t matches = 0;
  for (size_t i = 0; i < count; i++) {
    out[i] = std::string_view(values[i], lengths[i]) == wanted;
    matches += out[i];
  }
  return matches;
}

namespace {
struct Row {
  int64_t id, amount;
  uint32_t state;
  bool operator==(const Row &other) const { return id == other.id && amount == other.amount && state == other.state; }
};

struct RowHash {
  size_t operator()(const Row &row) const {
    uint64_t hash = row.id * 0x9E3779B97F4A7C15u;
    hash = (hash ^ row.amount ^ (hash >> 32)) * 0xD6E8FEB86659FD93u;
    return (hash ^ row.state ^ (hash >> 32)) * 0xD6E8FEB86659FD93u;
  }
};

inline uint64_t rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

struct Sip {
  uint64_t v0, v1, v2, v3;
  inline void round() {
    v0 += v1; v1 = rotate(v1, 13); v1 ^= v0; v0 = rotate(v0, 32);
    v2 += v3; v3 = rotate(v3, 16); v3 ^= v2;
    v0 += v3; v3 = rotate(v3, 21); v3 ^= v0;
    v2 += v1; v1 = rotate(v1, 17); v1 ^= v2; v2 = rotate(v2, 32);
  }
};
}  // namespace

#pragma clang diagnostic ignored "-Wdeprecated-declarations"  // The standard library's own use, inside stable_sort.

size_t peer_consolidate(const int64_t *id, const int64_t *amount, const uint32_t *state, const int64_t *weights, size_t count) {
  std::unordered_map<Row, int64_t, RowHash> sums;
  sums.reserve(count);
  for (size_t i = 0; i < count; i++) sums[Row{id[i], amount[i], state[i]}] += weights[i];
  size_t left = 0;
  for (const auto &entry : sums) left += entry.second != 0;
  return left;
}

void peer_sort(const int64_t *values, size_t count, int32_t *order) {
  std::iota(order, order + count, 0);
  std::stable_sort(order, order + count, [&](int32_t a, int32_t b) { return values[a] < values[b]; });
}

void peer_siphash_sum(const uint8_t *rows, const int64_t *ends, const int64_t *weights, size_t count, const uint8_t key[16], uint64_t sum[2]) {
  uint64_t k0, k1;
  memcpy(&k0, key, 8);
  memcpy(&k1, key + 8, 8);
  unsigned __int128 total = 0;
  for (size_t row = 0; row < count; row++) {
    const uint8_t *bytes = rows + (row ? ends[row - 1] : 0);
    size_t width = rows + ends[row] - bytes;
    Sip s{k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du ^ 0xee, k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
    size_t whole = width / 8;
    uint64_t word;
    for (size_t i = 0; i < whole; i++) {
      memcpy(&word, bytes + 8 * i, 8);
      s.v3 ^= word; s.round(); s.round(); s.v0 ^= word;
    }
    word = (uint64_t)width << 56;
    for (size_t i = 8 * whole; i < width; i++) word |= (uint64_t)bytes[i] << 8 * (i - 8 * whole);
    s.v3 ^= word; s.round(); s.round(); s.v0 ^= word;
    s.v2 ^= 0xee;
    for (int i = 0; i < 4; i++) s.round();
    uint64_t low = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    s.v1 ^= 0xdd;
    for (int i = 0; i < 4; i++) s.round();
    uint64_t high = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    total += ((unsigned __int128)high << 64 | low) * (unsigned __int128)(__int128)weights[row];
  }
  sum[0] = (uint64_t)total;
  sum[1] = (uint64_t)(total >> 64);
}

size_t peer_encode_keys(const int64_t *values, size_t count, uint64_t *checksum) {
  std::vector<uint8_t> out;
  out.reserve(9 * count);
  for (size_t i = 0; i < count; i++) {
    int64_t value = values[i];
    uint64_t magnitude = value < 0 ? ~(uint64_t)value : (uint64_t)value;
    int bytes = magnitude ? (71 - __builtin_clzll(magnitude)) / 8 : 0;
    out.push_back(value < 0 ? 0x7F - bytes : 0x80 + bytes);
    for (int shift = 8 * bytes - 8; shift >= 0; shift -= 8) out.push_back((uint8_t)((uint64_t)value >> shift));
  }
  *checksum = 0;
  for (uint8_t byte : out) *checksum = *checksum * 31 + byte;
  return out.size();
}
