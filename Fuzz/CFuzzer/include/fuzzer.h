/// libFuzzer's driver, which Swift's own `main` calls: the one that libFuzzer brings does not link with it.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef int (*fuzz_target)(const uint8_t *data, size_t size);

/// Runs until a crash or until the arguments say it is enough; returns the exit status.
int fuzz_run(int argument_count, char **arguments, fuzz_target target);
