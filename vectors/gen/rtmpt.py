"""Family rtmpt-v1: RTMP in HTTP requests, as the server and as the client of a tunnel read it.

No published text of Adobe describes RTMPT. What is valid here is what the write-up of the Red5 project and the sources
of clients and servers agree on (flag DeFacto), and what HTTP says (flag Http); where they differ, the vector is lenient.
"""

from corpus import Family, Runs
from wire import Message, filler, sha256

RED5 = ("https://github.com/Red5/red5-server/blob/f441f2280384084599946bfaf4299e03ef7c1c3e/"
        "src/main/java/org/red5/server/net/rtmpt/RTMPTServlet.java")
FFMPEG = "https://github.com/FFmpeg/FFmpeg/blob/0c6203c97a99f69dbaa6e4011d48c331e1111f5e/libavformat/rtmphttp.c"
RFC_9112, RFC_9110 = "https://www.rfc-editor.org/rfc/rfc9112", "https://www.rfc-editor.org/rfc/rfc9110"


def note(kind, rule, effect, *links):
    return {"kind": kind, "rule": rule, "effect": effect, "links": list(links)}


NOTES = {
    "DeFacto": note(
        "de-facto", "RTMPT-004",
        "Nobody specified RTMPT: this is what FFmpeg and Red5 do.", FFMPEG, RED5),
    "Http": note("de-facto", "RTMPT-001", "A rule of HTTP/1.1 (RFC 9112), which the tunnel stands on.", RFC_9112),
    "AbsoluteForm": note(
        "interop", "RTMPT-001",
        "The target is a whole URL. RFC 9112 3.2.2 has servers take it; clients write it for proxies only.", RFC_9112),
    "BodyLength": note(
        "de-facto", "RTMPT-007",
        "Requests other than send carry one byte. Red5 skips whatever is there, and so may others.", FFMPEG, RED5),
    "Chunked": note(
        "interop", "RTMPT-001",
        "The transfer coding chunked. HTTP/1.1 wants it understood (RFC 9112 7.1), but a server may ask for a length "
        "(6.3), and simple tunnels count on Content-Length.", RFC_9112),
    "ContentType": note(
        "de-facto", "RTMPT-001", "The content type is not application/x-fcs. Red5 can be set to refuse that.", RED5),
    "Expect": note(
        "interop", "RTMPT-001",
        "The client waits for 100 Continue (RFC 9110 10.1.1), or the server sends one before its answer (15.2).", RFC_9110),
    "ExtraSlash": note(
        "ambiguity", "RTMPT-004",
        "The path has another number, an empty segment, or a query. Red5 looks at single segments only.", RED5),
    "HeadSize": note(
        "hostile", "RTMPT-001",
        "A head far longer than any client or server writes. It may be refused (RFC 9112 3, RFC 9110 5.4); it must not be "
        "kept without a bound.", RFC_9112),
    "HugeBody": note(
        "hostile", "RTMPT-006", "A length that nobody tunnels: refused, or waited for without memory for it.", RFC_9112),
    "Interval": note(
        "de-facto", "RTMPT-010",
        "The answer to close holds the interval byte too; Red5 writes 0. A client that is done may not look for it.", RED5),
    "LineEnd": note(
        "interop", "RTMPT-001",
        "Empty lines before the head, lines that end in a mere LF, folded lines, several blanks: RFC 9112 2.2, 3 and 5.2 "
        "let a recipient be strict or not.", RFC_9112),
    "NoHost": note(
        "interop", "RTMPT-001", "No Host field: RFC 9112 3.2 wants 400; a tunnel has no use for the field.", RFC_9112),
    "NoLength": note(
        "interop", "RTMPT-006",
        "No Content-Length: a request has an empty body then, or is refused with 411; a response ends with the "
        "connection (RFC 9112 6.3), which a tunnel that is kept alive cannot wait for.", RFC_9112),
    "Repeated": note(
        "de-facto", "RTMPT-009",
        "A number that was there before: refused, or answered again; its bytes do not go to the session twice.",
        "https://github.com/Red5/red5-server/issues/461"),
    "SameLengths": note(
        "interop", "RTMPT-001", "Content-Length twice with one value: RFC 9112 6.3 lets a recipient take or refuse it.",
        RFC_9112),
    "SequenceForm": note(
        "ambiguity", "RTMPT-009", "The number with leading zeros, or beyond the 31 bits that FFmpeg counts in.", FFMPEG),
    "SequenceGap": note(
        "de-facto", "RTMPT-009",
        "A number was left out: the server refuses, waits for it, or goes on. Nothing says which.", FFMPEG),
    "SessionId": note(
        "ambiguity", "RTMPT-005",
        "A session id is a word and a newline; FFmpeg trims white space at the end and takes 63 bytes in all. Nothing "
        "says which characters it has, but it becomes part of a path.", FFMPEG, RED5),
    "Version": note(
        "interop", "RTMPT-001",
        "HTTP/1.0, which proxies make of 1.1, or a later minor version (RFC 9110 2.5).", RFC_9110),
}
family = Family("rtmpt-v1", "rtmpt", NOTES)
ID = "Xk7-03bD"
TYPE = "Content-Type: application/x-fcs"
C0C1 = b"\x03" + bytes(8) + filler(1, 1528)
ANSWER = b"\x03" + filler(2, 3072)
CHUNK = Message(0, filler(3, 60), 8, 4, 1).chunks()[0]
NUL = b"\0"


def head(first, fields, eol="\r\n"):
    return (eol.join([first, *fields]) + eol * 2).encode("latin-1")


def post(path, body=NUL, *, fields=None, extra=(), length=None, version="HTTP/1.1", method="POST", eol="\r\n"):
    """Head and body of a request; `fields` in place of the usual ones, `length` in place of the true one."""
    if fields is None:
        size = len(body) if length is None else length
        fields = ["Host: media.example", TYPE, "Connection: Keep-Alive", *extra, f"Content-Length: {size}"]
    return [head(f"{method} {path} {version}", fields, eol), body]


def answer(body, *, status="200 OK", fields=None, extra=(), length=None, version="HTTP/1.1"):
    if fields is None:
        size = len(body) if length is None else length
        fields = [TYPE, "Connection: Keep-Alive", "Cache-Control: no-cache", *extra, f"Content-Length: {size}"]
    return [head(f"{version} {status}", fields), body]


def asked(command, sequence=None, rtmp=None, session=ID):
    out = {"command": command}
    if sequence is not None:
        out |= {"session": session, "sequence": sequence}
    if rtmp is not None:
        out |= {"len": len(rtmp), "sha256": sha256(rtmp)}
    return {"tunnel-request": out}


def data(to, interval, rtmp=b""):
    return {"tunnel-response": {"to": to, "interval": interval, "len": len(rtmp), "sha256": sha256(rtmp)}}


def opened(session):
    return {"tunnel-response": {"to": "open", "session": session}}


def probed(status):
    return {"tunnel-response": {"to": "ident2", "status": status}}


def where(parts, text):
    """Offset behind the first place where `text` stands."""
    whole = b"".join(parts)
    return whole.index(text.encode("latin-1")) + len(text)


OPEN = asked("open")
IDLE = asked("idle", 0)
MAYBE = {"result": "lenient", "allow": ["accept", "close"]}


def server_opens():
    add = family.group(role="server")
    add("rtmpt-open", "open", "RTMPT-001 RTMPT-004", post("/open/1"), [OPEN], flags=["DeFacto"], feeds=[1, 4, 20, 30])
    add("rtmpt-ident2", "the probe", "RTMPT-003", post("/fcs/ident2"), [asked("ident2")], flags=["DeFacto"])
    add("rtmpt-ident2-open", "the probe, then open", "RTMPT-003 RTMPT-004", post("/fcs/ident2") + post("/open/1"),
        [asked("ident2"), OPEN], flags=["DeFacto"], feeds=[160])
    add("rtmpt-open-flash", "open with the fields that pass for Flash Player", "RTMPT-001 RTMPT-004",
        post("/open/1", fields=["Cache-Control: no-cache", "Content-type: application/x-fcs",
                                "User-Agent: Shockwave Flash", "Accept: */*", "Connection: keep-alive",
                                "Host: media.example:80", "Content-Length: 1"]), [OPEN], flags=["DeFacto"])
    for id, change in (("lower", str.lower), ("upper", str.upper)):
        names = [("Host", "media.example"), ("Content-Type", "application/x-fcs"), ("Content-Length", "1")]
        add(f"rtmpt-fields-{id}", f"field names in {id} case", "RTMPT-001",
            post("/open/1", fields=[f"{change(name)}: {value}" for name, value in names]), [OPEN], flags=["Http"])
    add("rtmpt-fields-blanks", "no blank and many blanks around values", "RTMPT-001",
        post("/open/1", fields=["Host:media.example", "Content-Type: \t application/x-fcs \t", "Content-Length:1"]),
        [OPEN], flags=["Http"])
    add("rtmpt-length-zeros", "a length with leading zeros", "RTMPT-001", post("/open/1", length="0001"), [OPEN],
        flags=["Http"])
    add("rtmpt-connection-close", "a request that asks for the end of the connection", "RTMPT-001",
        post("/open/1", fields=["Host: media.example", TYPE, "Connection: close", "Content-Length: 1"]), [OPEN],
        flags=["Http"])
    for id, title, bytes_ in (("line", "in its first line", post("/open/1")[0][:9]),
                              ("field", "in a field", post("/open/1")[0][:60]),
                              ("lf", "before the last LF", post("/open/1")[0][:-1]),
                              ("body", "before the body", post("/open/1")[0])):
        add(f"rtmpt-open-cut-{id}", f"an open that ends {title}", "RTMPT-001 RTMPT-004", bytes_, pending=True,
            flags=["Http"])

    hosted = ["Host: media.example", "Content-Length: 1"]
    for id, title, parts, flag in (
            ("open-http10", "HTTP/1.0, kept alive", post("/open/1", version="HTTP/1.0"), "Version"),
            ("open-http12", "HTTP/1.2", post("/open/1", version="HTTP/1.2"), "Version"),
            ("open-no-type", "no content type", post("/open/1", fields=hosted), "ContentType"),
            ("open-other-type", "another content type",
             post("/open/1", fields=[*hosted, "Content-Type: text/plain"]), "ContentType"),
            ("open-type-parameter", "a content type with a parameter",
             post("/open/1", fields=[*hosted, f"{TYPE}; charset=utf-8"]), "ContentType"),
            ("open-no-host", "no Host field", post("/open/1", fields=[TYPE, "Content-Length: 1"]), "NoHost"),
            ("open-absolute", "a URL as target", post("http://media.example/open/1"), "AbsoluteForm"),
            ("open-expect", "100-continue is expected, the body is there",
             post("/open/1", extra=["Expect: 100-continue"]), "Expect"),
            ("open-empty", "open without its byte", post("/open/1", b""), "BodyLength"),
            ("open-long", "open with ten bytes", post("/open/1", bytes(10)), "BodyLength"),
            ("open-other-number", "open with another number", post("/open/2"), "ExtraSlash"),
            ("open-bare", "open without a number", post("/open"), "ExtraSlash"),
            ("open-slash", "open with a slash behind", post("/open/1/"), "ExtraSlash"),
            ("open-blank-line", "an empty line before the request", [b"\r\n", *post("/open/1")], "LineEnd"),
            ("open-blank-lines", "two empty lines before the request", [b"\r\n\r\n", *post("/open/1")], "LineEnd"),
            ("open-lf", "lines that end in LF", post("/open/1", eol="\n"), "LineEnd"),
            ("open-fold", "a field on two lines", post("/open/1", extra=["User-Agent: a\r\n b"]), "LineEnd"),
            ("open-two-blanks", "two blanks behind the method", post(" /open/1"), "LineEnd"),
            ("length-twice", "one length, two fields", post("/open/1", extra=["Content-Length: 1"]), "SameLengths"),
            ("length-list", "one length as a list", post("/open/1", length="1, 1"), "SameLengths"),
            ("length-none", "no length", post("/open/1", b"", fields=["Host: media.example", TYPE]), "NoLength"),
            ("chunked", "the body in chunks", post("/open/1", b"1\r\n\0\r\n0\r\n\r\n",
             fields=["Host: media.example", TYPE, "Transfer-Encoding: chunked"]), "Chunked")):
        add(f"rtmpt-{id}", title, "RTMPT-001 RTMPT-004", parts, [OPEN], flags=[flag], **MAYBE)
    for id, title, fields in (("field-16k", "a field of 16 KiB", Runs((b"X-Long: ", 1), (b"a", 16384), (b"\r\n", 1))),
                              ("fields-1000", "1000 fields", Runs((b"X-Many: 1\r\n", 1000)))):
        first, rest = post("/open/1")[0].split(b"\r\n", 1)
        add(f"rtmpt-{id}", title, "RTMPT-001",
            Runs((first + b"\r\n", 1), *fields.runs, (rest, 1), (NUL, 1)), [OPEN], flags=["HeadSize"], **MAYBE)
    add("rtmpt-head-endless", "a head of 1 MiB that has not ended", "RTMPT-001",
        Runs((b"POST /open/1 HTTP/1.1\r\n", 1), (b"X-Long: aaaaaa\r\n", 65536)), flags=["HeadSize"], pending=True, **MAYBE)
    add("rtmpt-expect-waits", "the head of a request whose client waits for 100 Continue", "RTMPT-001",
        post("/open/1", extra=["Expect: 100-continue"])[:1], flags=["Expect"], pending=True, **MAYBE)


def server_refuses():
    add = family.group(role="server")
    bad = {"result": "invalid", "flags": ["Http"]}
    for method in ("GET", "HEAD", "PUT", "OPTIONS", "post"):
        add(f"rtmpt-method-{method.lower()}{'-lower' if method == 'post' else ''}", f"{method} in place of POST",
            "RTMPT-001", post("/open/1", method=method), result="invalid", flags=["DeFacto"])
    for id, title, bytes_ in (
            ("http2", "the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            ("version-2", "HTTP/2.0 in the first line", post("/open/1", version="HTTP/2.0")),
            ("version-none", "no version", b"POST /open/1\r\nContent-Length: 1\r\n\r\n\0"),
            ("version-word", "another protocol", post("/open/1", version="RTSP/1.0")),
            ("tls", "a TLS handshake", bytes.fromhex("160301020001000001fc0303") + filler(5, 506)),
            ("rtmp", "RTMP without HTTP", C0C1)):
        add(f"rtmpt-no-{id}" if id in ("tls", "rtmp") else f"rtmpt-{id}", title, "RTMPT-001", bytes_,
            result="invalid", flags=["DeFacto" if id == "rtmp" else "Http"])
    for id, length in (("negative", "-1"), ("plus", "+1"), ("hex", "0x1"), ("word", "one"), ("empty", ""),
                       ("point", "1.0"), ("blank", "1 1"), ("differs-list", "1, 2")):
        add(f"rtmpt-length-{id}", f"Content-Length: {length}", "RTMPT-001", post("/open/1", length=length), **bad)
    add("rtmpt-length-wraps-64", "2^64 + 1 bytes are announced: not 1", "RTMPT-001", post("/open/1", length=2**64 + 1),
        pending=True, flags=["HugeBody"], **MAYBE)
    twice = post("/open/1", extra=["Content-Length: 2"])
    add("rtmpt-length-differs", "two lengths", "RTMPT-001", twice, error_at=where(twice, "Content-Length: 2"), **bad)
    both = post("/open/1", b"1\r\n\0\r\n0\r\n\r\n", extra=["Transfer-Encoding: chunked"], length=4)
    add("rtmpt-length-and-chunked", "a length and chunks: the length does not count", "RTMPT-001", both,
        result="invalid", flags=["Http", "Chunked"], allow=["close", "alternative"],
        alternatives=[("the body ends with its chunks", [OPEN])])
    spaced = post("/open/1", fields=["Host: media.example", "Content-Length : 1"])
    add("rtmpt-field-blank", "a blank before the colon", "RTMPT-001", spaced, error_at=where(spaced, "Length"), **bad)
    add("rtmpt-path-nul", "a zero byte in the path", "RTMPT-001", post("/open/\x001"), **bad)
    for id, title, path in (("root", "the root", "/"), ("unknown", "a path of something else", "/live/stream"),
                            ("double", "an empty segment first", "//open/1"), ("deep", "too many segments", "/open/1/2/3"),
                            ("none", "no path", "*"), ("long", "a path of 8000 bytes", "/" + "a" * 8000)):
        parts = post(path)
        if id == "long":
            first, rest = parts[0].split(b"a" * 8000)
            parts = Runs((first, 1), (b"a", 8000), (rest, 1), (NUL, 1))
        add(f"rtmpt-path-{id}", title, "RTMPT-004", parts, result="invalid", flags=["DeFacto"])
    for command in ("send", "idle", "close"):
        add(f"rtmpt-{command}-unopened", f"{command} of a session that nobody opened", "RTMPT-013",
            post(f"/{command}/{ID}/0"), result="invalid", flags=["DeFacto"])
    add("rtmpt-open-then-bad", "what follows a good request is none", "RTMPT-001",
        [*post("/open/1"), b"\x03garbage"], [OPEN], error_at=len(b"".join(post("/open/1"))), **bad)


def session_goes():
    add = family.group(role="server", session=ID, sequence=0)
    ok = {"flags": ["DeFacto"]}
    add("rtmpt-idle", "idle", "RTMPT-007 RTMPT-009", post(f"/idle/{ID}/0"), [IDLE], feeds=[22, 1, 1], **ok)
    add("rtmpt-close", "close", "RTMPT-008 RTMPT-009", post(f"/close/{ID}/0"), [asked("close", 0)], **ok)
    add("rtmpt-send-one", "one byte of RTMP", "RTMPT-006", post(f"/send/{ID}/0", b"\x03"), [asked("send", 0, b"\x03")], **ok)
    add("rtmpt-send-handshake", "C0 and C1 in one request", "RTMPT-006 RTMPT-014", post(f"/send/{ID}/0", C0C1),
        [asked("send", 0, C0C1)], feeds=[100, 100, 1000], **ok)
    add("rtmpt-session", "send, idle, idle, close on one connection", "RTMPT-006 RTMPT-007 RTMPT-008 RTMPT-009",
        post(f"/send/{ID}/0", CHUNK) + post(f"/idle/{ID}/1") + post(f"/idle/{ID}/2") + post(f"/close/{ID}/3"),
        [asked("send", 0, CHUNK), asked("idle", 1), asked("idle", 2), asked("close", 3)], feeds=[300, 1, 100], **ok)
    add("rtmpt-send-chunk-cut", "a chunk that two requests share", "RTMPT-006 RTMPT-014",
        post(f"/send/{ID}/0", CHUNK[:5]) + post(f"/send/{ID}/1", CHUNK[5:]),
        [asked("send", 0, CHUNK[:5]), asked("send", 1, CHUNK[5:])], **ok)
    inner = b"".join(post("/open/1"))
    add("rtmpt-send-http", "RTMP bytes that look like a request", "RTMPT-006", post(f"/send/{ID}/0", inner),
        [asked("send", 0, inner)], **ok)
    lines = b"\r\n\r\n\r\n"
    add("rtmpt-send-lines", "RTMP bytes that look like empty lines", "RTMPT-006", post(f"/send/{ID}/0", lines),
        [asked("send", 0, lines)], **ok)
    large = bytes([0x5A]) * 70_000
    add("rtmpt-send-large", "70,000 bytes of RTMP", "RTMPT-006",
        Runs((post(f"/send/{ID}/0", large)[0], 1), (b"\x5a", 70_000)), [asked("send", 0, large)], **ok)
    add("rtmpt-send-cut", "a send whose last byte is missing", "RTMPT-006", [*post(f"/send/{ID}/0", CHUNK)[:1], CHUNK[:-1]],
        pending=True, feeds=[150], **ok)
    huge = post(f"/send/{ID}/0", CHUNK, length=4_294_967_296)
    add("rtmpt-send-4gib", "4 GiB are announced", "RTMPT-006", huge, pending=True, flags=["HugeBody"], **MAYBE)
    add("rtmpt-send-most", "2^64 - 1 bytes are announced", "RTMPT-006",
        post(f"/send/{ID}/0", CHUNK, length=2**64 - 1), pending=True, flags=["HugeBody"], **MAYBE)
    add("rtmpt-send-empty", "a send without RTMP", "RTMPT-006", post(f"/send/{ID}/0", b""), [asked("send", 0, b"")],
        flags=["BodyLength"], **MAYBE)
    for id, title, body in (("empty", "without its byte", b""), ("two", "with two bytes", bytes(2)),
                            ("other", "with a byte that is not zero", b"\x7f")):
        add(f"rtmpt-idle-{id}", f"an idle {title}", "RTMPT-007", post(f"/idle/{ID}/0", body), [IDLE],
            flags=["BodyLength"], **MAYBE)
    for id, title, path in (("slash", "a slash behind the number", f"/idle/{ID}/0/"), ("query", "a query", f"/idle/{ID}/0?a=1"),
                            ("upper", "the command in capitals", f"/IDLE/{ID}/0")):
        add(f"rtmpt-idle-{id}", title, "RTMPT-007", post(path), [IDLE], flags=["ExtraSlash"], **MAYBE)
    add("rtmpt-idle-percent", "a letter of the session id as %58", "RTMPT-007", post(f"/idle/%58{ID[1:]}/0"), [IDLE],
        flags=["SessionId"], **MAYBE)


def session_numbers():
    add = family.group(role="server", session=ID, sequence=0)
    bad = {"result": "invalid", "flags": ["DeFacto"]}
    add("rtmpt-sequence-gap", "a number is left out", "RTMPT-009 RTMPT-017", post(f"/idle/{ID}/0") + post(f"/idle/{ID}/2"),
        [IDLE, asked("idle", 2)], result="lenient", flags=["SequenceGap"], allow=["accept", "close", "alternative"],
        alternatives=[("the server waits for number 1", [IDLE])])
    first, second = CHUNK[:20], CHUNK[20:]
    add("rtmpt-sequence-swapped", "two sends in the wrong order: their bytes must not be swapped", "RTMPT-009 RTMPT-017",
        post(f"/send/{ID}/1", second) + post(f"/send/{ID}/0", first), allow=["close", "alternative"],
        alternatives=[("the server waits for number 0", [asked("send", 0, first), asked("send", 1, second)])], **bad)
    add("rtmpt-sequence-repeated", "the same send again", "RTMPT-009 RTMPT-017",
        post(f"/send/{ID}/0", CHUNK) * 2, [asked("send", 0, CHUNK)], flags=["Repeated"], **MAYBE)
    add("rtmpt-sequence-back", "a number of before", "RTMPT-009 RTMPT-017",
        [part for number in (0, 1, 2, 0) for part in post(f"/send/{ID}/{number}", CHUNK)],
        [asked("send", number, CHUNK) for number in (0, 1, 2)], flags=["Repeated"], **MAYBE)
    good = post(f"/close/{ID}/0")
    add("rtmpt-after-close", "idle after close", "RTMPT-008 RTMPT-013", good + post(f"/idle/{ID}/1"), [asked("close", 0)],
        error_at=len(b"".join(good)), **bad)
    for id, number in (("minus", "-1"), ("plus", "+0"), ("hex", "0x0"), ("word", "zero"), ("blank", "%200"),
                       ("empty", "")):
        add(f"rtmpt-sequence-{id}", f"the number is {number or 'empty'}" if len(number) < 30 else "a number of 400 digits",
            "RTMPT-009", post(f"/idle/{ID}/{number}"), **bad)
    for id, number, title in (("two-32", 2**32, ""), ("two-64", 2**64, ""), ("digits", "9" * 400, "a number of 400 digits")):
        add(f"rtmpt-sequence-{id}", title or f"the number is {number}, which is not 0", "RTMPT-009", post(f"/idle/{ID}/{number}"),
            allow=["close", "alternative"], alternatives=[("the server waits for number 0", [])], **bad)
    add("rtmpt-sequence-none", "no number", "RTMPT-009", post(f"/idle/{ID}"), **bad)
    add("rtmpt-sequence-zeros", "the number is 00", "RTMPT-009", post(f"/idle/{ID}/00"), [IDLE], flags=["SequenceForm"],
        **MAYBE)
    nine = family.group(role="server", session=ID, sequence=9)
    nine("rtmpt-sequence-ten", "numbers 9 and 10", "RTMPT-009", post(f"/idle/{ID}/9") + post(f"/idle/{ID}/10"),
         [asked("idle", 9), asked("idle", 10)], flags=["DeFacto"])
    nine("rtmpt-sequence-restarts", "the numbers begin again within a session", "RTMPT-009",
         post(f"/send/{ID}/0", CHUNK), result="lenient", flags=["Repeated"], allow=["close", "accept"],
         note="The bytes may not go to the session: number 0 was there before.")
    for id, last in (("31", 0x7FFF_FFFF), ("32", 0xFFFF_FFFF)):
        end = family.group(role="server", session=ID, sequence=last)
        end(f"rtmpt-sequence-last-{id}", f"the last number of {id} bits", "RTMPT-009", post(f"/idle/{ID}/{last}"),
            [asked("idle", last)], flags=["SequenceForm"], **MAYBE)
    end("rtmpt-sequence-wraps", "0 after the last number of 32 bits", "RTMPT-009",
        post(f"/idle/{ID}/{0xFFFF_FFFF}") + post(f"/idle/{ID}/0"), [asked("idle", 0xFFFF_FFFF), IDLE],
        flags=["SequenceForm"], result="lenient", allow=["accept", "close", "alternative"],
        alternatives=[("number 0 was there before", [asked("idle", 0xFFFF_FFFF)])])
    for id, title, path in (
            ("other", "another session", "/idle/Yk7-03bD/0"), ("case", "the id in small letters", f"/idle/{ID.lower()}/0"),
            ("begin", "the beginning of the id", f"/idle/{ID[:-1]}/0"), ("more", "the id and a letter", f"/idle/{ID}a/0"),
            ("empty", "no id", "/idle//0"), ("long", "an id of 5000 letters", f"/idle/{'a' * 5000}/0"),
            ("dots", "two dots as id", "/idle/../0"), ("climbs", "steps up to open", "/idle/../../open/1"),
            ("slash", "a slash as %2f in the id", f"/send/..%2f{ID}/0"),
            ("nul", "%00 behind the id", f"/idle/{ID}%00/0"), ("backslash", "a backslash in the id", "/idle/..\\" + ID + "/0")):
        parts = post(path)
        if id == "long":
            start, rest = parts[0].split(b"a" * 5000)
            parts = Runs((start, 1), (b"a", 5000), (rest, 1), (NUL, 1))
        add(f"rtmpt-session-{id}", title, "RTMPT-013", parts, **bad)
    add("rtmpt-command-unknown", "an unknown command", "RTMPT-004", post(f"/seek/{ID}/0"), **bad)
    add("rtmpt-command-fcs", "a command below fcs", "RTMPT-003", post(f"/fcs/{ID}/0"), **bad)
    idle = post(f"/idle/{ID}/0")
    add("rtmpt-session-then-other", "a good request and one of another session", "RTMPT-013",
        idle + post("/idle/Yk7-03bD/1"), [IDLE], error_at=len(b"".join(idle)), **bad)


def client_opens():
    add = family.group(role="client", requests=["open"])
    ok, bad = {"flags": ["DeFacto"]}, {"result": "invalid", "flags": ["DeFacto"]}
    rules = "RTMPT-002 RTMPT-005"
    add("rtmpt-opened", "the id of a session", rules, answer(f"{ID}\n".encode()), [opened(ID)], feeds=[5, 10, 90], **ok)
    for id, title, session in (("digits", "digits", "1646472917"), ("letter", "one letter", "a"),
                               ("62", "62 letters", "Q" * 62)):
        add(f"rtmpt-opened-{id}", f"an id of {title}", rules, answer(f"{session}\n".encode()), [opened(session)], **ok)
    add("rtmpt-opened-no-line", "an id without newline", rules, answer(ID.encode()), [opened(ID)], flags=["SessionId"], **MAYBE)
    add("rtmpt-opened-crlf", "CR and LF behind the id", rules, answer(f"{ID}\r\n".encode()), [opened(ID)],
        flags=["SessionId"], **MAYBE)
    add("rtmpt-opened-65", "an id of 65 letters", rules, answer(b"Q" * 65 + b"\n"), [opened("Q" * 65)],
        flags=["SessionId"], **MAYBE)
    for id, title, session in (("slash", "a slash", "a/b"), ("dots", "nothing but two dots", ".."), ("blank", "a blank", "a b"),
                               ("percent", "a percent sign", "a%2fb"), ("query", "a question mark", "a?b")):
        add(f"rtmpt-opened-{id}", f"an id with {title}", rules, answer(f"{session}\n".encode()), [opened(session)],
            flags=["SessionId"], **MAYBE)
    for id, title, body in (("empty", "no body", b""), ("newline", "a newline alone", b"\n"),
                            ("zero", "a zero byte: no session is left", b"\0"),
                            ("fields", "an id that would add a header field", b"a HTTP/1.1\r\nX-Evil: 1\r\nX: \n")):
        add(f"rtmpt-opened-{id}", title, rules, answer(body), **bad)
    for status in ("204 No Content", "400 Bad Request", "403 Forbidden", "404 Not Found", "500 Internal Server Error"):
        code = status[:3]
        body = b"" if code == "204" else b"no\n"
        add(f"rtmpt-open-{code}", f"{code} to open", "RTMPT-002", answer(body, status=status), **bad)


def client_polls():
    ok, bad = {"flags": ["DeFacto"]}, {"result": "invalid", "flags": ["DeFacto"]}
    add = family.group(role="client", requests=["idle"])
    for interval in (0x01, 0x03, 0x05, 0x09, 0x11, 0x21):
        add(f"rtmpt-interval-{interval:02x}", f"nothing but the interval 0x{interval:02x}", "RTMPT-002 RTMPT-010 RTMPT-011",
            answer(bytes([interval])), [data("idle", interval)], **ok)
    for interval in (0x00, 0x02, 0x80, 0xFF):
        add(f"rtmpt-interval-{interval:02x}", f"the interval 0x{interval:02x}, which Red5 would not write while it goes on",
            "RTMPT-010 RTMPT-011", answer(bytes([interval])), [data("idle", interval)], flags=["Interval"], **MAYBE)
    add("rtmpt-polled", "RTMP behind the interval", "RTMPT-010 RTMPT-012 RTMPT-018", answer(b"\x01" + CHUNK),
        [data("idle", 1, CHUNK)], feeds=[120, 1, 1], **ok)
    add("rtmpt-polled-byte", "one byte of RTMP that looks like an interval", "RTMPT-010 RTMPT-012", answer(b"\x01\x03"),
        [data("idle", 1, b"\x03")], **ok)
    large = bytes([0xA5]) * 65536
    add("rtmpt-polled-large", "64 KiB of RTMP", "RTMPT-012",
        Runs((answer(NUL + large)[0] + b"\x01", 1), (b"\xa5", 65536)), [data("idle", 1, large)], **ok)
    text = b"\x01HTTP/1.1 404 Not Found\r\n\r\n"
    add("rtmpt-polled-http", "RTMP bytes that look like a response", "RTMPT-012", answer(text), [data("idle", 1, text[1:])], **ok)
    add("rtmpt-polled-empty", "no interval", "RTMPT-010", answer(b""), **bad)
    for status in ("400 Bad Request", "404 Not Found", "503 Service Unavailable"):
        add(f"rtmpt-idle-{status[:3]}", f"{status[:3]} to idle", "RTMPT-002 RTMPT-013", answer(b"\x01", status=status), **bad)
    whole = answer(b"\x01" + CHUNK)
    for id, title, bytes_ in (("line", "in its first line", whole[0][:11]), ("lf", "before the last LF", whole[0][:-1]),
                              ("interval", "before the interval", whole[0])):
        add(f"rtmpt-polled-cut-{id}", f"a response that ends {title}", "RTMPT-002", bytes_, pending=True, flags=["Http"])
    add("rtmpt-polled-two", "a second response that nobody asked for", "RTMPT-002", answer(b"\x01") * 2, [data("idle", 1)],
        flags=["Http"], **MAYBE)
    found = [data("idle", 1)]
    one = b"\x01"
    for id, title, fields in (("lower", "field names in lower case", ["content-type: application/x-fcs", "content-length: 1"]),
                              ("upper", "field names in capitals", ["CONTENT-TYPE: application/x-fcs", "CONTENT-LENGTH: 1"]),
                              ("close", "the connection ends with the response", [TYPE, "Connection: close", "Content-Length: 1"])):
        add(f"rtmpt-polled-{id}", title, "RTMPT-002", answer(one, fields=fields), found, flags=["Http"])
    add("rtmpt-polled-reason", "another reason phrase", "RTMPT-002", answer(one, status="200 Sure, why not"), found, flags=["Http"])
    continued = [b"HTTP/1.1 100 Continue\r\n\r\n", *answer(one)]
    for id, title, parts, flag in (
            ("continue", "100 Continue before the response", continued, "Expect"),
            ("no-reason", "no reason phrase", answer(one, status="200"), "LineEnd"),
            ("http10", "HTTP/1.0", answer(one, version="HTTP/1.0"), "Version"),
            ("no-type", "no content type", answer(one, fields=["Content-Length: 1"]), "ContentType"),
            ("other-type", "another content type",
             answer(one, fields=["Content-Type: application/octet-stream", "Content-Length: 1"]), "ContentType"),
            ("length-twice", "one length, two fields", answer(one, extra=["Content-Length: 1"]), "SameLengths"),
            ("chunked", "the body in chunks",
             answer(b"1\r\n\x01\r\n0\r\n\r\n", fields=[TYPE, "Transfer-Encoding: chunked"]), "Chunked")):
        add(f"rtmpt-polled-{id}", title, "RTMPT-002 RTMPT-010", parts, found, flags=[flag], **MAYBE)
    add("rtmpt-polled-no-length", "no length", "RTMPT-002", answer(one, fields=[TYPE]), flags=["NoLength"], pending=True,
        result="lenient", allow=["accept", "close", "alternative"],
        alternatives=[("the RTMP bytes are handed on as they come", found)])
    add("rtmpt-polled-4gib", "4 GiB are announced", "RTMPT-012", answer(one, length=4_294_967_296), flags=["HugeBody"],
        pending=True, **MAYBE)
    http = {"result": "invalid", "flags": ["Http"]}
    for id, length in (("negative", "-1"), ("word", "one")):
        add(f"rtmpt-polled-length-{id}", f"Content-Length: {length}", "RTMPT-002", answer(one, length=length), **http)
    add("rtmpt-polled-length-wraps-64", "2^64 + 1 bytes are announced: not 1", "RTMPT-002", answer(one, length=2**64 + 1),
        pending=True, flags=["HugeBody"], **MAYBE)
    add("rtmpt-polled-length-differs", "two lengths", "RTMPT-002", answer(one, extra=["Content-Length: 2"]), **http)
    for id, title, bytes_ in (("rtmp", "S0 and S1 without HTTP", b"\x03" + filler(6, 1536)), ("icy", "another protocol", b"ICY 200 OK\r\n\r\n"),
                              ("http2", "HTTP/2 in the first line", b"HTTP/2 200\r\ncontent-length: 1\r\n\r\n\x01"),
                              ("request", "a request", b"".join(post("/open/1")))):
        add(f"rtmpt-polled-no-{id}", title, "RTMPT-002", bytes_, **http)
    send = family.group(role="client", requests=["send"])
    send("rtmpt-sent", "the answer to send holds RTMP", "RTMPT-010 RTMPT-012 RTMPT-014", answer(b"\x01" + ANSWER),
         [data("send", 1, ANSWER)], feeds=[64, 64, 1000], **ok)
    send("rtmpt-sent-nothing", "the answer to send holds nothing but the interval", "RTMPT-010", answer(b"\x01"),
         [data("send", 1)], **ok)
    send("rtmpt-sent-empty", "no interval", "RTMPT-010", answer(b""), **bad)
    send("rtmpt-sent-404", "404 to send", "RTMPT-002 RTMPT-013", answer(b"\x01", status="404 Not Found"), **bad)
    close = family.group(role="client", requests=["close"])
    close("rtmpt-closed", "the answer to close", "RTMPT-008 RTMPT-010", answer(NUL), [data("close", 0)], **ok)
    close("rtmpt-closed-one", "the answer to close with another interval", "RTMPT-008 RTMPT-010", answer(b"\x01"),
          [data("close", 1)], **ok)
    close("rtmpt-closed-empty", "an empty answer to close", "RTMPT-008 RTMPT-010", answer(b""), [data("close", 0)],
          flags=["Interval"], **MAYBE)
    probe = family.group(role="client", requests=["ident2"])
    probe("rtmpt-probe-404", "404 to the probe", "RTMPT-003", answer(b"", status="404 Not Found", fields=["Content-Length: 0"]),
          [probed(404)], **ok)
    probe("rtmpt-probe-200", "an address to the probe", "RTMPT-003", answer(b"192.0.2.7"), [probed(200)], **ok)
    page = b"<html><body>404</body></html>\r\n"
    probe("rtmpt-probe-page", "404 to the probe with a page", "RTMPT-003",
          answer(page, status="404 Not Found", fields=["Content-Type: text/html", f"Content-Length: {len(page)}"]),
          [probed(404)], **ok)
    whole = family.group(role="client", requests=["ident2", "open", "send", "idle", "idle", "close"])
    whole("rtmpt-exchange", "a session from the probe to close", "RTMPT-003 RTMPT-005 RTMPT-010 RTMPT-011 RTMPT-012 RTMPT-014 RTMPT-018",
          answer(b"", status="404 Not Found", fields=["Content-Length: 0"]) + answer(f"{ID}\n".encode())
          + answer(b"\x01" + ANSWER[:1537]) + answer(b"\x01" + ANSWER[1537:]) + answer(b"\x03") + answer(NUL),
          [probed(404), opened(ID), data("send", 1, ANSWER[:1537]), data("idle", 1, ANSWER[1537:]), data("idle", 3),
           data("close", 0)], feeds=[40, 100, 700, 1], **ok)
    whole("rtmpt-exchange-lost", "a session that the server has forgotten", "RTMPT-002 RTMPT-013",
          answer(b"", status="404 Not Found", fields=["Content-Length: 0"]) + answer(f"{ID}\n".encode())
          + answer(NUL, status="400 Bad Request"),
          [probed(404), opened(ID)], **bad)


server_opens()
server_refuses()
session_goes()
session_numbers()
client_opens()
client_polls()
