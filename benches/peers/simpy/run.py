"""PHOLD and NETFLOOD in SimPy: `run.py phold-NODES-EVENTS` or `run.py netflood-NODES-BROADCASTS`.

A message is a timeout with a value, and the receiver is its callback: the leanest way that SimPy documents, without a
generator process for each node and a store between them. Prints one line: events, checksum, processor seconds of the
run, the most memory in bytes (or `-`). Times are whole nanoseconds, which Python keeps exact.
"""

import gc
import pathlib
import struct
import sys
import time
from math import log

from simpy import Environment
from simpy.events import Timeout

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
K = 6364136223846793005
NOBODY = (1 << 32) - 1
SEND = 819_200


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def checksum(sums):
    return sum(mix(acc ^ node) for node, acc in enumerate(sums)) & MASK


class Process:
    __slots__ = ("env", "processes", "state", "acc", "events")

    def __init__(self, env, processes, node):
        self.env = env
        self.processes = processes
        self.state = mix(((1 << 32) + node + GOLDEN) & MASK)
        self.acc = 0
        self.events = 0

    def draw(self):
        """Who is next, how much later, and the two draws (mixed here, as a call costs Python time)."""
        z = (self.state + GOLDEN) & MASK
        self.state = y = (z + GOLDEN) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        r1 = z ^ (z >> 31)
        y = ((y ^ (y >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        y = ((y ^ (y >> 27)) * 0x94D049BB133111EB) & MASK
        r2 = y ^ (y >> 31)
        delay = 100_000_000 + int(-log(1.0 - (r2 >> 11) * 2.0**-53) * 1e9)
        processes = self.processes
        return processes[(r1 * len(processes)) >> 64].hear, delay, r1, r2

    def start(self, node):
        to, delay, _, _ = self.draw()
        Timeout(self.env, delay, (0, node, 0, 0)).callbacks.append(to)

    def hear(self, message):
        w0, w1, w2, w3 = message.value
        rotated = ((w3 << 17) | (w3 >> 47)) & MASK
        self.acc = acc = (self.acc * K + (self.env.now ^ w0 ^ rotated)) & MASK
        self.events += 1
        to, delay, r1, r2 = self.draw()
        words = (w0 + 1, w1 ^ r1, (w2 + r2) & MASK, acc)
        Timeout(self.env, delay, words).callbacks.append(to)


def phold(env, nodes, events):
    processes = []
    processes.extend(Process(env, processes, node) for node in range(nodes))
    for node, process in enumerate(processes):
        process.start(node)
    seconds = timed(env, int(events * 1.1e9 / nodes))
    return sum(p.events for p in processes), checksum(p.acc for p in processes), seconds


class Relay:
    __slots__ = ("env", "relays", "node", "neighbours", "busy", "acc", "seen", "deliveries")

    def __init__(self, env, relays, node):
        self.env = env
        self.relays = relays
        self.node = node
        self.neighbours = []
        self.busy = 0
        self.acc = 0
        self.seen = set()
        self.deliveries = 0

    def hear(self, message):
        env = self.env
        now = env.now
        broadcast, sender = message.value
        if sender != NOBODY:
            self.acc = (self.acc * K + (now ^ (broadcast << 40) ^ sender)) & MASK
            self.deliveries += 1
        if broadcast in self.seen:
            return
        self.seen.add(broadcast)
        busy = max(self.busy, now)
        relays = self.relays
        forwarded = (broadcast, self.node)
        for to, latency in self.neighbours:
            if to != sender:
                busy += SEND
                Timeout(env, busy + latency - now, forwarded).callbacks.append(relays[to].hear)
        self.busy = busy


def netflood(env, nodes, broadcasts):
    relays = []
    relays.extend(Relay(env, relays, node) for node in range(nodes))
    graph = pathlib.Path(__file__).parents[2] / "data" / f"netflood_{nodes}.bin"
    # Closed tours of all nodes: a node, and the latency to the next.
    stops = list(struct.iter_unpack("<HI", graph.read_bytes()))
    for tour in (stops[first:first + nodes] for first in range(0, len(stops), nodes)):
        for (a, latency), (b, _) in zip(tour, tour[1:] + tour[:1]):
            relays[a].neighbours.append((b, latency))
            relays[b].neighbours.append((a, latency))
    for broadcast in range(broadcasts):
        origin = relays[(mix(7777 + broadcast) * nodes) >> 64]
        Timeout(env, (broadcast + 1) * 20_000_000, (broadcast, NOBODY)).callbacks.append(origin.hear)
    seconds = timed(env, None)
    return sum(r.deliveries for r in relays), checksum(r.acc for r in relays), seconds


def timed(env, until):
    begun = time.process_time()
    env.run(until=until)
    return time.process_time() - begun


def peak():
    try:
        status = pathlib.Path("/proc/self/status").read_text()
    except OSError:
        return "-"
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), "-")


def main():
    work, nodes, size = sys.argv[1].split("-")
    # Nothing here makes a cycle that has to be found, and looking for them would cost SimPy time.
    gc.disable()
    events, found, seconds = {"phold": phold, "netflood": netflood}[work](Environment(0), int(nodes), int(size))
    print(events, f"{found:016x}", seconds, peak())


main()
