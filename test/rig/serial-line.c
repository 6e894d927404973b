/* Modem lines for ptys (facts/serial.md section 5.4): gcc -shared -fPIC -o shim.so serial-line.c -ldl, then LD_PRELOAD.
   FAKE_MODEM names a file of at least 8 bytes. int[0]: input bits set by the test (CTS 0x20, DCD 0x40, DSR 0x100);
   int[1]: output bits set by the program (DTR 0x2, RTS 0x4). Break is counted in int[2].
   FAKE_HANG: ports whose names begin so hang in open. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int *lines(void) {
  static int *shared;
  const char *name = getenv("FAKE_MODEM");
  if (!shared && name) {
    int fd = open(name, O_RDWR);
    if (fd >= 0) {
      void *map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
      close(fd);
      if (map != MAP_FAILED) shared = map;
    }
  }
  return shared;
}

static int is_pty(int fd) {
  char link[64], name[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, name, sizeof name - 1);
  if (length <= 0) return 0;
  name[length] = 0;
  return strncmp(name, "/dev/pts/", 9) == 0;
}

static int hangs(const char *path) {
  const char *name = getenv("FAKE_HANG");
  return name && !strncmp(name, path, strlen(name));
}

int open(const char *path, int flags, ...) {
  static int (*real)(const char *, int, ...);
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  if (!real) real = dlsym(RTLD_NEXT, "open");
  while (hangs(path)) sleep(3600);
  return real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  static int (*real)(const char *, int, ...);
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  if (!real) real = dlsym(RTLD_NEXT, "open64");
  while (hangs(path)) sleep(3600);
  return real(path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...) {
  static int (*real)(int, unsigned long, ...);
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (!real) real = dlsym(RTLD_NEXT, "ioctl");
  int *shared;
  switch (request) {
    case TIOCMGET: case TIOCMSET: case TIOCMBIS: case TIOCMBIC: case TIOCSBRK: case TIOCCBRK:
      if (is_pty(fd) && (shared = lines())) break;
      /* fall through */
    default:
      return real(fd, request, argument);
  }
  int outputs = TIOCM_DTR | TIOCM_RTS;
  if (request == TIOCMGET) *(int *)argument = shared[0] | (shared[1] & outputs);
  else if (request == TIOCMSET) shared[1] = *(int *)argument & outputs;
  else if (request == TIOCMBIS) shared[1] |= *(int *)argument & outputs;
  else if (request == TIOCMBIC) shared[1] &= ~*(int *)argument;
  else if (request == TIOCSBRK) shared[2] += 1;
  return 0;
}
