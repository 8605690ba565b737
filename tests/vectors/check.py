#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py INDICIA [DIR]: do the C and the Python verifier say of each test vector what it was made for? And does make.py still make them?"""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
SKIP = 77


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def c_says(indicia, folder, said, env):
    with tempfile.NamedTemporaryFile("w", suffix=".pub") as trust:
        trust.write(said["trust"] + "\n")
        trust.flush()
        heads = [a for name in said.get("checkpoints", ()) for a in ("--checkpoint", folder / name)]
        r = subprocess.run([indicia, "verify", "-o", "json", "--trust", trust.name, *heads, folder / said["file"]], capture_output=True, text=True, env=env)
    if r.returncode != (said["verdict"] != "VALID") or r.stderr:
        return {"status": r.returncode, "stderr": r.stderr}
    return {"reason": "", **json.loads(r.stdout), "file": said["file"]}


def python_says(verifier, folder, said):
    heads = [verifier.head_of((folder / name).read_text()) for name in said.get("checkpoints", ())]
    v = verifier.Verifier((folder / said["file"]).read_bytes(), heads)
    verdict, reason = v.verdict({verifier.key_of(said["trust"])})
    return dict(verdict=verdict, reason=reason, authenticated_leaves=v.authenticated_leaves, authenticated_bytes=v.authenticated_bytes, records=v.records,
                **({"root": v.root.hex()} if v.root else {}), **({"first_leaf": v.header["first_leaf"]} if v.header else {}))


def compare(who, got, said):
    keys = ("verdict", "reason", "first_leaf", "authenticated_leaves", "authenticated_bytes", "records", "root", "stream")
    wrong = {k: (said.get(k), got.get(k)) for k in keys if k in said and k in got and got[k] != said[k]}
    wrong.update({k: (said[k], None) for k in ("verdict", "reason") if k not in got})
    if ("root" in said) != ("root" in got):
        wrong["root"] = said.get("root"), got.get("root")
    for k, (meant, was) in wrong.items():
        print(f"{said['file']}: {who} says {k} {was}, meant is {meant}")
    return not wrong


def remade(folder):
    """The bytes of zlib differ from version to version; what was meant does not."""
    with tempfile.TemporaryDirectory() as fresh:
        subprocess.run([sys.executable, here / "make.py", fresh], check=True, capture_output=True)
        new, old = ({x["file"]: x for x in json.loads((pathlib.Path(d) / "vectors.json").read_text())} for d in (fresh, folder))
        same = {name: (x["verdict"], x["reason"], x["records"]) for name, x in new.items()} == {name: (x["verdict"], x["reason"], x["records"]) for name, x in old.items()}
        files = {p.name for p in pathlib.Path(fresh).iterdir()} == {p.name for p in folder.iterdir() if p.suffix in (".ieb", ".note", ".json")}
    if not same or not files:
        print("make.py makes other vectors than those kept: run it, and look at the difference")
    return same and files


def main(indicia, folder=here):
    folder = pathlib.Path(folder)
    try:
        verifier = load(here.parent / "support" / "ieb_verify.py")
    except ImportError as e:
        print("skipped: the Python verifier needs python3-cryptography:", e)
        return SKIP
    said = json.loads((folder / "vectors.json").read_text())
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    bad = 0
    for s in said:
        bad += not compare("the C verifier", c_says(indicia, folder, s, env), s)
        bad += not compare("the Python verifier", python_says(verifier, folder, s), s)
    bad += not remade(folder)
    verdicts = {s["verdict"] for s in said}
    missing = {"VALID", "INCOMPLETE", "UNSEALED", "ALTERED", "UNTRUSTED", "ROLLBACK", "UNSUPPORTED"} - verdicts
    print(len(said), "vectors,", bad, "differences", *(["; no vector is " + " ".join(sorted(missing))] if missing else []))
    return 1 if bad or missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
