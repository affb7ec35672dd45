"""The family of `benches/worlds` in SimPy and networkx, to be measured beside foreshock.

In: a JSON file with the world and, for each trial, the luck that the product would draw (so no time is spent on drawing here).
Out: one line of JSON: seconds for all trials, affected cells, outage, and the digest that `benches/afternoon` prints too.

State is kept only for cells that fall. A need that goes down starts a process for each mask over it; a cell without a cause starts a
settle, which a new cause interrupts. Not here: exact treatment of a return and a mask that end on the same millisecond.
"""

import hashlib
import json
import sys
import time

import networkx
import simpy


class Cell:
    """A cell that fell at least once in this trial."""

    __slots__ = ("causes", "damaged", "down", "outage", "settle", "settles", "since")

    def __init__(self):
        self.causes = 0
        self.damaged = False
        self.down = False
        self.outage = 0
        self.settle = None
        self.settles = 0
        self.since = 0

    @property
    def waits(self):
        return self.down and not self.damaged and self.settle is None


class World:
    """The graph: an edge runs from a need to the cell that needs it."""

    def __init__(self, document):
        self.graph = networkx.DiGraph()
        self.graph.add_nodes_from(range(document["cells"]))
        self.graph.add_weighted_edges_from(document["edges"], weight="hold")
        self.roots = document["roots"]
        self.horizon = document["horizon_ms"]
        components = networkx.strongly_connected_components(self.graph)
        self.on_cycle = {cell for component in components if len(component) > 1 for cell in component}


class Trial:
    def __init__(self, world, takes, settles):
        self.world = world
        self.settles = settles
        self.env = simpy.Environment()
        self.cells = {}
        self.forgiven = set()
        for root, lasts in zip(world.roots, takes):
            self.env.process(self.work(root, lasts))

    def outages(self):
        self.env.run(until=self.world.horizon)
        for name, cell in self.cells.items():
            yield name, cell.outage + (self.world.horizon - cell.since if cell.down else 0)

    def work(self, name, lasts):
        self.add_cause(name)
        self.cells[name].damaged = True
        yield self.env.timeout(lasts)
        self.cells[name].damaged = False
        self.remove_cause(name)

    def mask(self, need, since, name, hold):
        yield self.env.timeout(hold)
        if need.down and need.since == since:
            self.add_cause(name)

    def settle(self, name, cell, lasts):
        try:
            yield self.env.timeout(lasts)
        except simpy.Interrupt:
            return
        cell.settle = None
        self.rise(name, cell)

    def add_cause(self, name):
        cell = self.cells.get(name)
        if cell is None:
            cell = self.cells[name] = Cell()
        cell.causes += 1
        if cell.settle is not None:
            cell.settle.interrupt()
            cell.settle = None
            self.after_change(name, cell)
        if not cell.down:
            self.fall(name, cell)

    def fall(self, name, cell):
        cell.down = True
        cell.since = self.env.now
        for caller, edge in self.world.graph.adj[name].items():
            if edge["hold"] == 0:
                self.add_cause(caller)
            else:
                self.env.process(self.mask(cell, cell.since, caller, edge["hold"]))

    def rise(self, name, cell):
        cell.down = False
        cell.outage += self.env.now - cell.since
        for caller, edge in self.world.graph.adj[name].items():
            if cell.since + edge["hold"] < self.env.now:
                if (name, caller) in self.forgiven:
                    self.forgiven.remove((name, caller))
                else:
                    self.remove_cause(caller)

    def remove_cause(self, name):
        cell = self.cells[name]
        cell.causes -= 1
        self.after_change(name, cell)

    def after_change(self, name, cell):
        if cell.causes == 0:
            if cell.settle is None:
                self.start_settle(name, cell)
        elif name in self.world.on_cycle and cell.waits:
            self.release_cycles(name)

    def start_settle(self, name, cell):
        lasts = self.settles[name][cell.settles]
        cell.settles += 1
        cell.settle = self.env.process(self.settle(name, cell, lasts))

    def waits_for(self, name):
        for need, edge in self.world.graph.pred[name].items():
            cell = self.cells.get(need)
            if cell is None or not cell.down or (need, name) in self.forgiven:
                continue
            if cell.since + edge["hold"] <= self.env.now:
                yield need

    def release_cycles(self, name):
        """Lets go the sets of undamaged cells that wait only for their own members."""
        waits = networkx.DiGraph()
        pending = [name]
        while pending:
            cell = pending.pop()
            if cell in waits and waits.nodes[cell].get("seen"):
                continue
            waits.add_node(cell, seen=True)
            if self.cells[cell].waits:
                for need in self.waits_for(cell):
                    waits.add_edge(cell, need)
                    pending.append(need)
        for component in networkx.attracting_components(waits):
            if all(self.cells[cell].waits for cell in component):
                for cell in component:
                    self.forgiven.update((need, cell) for need in waits.adj[cell])
                    self.cells[cell].causes = 0
                for cell in sorted(component):
                    self.start_settle(cell, self.cells[cell])


def quantile(outages, trials, percent):
    rank = max(1, -(-trials * percent // 100))
    untouched = trials - len(outages)
    return 0 if rank <= untouched else outages[rank - untouched - 1]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    world = World(document)
    luck = [(draws["takes_ms"], dict(draws["settles_ms"])) for draws in document["trials"]]

    start = time.perf_counter()
    outages = {}
    for takes, settles in luck:
        for cell, outage in Trial(world, takes, settles).outages():
            outages.setdefault(cell, []).append(outage)
    rows = []
    for cell, values in sorted(outages.items()):
        values.sort()
        percentiles = [quantile(values, len(luck), percent) for percent in (50, 90)]
        rows.append((cell, len(values), sum(values), *percentiles))
    seconds = time.perf_counter() - start

    text = "".join(f"{cell} {affected} {outage}\n" for cell, affected, outage, *_ in rows)
    print(json.dumps({
        "seconds": seconds,
        "affected": sum(row[1] for row in rows),
        "outage_ms": sum(row[2] for row in rows),
        "digest": hashlib.sha256(text.encode()).hexdigest()[:12],
    }))


if __name__ == "__main__":
    main()
