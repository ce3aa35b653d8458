/* Between the program and the system (LD_PRELOAD): makes the n-th operation on a folder fail, or writes a trace of all.
 *
 * SEAM_ROOTS  folders that are watched, as the program names them, separated by ":"
 * SEAM_FAIL   number of the operation that fails, from 1; none without it
 * SEAM_ERRNO  what it fails with
 * SEAM_COUNT  file that gets the number of operations at the end
 * SEAM_TRACE  file that gets a line an operation, a write's bytes after its line
 *
 * In a process whose environment has the variable that SEAM_IN names, it also counts allocations (malloc and the like):
 *
 * SEAM_MEMORY        number of the allocation that fails, from 1; all after it fail, too
 * SEAM_MEMORY_ONCE   if set, the allocations after it succeed
 * SEAM_MEMORY_COUNT  file that gets the number of allocations at the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 65536
#define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char watched[MOST_FILES];
static long done, fail_at = -1;
static int fail_with, trace = -1, ready;

static void prepare(void) {
    if (ready) return;
    ready = 1;
    const char *at = getenv("SEAM_FAIL"), *with = getenv("SEAM_ERRNO"), *path = getenv("SEAM_TRACE");
    if (at) fail_at = atol(at);
    fail_with = with ? atoi(with) : EIO;
    if (path) trace = REAL(open)(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
}

static int below(const char *path) {
    const char *root = getenv("SEAM_ROOTS");
    while (root && *root) {
        size_t length = strcspn(root, ":");
        if (!strncmp(path, root, length) && (path[length] == '/' || path[length] == 0)) return 1;
        root += length + (root[length] == ':');
    }
    return 0;
}

static int is_watched(int fd) { return fd >= 0 && fd < MOST_FILES && watched[fd]; }

/* Counts an operation; whether it is the one that fails. Holds the turn until `end`. */
static int begin(void) {
    pthread_mutex_lock(&turn);
    prepare();
    return ++done == fail_at;
}

static void end(void) { pthread_mutex_unlock(&turn); }

static void note(const char *line, const void *bytes, size_t length) {
    if (trace < 0) return;
    if (REAL(write)(trace, line, strlen(line)) < 0) abort();
    if (bytes && REAL(write)(trace, bytes, length) != (ssize_t) length) abort();
}

static unsigned long long inode(int fd) {
    struct stat about;
    return fstat(fd, &about) ? 0 : about.st_ino;
}

static long asked, memory_at;
static int memory_once;

static void tell_count(const char *variable, long count) {
    const char *path = getenv(variable);
    if (!path) return;
    char text[32];
    int fd = REAL(open)(path, O_CREAT | O_TRUNC | O_WRONLY, 0600), length = snprintf(text, sizeof text, "%ld", count);
    if (fd < 0 || REAL(write)(fd, text, length) < 0) abort();
}

static int in_place(void) {
    const char *variable = getenv("SEAM_IN");
    return variable && getenv(variable);
}

__attribute__((destructor)) static void told(void) {
    tell_count("SEAM_COUNT", done);
    if (in_place()) tell_count("SEAM_MEMORY_COUNT", asked);
}

/* Counts an allocation; returns whether it fails. Must not allocate. */
static int refused(void) {
    long number = __atomic_add_fetch(&asked, 1, __ATOMIC_SEQ_CST);
    if (!memory_at) {
        const char *wanted = in_place() ? getenv("SEAM_MEMORY") : 0;
        memory_once = getenv("SEAM_MEMORY_ONCE") != 0;
        memory_at = wanted ? atol(wanted) : -1;
    }
    if (memory_at < 0 || (memory_once ? number != memory_at : number < memory_at)) return 0;
    errno = ENOMEM;
    return 1;
}

/* The names of glibc, because dlsym allocates. */
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);

void *malloc(size_t size) { return refused() ? 0 : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return refused() ? 0 : __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { return refused() ? 0 : __libc_realloc(block, size); }
void *aligned_alloc(size_t align, size_t size) { return refused() ? 0 : __libc_memalign(align, size); }

int posix_memalign(void **block, size_t align, size_t size) {
    void *made = refused() ? 0 : __libc_memalign(align, size);
    if (!made) return ENOMEM;
    *block = made;
    return 0;
}

static int opened(const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = REAL(open);
    if (!below(path)) return real(path, flags, mode);
    if (begin()) {
        end();
        errno = fail_with;
        return -1;
    }
    int made = (flags & O_CREAT) && access(path, F_OK);
    int fd = real(path, flags, mode);
    if (fd >= 0 && fd < MOST_FILES) {
        char line[4352];
        watched[fd] = 1;
        snprintf(line, sizeof line, "%s %llu %s\n", made ? "create" : flags & O_TRUNC ? "empty" : "open", inode(fd), path);
        note(line, 0, 0);
    }
    end();
    return fd;
}

#define MODE(flags, mode) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) { MODE(flags, mode) return opened(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return opened(path, flags, mode); }

int close(int fd) {
    if (is_watched(fd)) watched[fd] = 0;
    return REAL(close)(fd);
}

static ssize_t wrote(int fd, const void *bytes, size_t length, off_t at) {
    if (begin()) {
        /* A disk that is full takes a part first. */
        if (length > 1) { if (REAL(pwrite)(fd, bytes, length / 2, at) < 0) abort(); }
        end();
        errno = fail_with;
        return -1;
    }
    char line[64];
    ssize_t result = REAL(pwrite)(fd, bytes, length, at);
    snprintf(line, sizeof line, "write %llu %lld %zd\n", inode(fd), (long long) at, result);
    note(line, bytes, result < 0 ? 0 : result);
    end();
    return result;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    if (!is_watched(fd)) return REAL(write)(fd, bytes, length);
    off_t at = fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    ssize_t result = wrote(fd, bytes, length, at);
    if (result > 0) lseek(fd, at + result, SEEK_SET);
    return result;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) {
    return is_watched(fd) ? wrote(fd, bytes, length, at) : REAL(pwrite)(fd, bytes, length, at);
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
    if (!is_watched(fd)) return REAL(writev)(fd, pieces, count);
    /* A write may be short: the program writes the rest. */
    for (int piece = 0; piece < count; piece++)
        if (pieces[piece].iov_len) return write(fd, pieces[piece].iov_base, pieces[piece].iov_len);
    return 0;
}

/* Bytes that the system would copy by itself are read and written instead, which both readers of files can do. */
ssize_t copy_file_range(int from, off_t *a, int to, off_t *b, size_t length, unsigned flags) {
    if (!is_watched(to)) return REAL(copy_file_range)(from, a, to, b, length, flags);
    errno = ENOSYS;
    return -1;
}

static int simple(int fails, const char *line, int (*act)(const void *), const void *what) {
    int result = -1;
    if (fails) errno = fail_with;
    else if ((result = act(what)) == 0) note(line, 0, 0);
    int kept = errno;
    end();
    errno = kept;
    return result;
}

static int act_fsync(const void *fd) { return REAL(fsync)(*(const int *) fd); }
static int act_unlink(const void *path) { return REAL(unlink)(path); }
static int act_mkdir(const void *path) { return REAL(mkdir)(path, 0777); }
static int act_rename(const void *paths) { return REAL(rename)(((const char **) paths)[0], ((const char **) paths)[1]); }

static int synced(int fd) {
    char line[64];
    int fails = begin();
    snprintf(line, sizeof line, "fsync %llu\n", inode(fd));
    return simple(fails, line, act_fsync, &fd);
}

int fsync(int fd) { return is_watched(fd) ? synced(fd) : REAL(fsync)(fd); }
int fdatasync(int fd) { return is_watched(fd) ? synced(fd) : REAL(fdatasync)(fd); }

int unlink(const char *path) {
    char line[4352];
    if (!below(path)) return REAL(unlink)(path);
    snprintf(line, sizeof line, "unlink %s\n", path);
    return simple(begin(), line, act_unlink, path);
}

int mkdir(const char *path, mode_t mode) {
    char line[4352];
    if (!below(path)) return REAL(mkdir)(path, mode);
    snprintf(line, sizeof line, "mkdir %s\n", path);
    return simple(begin(), line, act_mkdir, path);
}

int rename(const char *from, const char *to) {
    char line[8704];
    if (!below(to)) return REAL(rename)(from, to);
    snprintf(line, sizeof line, "rename %s\t%s\n", from, to);
    const char *paths[2] = { from, to };
    return simple(begin(), line, act_rename, paths);
}
