#!/usr/bin/env python3
"""serial-pair.py LINK_A LINK_B CPS: two raw ptys joined like a null modem (facts/serial.md section 5.4).

CPS characters a second each way: 120 is 1200 baud with seven bits, parity and a stop bit; 0 is without pace. The eighth
bit is cleared on the way, as seven data bits have it. Prints {"ready": [A, B]}, then {"from": "a"|"b", "hex": ...} for
every piece that was passed on. Standard input's end is the end.
"""
import json
import os
import pty
import select
import sys
import time
import tty

links, pace = sys.argv[1:3], float(sys.argv[3])
ends = []
for link in links:
    master, slave = pty.openpty()
    tty.setraw(slave)  # Raw and without echo before a peer that never sets it (res_smdi) opens it.
    os.symlink(os.ttyname(slave), link)
    ends.append((master, slave))  # The slave stays open: the master sees no end between two openers.


def say(event):
    print(json.dumps(event), flush=True)


def pass_on(end, data):
    os.write(ends[1 - end][0], data)
    say({"from": "ab"[end], "hex": data.hex()})


say({"ready": [os.ttyname(slave) for _, slave in ends]})
waiting = [bytearray(), bytearray()]
due = [0.0, 0.0]
while True:
    limit = None
    for end in (0, 1):
        now = time.monotonic()
        if waiting[end] and pace == 0:
            pass_on(end, bytes(waiting[end]))
            waiting[end].clear()
        elif waiting[end] and now >= due[end]:
            pass_on(end, bytes(waiting[end][:1]))
            del waiting[end][:1]
            due[end] = max(now, due[end]) + 1 / pace
        if waiting[end]:
            limit = min(limit or 1, max(0, due[end] - time.monotonic()))
    ready = select.select([0] + [master for master, _ in ends], [], [], limit)[0]
    for end in (0, 1):
        if ends[end][0] in ready:
            waiting[end] += bytes(byte & 0x7F for byte in os.read(ends[end][0], 4096))
    if 0 in ready and not os.read(0, 4096):
        sys.exit()
