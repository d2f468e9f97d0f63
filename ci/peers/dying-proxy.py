#!/usr/bin/env python3
"""A server that dies: forwards connections to a real one, then ends in the middle of a run.

Listens on a free loopback port and prints it. Forwards the first --connections connections to
127.0.0.1:UPSTREAM; the next one ends the process and with it every open connection. Exits 0 then,
1 when that did not happen within --deadline seconds.
"""

import argparse
import asyncio
import contextlib
import os
import sys


async def pump(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def serve(upstream, connections, deadline):
    taken = 0

    async def forward(reader, writer):
        nonlocal taken
        taken += 1
        if taken > connections:
            os._exit(0)
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", upstream)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, up_writer), pump(up_reader, writer))

    server = await asyncio.start_server(forward, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(deadline)
    sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upstream", type=int, required=True, help="port of the real server")
    parser.add_argument("--connections", type=int, default=25, help="connections served before the end")
    parser.add_argument("--deadline", type=float, default=400, help="seconds after which it gives up")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.upstream, arguments.connections, arguments.deadline))


main()
