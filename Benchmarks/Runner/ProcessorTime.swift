import Glibc

/// How long this thread has been on a processor: what one core takes, whoever else wants the machine.
enum ProcessorTime {
  static let isTraced = getenv("TRACE") != nil
  static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
