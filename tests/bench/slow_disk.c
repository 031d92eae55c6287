/* A disk that flushes slower than the one that is there: loaded before a program's libraries, so that its fsync and
 * fdatasync wait CONSENT_BENCH_FLUSH_US microseconds more, after they have really flushed. Made and used by disks.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*flush)(int);

static int slowly(const char *name, int file) {
    const char *microseconds = getenv("CONSENT_BENCH_FLUSH_US");
    long wait = microseconds ? atol(microseconds) : 0;
    struct timespec time = {wait / 1000000, wait % 1000000 * 1000};
    int result = ((flush)dlsym(RTLD_NEXT, name))(file);
    if (wait > 0) nanosleep(&time, NULL);
    return result;
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
