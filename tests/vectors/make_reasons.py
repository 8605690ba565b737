# SPDX-License-Identifier: Apache-2.0
"""The vectors V29: one for each reason of docs/bundle-format.md section 7 that no other vector has, and for values out of the range of their columns."""
import struct
import time
import zlib

from writer import IDENTITY, NOW, Bundle, claims, column_raw, exhibits, flows, origins, small, v

NOTHING = dict(leaves=0, bytes=0, root=None, records=0)


def flipped(data, at):
    out = bytearray(data)
    out[at] ^= 1
    return out


def frame_starts(file):
    at, out = 32, []
    while at < len(file):
        out.append(at)
        at += 32 + (struct.unpack("<I", file[at + 16:at + 20])[0] + 7 & ~7)
    return out


def damaged(add):
    """Of one bundle: CRCs, padding and marks, in front of a seal and behind the last one."""
    def case(name, b, file, verdict, reason, about, good=NOTHING):
        kept, b.sealed = b.sealed, good
        add("V29-" + name, b, verdict, reason, about, file)
        b.sealed = kept
    b = small("V29").seal()
    whole = bytes(b.file)
    data = frame_starts(whole)[1]
    length = struct.unpack("<I", whole[data + 16:data + 20])[0]
    assert length % 8, "a frame with padding"
    case("short", b, whole[:31], "UNSEALED", "short", "31 bytes")
    case("torn-first", b, whole[:60], "UNSEALED", "frame_torn", "cut inside the HEADER")
    case("magic", b, flipped(whole, 0), "ALTERED", "magic", "")
    case("preamble-crc", b, flipped(whole, 20), "ALTERED", "preamble_crc", "another stream id")
    places = (("frame-header", data + 9, "frame_header_crc", "a bit of a sequence number"), ("payload", data + 40, "payload_crc", "a bit of a payload"),
              ("padding", data + 32 + length, "padding", "a byte of padding that is not zero"))
    for name, at, reason, about in places:
        case(name, b, flipped(whole, at), "ALTERED", reason, about + ", in front of a seal")
    b = small("V29")
    b.seal(False)
    start = len(b.file)
    b.data(1, flows(3))
    for name, at, reason, about in places:
        case(name + "-behind", b, flipped(b.file, start + at - data), "INCOMPLETE", reason, about + ", behind the last seal", b.sealed)


def clock(sync=1):
    return v.encode(dict(boottime=1, realtime=NOW, max_error=None, est_error=None, step_ns=0, sync=sync), v.S_CLOCK)


def frames(add):
    def case(name, b, reason, about, verdict="ALTERED"):
        add("V29-" + name, b, verdict, reason, about)

    def odd(name, reason, about, verdict="ALTERED", kind=v.CLOCK, payload=None, **fields):
        b = small("V29")
        b.frame(kind, clock() if payload is None else payload, **fields)
        case(name, b.seal(good=False), reason, about, verdict)
    odd("flags", "frame_form", "flags are not 0", flags=1)
    odd("raw-length", "frame_form", "raw and stored length differ", raw=1)
    odd("version", "frame_version", "a header of a later version", "UNSUPPORTED", version=2)
    odd("clock-sync", "clock_form", "a state of the clock that there is not", payload=clock(5))
    for name, causes, about in (("loss-order", [(2, 1), (1, 1)], "causes not in ascending order"), ("loss-cause", [(17, 1)], "a cause that there is not"),
                                ("loss-none", [(3, 0)], "a cause that lost nothing")):
        odd(name, "loss_form", about, kind=v.LOSS, payload=v.encode({"from": 1, "to": 2, "causes": [dict(cause=c, count=n) for c, n in causes]}, v.S_LOSS))
    b = small("V29")
    at = len(b.file)
    b.clock()
    head = b"IEBG" + bytes(b.file[at + 4:at + 28])
    b.file[at:at + 32] = head + struct.pack("<I", zlib.crc32(head, struct.unpack("<I", b.stream[:4])[0]))
    case("mark", b.seal(good=False), "frame_form", "a frame does not begin with IEBF, and its CRC is right")
    b = small("V29")
    b.header()
    case("second-header", b.seal(good=False), "header_order", "")
    b = small("V29")
    start = frame_starts(b.file)[1]
    b.file[32:start] = b""
    case("no-header", b.seal(good=False), "header_order", "the first frame is a DATA")
    b = small("V29")
    b.checkpoint(good=False)
    case("no-sealinfo", b, "seal_order", "a CHECKPOINT behind a DATA")
    b = small("V29")
    b.sealinfo(False)
    b.clock()
    case("no-checkpoint", b.seal(good=False), "seal_order", "a CLOCK between SEALINFO and CHECKPOINT")
    b = small("V29")
    b.seal(False)
    m = dict(epoch=1, key=bytes(31), start_ns=b.now, signature=bytes(64), boot_key=b"", restart=0)
    b.frame(v.EPOCH, v.encode(m, v.S_EPOCH))
    case("epoch-key", b.seal(good=False), "epoch_form", "a key of 31 bytes")
    for name, reason, about, over in (("seal-sum", "seal_form", "the kinds of records do not add up", dict(records=4)),
                                      ("seal-reason", "seal_form", "a reason that there is not", dict(reason=5)),
                                      ("seal-link-type", "seal_form", "one link type, where none or several are listed",
                                       dict(link_types=[dict(number=1, name="EN10MB")])),
                                      ("seal-count", "record_count", "two flows are counted, and three were stored", dict(records=2, flows=2))):
        b = small("V29")
        b.sealinfo(True, **over)
        b.checkpoint(good=False)
        case(name, b, reason, about)


def headers(add):
    other = bytes(16)
    for name, reason, about, over in (
            ("stream-id", "stream_id", "the HEADER's stream id is not the preamble's", dict(stream_id=other)),
            ("origin", "header_form", "the origin does not end in the stream id", dict(origin="indicia.example/" + other.hex())),
            ("boot-key", "header_form", "a boot key of zeros", dict(boot_key=bytes(32))),
            ("previous-root", "frontier", "a previous root where there are no leaves before", dict(previous_root=v.sha())),
            ("frontier", "frontier", "a frontier where there are no leaves before", dict(frontier=[v.sha()])),
            ("certificate", "epoch_certificate", "the certificate is of another time", dict(epoch_start_ns=NOW - 1))):
        b = small("V29", **over)
        add("V29-" + name, b.seal(good=False), "ALTERED", reason, about)
    b = Bundle("V29", first=2, frontier=[v.sha(b"perfect 0")], previous_root=v.sha())
    add("V29-other-root", b.seal(good=False), "ALTERED", "frontier", "the previous root is not that of the frontier")
    b = Bundle("V29", first=2, frontier=[v.sha(b"perfect 0")])
    b.first = 0
    b.file = bytearray(b.file[:32])
    b.size, b.frontier = 0, []
    b.header(first_leaf=2, frontier=[v.sha(b"perfect 0")], previous_root=v.sha(b"perfect 0"), certificate=certified(b, 2))
    b.first = 2
    add("V29-first-sequence", b.seal(good=False), "ALTERED", "sequence", "the HEADER's sequence number is not its first leaf")


def certified(b, first):
    return IDENTITY.sign(b"IEB1-EPOCH\0" + b.stream + v.be64(b.epoch) + v.be64(first) + v.be64(b.now) + b.signer.public)


def values(add):
    """A value that its column does not admit; the rest of the frame, its zone map and its commitments are of what stood there before."""
    def case(name, kind, k, column, new, about):
        spec, unit = v.KINDS[kind][0][column - 1], 1
        base = min(k[1]) if kind < 3 else min(k[3]) if kind == 4 else 0

        def change(m, _):
            raw = column_raw(spec, new, base, unit)
            m["columns"][column - 1].update(codec=0, raw_len=len(raw), data=raw)
            return v.encode(m, v.S_DATA)
        b = Bundle("V29")
        b.data(kind, k, change=change)
        add("V29-value-" + name, b.seal(good=False), "ALTERED", "column_form", about)

    def first(k, column, value):
        return [value] + list(k[column][1:])
    k, six = flows(4), flows(4, (6,))
    case("ip-version", 1, six, 5, first(six, 5, 5), "a flow over IP version 5")
    for name, column, value in (("protocol", 6, 256), ("port", 9, 65536), ("fragments", 17, 1 << 32), ("flags", 23, 256), ("orient", 29, 8),
                                ("validated", 30, 5), ("end", 31, 7),
                                ("carries", 32, 14), ("signal-0", 38, 0), ("signal-128", 38, 128), ("signal-bits", 39, 16)):
        case(name, 1, k, column, first(k, column, value), "flows: column %d holds %d" % (column, value))
    case("derived", 1, k, 38, first(k, 38, 3), "a signal that every reader derives itself")
    case("reference", 1, k, 42, first(k, 42, 2), "the first reference is to a value that was not used yet")
    case("length", 1, k, 43, first(k, 43, 513), "a value of 513 bytes")
    case("less", 1, k, 3, k[3][1:], "a value less than there are rows")
    case("more", 1, k, 3, k[3] + [9], "a value more than there are rows")
    e, c, o = exhibits(3), claims(3), origins(3)
    case("exhibit-kind", 2, e, 6, first(e, 6, 3), "")
    case("masked", 2, e, 7, first(e, 7, 2), "")
    for name, column, value, about in (("prefix", 3, 33, "a prefix longer than its address"), ("data-set", 4, 1, "a data set that the HEADER does not list"),
                                       ("position", 5, 0, "a position without flag 16"), ("claim-flags", 5, 80, "a flag 64"), ("claim-kind", 12, 10, ""),
                                       ("marking", 17, 6, ""),
                                       ("indicator", 18, 20, "a signal without an indicator"), ("as-number", 6, 1 << 32, "an AS number of 33 bits")):
        case(name, 3, c, column, first(c, column, value), about)
    for name, column, value, about in (("claims", 7, 16, ""), ("samples", 23, 1, "a round-trip time of no sample"),
                                       ("beacon", 27, 443, "a port of no periodic series")):
        case(name, 4, o, column, first(o, column, value), about)
    case("silent", 4, o, 8, b"\x08" + o[8][1:], "a reason for silence that there is not")
    case("hops", 4, o, 21, b"\x03" + o[21][1:], "the smallest number of hops alone is known")
    case("hours", 4, o, 34, [472230, 472222] + o[34][2:], "active hours that do not ascend")


def zones(add):
    kinds = ((1, flows(3), "min_time", 1), (1, flows(3), "max_serial", 9), (1, flows(3), "dst_ports", bytes(8)), (1, flows(3), "protocols", bytes(32)),
             (1, flows(3), "addresses", b"\xff" * 8),
             (2, exhibits(3), "max_time", 1), (3, claims(3), "addresses", bytes(8)), (4, origins(3), "signals", b"\xff" * 16))
    for kind, k, field, value in kinds:
        def change(m, _, field=field, value=value):
            m["zone"][field] = value
            return v.encode(m, v.S_DATA)
        b = Bundle("V29")
        b.data(kind, k, change=change)
        add("V29-zone-%d-%s" % (kind, field.replace("_", "-")), b.seal(good=False), "ALTERED", "zone_map", "%s of the zone map is another" % field)


def revocation(seconds):
    """A statement (section 6.2) by the identity key of the vectors."""
    text = "indicia/key-revocation/v1\nkey %s\ntime %s\nreason compromised\n" % (IDENTITY.text(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)))
    typed = v.key_id(IDENTITY.public) + IDENTITY.sign(text.encode())
    return "%s\n\u2014 indicia %s\n" % (text, v.base64.b64encode(typed).decode())


def revoked(add):
    created = NOW // 10**9
    add("V29-revoked", small("V29").seal(), "UNTRUSTED", "key_revoked", "the key was revoked a second before the HEADER's time",
        statement=revocation(created - 1))
    add("V29-revoked-then", small("V29").seal(), about="the key was revoked at the HEADER's time, not before it", statement=revocation(created))


def make(add):
    for part in (damaged, frames, headers, values, zones, revoked):
        part(add)
