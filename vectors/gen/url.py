"""Family url-v1: URLs as a user gives them to a client (RTMP Family URI Schemes; field failures W53 to W56)."""

from corpus import Family

NOTES = {
    "Split": {
        "kind": "ambiguity",
        "rule": "URI-010",
        "effect": "Nothing says where the application ends and the stream name begins; usual is the last path segment. "
        "Clients differ here.",
        "links": [
            "https://github.com/arut/nginx-rtmp-module/issues/8",
            "https://github.com/bluenviron/mediamtx/issues/1469",
            "https://github.com/pedroSG94/RootEncoder/issues/2163",
        ],
    },
    "OtherScheme": {
        "kind": "choice",
        "rule": "URI-003",
        "effect": "RTMP URI Schemes 4.1 gives rtmfp its port, UDP 1935. A client need not know the scheme: one that "
        "refuses it answers `cannot`.",
        "links": [],
    },
    "FieldScheme": {
        "kind": "de-facto",
        "rule": "URI-011",
        "effect": "A scheme that no specification of RTMP defines; its port is a habit of the clients that have it. "
        "Others refuse the URL and answer `cannot`.",
        "links": ["https://ffmpeg.org/ffmpeg-protocols.html#rtmpe"],
    },
    "Options": {
        "kind": "de-facto",
        "rule": "URI-012",
        "effect": "Options of librtmp follow the URL after a space. A client that does not know them refuses the text.",
        "links": ["https://rtmpdump.mplayerhq.hu/librtmp.3.html"],
    },
    "KnownOptions": {
        "kind": "de-facto",
        "rule": "URI-012",
        "effect": "Options of librtmp, key=value after a space, are no part of the URL. Programs that do "
        "not know them refuse the text, for RFC 3986 2 has no spaces, and answer `cannot`.",
        "links": ["https://rtmpdump.mplayerhq.hu/librtmp.3.html"],
    },
    "Escape": {
        "kind": "ambiguity",
        "rule": "URI-006",
        "effect": "RFC 3986 2.4 leaves it to the scheme when an escape is decoded; the URI schemes of RTMP do not "
        "say. In application or stream name it is kept, or decoded.",
        "links": [],
    },
    "HostCase": {
        "kind": "choice",
        "rule": "URI-004",
        "effect": "Hosts do not depend on case, and a port may have leading zeros (RFC 3986 3.2.2, 3.2.3); a client "
        "may keep them or not.",
        "links": [],
    },
    "Zone": {"kind": "choice", "rule": "URI-005", "effect": "A zone in an IPv6 literal (RFC 6874).", "links": []},
    "AtSign": {
        "kind": "de-facto",
        "rule": "URI-008",
        "effect": "An @ in the userinfo that is not escaped, which RFC 3986 3.2.1 does not allow. By habit the last one ends "
        "it, for a host has none.",
        "links": ["https://url.spec.whatwg.org/#authority-state"],
    },
    "Fragment": {
        "kind": "choice",
        "rule": "URI-007",
        "effect": "RTMP URI Schemes 6 lets a fragment name the stream. A client need not use it; in tcUrl it does not belong.",
        "links": [],
    },
    "LeadingSpace": {
        "kind": "de-facto",
        "rule": "URI-001",
        "effect": "A space before the URL, which RFC 3986 2 does not have. Programs cut it off, or refuse the text.",
        "links": [],
    },
    "NotRtmp": {
        "kind": "de-facto",
        "rule": "URI-011",
        "effect": "RTMP URI Schemes 4.1 defines rtmp, rtmps and rtmfp. This scheme is none of RTMP; no clause asks a "
        "program to refuse it.",
        "links": [],
    },
    "PortZero": {
        "kind": "choice",
        "rule": "URI-001",
        "effect": "RFC 3986 3.2.3 takes any digits as a port; nobody can connect to port 0. It is refused here, or later.",
        "links": [],
    },
    "Serverless": {
        "kind": "choice",
        "rule": "URI-004",
        "effect": "RTMP URI Schemes 4.1 wants a host in rtmp and rtmps; rtmfp is not among them.",
        "links": [],
    },
    "NoPath": {
        "kind": "ambiguity",
        "rule": "URI-006",
        "effect": "The URL names no application; RFC 3986 3.3 allows an empty path.",
        "links": ["https://github.com/pedroSG94/RootEncoder/issues/1652"],
    },
    "NotAscii": {
        "kind": "de-facto",
        "rule": "URI-006",
        "effect": "Characters outside ASCII that are not escaped, which RFC 3986 2 does not allow.",
        "links": [],
    },
    "TrailingSlash": {
        "kind": "ambiguity",
        "rule": "URI-010",
        "effect": "A path that ends in a slash: no stream name, or an empty one.",
        "links": ["https://github.com/arut/nginx-rtmp-module/issues/8"],
    },
    "Userinfo": {
        "kind": "de-facto",
        "rule": "URI-008",
        "effect": "Userinfo holds arguments of connect (RTMP URI Schemes 4.2); many clients know only user and "
        "password.",
        "links": ["https://github.com/bluenviron/mediamtx/issues/1070"],
    },
}
family = Family("url-v1", "url", NOTES)
add = family.group()
PORTS = {"rtmp": 1935, "rtmps": 443, "rtmfp": 1935, "rtmpt": 80, "rtmpts": 443, "rtmpe": 1935, "rtmpte": 80}


def url(scheme, host, port, app, key, tc, arguments=()):
    return [
        {
            "url": {
                "scheme": scheme,
                "host": host,
                "port": port,
                "app": app,
                "key": key,
                "tc_url": tc,
                "arguments": list(arguments),
            }
        }
    ]


def one(id, text, rules, yields=(), title=None, **more):
    if yields and not more.get("result"):
        more.setdefault("canonical", False)
    add(f"url-{id}", title or f"URL {text}" if text.isprintable() else title, rules, text.encode(), yields, **more)


def lenient(*flags, allow=("accept", "close"), **more):
    return {"result": "lenient", "flags": list(flags), "allow": list(allow), **more}


def ports():
    rows = {"rtmp": "URI-001", "rtmps": "URI-002", "rtmfp": "URI-003"}
    for scheme, port in PORTS.items():
        rule = rows.get(scheme, "URI-011")
        rule += " RTMPT-016" if scheme in ("rtmpt", "rtmpts") else ""
        odd = {} if scheme in ("rtmp", "rtmps") else {"flags": ["OtherScheme" if scheme == "rtmfp" else "FieldScheme"]}
        one(
            f"{scheme}-default-port",
            f"{scheme}://example.com/live/key",
            rule,
            url(scheme, "example.com", port, "live", "key", f"{scheme}://example.com/live"),
            **odd,
        )
        one(
            f"{scheme}-empty-port",
            f"{scheme}://example.com:/live/key",
            rule,
            url(scheme, "example.com", port, "live", "key", f"{scheme}://example.com/live"),
            **odd,
        )
        one(
            f"{scheme}-port",
            f"{scheme}://example.com:8935/live/key",
            rule,
            url(scheme, "example.com", 8935, "live", "key", f"{scheme}://example.com:8935/live"),
            **odd,
        )
        one(
            f"{scheme}-ipv6",
            f"{scheme}://[::1]/live/key",
            f"{rule} URI-005",
            url(scheme, "::1", port, "live", "key", f"{scheme}://[::1]/live"),
            **odd,
        )
        if scheme == "rtmfp":
            one("rtmfp-no-host", "rtmfp:///live/key", "URI-004", url("rtmfp", "", 1935, "live", "key", "rtmfp:///live"),
                **lenient("Serverless"))
        else:
            one(f"{scheme}-no-host", f"{scheme}:///live/key", "URI-004", result="invalid", **odd)
    for port in (1, 80, 443, 1935, 1936, 65535):
        one(
            f"port-{port}",
            f"rtmp://h:{port}/live/key",
            "URI-001",
            url("rtmp", "h", port, "live", "key", f"rtmp://h:{port}/live"),
        )
    one("port-bad-0", "rtmp://h:0/live/key", "URI-001", url("rtmp", "h", 0, "live", "key", "rtmp://h:0/live"),
        **lenient("PortZero"))
    for port in ("65536", "99999999999", "-1", "1a", "0x50", "+80", "1935:1"):
        one(
            f"port-bad-{port.lower().replace('-', 'minus-').replace('+', 'plus-').replace(':', '-')}",
            f"rtmp://h:{port}/live/key",
            "URI-001",
            result="invalid",
        )
    one(
        "port-leading-zero",
        "rtmp://h:01935/live/key",
        "URI-001",
        url("rtmp", "h", 1935, "live", "key", "rtmp://h:1935/live"),
        result="lenient",
        flags=["HostCase"],
        allow=["accept", "close", "alternative"],
        alternatives=[("kept in tcUrl", url("rtmp", "h", 1935, "live", "key", "rtmp://h:01935/live"))],
    )
    for scheme in ("http", "https", "rtsp", "rtm", "rtmpx", "file", "srt"):
        one(f"scheme-{scheme}", f"{scheme}://h/live/key", "URI-001 URI-011", result="invalid", flags=["NotRtmp"])
    one("scheme-upper", "RTMP://h/live/key", "URI-001", url("rtmp", "h", 1935, "live", "key", "rtmp://h/live"))
    for id, text in (
        ("none", "h/live/key"),
        ("no-slashes", "rtmp:h/live/key"),
        ("one-slash", "rtmp:/h/live/key"),
        ("alone", "rtmp://"),
    ):
        one(f"scheme-{id}", text, "URI-001 URI-004", result="invalid", title=f"URL {text!r}")
    one("scheme-leading-space", " rtmp://h/live/key", "URI-001 URI-004", url("rtmp", "h", 1935, "live", "key", "rtmp://h/live"),
        title="URL ' rtmp://h/live/key'", **lenient("LeadingSpace"))


def hosts():
    ok = lambda id, text, host, tc, **more: one(
        id, text, "URI-005 URI-004", url("rtmp", host, more.pop("port", 1935), "live", "key", tc), **more
    )
    ok("ipv4", "rtmp://192.0.2.1/live/key", "192.0.2.1", "rtmp://192.0.2.1/live")
    ok("ipv6-port", "rtmp://[::1]:1936/live/key", "::1", "rtmp://[::1]:1936/live", port=1936)
    ok("ipv6-empty-port", "rtmp://[2001:db8::1]:/live/key", "2001:db8::1", "rtmp://[2001:db8::1]/live")
    ok("ipv6-mapped", "rtmp://[::ffff:192.0.2.1]/live/key", "::ffff:192.0.2.1", "rtmp://[::ffff:192.0.2.1]/live")
    ok(
        "ipv6-zone",
        "rtmp://[fe80::1%25eth0]/live/key",
        "fe80::1",
        "rtmp://[fe80::1]/live",
        **lenient(
            "Zone",
            allow=["accept", "close", "alternative"],
            alternatives=[
                (
                    "the zone is part of host and tcUrl",
                    url("rtmp", "fe80::1%25eth0", 1935, "live", "key", "rtmp://[fe80::1%25eth0]/live"),
                ),
                ("the zone is part of the host", url("rtmp", "fe80::1%eth0", 1935, "live", "key", "rtmp://[fe80::1]/live")),
            ],
        ),
    )
    ok(
        "host-upper",
        "rtmp://EXAMPLE.com/live/key",
        "EXAMPLE.com",
        "rtmp://EXAMPLE.com/live",
        **lenient(
            "HostCase",
            allow=["accept", "alternative"],
            alternatives=[("in lower case", url("rtmp", "example.com", 1935, "live", "key", "rtmp://example.com/live"))],
        ),
    )
    ok("host-dot", "rtmp://example.com./live/key", "example.com.", "rtmp://example.com./live")
    ok("host-short", "rtmp://h/live/key", "h", "rtmp://h/live")
    for id, text in (
        ("open", "rtmp://[::1/live/key"),
        ("empty", "rtmp://[]/live/key"),
        ("not-an-address", "rtmp://[::zz]/live/key"),
        ("no-brackets", "rtmp://::1/live/key"),
        ("no-brackets-port", "rtmp://2001:db8::1:1935/live/key"),
        ("tail", "rtmp://[::1]x/live/key"),
        ("two-ports", "rtmp://[::1]:1:2/live/key"),
    ):
        one(f"ipv6-bad-{id}", text, "URI-005", result="invalid")
    for id, text in (
        ("port-only", "rtmp://:1935/live/key"),
        ("userinfo-only", "rtmp://user@/live/key"),
        ("query", "rtmp://?a=b"),
        ("fragment", "rtmp://#key"),
    ):
        one(f"no-host-{id}", text, "URI-004", result="invalid")


def paths():
    base = lambda app, key, tc=None, **more: url("rtmp", "h", 1935, app, key, tc or f"rtmp://h/{app}", **more)
    one(
        "instance",
        "rtmp://h/live/inst/key",
        "URI-006 URI-010",
        base("live/inst", "key"),
        **lenient(
            "Split",
            allow=["accept", "alternative"],
            alternatives=[("the first segment is the application", base("live", "inst/key"))],
        ),
    )
    one(
        "three-segments",
        "rtmp://h/v2/pub/key?tok",
        "URI-006 URI-010",
        base("v2/pub", "key?tok"),
        **lenient(
            "Split",
            allow=["accept", "alternative"],
            alternatives=[("the first segment is the application", base("v2", "pub/key?tok"))],
        ),
    )
    one(
        "key-query",
        "rtmp://h/live/key?token=a&b=c",
        "URI-006 URI-010",
        base("live", "key?token=a&b=c"),
        **lenient(
            "Split",
            allow=["accept", "alternative"],
            alternatives=[
                ("the query belongs to the application", base("live?token=a&b=c", "key")),
                ("the query belongs to the application and the name", base("live?token=a&b=c", "key?token=a&b=c")),
            ],
        ),
    )
    one(
        "key-query-slash",
        "rtmp://h/live/key?path=/a/b",
        "URI-006 URI-010",
        base("live", "key?path=/a/b"),
        **lenient(
            "Split",
            allow=["accept", "alternative"],
            alternatives=[("the query belongs to the application", base("live?path=/a/b", "key"))],
        ),
    )
    one(
        "key-query-empty",
        "rtmp://h/live/?auth=",
        "URI-010",
        base("live?auth=", None),
        **lenient(
            "Split",
            allow=["accept", "close", "alternative"],
            alternatives=[
                ("a name of a query alone", base("live", "?auth=")),
                ("a trailing slash stays", base("live/?auth=", None)),
            ],
        ),
    )
    one(
        "single-segment",
        "rtmp://h/key",
        "URI-006 URI-010",
        base("key", None),
        **lenient(
            "Split",
            allow=["accept", "close", "alternative"],
            alternatives=[("an empty application", url("rtmp", "h", 1935, "", "key", "rtmp://h/"))],
        ),
    )
    one(
        "single-segment-query",
        "rtmp://h/k?u=a&p=b",
        "URI-006 URI-010",
        base("k?u=a&p=b", None),
        **lenient(
            "Split",
            allow=["accept", "close", "alternative"],
            alternatives=[("an empty application", url("rtmp", "h", 1935, "", "k?u=a&p=b", "rtmp://h/"))],
        ),
    )
    one(
        "query-in-application",
        "rtmp://h/app?vhost=example.org/key",
        "URI-006 URI-010",
        base("app?vhost=example.org", "key"),
        **lenient(
            "Split",
            allow=["accept", "close", "alternative"],
            alternatives=[("all of it is the application", base("app?vhost=example.org/key", None))],
        ),
    )
    one(
        "trailing-slash",
        "rtmp://h/live/",
        "URI-010 URI-006",
        base("live", None),
        **lenient(
            "TrailingSlash",
            allow=["accept", "close", "alternative"],
            alternatives=[("the slash stays", base("live/", None)), ("an empty name", base("live", ""))],
        ),
    )
    one(
        "double-slash",
        "rtmp://h/live//key",
        "URI-010 URI-006",
        base("live", "key"),
        **lenient(
            "TrailingSlash",
            allow=["accept", "close", "alternative"],
            alternatives=[
                ("the slash stays with the application", base("live/", "key")),
                ("the slash stays with the name", base("live", "/key")),
            ],
        ),
    )
    one(
        "leading-double-slash",
        "rtmp://h//live/key",
        "URI-010 URI-006",
        base("live", "key"),
        **lenient(
            "TrailingSlash",
            allow=["accept", "close", "alternative"],
            alternatives=[("the slash stays", base("/live", "key", "rtmp://h//live"))],
        ),
    )
    one(
        "no-path",
        "rtmp://h",
        "URI-006",
        url("rtmp", "h", 1935, "", None, "rtmp://h/"),
        **lenient(
            "NoPath",
            allow=["accept", "close", "alternative"],
            alternatives=[("tcUrl without a slash", url("rtmp", "h", 1935, "", None, "rtmp://h"))],
        ),
    )
    one("root-path", "rtmp://h/", "URI-006", url("rtmp", "h", 1935, "", None, "rtmp://h/"), **lenient("NoPath"))
    one(
        "query-without-path",
        "rtmp://h?a=b",
        "URI-006",
        base("?a=b", None, "rtmp://h/?a=b"),
        **lenient(
            "NoPath",
            allow=["accept", "close", "alternative"],
            alternatives=[("tcUrl as given", url("rtmp", "h", 1935, "?a=b", None, "rtmp://h?a=b"))],
        ),
    )
    one(
        "file-prefix",
        "rtmp://h/vod/mp4:dir/movie.mp4",
        "URI-010",
        base("vod", "mp4:dir/movie.mp4"),
        **lenient(
            "Split",
            allow=["accept", "alternative"],
            alternatives=[("the last segment is the name", base("vod/mp4:dir", "movie.mp4"))],
        ),
    )
    one(
        "escape",
        "rtmp://h/live/a%20b",
        "URI-006",
        base("live", "a%20b"),
        **lenient("Escape", allow=["accept", "alternative"], alternatives=[("decoded", base("live", "a b"))]),
    )
    one(
        "escape-slash",
        "rtmp://h/live/a%2Fb",
        "URI-006",
        base("live", "a%2Fb"),
        **lenient("Escape", allow=["accept", "alternative"], alternatives=[("decoded", base("live", "a/b"))]),
    )
    one("escape-bad", "rtmp://h/live/a%zz", "URI-006", base("live", "a%zz"), **lenient("Escape"))
    one(
        "equals-and-plus",
        "rtmp://h/live/key?sig=a+b/c==",
        "URI-006 AUTH-011",
        base("live", "key?sig=a+b/c=="),
        **lenient(
            "Split",
            allow=["accept", "alternative"],
            alternatives=[("the query belongs to the application", base("live?sig=a+b/c==", "key"))],
        ),
    )
    one(
        "not-ascii",
        "rtmp://h/live/kéy",
        "URI-006",
        base("live", "kéy"),
        **lenient("NotAscii", allow=["accept", "close", "alternative"], alternatives=[("escaped", base("live", "k%C3%A9y"))]),
    )
    dropped = lambda *others: lenient(
        "Fragment",
        allow=["accept", "close", "alternative"],
        alternatives=[("the fragment is not used" + f", reading {i}" * (i > 1), other) for i, other in enumerate(others, 1)],
    )
    empty = lambda key: url("rtmp", "h", 1935, "", key, "rtmp://h/")
    one("fragment", "rtmp://h/live#key", "URI-007 URI-009", base("live", "key"), **dropped(base("live", None), empty("live")))
    one("fragment-escape", "rtmp://h/live#a%20b", "URI-007 URI-009", base("live", "a b"),
        **dropped(base("live", None), empty("live")))
    one("fragment-slash", "rtmp://h/live/inst#dir/key", "URI-007 URI-009", base("live/inst", "dir/key"),
        **dropped(base("live/inst", None), base("live", "inst")))
    one("fragment-query", "rtmp://h/live?a=b#key", "URI-007 URI-009 URI-006", base("live?a=b", "key"),
        **dropped(base("live?a=b", None), empty("live?a=b")))
    one(
        "fragment-empty",
        "rtmp://h/live#",
        "URI-007 URI-009",
        base("live", None),
        **lenient("Split", allow=["accept", "close", "alternative"], alternatives=[("an empty name", base("live", ""))]),
    )
    u = lambda text, *arguments: (text, url("rtmp", "h", 1935, "live", "key", "rtmp://h/live", arguments))
    for id, (text, yields) in {
        "two": u("rtmp://user:pass@h/live/key", "user", "pass"),
        "one": u("rtmp://user@h/live/key", "user"),
        "escape": u("rtmp://us%3Aer:p%40ss@h/live/key", "us:er", "p@ss"),
        "escape-utf8": u("rtmp://us%C3%A9r@h/live/key", "us\u00e9r"),
        "three": u("rtmp://a:b:c@h/live/key", "a", "b", "c"),
        "empty-parts": u("rtmp://:@h/live/key", "", ""),
    }.items():
        one(
            f"userinfo-{id}",
            text,
            "URI-008 URI-009",
            yields,
            **lenient(
                "Userinfo",
                allow=["accept", "alternative"],
                alternatives=[
                    ("user and password are kept, not sent in connect", url("rtmp", "h", 1935, "live", "key", "rtmp://h/live"))
                ],
            ),
        )
    one(
        "userinfo-port",
        "rtmp://user:pass@h:1936/live/key",
        "URI-008 URI-009",
        url("rtmp", "h", 1936, "live", "key", "rtmp://h:1936/live", ("user", "pass")),
        **lenient("Userinfo"),
    )
    one(
        "userinfo-two-at-signs",
        "rtmp://u@x:p@h/live/key",
        "URI-008 URI-009",
        url("rtmp", "h", 1935, "live", "key", "rtmp://h/live", ("u@x", "p")),
        **lenient(
            "AtSign",
            allow=["accept", "close", "alternative"],
            alternatives=[
                ("user and password are kept, not sent in connect", url("rtmp", "h", 1935, "live", "key", "rtmp://h/live"))
            ],
        ),
    )
    opts = lenient("Options", allow=["accept", "close"])
    one("options", "rtmp://h/live/key live=1 timeout=30", "URI-012", base("live", "key"), **opts)
    one("options-known", "rtmp://h/live/key live=1 token=a/b?c", "URI-012", base("live", "key"), flags=["KnownOptions"])
    one("options-word", "rtmp://h/live/key swfVfy", "URI-012", base("live", "key"), **opts)
    for id, char in (("nul", "\0"), ("newline", "\n"), ("tab", "\t"), ("cr", "\r"), ("delete", "\x7f")):
        one(f"control-{id}", f"rtmp://h/live/k{char}y", "URI-006", result="invalid", title=f"a control character: {id}")


ports()
hosts()
paths()
