/* Stands between a program and the C library (LD_PRELOAD): counts the calls for files below one folder, and lets some
   of them fail, or kills the process there. The program says which through `refuse_from`.

   Of each call the kind is known. What is not counted: calls for files elsewhere, fstat and lseek (which ask the kernel
   alone, no disk), and whatever is done through a descriptor that was duplicated. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { READ = 1, LOOK = 2, WRITE = 4, NAME = 8, PUT = 16 };  /* PUT: bytes are handed over, which may go half-way */
enum { ALONE, FROM_THEN_ON, SHORT, KILL };
enum { HIGHEST = 4096 };

static char root[4096];
static size_t root_length;
static int counted, mode, refusal, log_file = -1;
static long target;
static atomic_long count;
static char tracked[HIGHEST]; /* by descriptor: 0 elsewhere, 1 for reading, 2 for writing */

/* Begin to count the calls of these kinds below `folder`. The `nth` fails with `error`; 0 lets all succeed. Each call
   that fails, or all where none is to, is written into the file `log`, with its kind. */
void refuse_from(const char *folder, int kinds, int how, long nth, int error, const char *log) {
    strncpy(root, folder, sizeof root - 1);
    root_length = strlen(root);
    counted = kinds, mode = how, target = nth, refusal = error;
    log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    atomic_store(&count, 0);
}

/* The time of day stands still, where the program asks for that: what it writes is then the same each time. */
static time_t stopped_at;
void stop_the_clock(long seconds) { stopped_at = seconds; }
int clock_gettime(clockid_t clock, struct timespec *to) {
    if (!stopped_at || clock != CLOCK_REALTIME) return (int)syscall(SYS_clock_gettime, clock, to);
    to->tv_sec = stopped_at, to->tv_nsec = 0;
    return 0;
}

static int below(const char *path) {
    return root_length && path && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static int known(int fd) { return fd >= 0 && fd < HIGHEST ? tracked[fd] : 0; }

static int below_at(int dir, const char *path) { return path && path[0] != '/' ? known(dir) != 0 : below(path); }

static void note(int kind, const char *call, const char *path) {
    char line[4400];
    int length = snprintf(line, sizeof line, "%d %s %s\n", kind, call, path ? path : "");
    if (log_file >= 0) syscall(SYS_write, log_file, line, (size_t)length);
}

/* Count a call and say whether it is to fail: 0 no, 1 yes, 2 it is to take a part of what it was given. */
static int fails(int kind, const char *call, const char *path) {
    if (!root_length || !(kind & counted)) return 0;
    long number = atomic_fetch_add(&count, 1) + 1;
    if (!target) note(kind, call, path);
    if (!target || number < target || (number > target && mode != FROM_THEN_ON)) return 0;
    note(kind, call, path);
    if (mode == KILL) kill(getpid(), SIGKILL);
    if (mode == SHORT) return 2;
    errno = refusal;
    return 1;
}

static const char *name_of(int fd, char *into, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, into, size - 1);
    into[length > 0 ? length : 0] = 0;
    return into;
}

static int fd_fails(int kind, const char *call, int fd) {
    char path[4096];
    return known(fd) ? fails(kind, call, name_of(fd, path, sizeof path)) : 0;
}

static int opened(int fd, int flags) {
    if (fd >= 0 && fd < HIGHEST) tracked[fd] = (flags & O_ACCMODE) == O_RDONLY ? 1 : 2;
    return fd;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int open_at(int dir, const char *path, int flags, mode_t bits) {
    int ours = below_at(dir, path), writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
    if (ours && fails(writes ? WRITE : READ, writes ? "open for writing" : "open", path)) return -1;
    int fd = (int)syscall(SYS_openat, dir, path, flags, bits);
    if (fd >= 0 && fd < HIGHEST) tracked[fd] = 0;
    return ours ? opened(fd, flags) : fd;
}

#define BITS(flags) \
    mode_t bits = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); bits = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) { BITS(flags) return open_at(AT_FDCWD, path, flags, bits); }
int open64(const char *path, int flags, ...) { BITS(flags) return open_at(AT_FDCWD, path, flags, bits); }
int openat(int dir, const char *path, int flags, ...) { BITS(flags) return open_at(dir, path, flags, bits); }
int openat64(int dir, const char *path, int flags, ...) { BITS(flags) return open_at(dir, path, flags, bits); }
int creat(const char *path, mode_t bits) { return open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, bits); }
int creat64(const char *path, mode_t bits) { return creat(path, bits); }

static FILE *stream(FILE *(*real)(const char *, const char *), const char *path, const char *how) {
    int writes = strpbrk(how, "wa+") != NULL;
    if (below(path) && fails(writes ? WRITE : READ, "fopen", path)) return NULL;
    return real(path, how);
}
FILE *fopen(const char *path, const char *how) { return stream(REAL(fopen), path, how); }
FILE *fopen64(const char *path, const char *how) { return stream(REAL(fopen64), path, how); }

int close(int fd) {
    int failed = fd_fails(known(fd) == 2 ? WRITE : READ, "close", fd);
    if (fd >= 0 && fd < HIGHEST) tracked[fd] = 0;
    int done = (int)syscall(SYS_close, fd); /* Linux closes even where it reports an error */
    if (failed) errno = refusal;
    return failed ? -1 : done;
}

/* Reading. */
ssize_t read(int fd, void *to, size_t size) {
    return fd_fails(READ, "read", fd) ? -1 : syscall(SYS_read, fd, to, size);
}
ssize_t pread(int fd, void *to, size_t size, off_t at) {
    return fd_fails(READ, "pread", fd) ? -1 : syscall(SYS_pread64, fd, to, size, at);
}
ssize_t pread64(int fd, void *to, size_t size, off64_t at) { return pread(fd, to, size, at); }

static void *map(void *at, size_t size, int access, int flags, int fd, off_t from) {
    if (fd >= 0 && fd_fails(READ, "mmap", fd)) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, at, size, access, flags, fd, from);
}
void *mmap(void *at, size_t size, int access, int flags, int fd, off_t from) {
    return map(at, size, access, flags, fd, from);
}
void *mmap64(void *at, size_t size, int access, int flags, int fd, off64_t from) {
    return map(at, size, access, flags, fd, from);
}
DIR *opendir(const char *path) {
    return below(path) && fails(READ, "opendir", path) ? NULL : REAL(opendir)(path);
}
DIR *fdopendir(int fd) { return fd_fails(READ, "fdopendir", fd) ? NULL : REAL(fdopendir)(fd); }

/* Writing. */
static ssize_t put(int fd, const void *from, size_t size, off_t at, int placed) {
    int failed = fd_fails(WRITE | PUT, "write", fd);
    if (failed == 1) return -1;
    if (failed == 2 && size > 1) size /= 2;
    return placed ? syscall(SYS_pwrite64, fd, from, size, at) : syscall(SYS_write, fd, from, size);
}
ssize_t write(int fd, const void *from, size_t size) { return put(fd, from, size, 0, 0); }
ssize_t pwrite(int fd, const void *from, size_t size, off_t at) { return put(fd, from, size, at, 1); }
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at) { return put(fd, from, size, at, 1); }
ssize_t writev(int fd, const struct iovec *parts, int number) {
    int failed = fd_fails(WRITE | PUT, "writev", fd);
    if (failed == 1) return -1;
    return syscall(SYS_writev, fd, parts, failed == 2 && number > 1 ? 1 : number);
}
static ssize_t send_file(int to, int from, off_t *at, size_t size) {
    int failed = fd_fails(WRITE | PUT, "sendfile", to);
    if (failed == 1) return -1;
    return syscall(SYS_sendfile, to, from, at, failed == 2 && size > 1 ? size / 2 : size);
}
ssize_t sendfile(int to, int from, off_t *at, size_t size) { return send_file(to, from, at, size); }
ssize_t sendfile64(int to, int from, off64_t *at, size_t size) { return send_file(to, from, at, size); }
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t size, unsigned flags) {
    if (fd_fails(WRITE | PUT, "copy_file_range", to)) return -1;
    return syscall(SYS_copy_file_range, from, at, to, there, size, flags);
}

#define BY_FD(kind, name, ...) return fd_fails(kind, #name, fd) ? -1 : (int)syscall(__VA_ARGS__);
int fsync(int fd) { BY_FD(WRITE, fsync, SYS_fsync, fd) }
int fdatasync(int fd) { BY_FD(WRITE, fdatasync, SYS_fdatasync, fd) }
int ftruncate(int fd, off_t size) { BY_FD(WRITE, ftruncate, SYS_ftruncate, fd, size) }
int ftruncate64(int fd, off64_t size) { BY_FD(WRITE, ftruncate, SYS_ftruncate, fd, size) }
int flock(int fd, int how) { BY_FD(WRITE, flock, SYS_flock, fd, how) }
int fchmod(int fd, mode_t bits) { BY_FD(NAME, fchmod, SYS_fchmod, fd, bits) }
int futimens(int fd, const struct timespec times[2]) { BY_FD(NAME, futimens, SYS_utimensat, fd, NULL, times, 0) }
int posix_fallocate(int fd, off_t from, off_t size) {
    return fd_fails(WRITE, "posix_fallocate", fd) ? refusal : REAL(posix_fallocate)(fd, from, size);
}
int posix_fallocate64(int fd, off64_t from, off64_t size) { return posix_fallocate(fd, from, size); }

/* Names. */
#define BY_NAME(dir, path, name, ...) \
    return below_at(dir, path) && fails(NAME, #name, path) ? -1 : (int)syscall(__VA_ARGS__);
int rename(const char *from, const char *to) {
    BY_NAME(AT_FDCWD, to, rename, SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)
}
int renameat(int dir, const char *from, int there, const char *to) {
    BY_NAME(there, to, renameat, SYS_renameat2, dir, from, there, to, 0)
}
int renameat2(int dir, const char *from, int there, const char *to, unsigned flags) {
    BY_NAME(there, to, renameat2, SYS_renameat2, dir, from, there, to, flags)
}
int link(const char *from, const char *to) { BY_NAME(AT_FDCWD, to, link, SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0) }
int linkat(int dir, const char *from, int there, const char *to, int flags) {
    BY_NAME(there, to, linkat, SYS_linkat, dir, from, there, to, flags)
}
int symlink(const char *from, const char *to) { BY_NAME(AT_FDCWD, to, symlink, SYS_symlinkat, from, AT_FDCWD, to) }
int symlinkat(const char *from, int dir, const char *to) {
    BY_NAME(dir, to, symlinkat, SYS_symlinkat, from, dir, to)
}
int unlink(const char *path) { BY_NAME(AT_FDCWD, path, unlink, SYS_unlinkat, AT_FDCWD, path, 0) }
int unlinkat(int dir, const char *path, int flags) { BY_NAME(dir, path, unlinkat, SYS_unlinkat, dir, path, flags) }
int rmdir(const char *path) { BY_NAME(AT_FDCWD, path, rmdir, SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR) }
int mkdir(const char *path, mode_t bits) { BY_NAME(AT_FDCWD, path, mkdir, SYS_mkdirat, AT_FDCWD, path, bits) }
int mkdirat(int dir, const char *path, mode_t bits) { BY_NAME(dir, path, mkdirat, SYS_mkdirat, dir, path, bits) }
int chmod(const char *path, mode_t bits) { BY_NAME(AT_FDCWD, path, chmod, SYS_fchmodat, AT_FDCWD, path, bits) }
int fchmodat(int dir, const char *path, mode_t bits, int flags) {
    if (below_at(dir, path) && fails(NAME, "fchmodat", path)) return -1;
    return REAL(fchmodat)(dir, path, bits, flags);
}
int utimensat(int dir, const char *path, const struct timespec times[2], int flags) {
    BY_NAME(dir, path, utimensat, SYS_utimensat, dir, path, times, flags)
}
int truncate(const char *path, off_t size) { BY_NAME(AT_FDCWD, path, truncate, SYS_truncate, path, size) }
int truncate64(const char *path, off64_t size) { BY_NAME(AT_FDCWD, path, truncate, SYS_truncate, path, size) }

/* Looks at a file that is not open. */
#define LOOKS(dir, path, name) if (below_at(dir, path) && fails(LOOK, #name, path)) return -1;
int stat(const char *path, struct stat *to) { LOOKS(AT_FDCWD, path, stat) return REAL(stat)(path, to); }
int stat64(const char *path, struct stat64 *to) { LOOKS(AT_FDCWD, path, stat) return REAL(stat64)(path, to); }
int lstat(const char *path, struct stat *to) { LOOKS(AT_FDCWD, path, lstat) return REAL(lstat)(path, to); }
int lstat64(const char *path, struct stat64 *to) { LOOKS(AT_FDCWD, path, lstat) return REAL(lstat64)(path, to); }
int fstatat(int dir, const char *path, struct stat *to, int flags) {
    LOOKS(dir, path, fstatat) return REAL(fstatat)(dir, path, to, flags);
}
int fstatat64(int dir, const char *path, struct stat64 *to, int flags) {
    LOOKS(dir, path, fstatat) return REAL(fstatat64)(dir, path, to, flags);
}
int __xstat(int version, const char *path, struct stat *to) { LOOKS(AT_FDCWD, path, stat) return REAL(stat)(path, to); }
int __xstat64(int version, const char *path, struct stat64 *to) {
    LOOKS(AT_FDCWD, path, stat) return REAL(stat64)(path, to);
}
int __lxstat(int version, const char *path, struct stat *to) {
    LOOKS(AT_FDCWD, path, lstat) return REAL(lstat)(path, to);
}
int __lxstat64(int version, const char *path, struct stat64 *to) {
    LOOKS(AT_FDCWD, path, lstat) return REAL(lstat64)(path, to);
}
int __fxstatat(int version, int dir, const char *path, struct stat *to, int flags) {
    LOOKS(dir, path, fstatat) return REAL(fstatat)(dir, path, to, flags);
}
int __fxstatat64(int version, int dir, const char *path, struct stat64 *to, int flags) {
    LOOKS(dir, path, fstatat) return REAL(fstatat64)(dir, path, to, flags);
}
int statx(int dir, const char *path, int flags, unsigned mask, struct statx *to) {
    if (*path) LOOKS(dir, path, statx)
    return (int)syscall(SYS_statx, dir, path, flags, mask, to);
}
int access(const char *path, int how) {
    LOOKS(AT_FDCWD, path, access) return (int)syscall(SYS_faccessat, AT_FDCWD, path, how);
}
int faccessat(int dir, const char *path, int how, int flags) {
    LOOKS(dir, path, faccessat) return REAL(faccessat)(dir, path, how, flags);
}
