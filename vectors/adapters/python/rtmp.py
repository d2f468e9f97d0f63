# SPDX-License-Identifier: CC0-1.0
"""PyRTMP (PyPI: pyrtmp, MIT), its session of a server: handshake and chunk stream."""

import asyncio
import hashlib
import logging
from importlib.metadata import version

import peers  # noqa: F401
from pyrtmp import StreamClosedException
from pyrtmp.messages.factory import MessageFactory
from pyrtmp.messages.protocol_control import SetChunkSize
from pyrtmp.session_manager import SessionManager

from adapter import Cannot, reads, serve

logging.disable(logging.CRITICAL)
PACKET = 1536


class Reader:
    """Stands for asyncio.StreamReader: one read of the request after the other, then the end."""

    def __init__(self, pieces):
        self.pieces, self.fed = list(pieces), 0

    async def read(self, most):
        if not self.pieces:
            return b""
        piece = self.pieces.pop(0)
        if len(piece) > most:
            self.pieces.insert(0, piece[most:])
        self.fed += len(piece[:most])
        return piece[:most]


class Writer:
    """Stands for asyncio.StreamWriter."""

    def __init__(self):
        self.sent = b""

    def write(self, data):
        self.sent += data

    async def drain(self):
        pass


def chunks(request, data):
    size = (request.get("state") or {}).get("chunk_size") or 128
    session = SessionManager(Reader(reads(request, data)), Writer(), reader_chunk_size=size)
    stream = session.read_chunks_from_stream()
    loop = asyncio.new_event_loop()
    try:
        while True:
            try:
                chunk = loop.run_until_complete(stream.__anext__())
            except StreamClosedException:
                return
            if chunk.msg_type_id == 1 or request["family"] == "control-v1" and chunk.msg_type_id <= 6:
                message = MessageFactory.from_chunk(chunk)
                if isinstance(message, SetChunkSize):
                    # As its SimpleRTMPController does.
                    session.reader_chunk_size = message.chunk_size
            yield chunk
    finally:
        loop.run_until_complete(stream.aclose())
        loop.close()


def messages(found):
    return [
        {
            "type": chunk.msg_type_id,
            "csid": chunk.chunk_id,
            "msid": chunk.msg_stream_id,
            # It counts on beyond 32 bits.
            "ts": chunk.timestamp % (1 << 32),
            "len": len(chunk.payload),
            "sha256": hashlib.sha256(chunk.payload).hexdigest(),
        }
        for chunk in found
    ]


def handshake(request, data):
    if request["state"]["role"] != "server":
        raise Cannot("it has the server's side only")
    reader, writer = Reader(reads(request, data)), Writer()
    session = SessionManager(reader, writer)
    done = True
    try:
        asyncio.run(session.handshake())
    except StreamClosedException:
        done = False
    # What it has read and not used stays in its buffer.
    yield data, done, reader.fed - session.fifo_reader.buffer.length // 8, writer.sent


def standing(found):
    said = []
    for data, done, used, sent in found:
        form = {
            "done": done,
            "consumed": used if done else len(data),
            "peer_version": data[0],
            "sent": [len(sent), len(sent)],
        }
        echo = sent[1 + PACKET : 1 + 2 * PACKET]
        if len(echo) == PACKET:
            form["echo_time"] = int.from_bytes(echo[:4], "big")
            form["echo_random_sha256"] = hashlib.sha256(echo[8:]).hexdigest()
        said.append(form)
    return said


serve(
    "PyRTMP",
    version("pyrtmp"),
    {
        "chunk-stream-v1": (chunks, messages),
        "control-v1": (chunks, messages),
        "handshake-v1": (handshake, standing),
    },
    loses=["control"],
    note="SessionManager; MessageFactory for control messages; its reader of AMF0 leaves the end of objects unread and "
    "is not asked",
)
