/// The shell script that owns a cluster: makes its directory, runs its server, and takes both away when its standard input
/// ends. A process that dies in whatever way closes its files, so the end of input is the one signal that cannot be missed.
///
///     $1 where to make the directory    $2 PostgreSQL's programs    $3 whom to run them as, or nothing    $4… server options
///
/// It says on standard output, one a line: `directory D` · `ready` once the server listens, or else `failed` and why.
enum Watchdog {
  static let script = #"""
    # Whatever ends the tests' process group, or nobody listening any more, must not end this before it has cleaned up.
    trap '' HUP INT QUIT TERM PIPE
    base=$1 bin=$2 user=$3
    shift 3
    umask 077
    cd /

    # Who should hear it may be dead already, which is no reason to complain.
    say() { echo "$1" 2>/dev/null; }

    dir=$(mktemp -d "$base/premise-test.XXXXXX") || { say failed; exit 1; }
    say "directory $dir"

    # The environment is emptied: PGDATA, PGPORT, TZ and the like would reach the server.
    run="env -i PATH=$PATH LC_ALL=C"
    if [ -n "$user" ]; then
      chown "$user" "$dir"
      run="$run setpriv --reuid=$user --regid=$user --init-groups"
    fi

    server=
    give_up() {
      say failed
      cat "$dir/log" 2>/dev/null
      clean_up
      exit 1
    }

    # QUIT stops a server and its children at once. One that has only just been started may not listen to signals yet,
    # so it is told again and again, and in the end killed. (`sleep` is also what makes the shell notice that it is gone.)
    clean_up() {
      attempt=0
      while [ -n "$server" ] && kill -0 "$server" 2>/dev/null; do
        if [ $attempt -lt 200 ]; then kill -QUIT "$server"; else kill -KILL "$server"; fi
        attempt=$((attempt + 1))
        sleep 0.05
      done
      rm -rf "$dir"
    }

    $run "$bin/initdb" -D "$dir/data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync \
      </dev/null >"$dir/log" 2>&1 || give_up
    $run "$bin/postgres" -D "$dir/data" -k "$dir" "$@" </dev/null >>"$dir/log" 2>&1 &
    server=$!
    until [ -S "$dir/.s.PGSQL.5432" ]; do
      kill -0 $server 2>/dev/null || give_up
      sleep 0.02
    done
    say ready

    # Nothing is ever sent: this waits for the end.
    while read -r line; do :; done
    clean_up
    """#
}
