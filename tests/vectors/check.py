#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py INDICIA [DIR]: do the C and the Python programs say of each test vector what it was made for? And does make.py still make them?

vectors.json: bundles; proofs.json: proofs of records; custody.json and stamps.json: custody logs, the latter with time stamps."""
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
SKIP = 77
ID_DIGITS = 16  # of an event, as the C program prints it


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(indicia, said, env, *arguments):
    """What the C program prints, with the keys of a vector trusted; its exit status and what it says besides."""
    with tempfile.NamedTemporaryFile("w", suffix=".pub") as trust:
        trust.write("\n".join(said["trust"] if isinstance(said["trust"], list) else [said["trust"]]) + "\n")
        trust.flush()
        r = subprocess.run([indicia, *arguments, "-o", "ndjson", "--trust", trust.name], capture_output=True, text=True, env=env)
    return [json.loads(line) for line in r.stdout.splitlines()], r.returncode, r.stderr


def batches(said):
    """Vectors that one run can be asked for: the same trust, no notes or statements, and of one stream no two bundles that a verifier would compare."""
    out = {}
    for s in said:
        place = s["trust"], *s.get("checkpoints", ()), *s.get("statements", ())
        alone = len(place) > 1 and s["file"]
        turn = sum(s["stream"] == other["stream"] and other["verdict"] in ("VALID", "INCOMPLETE") for batch in out.values() for other in batch)
        out.setdefault((place, alone, turn if s["verdict"] in ("VALID", "INCOMPLETE") else 0), []).append(s)
    return list(out.values())


def c_says(indicia, folder, batch, env):
    """By file, what the C program says of a batch."""
    first, given = batch[0], []
    for option, key in (("--checkpoint", "checkpoints"), ("--trust", "statements")):
        given += [a for name in first.get(key, ()) for a in (option, folder / name)]
    rows, status, errors = run(indicia, first, env, "verify", *given, *(folder / s["file"] for s in batch))
    # A state of a stream that no bundle here is of changes no verdict; that nothing was compared with it is said.
    streams = {(folder / name).read_text().split("\n")[0].rpartition("/")[2] for name in first.get("checkpoints", ())}
    strange = bool(streams - {s["stream"] for s in batch})
    right = status == (strange or any(s["verdict"] != "VALID" for s in batch)) and ("compared with nothing" in errors) == strange == bool(errors)
    return {s["file"]: {"status": status, "stderr": errors} for s in batch} if not right else {pathlib.Path(r["file"]).name: {"reason": "", **r} for r in rows}


def python_says(verifier, folder, said):
    heads = [verifier.head_of((folder / name).read_text()) for name in said.get("checkpoints", ())]
    v = verifier.Verifier((folder / said["file"]).read_bytes(), heads)
    verdict, reason = v.verdict(verifier.trust_of([said["trust"], *(str(folder / name) for name in said.get("statements", ()))]))
    return dict(verdict=verdict, reason=reason, authenticated_leaves=v.authenticated_leaves, authenticated_bytes=v.authenticated_bytes, records=v.records,
                **({"root": v.root.hex()} if v.root else {}), **({"first_leaf": v.header["first_leaf"]} if v.header else {}))


def proofs(indicia, verifier, folder, env):
    """All with one key trusted are asked for at once: no proof knows of another."""
    said, bad = json.loads((folder / "proofs.json").read_text()), 0
    for key in sorted({s["trust"] for s in said}):
        mine = [s for s in said if s["trust"] == key]
        rows, status, errors = run(indicia, mine[0], env, "verify", *(folder / s["file"] for s in mine))
        if status != any(s["verdict"] != "VALID" for s in mine) or errors or len(rows) != len(mine):
            bad += 1
            print("proofs: exit status", status, len(rows), errors)
        for s, row in zip(mine, rows):
            p = verifier.Verifier((folder / s["file"]).read_bytes())
            verdict, reason = p.verdict({verifier.ieb.key_of(key)})
            python = dict(verdict=verdict, reason=reason)
            if verdict in ("VALID", "UNTRUSTED"):
                python.update(stream=p.preamble[8:24].hex(), first_leaf=p.bundle.header["first_leaf"], root=p.root.hex(), records=p.seal["records"],
                              shown=len(p.records), frame_records=sum(frame[2] for frame in p.frames))
            bad += not compare("the C verifier", {"reason": "", **row}, s)
            bad += not compare("the Python verifier", python, s)
    return len(said), bad


def python_log(reader, folder, said):
    """Events and files as the Python reader finds them. It does not look into time stamps."""
    data = (folder / said["bundle"]).read_bytes()
    bundle = reader.ieb.Verifier(data)
    bundle.run()
    head = bundle.stream, bundle.header["first_leaf"] + bundle.authenticated_leaves - 1, bundle.root, reader.sha(data)
    files = reader.beside(str(folder / said["bundle"]))
    files += [reader.File(f["file"], "copy", (folder / f["file"]).read_bytes()) for f in said["files"] if f["role"] == "copy"]
    log = reader.Log(files, head, bundle.header["identity_key"], {reader.ieb.key_of(key) for key in said["trust"]})
    events = {i.hex(): (set(e.codes), "open" if e.open else e.receipt and e.receipt.hex()) for i, e in log.events.items()}
    return events, {pathlib.Path(f.name).name: dict(role=f.role, state=f.state, events=len(f.records), cut=f.cut, offset=f.bad) for f in files}, log.status()


def custody(indicia, reader, folder, env, name):
    said, bad = json.loads((folder / name).read_text()), 0
    for s in said:
        copies = [a for f in s["files"] if f["role"] == "copy" for a in ("--copy", folder / f["file"])]
        ca = ["--ca", folder / s["ca"]] if "ca" in s else []
        rows, status, _ = run(indicia, s, env, "custody", "log", *copies, *ca, folder / s["bundle"])
        c_events = {row["sha256"]: row for row in rows if row["type"] == "custody"}
        c_files = {pathlib.Path(row["file"]).name: row for row in rows if row["type"] == "custody_file"}
        events, files, python_status = python_log(reader, folder, s)
        stamped = any(e["state"] == "stamp" for e in s["events"])
        wrong = [("exit status of the C program", status, s["status"])] if status != s["status"] else []
        wrong += [("status of the Python reader", python_status, s["status"])] if python_status != s["status"] and not stamped else []
        wrong += [("events", sorted(found), "other ones") for found in (c_events, events) if set(found) != {e["id"] for e in s["events"]}]
        wrong += [("files", sorted(found), "other ones") for found in (c_files, files) if set(found) != {f["file"] for f in s["files"]}]
        for e in () if wrong else s["events"]:
            meant = {**e, "receipt": e.get("receipt", "absent")[:ID_DIGITS]}
            row = {"receipt": "absent", **c_events[e["id"]], "id": e["id"]}
            got = {k: row.get(k) for k in meant}
            wrong += [("C: " + e["id"], got, meant)] if got != meant else []
            codes = {e["state"]} - {"ok", "stamp"}
            wrong += [("Python: " + e["id"], events[e["id"]], e)] if events[e["id"]] != (codes, e.get("receipt")) else []
        for f in () if wrong else s["files"]:
            for who, found in (("C", c_files), ("Python", files)):
                got = {k: found[f["file"]].get(k) for k in f if k != "file"}
                wrong += [(who + ": " + f["file"], got, f)] if got != {k: x for k, x in f.items() if k != "file"} else []
        for what, got, meant in wrong:
            print(f"{s['bundle']}: {what}: {got}, meant is {meant}")
        bad += len(wrong)
    return len(said), bad


def compare(who, got, said):
    keys = ("verdict", "reason", "first_leaf", "authenticated_leaves", "authenticated_bytes", "records", "root", "stream", "shown", "frame_records")
    wrong = {k: (said.get(k), got.get(k)) for k in keys if k in said and k in got and got[k] != said[k]}
    wrong.update({k: (said[k], None) for k in ("verdict", "reason") if k not in got})
    if ("root" in said) != ("root" in got):
        wrong["root"] = said.get("root"), got.get("root")
    for k, (meant, was) in wrong.items():
        print(f"{said['file']}: {who} says {k} {was}, meant is {meant}")
    return not wrong


def remade(folder):
    """The bytes of zlib differ from version to version; what was meant does not. A time stamp cannot be made again."""
    def meant(place, name):
        keys = ("verdict", "reason", "records", "shown", "status", "about")
        return {s.get("file", s.get("bundle")): [s.get(k) for k in keys] for s in json.loads((pathlib.Path(place) / name).read_text())}

    def files(place):
        return {p.name for p in pathlib.Path(place).iterdir() if p.suffix in (".ieb", ".iep", ".iec", ".note", ".statement") and not p.name.startswith("V21")}
    with tempfile.TemporaryDirectory() as fresh:
        subprocess.run([sys.executable, here / "make.py", fresh], check=True, capture_output=True)
        same = files(fresh) == files(folder) and all(meant(fresh, name) == meant(folder, name) for name in ("vectors.json", "proofs.json", "custody.json"))
    if not same:
        print("make.py makes other vectors than those kept: run it, and look at the difference")
    return same


def without_vector(folder):
    """Reasons that the tables of docs/bundle-format.md sections 7 and 10.1 name and no vector has."""
    text = (here.parent.parent / "docs" / "bundle-format.md").read_text()
    missing = []
    for first, behind, name in (("## 7. Verifying", "### 7.2", "vectors.json"), ("### 10.1", None, "proofs.json")):
        part = text[text.index(first):text.index(behind) if behind else len(text)]
        named = {reason for line in part.splitlines() if line.startswith("| ") for reason in re.findall("`([a-z_0-9]+)`", line.rsplit("|", 2)[1])}
        missing += sorted(named - {s["reason"] for s in json.loads((folder / name).read_text())})
    return missing


def main(indicia, folder=here):
    folder = pathlib.Path(folder)
    try:
        verifier, proof_verifier, reader = (load(here.parent / "support" / name) for name in ("ieb_verify.py", "iep_verify.py", "iec_check.py"))
    except ImportError as e:
        print("skipped: the Python verifier needs python3-cryptography:", e)
        return SKIP
    said = json.loads((folder / "vectors.json").read_text())
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    bad = 0
    c_verifier = {name: row for batch in batches(said) for name, row in c_says(indicia, folder, batch, env).items()}
    for s in said:
        bad += not compare("the C verifier", c_verifier.get(s["file"], {}), s)
        bad += not compare("the Python verifier", python_says(verifier, folder, s), s)
    bad += not remade(folder)
    verdicts = {s["verdict"] for s in said}
    missing = sorted({"VALID", "INCOMPLETE", "UNSEALED", "ALTERED", "UNTRUSTED", "ROLLBACK", "UNSUPPORTED"} - verdicts) + without_vector(folder)
    counts = [proofs(indicia, proof_verifier, folder, env), *(custody(indicia, reader, folder, env, name) for name in ("custody.json", "stamps.json"))]
    bad += sum(n for _, n in counts)
    print(len(said), "bundles, %d proofs, %d custody logs, %d time stamps," % tuple(n for n, _ in counts), bad, "differences",
          *(["; no vector is " + " ".join(missing)] if missing else []))
    return 1 if bad or missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
