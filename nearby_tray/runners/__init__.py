"""The tasks that make what the session wants (`core.orders.Wants`), each in its own order and one step at a time.

    radio    find, clearing, group, and errands to plain peers and members
    air      the call with its service, and listening; `lines`: what is said on each Bluetooth connection
    link     the pings, and the figures of the group interface
    probes   which plain peers are there
    trust    the trusted peers on disk

Each compares what is wanted with what an edge has confirmed. So what a daemon's restart took away is made again, and a step that failed
is taken again. `visibility` is no task: it ends "everyone for ten minutes".
"""
