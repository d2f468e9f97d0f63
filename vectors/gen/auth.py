"""Family auth-v1: the answers of a server that asks a publisher to authenticate, and what the client makes of them (V11)."""

import base64
import hashlib

from corpus import Family

NOTES = {
    "DeFacto": {
        "kind": "de-facto",
        "rule": "AUTH-001",
        "effect": "RTMP has no authentication (RTMP errata 8.1.6): this is what servers and encoders agree on.",
        "links": [],
    },
    "Opaque": {
        "kind": "de-facto",
        "rule": "AUTH-006",
        "effect": "With an opaque value the response is made from it, not from the challenge (errata E-75).",
        "links": [],
    },
    "OtherText": {
        "kind": "de-facto",
        "rule": "AUTH-002",
        "effect": "A rejection (RTMP 7.2.1.1, `_error`) whose text asks for no authentication: no attempt is made.",
        "links": ["https://github.com/pedroSG94/RootEncoder/issues/766"],
    },
    "MissingField": {
        "kind": "de-facto",
        "rule": "AUTH-004",
        "effect": "A field of the answer is missing. The scheme is defined by its implementations alone: an attempt "
        "with an empty field, or none.",
        "links": ["https://github.com/pedroSG94/RootEncoder/issues/766"],
    },
}
family = Family("auth-v1", "auth", NOTES, "DeFacto")
USER, PASSWORD, SALT, CHALLENGE, CLIENT = "myuser", "mypass", "testsalt", "testchallenge", "AAAAAA=="
NONCE, COUNT, CNONCE = "0123abcd", "00000001", "deadbeef"


def b64(data):
    return base64.b64encode(data).decode()


def md5(text):
    return hashlib.md5(text.encode())


def adobe(user, password, salt, challenge, opaque=""):
    hash1 = b64(md5(user + salt + password).digest())
    return hash1, b64(md5(hash1 + (opaque or challenge) + CLIENT).digest())


def llnw(user, password, app, realm="live", nonce=NONCE):
    path = app if "/" in app else f"{app}/_definst_"
    h1 = md5(f"{user}:{realm}:{password}").hexdigest()
    h2 = md5(f"publish:/{path}").hexdigest()
    return h1, h2, md5(f"{h1}:{nonce}:{COUNT}:{CNONCE}:auth:{h2}").hexdigest()


def found(mod, stage, **more):
    return [{"auth": {"mod": mod, "stage": stage, **more}}]


def reject(mod, tail):
    return f"[ AccessManager.Reject ] : [ authmod={mod} ] : {tail}".encode()


def steps():
    assert adobe(USER, PASSWORD, SALT, CHALLENGE) == ("Xh4gNHmYX5l5hzYSBPAUiA==", "U6zdytzCDK8uuEJfF0uh0w==")
    assert adobe(USER, PASSWORD, SALT, CHALLENGE, "testopaque")[1] == "V1LGq7r6Wzatk48hMXbMOw=="
    assert llnw(USER, PASSWORD, "live") == (
        "4d017862eaf68244b61db4acc0f057ed",
        "a2d981c976a6851bc5ed3f2beab823c8",
        "ba51a64b3dd54ba16be623e206abac7e",
    )
    assert llnw(USER, PASSWORD, "live/inst")[1:] == ("d557cdab04c1013c3983ea378aaca31e", "3c80b857f1a169b89fde49e5050727cd")
    state = lambda app="live", user=USER, password=PASSWORD: family.group(
        user=user, password=password, app=app, client_challenge=CLIENT, cnonce=CNONCE
    )
    for mod, rule in (("adobe", "AUTH-002 AUTH-003"), ("llnw", "AUTH-012")):
        state()(
            f"auth-{mod}-needed",
            f"authmod={mod}: authentication is needed",
            rule,
            f"[ AccessManager.Reject ] : [ code=403 need auth; authmod={mod} ] : ".encode(),
            found(mod, "needed", append=f"?authmod={mod}&user={USER}"),
        )
    ask = lambda user=USER, salt=SALT, challenge=CHALLENGE, opaque=None: reject(
        "adobe",
        f"?reason=needauth&user={user}&salt={salt}&challenge={challenge}" + (f"&opaque={opaque}" if opaque is not None else ""),
    )
    state()(
        "auth-adobe-challenge",
        "salt and challenge, no opaque value",
        "AUTH-004 AUTH-005 AUTH-006",
        ask(),
        found("adobe", "challenge", response=adobe(USER, PASSWORD, SALT, CHALLENGE)[1]),
    )
    response = adobe(USER, PASSWORD, SALT, CHALLENGE, "testopaque")[1]
    state()(
        "auth-adobe-opaque",
        "the opaque value takes the place of the challenge",
        "AUTH-006 AUTH-005 AUTH-008",
        ask(opaque="testopaque"),
        found(
            "adobe",
            "challenge",
            response=response,
            append=f"?authmod=adobe&user={USER}&challenge={CLIENT}&response={response}&opaque=testopaque",
        ),
        flags=["Opaque"],
    )
    state()(
        "auth-adobe-opaque-empty",
        "an empty opaque value is none",
        "AUTH-006",
        ask(opaque=""),
        found("adobe", "challenge", response=adobe(USER, PASSWORD, SALT, CHALLENGE)[1]),
        flags=["Opaque"],
    )
    for id, salt, challenge in (("plus-and-slash", "a+b/c=", "d+e/f=="), ("long", "s" * 64, "c" * 64)):
        state()(
            f"auth-adobe-{id}",
            "base64 values are taken as they stand",
            "AUTH-011 AUTH-006",
            ask(salt=salt, challenge=challenge),
            found("adobe", "challenge", response=adobe(USER, PASSWORD, salt, challenge)[1]),
        )
    state(password="pä:ss")(
        "auth-adobe-password",
        "a password with a colon and a letter outside ASCII",
        "AUTH-005",
        ask(),
        found("adobe", "challenge", response=adobe(USER, "pä:ss", SALT, CHALLENGE)[1]),
    )
    for reason, stage in (("authfailed", "failed"), ("nosuchuser", "no-such-user")):
        state()(
            f"auth-adobe-{stage}",
            f"reason={reason}",
            "AUTH-009 AUTH-018",
            reject("adobe", f"?reason={reason}&opaque=x"),
            found("adobe", stage),
        )
    state()(
        "auth-llnw-failed",
        "reason=authfail, without ed",
        "AUTH-017",
        reject("llnw", "?reason=authfail"),
        found("llnw", "failed"),
    )
    nonce = lambda n=NONCE: reject("llnw", f"?reason=needauth&user={USER}&nonce={n}")
    for id, app in (("live", "live"), ("instance", "live/inst")):
        h = llnw(USER, PASSWORD, app)[2]
        state(app)(
            f"auth-llnw-{id}",
            f"nonce, app {app}",
            "AUTH-013 AUTH-014 AUTH-015 AUTH-016",
            nonce(),
            found(
                "llnw",
                "challenge",
                response=h,
                append=f"?authmod=llnw&user={USER}&nonce={NONCE}&cnonce={CNONCE}&nc={COUNT}&response={h}",
            ),
        )
    state()(
        "auth-llnw-other-nonce",
        "another nonce",
        "AUTH-015 AUTH-019",
        nonce("ffffffff"),
        found("llnw", "challenge", response=llnw(USER, PASSWORD, "live", nonce="ffffffff")[2]),
    )
    for id, text in (
        ("plain", b"Connection failed: Application rejected connection."),
        ("empty", b""),
        ("redirect", b"Redirected"),
        ("other-mod", b"[ AccessManager.Reject ] : [ code=403 need auth; authmod=other ] : "),
    ):
        state()(
            f"auth-other-{id}",
            "a rejection without authentication",
            "AUTH-002 AUTH-018",
            text,
            found(None, "none"),
            result="lenient",
            flags=["OtherText"],
            allow=["accept", "close"],
        )
    state()(
        "auth-adobe-no-salt",
        "no salt",
        "AUTH-004",
        reject("adobe", f"?reason=needauth&user={USER}&challenge={CHALLENGE}"),
        found("adobe", "challenge", response=adobe(USER, PASSWORD, "", CHALLENGE)[1]),
        result="lenient",
        flags=["MissingField"],
        allow=["accept", "close", "alternative"],
        alternatives=[("no attempt", found(None, "none"))],
    )
    state()(
        "auth-llnw-no-nonce",
        "no nonce",
        "AUTH-012 AUTH-015",
        reject("llnw", f"?reason=needauth&user={USER}"),
        found("llnw", "challenge", response=llnw(USER, PASSWORD, "live", nonce="")[2]),
        result="lenient",
        flags=["MissingField"],
        allow=["accept", "close", "alternative"],
        alternatives=[("no attempt", found(None, "none"))],
    )


steps()
