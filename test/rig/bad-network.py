#!/usr/bin/env python3
"""A bad road between a seat and its switch: one process that carries IP packets between two TUN devices.

The fate of a packet (lost, doubled, so much later, not waiting) is decided by the seed, its direction, its protocol and
how many of that kind came before it under this rule, by nothing else: the same seed makes the same decisions, whatever
runs beside it and however fast.

bad-network.py NAMESPACE SEAT_ADDRESS SWITCH_ADDRESS
    The seat's end stays in the caller's namespace, the switch's end is moved into NAMESPACE. Commands come as JSON
    lines on standard input, answers go as JSON lines to standard output. One seed drives all chance.

    {"do": "impair", "seed": 7, "delayMs": 0, "jitterMs": 0, "loss": 0, "duplicate": 0, "reorder": 0, "kbps": 0, "blackHole": "", "only": ""}
        blackHole: "both", "to-switch" or "to-seat"; only: "dns" lets nothing pass but port 53
    {"do": "fates", "seed": 7, "side": "to-switch", "protocol": 17, "count": 100, ...}   what would become of packets
    {"do": "link", "state": "down"}      the seat's interface, as when a cable is pulled
    {"do": "reset"}      every TCP connection that passes is reset at both ends
    {"do": "address", "address": "10.77.0.3"}      the seat gets another address; the old one is gone
    {"do": "counts"}
"""
import fcntl, heapq, json, os, random, select, socket, struct, subprocess, sys, time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
QUEUE_MAX = 4000  # packets under way in one direction; a full road loses the newest, as a router does


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def open_tun(name):
    fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack('16sH', name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def reset_packet(source, sport, target, dport, seq):
    """A TCP RST with this sequence number (RFC 9293, 3.10.7)."""
    tcp = struct.pack('!HHIIBBHHH', sport, dport, seq, 0, 5 << 4, 0x04, 0, 0, 0)
    pseudo = source + target + struct.pack('!BBH', 0, 6, len(tcp))
    tcp = tcp[:16] + struct.pack('!H', checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + source + target
    return ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:] + tcp


TO = ('to-switch', 'to-seat')


def fates(rule, side, protocol, number):
    """How many milliseconds late each copy of a packet comes; none: it is lost. Chance is thrown anew for each packet."""
    dice = random.Random(f"{rule.get('seed', 0)}/{side}/{protocol}/{number}")
    # Always the same throws in the same order, whatever the rule asks for.
    lost, doubled, *waits = (dice.random() for _ in range(6))
    if lost < rule.get('loss', 0):
        return []
    late = []
    for wait, early in ((waits[0], waits[1]), (waits[2], waits[3]))[:2 if doubled < rule.get('duplicate', 0) else 1]:
        late.append(0 if early < rule.get('reorder', 0) else rule.get('delayMs', 0) + wait * rule.get('jitterMs', 0))
    return late


def is_dns(packet):
    head = (packet[0] & 15) * 4
    return packet[9] in (6, 17) and 53 in struct.unpack('!HH', packet[head:head + 4])


class Road:
    def __init__(self, seat, switch):
        self.fds = (seat, switch)
        self.queues = ([], [])
        self.rule = {}
        self.seen = {}
        self.free_at = [0.0, 0.0]
        self.number = 0
        self.flows = {}
        self.counts = {'passed': 0, 'lost': 0, 'duplicated': 0, 'reordered': 0, 'overflowed': 0}

    def take(self, side, packet):
        """A packet that came in at `side` (0 seat, 1 switch)."""
        # As any router at the edge does (RFC 2827): other addresses of the seat's machine lead nowhere.
        if len(packet) < 20 or packet[0] >> 4 != 4 or (packet[12:15] if side == 0 else packet[16:19]) != self.seat_net:
            return
        self.note(packet)
        rule, protocol = self.rule, packet[9]
        number = self.seen[side, protocol] = self.seen.get((side, protocol), 0) + 1
        late = fates(rule, side, protocol, number)
        hole = rule.get('blackHole')
        if hole == 'both' or hole == TO[side] or (rule.get('only') == 'dns' and not is_dns(packet)):
            late = []
        if not late:
            self.counts['lost'] += 1
        if len(late) > 1:
            self.counts['duplicated'] += 1
        for ms in late:
            self.send_later(side, packet, ms)

    def send_later(self, side, packet, late_ms):
        rule, queue = self.rule, self.queues[side]
        if len(queue) >= QUEUE_MAX:
            self.counts['overflowed'] += 1
            return
        now = time.monotonic()
        at = now + late_ms / 1000
        if late_ms == 0 and rule.get('delayMs', 0) > 0:
            self.counts['reordered'] += 1
        kbps = rule.get('kbps', 0)
        if kbps:
            self.free_at[side] = max(self.free_at[side], now) + len(packet) * 8 / (kbps * 1000)
            at = max(at, self.free_at[side])
        self.number += 1
        heapq.heappush(queue, (at, self.number, packet))

    def note(self, packet):
        """The next sequence number of each TCP flow: what a reset must carry to be believed."""
        if len(packet) < 40 or packet[0] >> 4 != 4 or packet[9] != 6:
            return
        head = (packet[0] & 15) * 4
        sport, dport, seq, ack, offset, flags = struct.unpack('!HHIIBB', packet[head:head + 14])
        size = struct.unpack('!H', packet[2:4])[0] - head - (offset >> 4) * 4 + bool(flags & 3)
        key = (packet[12:16], sport, packet[16:20], dport)
        if flags & 4:
            self.flows.pop(key, None)
            return
        self.flows[key] = (seq + size) & 0xFFFFFFFF
        if len(self.flows) > 256:
            self.flows.pop(next(iter(self.flows)))

    def reset(self):
        done = 0
        for (source, sport, target, dport), seq in list(self.flows.items()):
            packet = reset_packet(source, sport, target, dport, seq)
            # It goes to the end that its source would have sent it to.
            side = 0 if source[:3] == self.seat_net else 1
            os.write(self.fds[1 - side], packet)
            done += 1
        self.flows.clear()
        return done

    def due(self):
        now, soonest = time.monotonic(), None
        for side in (0, 1):
            queue = self.queues[side]
            while queue and queue[0][0] <= now:
                packet = heapq.heappop(queue)[2]
                try:
                    os.write(self.fds[1 - side], packet)
                    self.counts['passed'] += 1
                except OSError:
                    self.counts['lost'] += 1
            if queue:
                soonest = min(soonest or queue[0][0], queue[0][0])
        return None if soonest is None else max(0, soonest - now)


def main():
    namespace, seat_address, switch_address = sys.argv[1:4]
    seat_tun, switch_tun = f'bads{os.getpid() % 100000}', f'badw{os.getpid() % 100000}'
    road = Road(open_tun(seat_tun), open_tun(switch_tun))
    road.seat_net = socket.inet_aton(seat_address)[:3]
    run('ip', 'link', 'set', switch_tun, 'netns', namespace)
    inside = ('ip', 'netns', 'exec', namespace, 'ip')
    net = lambda address: '.'.join(address.split('.')[:3]) + '.0/24'
    run('ip', 'address', 'add', f'{seat_address}/32', 'dev', seat_tun)
    run('ip', 'link', 'set', seat_tun, 'up')
    run('ip', 'route', 'add', net(switch_address), 'dev', seat_tun, 'src', seat_address)
    run(*inside, 'address', 'add', f'{switch_address}/32', 'dev', switch_tun)
    run(*inside, 'link', 'set', switch_tun, 'up')
    # Asterisk hangs up when a packet to an address of nowhere cannot be sent: like a real switch it has a way out.
    run(*inside, 'route', 'add', 'default', 'dev', switch_tun, 'src', switch_address)
    say = lambda value: print(json.dumps(value), flush=True)
    say({'ready': True})
    current = seat_address
    rest = b''
    while True:
        ready = select.select([*road.fds, 0], [], [], road.due())[0]
        for side in (0, 1):
            if road.fds[side] in ready:
                try:
                    for _ in range(64):
                        road.take(side, os.read(road.fds[side], 65536))
                except BlockingIOError:
                    pass
        if 0 not in ready:
            continue
        data = os.read(0, 65536)
        if not data:
            return
        *lines, rest = (rest + data).split(b'\n')
        for line in lines:
            command = json.loads(line)
            if command['do'] == 'impair':
                road.rule, road.seen = command, {}
                say({'done': 'impair'})
            elif command['do'] == 'reset':
                say({'done': 'reset', 'flows': road.reset()})
            elif command['do'] == 'fates':
                side = TO.index(command['side'])
                some = range(1, command['count'] + 1)
                say({'done': 'fates', 'fates': [fates(command, side, command['protocol'], number) for number in some]})
            elif command['do'] == 'link':
                run('ip', 'link', 'set', seat_tun, command['state'])
                if command['state'] == 'up':
                    run('ip', 'route', 'replace', net(switch_address), 'dev', seat_tun, 'src', current)
                say({'done': 'link'})
            elif command['do'] == 'address':
                run('ip', 'address', 'del', f'{current}/32', 'dev', seat_tun)
                current = command['address']
                run('ip', 'address', 'add', f'{current}/32', 'dev', seat_tun)
                run('ip', 'route', 'replace', net(switch_address), 'dev', seat_tun, 'src', current)
                say({'done': 'address'})
            else:
                say({'done': 'counts', **road.counts})


main()
