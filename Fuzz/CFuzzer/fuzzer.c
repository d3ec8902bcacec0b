#include "fuzzer.h"

int LLVMFuzzerRunDriver(int *argument_count, char ***arguments, fuzz_target target);

int fuzz_run(int argument_count, char **arguments, fuzz_target target) {
  return LLVMFuzzerRunDriver(&argument_count, &arguments, target);
}
