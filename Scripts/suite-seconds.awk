# Reads what Swift Testing prints and writes each suite's seconds, the longest first.
/^.+ Suite .+ (passed|failed) after [0-9.]+ seconds/ {
  name = $0
  sub(/^[^S]*Suite /, "", name)
  sub(/ (passed|failed) after .*/, "", name)
  seconds = $0
  sub(/.* after /, "", seconds)
  sub(/ seconds.*/, "", seconds)
  lines[++count] = sprintf("%10.2f  %s%s", seconds, name, $0 ~ / failed after / ? "  FAILED" : "")
}
END {
  if (!count) exit
  print "==> seconds per suite"
  for (i = 1; i <= count; i++) print lines[i] | "LC_ALL=C sort -rn"
}
