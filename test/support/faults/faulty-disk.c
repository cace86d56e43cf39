/* A disk that fails where a test says, put between the program and the C library (LD_PRELOAD, Linux): at the nth system
 * call that changes something under a path, the process is killed before or after it, or the call fails with EIO. Or at
 * the nth that reads.
 *
 * FAULT_PATH   an extended regular expression that the absolute path must match
 * FAULT_NTH    which of these calls, 1 the first
 * FAULT_READS  where set, the calls that read are meant, and no others
 * FAULT_DEED   kill-before, kill-after, eio, eio-ever (that one and all after it)
 * FAULT_COUNT  a file: gets one line a call, its name and its path; then FAULT_NTH may be 0
 *
 * Calls count between opening a file of the name fault-on and one of the name fault-off. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int armed;
static long seen;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static regex_t pattern;
static int ready;

static void note(const char *call, const char *path) {
  const char *file = getenv("FAULT_COUNT");
  if (file == NULL) return;
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%s %s\n", call, path);
  int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  ssize_t (*real_write)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  int fd = real_open(file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (fd < 0) return;
  if (real_write(fd, line, (size_t)length) < 0) abort();
  close(fd);
}

/* 0: let it through; 1: let it through and die; 2: fail. */
static int judge(const char *call, const char *path, int reads) {
  if (!armed || path == NULL || reads != (getenv("FAULT_READS") != NULL)) return 0;
  pthread_mutex_lock(&lock);
  int verdict = 0;
  if (!ready) {
    const char *given = getenv("FAULT_PATH");
    if (regcomp(&pattern, given == NULL ? "." : given, REG_EXTENDED | REG_NOSUB) != 0) abort();
    ready = 1;
  }
  if (regexec(&pattern, path, 0, NULL, 0) == 0) {
    const char *nth = getenv("FAULT_NTH");
    const char *deed = getenv("FAULT_DEED");
    seen += 1;
    note(call, path);
    long wanted = nth == NULL ? 0 : atol(nth);
    if (wanted > 0 && deed != NULL) {
      int ever = strcmp(deed, "eio-ever") == 0;
      if (seen == wanted || (ever && seen > wanted)) {
        if (strcmp(deed, "kill-before") == 0) kill(getpid(), SIGKILL);
        verdict = strcmp(deed, "kill-after") == 0 ? 1 : 2;
      }
    }
  }
  pthread_mutex_unlock(&lock);
  return verdict;
}

static const char *path_of(int fd, char *buffer) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  if (length < 0) return NULL;
  buffer[length] = 0;
  return buffer;
}

#define REAL(type, name, ...) type (*real)(__VA_ARGS__) = dlsym(RTLD_NEXT, name)
#define AFTER(verdict) if ((verdict) == 1) kill(getpid(), SIGKILL)
#define FAIL(verdict) if ((verdict) == 2) { errno = EIO; return -1; }

static int opened(const char *name, const char *path, int flags, mode_t mode) {
  const char *last = strrchr(path, '/');
  if (last != NULL && strcmp(last, "/fault-on") == 0) armed = 1;
  if (last != NULL && strcmp(last, "/fault-off") == 0) armed = 0;
  int verdict = (flags & O_CREAT) ? judge("open", path, 0) : 0;
  FAIL(verdict)
  REAL(int, name, const char *, int, ...);
  int result = real(path, flags, mode);
  AFTER(verdict);
  return result;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    return opened(#name, path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define BY_FD_OF(reads, type, name, parameters, arguments, ...) \
  type name parameters { \
    char buffer[PATH_MAX]; \
    int verdict = armed ? judge(#name, path_of(fd, buffer), reads) : 0; \
    FAIL(verdict) \
    REAL(type, #name, __VA_ARGS__); \
    type result = real arguments; \
    AFTER(verdict); \
    return result; \
  }
#define BY_FD(...) BY_FD_OF(0, __VA_ARGS__)
BY_FD(int, fsync, (int fd), (fd), int)
BY_FD(int, fdatasync, (int fd), (fd), int)
BY_FD(int, ftruncate, (int fd, off_t length), (fd, length), int, off_t)
BY_FD(int, ftruncate64, (int fd, off64_t length), (fd, length), int, off64_t)
BY_FD(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count), int, const void *, size_t)
BY_FD(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count), int, const struct iovec *, int)
BY_FD(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at), int, const void *, size_t, off_t)
BY_FD(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at), int, const void *, size_t, off64_t)

#define READING(...) BY_FD_OF(1, __VA_ARGS__)
READING(ssize_t, read, (int fd, void *bytes, size_t count), (fd, bytes, count), int, void *, size_t)
READING(ssize_t, pread, (int fd, void *bytes, size_t count, off_t at), (fd, bytes, count, at), int, void *, size_t, off_t)
READING(ssize_t, pread64, (int fd, void *bytes, size_t count, off64_t at), (fd, bytes, count, at), int, void *, size_t, off64_t)

#define BY_PATH(name, parameters, arguments, ...) \
  int name parameters { \
    int verdict = judge(#name, path, 0); \
    FAIL(verdict) \
    REAL(int, #name, __VA_ARGS__); \
    int result = real arguments; \
    AFTER(verdict); \
    return result; \
  }
BY_PATH(rename, (const char *from, const char *path), (from, path), const char *, const char *)
BY_PATH(link, (const char *from, const char *path), (from, path), const char *, const char *)
BY_PATH(unlink, (const char *path), (path), const char *)
