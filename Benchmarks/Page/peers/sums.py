"""How a question becomes what an incremental engine can keep up to date: sums that are joined by equality.

Totals are cut into intervals, eight of one level to one of the next. A change adds to the interval of each level that it lies in; a read
looks at the few intervals that make up its own. What is added is a hash of what the question shows, so that an answer is another one if
its sum is not zero. A change touches at most 20 sums an image, a read looks at some twenty.
"""

from peers.net import asked, cents
from workloads.orders import REGIONS, STATUSES

RADIX, LEVELS = 3, 6
TOP = 1 << RADIX * LEVELS


def key(kind, group, level, place):
    return ((kind * 64 + group) * 8 + level) * (1 << 32) + place


def pieces(low, high):
    """Level and place of the intervals that make up `low..<high`."""
    level = 0
    while low < high:
        size = 1 << RADIX
        while low % size and low < high:
            yield level, low
            low += 1
        while high % size and low < high:
            high -= 1
            yield level, high
        low, high, level = low >> RADIX, high >> RADIX, level + 1


def looks_at(kind, constants):
    """The sums that a read looks at."""
    if kind == 0:
        return [key(0, REGIONS.index(constants[1]), *piece) for piece in pieces(constants[0] + 1, TOP)]
    if kind in (1, 2):
        return [key(kind, 0, 0, constants[0])]
    if kind == 3:
        return [key(3, STATUSES.index(constants[2]), *piece) for piece in pieces(constants[0], constants[1] + 1)]
    return [key(4, 0, *piece) for piece in pieces(constants[0] + 1, TOP)]


def hashed(*values):
    """The same in every run, other than Python's own of texts."""
    bits = 0x243F6A8885A308D3
    for value in values:
        for part in value.encode() if isinstance(value, str) else (value,):
            bits = (bits ^ part) * 0x9E3779B97F4A7C15 % (1 << 61)
            bits ^= bits >> 29
    return bits % (1 << 40)


def adds_to(image, weight):
    """The sums that a row's coming or going adds to, and what."""
    total, region, status = cents(image["total"]), REGIONS.index(image["region"]), STATUSES.index(image["status"])
    yield key(1, 0, 0, image["customer_id"]), weight * total
    yield key(2, 0, 0, image["id"]), weight * hashed(*image.values())
    shown, group = weight * hashed(image["id"], total), weight * hashed(region)
    for level in range(LEVELS):
        place = total >> RADIX * level
        yield key(0, region, level, place), weight
        yield key(3, status, level, place), shown
        yield key(4, 0, level, place), group


def asks(directory):
    """Each read with each sum that it looks at."""
    return [(int(name[1:]), node) for kind, reads in enumerate(asked(directory)) for name, constants in reads for node in looks_at(kind, constants)]


def additions(changes):
    for change in changes:
        for image, weight in ((change.get("before"), -1), (change.get("after"), 1)):
            if image:
                yield from adds_to(image, weight)
