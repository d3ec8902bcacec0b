"""A line plot with logarithmic axes, as SVG."""

import math

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 620, 320, 64, 44, 34, 210
COLOURS = ["#1f5fa8", "#c2571a", "#3a7d34", "#7a3d9a", "#666666"]


def exponent(points):
    """The slope of the line through the logarithms: 1 is linear."""
    logs = [(math.log(x), math.log(y)) for x, y in points if y > 0]
    if len(logs) < 2:
        return None
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def svg(title, x_name, y_name, series):
    """Series are names with points."""
    points = [point for _, line in series for point in line if point[1] > 0]
    low_x, high_x = math.log10(min(x for x, _ in points)), math.log10(max(x for x, _ in points))
    low_y = math.floor(math.log10(min(y for _, y in points)))
    high_y = max(low_y + 1, math.ceil(math.log10(max(y for _, y in points))))

    def place(x, y):
        across = (math.log10(x) - low_x) / ((high_x - low_x) or 1)
        up = (math.log10(y) - low_y) / (high_y - low_y)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - TOP)

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">' % (WIDTH, HEIGHT),
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="%d" y="18" font-weight="bold">%s</text>' % (LEFT, title),
    ]
    for power in range(low_y, high_y + 1):
        _, y = place(10**low_x, 10.0**power)
        parts.append('<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#ddd"/>' % (LEFT, WIDTH - RIGHT, y, y))
        parts.append('<text x="%d" y="%.1f" text-anchor="end">%s</text>' % (LEFT - 6, y + 4, label(10.0**power)))
    for x in sorted({x for x, _ in points}):
        across, _ = place(x, 10**low_y)
        parts.append('<text x="%.1f" y="%d" text-anchor="middle">%s</text>' % (across, HEIGHT - BOTTOM + 16, label(x)))
    parts.append('<text x="%d" y="%d" text-anchor="middle">%s</text>' % ((LEFT + WIDTH - RIGHT) // 2, HEIGHT - 8, x_name))
    parts.append('<text x="14" y="%d" transform="rotate(-90 14 %d)" text-anchor="middle">%s</text>' % (HEIGHT // 2, HEIGHT // 2, y_name))
    for number, (name, line) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        places = [place(x, y) for x, y in line if y > 0]
        parts.append(
            '<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>' % (colour, " ".join("%.1f,%.1f" % p for p in places))
        )
        parts += ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (x, y, colour) for x, y in places]
        slope = exponent(line)
        legend = name if slope is None else "%s (n^%.2f)" % (name, slope)
        parts.append('<text x="%d" y="%d" fill="%s">%s</text>' % (WIDTH - RIGHT + 10, TOP + 16 * number + 6, colour, legend))
    return "\n".join(parts + ["</svg>", ""])


def label(number):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size:
            return "%g%s" % (number / size, unit)
    return "%g" % number
