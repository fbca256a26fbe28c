"""One address in front of all job managers: python -m tests.support.cluster.flink_front.

Arguments: its port, and those of the job managers' REST APIs. A connection goes to the first that
listens: each job manager passes requests on to the leader.
"""

import asyncio
import sys
from asyncio import StreamReader, StreamWriter
from contextlib import suppress

from tests.support.certificates import HOST

CHUNK_BYTES = 1 << 16


def main() -> None:
    port, *behind = map(int, sys.argv[1:])
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(port, behind))


async def serve(port: int, behind: list[int]) -> None:
    async def forward(reader: StreamReader, writer: StreamWriter) -> None:
        for each in behind:
            with suppress(OSError):
                inside = await asyncio.open_connection(HOST, each)
                await asyncio.gather(_copy(reader, inside[1]), _copy(inside[0], writer))
                return
        writer.close()

    server = await asyncio.start_server(forward, HOST, port)
    await server.serve_forever()


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    """Copy until the end, and close then."""
    with suppress(OSError):
        while content := await reader.read(CHUNK_BYTES):
            writer.write(content)
            await writer.drain()
    with suppress(OSError):
        writer.close()


if __name__ == "__main__":
    main()
