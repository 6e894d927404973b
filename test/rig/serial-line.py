#!/usr/bin/env python3
"""Serial devices that are not there: raw ptys behind a symlink, driven over JSON lines (facts/serial.md section 5).

Commands on standard input: {"do": "plug", "link": PATH}, {"do": "send", "hex": ...}, {"do": "unplug"},
{"do": "babble"}: bytes without an end, as fast as the host reads.
Events on standard output: {"plugged": PATH}, {"rx": HEX}, {"unplugged": true}. Standard input's end is the end.
Unplugging is TIOCVHANGUP, as a USB driver does it; it wants root.
"""
import fcntl
import json
import os
import pty
import select
import sys
import tty

TIOCVHANGUP = 0x5437
master = slave = -1
link = ""


def say(event):
    print(json.dumps(event), flush=True)


def plug(path):
    global master, slave, link
    master, slave = pty.openpty()
    tty.setraw(slave)  # Before the console opens it: a cooked pty echoes.
    link = path
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(os.ttyname(slave), link)
    say({"plugged": os.ttyname(slave)})


def unplug():
    global master, slave
    name = os.ttyname(slave)
    os.unlink(link)
    os.close(slave)
    fd = os.open(name, os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(fd, TIOCVHANGUP)
    os.close(fd)
    os.close(master)
    master = slave = -1
    say({"unplugged": True})


def obey(command):
    global babbling
    if command["do"] == "plug":
        plug(command["link"])
    elif command["do"] == "send":
        os.write(master, bytes.fromhex(command["hex"]))
    elif command["do"] == "unplug":
        unplug()
    elif command["do"] == "babble":
        os.set_blocking(master, False)
        babbling = True


pending = b""
babbling = False
noise = bytes(range(0x30, 0x3A)) * 400
while True:
    there = [master] if master >= 0 else []
    ready, writable, _ = select.select([0] + there, there if babbling else [], [])
    if writable:
        try:
            os.write(master, noise)
        except OSError:  # Full, or nobody holds the port just now.
            pass
    if master >= 0 and master in ready:
        say({"rx": os.read(master, 4096).hex()})
    if 0 in ready:
        data = os.read(0, 65536)
        if not data:
            sys.exit()
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            obey(json.loads(line))
