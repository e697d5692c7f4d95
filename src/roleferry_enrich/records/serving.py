"""The process behind the desk: reads sets of records from its input, writes whose they are.

Each message is its length in four bytes and MessagePack. It ends when its input does.
"""

import signal
import sys

import msgspec

from roleferry_enrich.domain.loose_records import LooseRecord
from roleferry_enrich.records.desk import LENGTH_BYTES
from roleferry_enrich.records.resolution import resolve_records


def main() -> None:
    # Ctrl-C at a terminal reaches all its processes; this one ends with the one it serves.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    decoder = msgspec.msgpack.Decoder(list[LooseRecord])
    while length := int.from_bytes(sys.stdin.buffer.read(LENGTH_BYTES)):
        records = decoder.decode(sys.stdin.buffer.read(length))
        resolved = resolve_records((b"", record) for record in records)
        answer = msgspec.msgpack.encode([outcome for _, outcome in resolved])
        sys.stdout.buffer.write(len(answer).to_bytes(LENGTH_BYTES) + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
