"""A throw-away CA in this process: thousands of pairs in seconds, where a command for each takes minutes.

P-256 and DER by hand, so that nothing but Python's own library is needed. Neither constant-time nor
meant to be: what it signs is trusted by nobody but a test.
"""

import base64
import datetime
import hashlib
import pathlib
import secrets
import time

# The curve, FIPS 186-4 D.1.2.3.
PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def _add(a, b):
    """The sum of two points, None being the point at infinity."""
    if a is None or b is None:
        return a or b
    (x1, y1), (x2, y2) = a, b
    if x1 == x2:
        if (y1 + y2) % PRIME == 0:
            return None
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, PRIME)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, PRIME)
    x3 = (slope * slope - x1 - x2) % PRIME
    return x3, (slope * (x1 - x3) - y1) % PRIME


def _rows():
    """Multiples of the base for each byte of a scalar: 32 additions then make a product."""
    rows, step = [], BASE
    for _ in range(32):
        row = [None]
        for _ in range(255):
            row.append(_add(row[-1], step))
        rows.append(row)
        step = _add(row[-1], step)
    return rows


class _Multiples:
    rows: list = []


def multiply(scalar):
    """The base times a scalar."""
    if not _Multiples.rows:
        _Multiples.rows = _rows()
    point = None
    for row, byte in zip(_Multiples.rows, scalar.to_bytes(32, "little")):
        point = _add(point, row[byte])
    return point


def _der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(size)]) + size + body


def _sequence(*parts):
    return _der(0x30, *parts)


def _integer(number):
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _object(*arcs):
    body = bytes([arcs[0] * 40 + arcs[1]])
    for arc in arcs[2:]:
        groups = [arc & 127]
        while arc := arc >> 7:
            groups.insert(0, 128 | arc & 127)
        body += bytes(groups)
    return _der(0x06, body)


def _bits(body, unused=0):
    return _der(0x03, bytes([unused]), body)


def _octets(*parts):
    return _der(0x04, *parts)


def _name(common):
    return _sequence(_der(0x31, _sequence(_object(2, 5, 4, 3), _der(0x0C, common.encode()))))


def _time(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    if moment.year < 2050:
        return _der(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())
    return _der(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())


def _extension(arcs, critical, *value):
    flag = [_der(0x01, b"\xff")] if critical else []
    return _sequence(_object(*arcs), *flag, _octets(*value))


ECDSA_WITH_SHA256 = _sequence(_object(1, 2, 840, 10045, 4, 3, 2))
P256_KEY = _sequence(_object(1, 2, 840, 10045, 2, 1), _object(1, 2, 840, 10045, 3, 1, 7))
TRUE = _der(0x01, b"\xff")


def pem(label, der):
    text = base64.encodebytes(der).decode().replace("\n", "")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return f"-----BEGIN {label}-----\n" + "\n".join(lines) + f"\n-----END {label}-----\n"


class Key:
    """A private key with its public point."""

    def __init__(self):
        self.secret = secrets.randbelow(ORDER - 1) + 1
        x, y = multiply(self.secret)
        self.point = b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")

    def sign(self, message):
        digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
        while True:
            once = secrets.randbelow(ORDER - 1) + 1
            r = multiply(once)[0] % ORDER
            s = pow(once, -1, ORDER) * (digest + r * self.secret) % ORDER
            if r and s:
                return _sequence(_integer(r), _integer(s))

    @property
    def public(self):
        return _sequence(P256_KEY, _bits(self.point))

    @property
    def identifier(self):
        return hashlib.sha1(self.point).digest()

    @property
    def pem(self):
        own = _sequence(
            _integer(1),
            _octets(self.secret.to_bytes(32, "big")),
            _der(0xA1, _bits(self.point)),
        )
        return pem("PRIVATE KEY", _sequence(_integer(0), P256_KEY, _octets(own)))


class Pair:
    """A leaf with its chain and key, as PEM, and what names it."""

    def __init__(self, chain_pem, key_pem, leaf):
        self.chain_pem, self.key_pem = chain_pem, key_pem
        self.fingerprint = hashlib.sha256(leaf).hexdigest()


class Authority:
    """A root and an intermediate that live as long as the object."""

    def __init__(self):
        now = time.time()
        self._root, self._middle = Key(), Key()
        span = (now - 86400, now + 3650 * 86400)
        authority = self._authority
        root = self._sign("leaves root", authority(self._root), self._root, self._root, *span)
        middle = self._sign(
            "leaves intermediate", authority(self._middle), self._middle, self._root, *span
        )
        self.root_pem, self._middle_pem = pem("CERTIFICATE", root), pem("CERTIFICATE", middle)

    def _authority(self, key):
        return [
            _extension((2, 5, 29, 19), True, _sequence(TRUE)),
            _extension((2, 5, 29, 15), True, _bits(b"\x06", unused=1)),
            _extension((2, 5, 29, 14), False, _octets(key.identifier)),
        ]

    def _sign(self, subject, extensions, key, issuer, begin, end):
        by = "leaves root" if issuer is self._root else "leaves intermediate"
        if key is not issuer:
            identifier = _sequence(_der(0x80, issuer.identifier))
            extensions = [*extensions, _extension((2, 5, 29, 35), False, identifier)]
        body = _sequence(
            _der(0xA0, _integer(2)),
            _integer(secrets.randbits(126) + 1),
            ECDSA_WITH_SHA256,
            _name(by),
            _sequence(_time(begin), _time(end)),
            _name(subject),
            key.public,
            _der(0xA3, _sequence(*extensions)),
        )
        return _sequence(body, ECDSA_WITH_SHA256, _bits(issuer.sign(body)))

    def issue(self, names, begin=-3600, end=90 * 86400):
        """A pair with a key of its own; times are seconds from now."""
        key, now = Key(), time.time()
        extensions = [
            _extension((2, 5, 29, 19), True, _sequence()),
            _extension((2, 5, 29, 37), False, _sequence(_object(1, 3, 6, 1, 5, 5, 7, 3, 1))),
            _extension(
                (2, 5, 29, 17), False, _sequence(*(_der(0x82, name.encode()) for name in names))
            ),
        ]
        leaf = self._sign(names[0], extensions, key, self._middle, now + begin, now + end)
        return Pair(pem("CERTIFICATE", leaf) + self._middle_pem, key.pem, leaf)


def write_pair(folder, pair):
    """As fullchain.pem and privkey.pem, for a folder that nobody reads yet."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fullchain.pem").write_text(pair.chain_pem)
    (folder / "privkey.pem").touch(mode=0o600)
    (folder / "privkey.pem").write_text(pair.key_pem)
