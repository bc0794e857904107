/* Stands between a program and the C library (LD_PRELOAD): the time of day jumps to and fro, and the disk is slow.

   JUMP_MS: after each so many milliseconds the time of day is nine hours late, or nine hours early, by turns.
   LATE_MS and LATE_BELOW: opening, naming, looking at and syncing a file below that folder takes so much longer. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { HOURS = 9 * 3600 };

static long jump_ms, late_ms;
static const char *late_below;

__attribute__((constructor)) static void begin(void) {
    const char *jump = getenv("JUMP_MS"), *late = getenv("LATE_MS");
    jump_ms = jump ? atol(jump) : 0, late_ms = late ? atol(late) : 0, late_below = getenv("LATE_BELOW");
}

/* The time of day. */
static time_t jumped(void) {
    struct timespec now;
    if (!jump_ms) return 0;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    long turn = (now.tv_sec * 1000 + now.tv_nsec / 1000000) / jump_ms;
    return turn % 2 ? HOURS : -HOURS;
}
int clock_gettime(clockid_t clock, struct timespec *to) {
    int done = (int)syscall(SYS_clock_gettime, clock, to);
    if (!done && clock == CLOCK_REALTIME) to->tv_sec += jumped();
    return done;
}
int gettimeofday(struct timeval *restrict to, void *restrict zone) {
    int done = (int)syscall(SYS_gettimeofday, to, zone);
    if (!done && to) to->tv_sec += jumped();
    return done;
}
time_t time(time_t *to) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to) *to = now.tv_sec;
    return now.tv_sec;
}

/* The disk. A path that is relative counts as well: it is of a folder that is open already. */
static void wait_a_little(void) {
    struct timespec late = {late_ms / 1000, late_ms % 1000 * 1000000};
    nanosleep(&late, NULL);
}
static void wait_for(const char *path) {
    if (late_ms && late_below && path && (path[0] != '/' || !strncmp(path, late_below, strlen(late_below)))) {
        wait_a_little();
    }
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define LATE(path, name, ...) { wait_for(path); return REAL(name)(__VA_ARGS__); }
#define BITS(flags) \
    mode_t bits = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); bits = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) { BITS(flags) LATE(path, open, path, flags, bits) }
int open64(const char *path, int flags, ...) { BITS(flags) LATE(path, open64, path, flags, bits) }
int openat(int dir, const char *path, int flags, ...) { BITS(flags) LATE(path, openat, dir, path, flags, bits) }
int openat64(int dir, const char *path, int flags, ...) { BITS(flags) LATE(path, openat64, dir, path, flags, bits) }
FILE *fopen(const char *path, const char *how) LATE(path, fopen, path, how)
FILE *fopen64(const char *path, const char *how) LATE(path, fopen64, path, how)
int rename(const char *from, const char *to) LATE(to, rename, from, to)
int renameat2(int dir, const char *from, int there, const char *to, unsigned flags)
    LATE(to, renameat2, dir, from, there, to, flags)
int link(const char *from, const char *to) LATE(to, link, from, to)
int unlink(const char *path) LATE(path, unlink, path)
int unlinkat(int dir, const char *path, int flags) LATE(path, unlinkat, dir, path, flags)
int mkdir(const char *path, mode_t mode) LATE(path, mkdir, path, mode)
int rmdir(const char *path) LATE(path, rmdir, path)
int stat(const char *path, struct stat *to) LATE(path, stat, path, to)
int lstat(const char *path, struct stat *to) LATE(path, lstat, path, to)
int stat64(const char *path, struct stat64 *to) LATE(path, stat64, path, to)
int lstat64(const char *path, struct stat64 *to) LATE(path, lstat64, path, to)
int fstatat(int dir, const char *path, struct stat *to, int flags) LATE(path, fstatat, dir, path, to, flags)
int statx(int dir, const char *restrict path, int flags, unsigned mask, struct statx *restrict to)
    LATE(path, statx, dir, path, flags, mask, to)
int fsync(int fd) { if (late_ms) wait_a_little(); return (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { if (late_ms) wait_a_little(); return (int)syscall(SYS_fdatasync, fd); }
