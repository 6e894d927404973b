/* Opening a HID node that umockdev made and whose ioctls nobody emulates (mock-headset.ts, `isDirect`):
   gcc -shared -fPIC -o shim.so hid-node.c -ldl, then LD_PRELOAD before libumockdev-preload. hidapi takes a node for one of
   HID when it answers HIDIOCGRDESCSIZE, and asks no more; the size itself it leaves aside (it reads sysfs). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/hidraw.h>
#include <stdarg.h>
#include <sys/ioctl.h>

int ioctl(int fd, unsigned long request, ...) {
  static int (*real)(int, unsigned long, ...);
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (!real) real = dlsym(RTLD_NEXT, "ioctl");
  if (request != HIDIOCGRDESCSIZE) return real(fd, request, argument);
  *(int *)argument = HID_MAX_DESCRIPTOR_SIZE;
  return 0;
}
