#!/bin/sh
# A seat writes on an ext4 image that lies on btrfs; each cut is a reflink of the image, taken while it writes: a
# crash-consistent cut of the power. Arguments: a working folder, how many cuts, the writer's command.
# Run in a mount namespace of its own (unshare -m). What the seat acknowledged is read before each cut (ack.N).
set -e
work=$1; cuts=$2; shift 2
cd "$work"
mkdir outer inner
truncate -s 4G outer.img
mkfs.btrfs -q outer.img
mount -o loop outer.img outer
truncate -s 600M outer/inner.img
mkfs.ext4 -q outer/inner.img
mount -o loop outer/inner.img inner
mkdir inner/profile
sync
"$@" "$work/inner/profile" > said 2> complaint &
writer=$!
until [ -s said ] || ! kill -0 $writer 2> /dev/null; do sleep 0.05; done
n=1
while [ $n -le "$cuts" ] && kill -0 $writer 2> /dev/null; do
  cp said "ack.$n"
  cp --reflink=always outer/inner.img "outer/cut.$n"
  sleep "0.$((n * 37 % 5))"
  n=$((n + 1))
done
kill -9 $writer 2> /dev/null || true
wait $writer 2> /dev/null || true
umount inner
n=1
while [ -f "outer/cut.$n" ]; do
  mkdir "cut.$n"
  mount -o loop "outer/cut.$n" inner
  (cd inner/profile && tar cf - --exclude='./reserve*' .) | tar xf - -C "cut.$n"
  umount inner
  rm "outer/cut.$n"
  n=$((n + 1))
done
umount outer
rm outer.img
