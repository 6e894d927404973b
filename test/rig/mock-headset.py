#!/usr/bin/python3
"""USB HID devices that are not there, for the real node-hid (umockdev; facts/hid.md section 11.1).

Start under umockdev-wrapper with the system Python (python3-gi belongs to it). Commands come as JSON lines on standard
input, events go as JSON lines to standard output. Standard input's end is the end.

  {"do": "plug", "n": 0, "device": {...}}   -> {"plugged": 0}       a number is used once: plug again under the next
  {"do": "send", "n": 0, "report": "0802"}  -> {"sent": 0, "at_ns": CLOCK_MONOTONIC as it is written}
                                               with "still_s": so long nothing is done here before it and after it
  {"do": "unplug", "n": 0}                  -> {"unplugged": 0}
  {"do": "flood", "n": 0, "reports": [..], "per_second": 4000, "seconds": 5} -> {"flooded": 0, "count": ...} at its end;
                                               without reports: random bytes, the same each time
  a report written by the host              -> {"n": 0, "out": "1801", "at_ns": ...}
  a feature report set by the host          -> {"n": 0, "feature": "0163ff", "at_ns": ...}
"""
import json
import os
import random
import select
import sys
import threading
import time

import gi

gi.require_version('UMockdev', '1.0')
from gi.repository import GLib, UMockdev  # noqa: E402

# A pty is a byte stream: reports closer than this reach node-hid as one buffer.
GAP_S = 0.005
# How long a report waits for the one before it to be read: a reader that is loaded, or has not begun yet.
READ_S = 1.0
# How long the listener waits for somebody to open its device.
LOOK_S = 0.02

talking = threading.Lock()


def say(**event):
    with talking:
        print(json.dumps(event), flush=True)


def is_ready(fd, event):
    poll = select.poll()
    poll.register(fd, event)
    return any(events & event for _, events in poll.poll(0))


class Paths:
    """Where device number n stands in sysfs: usb device, interface, hid device, hidraw node."""

    def __init__(self, device, n):
        ids = f"{device['vid']}:{device['pid']}".upper()
        self.usb = f'/devices/pci0000:00/0000:00:14.0/usb1/1-{n + 1}'
        self.interface = f"{self.usb}/1-{n + 1}:1.{device.get('interface', 3)}"
        self.hid = f'{self.interface}/0003:{ids}.{n + 1:04X}'
        self.raw = f'{self.hid}/hidraw/hidraw{n}'


def description(device, n):
    """The device in umockdev's text form, the child first."""
    at = Paths(device, n)
    vid, pid = device['vid'], device['pid']
    serial = device.get('serial', 'ABC123')
    blocks = [
        [
            f'P: {at.raw}', f'N: hidraw{n}', f'E: DEVNAME=/dev/hidraw{n}', 'E: MAJOR=242', f'E: MINOR={n}',
            'E: SUBSYSTEM=hidraw', f'A: dev=242:{n}\\n', f'L: device=../../../{os.path.basename(at.hid)}',
        ],
        [
            f'P: {at.hid}', 'E: DRIVER=hid-generic', f'E: HID_ID=0003:0000{vid.upper()}:0000{pid.upper()}',
            f"E: HID_NAME={device['vendor']} {device['product']}", f'E: HID_PHYS=usb-0000:00:14.0-{n + 1}/input3',
            f'E: HID_UNIQ={serial}', 'E: SUBSYSTEM=hid', f"H: report_descriptor={device['descriptor_hex'].upper()}",
        ],
        [
            f'P: {at.interface}', 'E: DEVTYPE=usb_interface', 'E: SUBSYSTEM=usb',
            f"A: bInterfaceNumber={device.get('interface', 3):02x}\\n",
        ],
        [
            f'P: {at.usb}', f'N: bus/usb/001/{n + 2:03d}', 'E: DEVTYPE=usb_device', 'E: SUBSYSTEM=usb',
            f'E: DEVNAME=/dev/bus/usb/001/{n + 2:03d}', 'E: MAJOR=189', f'E: MINOR={n + 1}', f'A: idVendor={vid}\\n',
            f'A: idProduct={pid}\\n', f"A: manufacturer={device['vendor']}\\n", f"A: product={device['product']}\\n",
            'A: bcdDevice=0210\\n', f'A: serial={serial}\\n',
        ],
    ]
    return '\n\n'.join('\n'.join(block) for block in blocks) + '\n'


class Ioctls(UMockdev.IoctlBase):
    """hidapi opens a node with HIDIOCGRDESCSIZE (number 1); 6 and 7 set and get feature reports (linux/hidraw.h)."""

    def do_handle_ioctl(self, client):
        request = client.get_request()
        number, size = request & 0xFF, (request >> 16) & 0x3FFF
        if number == 6:
            report = bytes(client.get_arg().resolve(0, size).retrieve())
            say(n=self.n, feature=report.hex(), at_ns=time.clock_gettime_ns(time.CLOCK_MONOTONIC))
            self.features[report[0]] = report
            client.complete(size, 0)
            return True
        if number == 7:
            data = client.get_arg().resolve(0, size)
            report = self.features.get(bytes(data.retrieve())[0], b'')[:size]
            data.update(0, list(report))
            client.complete(len(report), 0)
            return True
        if number != 1:
            return False
        if self.hangs:
            self.waiting.append(client)  # Never completed: whoever opens the node waits for ever.
            return True
        client.get_arg().resolve(0, 4).update(0, list(self.size.to_bytes(4, 'little')))
        client.complete(0, 0)
        return True


class MockHeadset:
    def __init__(self, bed, device, n):
        self.bed, self.n = bed, n
        self.at = Paths(device, n)
        # Report id -> bytes with the id, to cut the stream of host writes into reports.
        self.lengths = {int(key): value for key, value in device.get('output_lengths', {}).items()}
        # What it answers by itself: report written by the host -> report it says then.
        self.echo = device.get('echo', {})
        self.said_at = 0.0
        self.writing = threading.Lock()
        self.is_gone = False
        self.pulled, self.pull = os.pipe()
        bed.add_from_string(description(device, n))
        self.ioctl = Ioctls()
        self.ioctl.n = n
        # What it answers when a feature report is read, by report id; what the host sets takes its place.
        self.ioctl.waiting = []
        self.ioctl.hangs = device.get('hangs', False)
        self.ioctl.features = {int(key): bytes.fromhex(value) for key, value in device.get('features', {}).items()}
        self.ioctl.size = len(device['descriptor_hex']) // 2
        # With ioctls emulated every read of the node is asked of this process too, in four round trips.
        if not device.get('direct', False):
            bed.attach_ioctl(f'/dev/hidraw{n}', self.ioctl)
        self.number_as_pty()
        self.master = bed.get_dev_fd(f'/dev/hidraw{n}')
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        bed.uevent('/sys' + self.at.raw, 'add')

    def number_as_pty(self):
        # hid_get_device_info() looks up the node's device number, and the node is a pseudo-terminal (136:N).
        root = self.bed.get_root_dir()
        pty = self.pty = os.readlink(f'{root}/dev/hidraw{self.n}')
        self.map_link = f"{root}/dev/.ptymap/{pty.replace('/', '_')}"
        number = os.stat(pty).st_rdev
        major, minor = os.major(number), os.minor(number)
        self.bed.set_property('/sys' + self.at.raw, 'MAJOR', str(major))
        self.bed.set_property('/sys' + self.at.raw, 'MINOR', str(minor))
        os.makedirs(f'{root}/sys/dev/char', exist_ok=True)
        link = f'{root}/sys/dev/char/{major}:{minor}'
        if os.path.islink(link):
            os.unlink(link)
        os.symlink('../../' + self.at.raw[len('/'):], link)

    def listen(self):
        rest = b''
        # Not select(): after a thousand devices the numbers of files are beyond what it takes.
        ready = select.poll()
        ready.register(self.master, select.POLLIN)
        ready.register(self.pulled, select.POLLIN)
        while True:
            ready.poll()
            if self.is_gone:
                break
            try:
                rest += os.read(self.master, 4096)
            except OSError:  # EIO: nobody has the node open
                rest = b''
                time.sleep(LOOK_S)
                continue
            at_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            while rest and len(rest) >= self.lengths.get(rest[0], len(rest)):
                size = self.lengths.get(rest[0], len(rest))
                report, rest = rest[:size].hex(), rest[size:]
                say(n=self.n, out=report, at_ns=at_ns)
                if report in self.echo:
                    self.send(self.echo[report])
        # Closed by the thread that reads it: while a read is under way the line would not hang up.
        os.close(self.master)
        os.close(self.pulled)

    def send(self, report):
        with self.writing:
            wait = self.said_at + GAP_S - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.wait_until_read()
            self.said_at = time.monotonic()
            at_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            os.write(self.master, bytes.fromhex(report))
        return at_ns

    def wait_until_read(self):
        end = time.monotonic() + READ_S
        while time.monotonic() < end and not self.is_read():
            time.sleep(0.0005)

    def is_read(self):
        slave = os.open(self.pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            # Something to read at the host's end means that the host has not read it. (FIONREAD would be plainer, but
            # umockdev answers every ioctl on the node.)
            return not is_ready(slave, select.POLLIN)
        finally:
            os.close(slave)

    def flood(self, reports, per_second, seconds):
        """Says reports as fast as told, in turn; what comes before the last one is read is lost, as in a full queue."""
        start, step, count = time.monotonic(), 0, 0
        chance = random.Random(self.n)  # The same bytes each time: a test that fails fails again.
        while not self.is_gone and time.monotonic() - start < seconds:
            report = bytes.fromhex(reports[step % len(reports)]) if reports else chance.randbytes(chance.randint(1, 64))
            if is_ready(self.master, select.POLLOUT) and self.is_read():
                os.write(self.master, report)
                count += 1
            step += 1
            wait = start + step / per_second - time.monotonic()
            if wait > 0:
                time.sleep(wait)
        say(flooded=self.n, count=count)

    def unplug(self):
        self.bed.uevent('/sys' + self.at.raw, 'remove')
        self.is_gone = True
        os.close(self.pull)  # Wakes the listener.
        self.listener.join()
        for path in (self.at.raw, self.at.hid, self.at.interface, self.at.usb):
            self.bed.remove_device('/sys' + path)
        # umockdev leaves it behind and asserts when the pty number comes again.
        if os.path.islink(self.map_link):
            os.unlink(self.map_link)


def main():
    bed, loop, plugged = UMockdev.Testbed.new(), GLib.MainLoop(), {}

    def obey(line):
        try:
            command = json.loads(line)
            n = command['n']
            if command['do'] == 'plug':
                plugged[n] = MockHeadset(bed, command['device'], n)
                say(plugged=n)
            elif command['do'] == 'send':
                still_s = command.get('still_s', 0)
                time.sleep(still_s)
                at_ns = plugged[n].send(command['report'])
                time.sleep(still_s)
                say(sent=n, at_ns=at_ns)
            elif command['do'] == 'flood':
                args = (command.get('reports', []), command['per_second'], command['seconds'])
                threading.Thread(target=plugged[n].flood, args=args, daemon=True).start()
            elif command['do'] == 'unplug':
                plugged.pop(n).unplug()
                say(unplugged=n)
        except Exception as error:  # noqa: BLE001 - told to the test, which waits for an answer
            say(error=f'{line.strip()}: {error!r}')
        return False

    def read():
        for line in sys.stdin:
            GLib.idle_add(obey, line)
        GLib.idle_add(loop.quit)

    threading.Thread(target=read, daemon=True).start()
    say(root=bed.get_root_dir())
    loop.run()


main()
