"""Build the training corpus from Debian packages.

Every item is a pair: a short text (a word, a title, a question) and a longer
text that explains it. Items made from manuals also carry one sentence of the
longer text. Nothing from an evaluation collection goes in.

Result: <cache>/corpus.jsonl, one {"src", "q", "d", "s"} a line, in a fixed order.
"""
import ast
import gzip
import hashlib
import html
import json
import os
import random
import re
import subprocess
import sys
import zipfile

# package -> (kind, licence of the text that is used)
PACKAGES = {
    "wordnet-base": ("wordnet", "WordNet 3.0 licence"),
    "dict-gcide": ("gcide", "public domain: only entries marked 1913 Webster throughout"),
    "dict-jargon": ("jargon", "public domain"),
    "dict-devil": ("devil", "public domain"),
    "perl-doc": ("pod", "Artistic licence (dual with GPL)"),
    "apache2-doc": ("html", "Apache-2.0"),
    "docker-doc": ("markdown", "Apache-2.0"),
    "erlang-doc": ("html", "Apache-2.0"),
    "freebsd-manpages": ("man", "BSD"),
    "geographiclib-doc": ("html", "MIT"),
    "golang-1.19-doc": ("html", "BSD-3-Clause"),
    "keystone-doc": ("html", "Apache-2.0"),
    "libboost1.81-doc": ("html", "BSL-1.0"),
    "neutron-doc": ("html", "Apache-2.0"),
    "nodejs-doc": ("html", "MIT"),
    "nova-doc": ("html", "Apache-2.0"),
    "ntpsec-doc": ("html", "NTP licence, BSD-2-Clause"),
    "petsc3.18-doc": ("html", "BSD-2-Clause"),
    "postgresql-doc-15": ("html", "PostgreSQL licence"),
    "python-astropy-doc": ("html", "BSD-3-Clause"),
    "python-biopython-doc": ("html", "Biopython licence (MIT style)"),
    "python-bs4-doc": ("html", "MIT"),
    "python-cryptography-doc": ("html", "Apache-2.0 or BSD-3-Clause"),
    "python-dask-doc": ("html", "BSD-3-Clause"),
    "python-dipy-doc": ("html", "BSD-3-Clause"),
    "python-django-doc": ("html", "BSD-3-Clause"),
    "python-gwcs-doc": ("html", "BSD-3-Clause"),
    "python-libpysal-doc": ("html", "BSD-3-Clause"),
    "python-lmfit-doc": ("html", "MIT, BSD-3-Clause"),
    "python-mpmath-doc": ("html", "BSD-3-Clause"),
    "python-nibabel-doc": ("html", "MIT"),
    "python-osmnx-doc": ("html", "MIT"),
    "python-pandas-doc": ("html", "BSD-3-Clause"),
    "python-pymatgen-doc": ("html", "MIT"),
    "python-pytest-doc": ("html", "MIT"),
    "python-scipy-doc": ("html", "BSD-3-Clause"),
    "python-skimage-doc": ("html", "BSD-3-Clause"),
    "python-sklearn-doc": ("html", "BSD-3-Clause"),
    "python-statsmodels-doc": ("html", "BSD-3-Clause"),
    "python-sympy-doc": ("html", "BSD-3-Clause"),
    "python-xarray-doc": ("html", "Apache-2.0"),
    "python3.11-doc": ("html", "PSF licence"),
    "rust-doc": ("html", "MIT or Apache-2.0"),
    "sphinx-doc": ("html", "BSD-2-Clause"),
    "sqlite3-doc": ("html", "public domain"),
    "xorg-docs": ("html", "MIT"),
}
# How many items of a kind go into the first and the second part. The first part
# alone gives a usable model; the second one adds breadth.
COUNTS = ({"wordnet": 70000, "gcide": 32000, "manuals": 30000},
          {"wordnet": 50000, "gcide": 110000, "manuals": 45000})
MANUAL_CAP = 1600          # passages of one package in the first part, at most
MADE_COUNT = 65536         # word lists and families of definitions
FILE_CAP = 900             # files of one package at most
TARGET_WORDS = 85          # a passage of a manual is about this long

WS = re.compile(r"\s+")


def clean(text):
    return WS.sub(" ", text).strip()


def fetch(cache):
    """Download and unpack the packages; return {package: version}."""
    deb = os.path.join(cache, "deb")
    os.makedirs(deb, exist_ok=True)
    versions = {}
    for name in PACKAGES:
        have = [f for f in os.listdir(deb) if f.startswith(name + "_")]
        if not have:
            subprocess.run(["apt-get", "download", name], cwd=deb, check=True, stdout=subprocess.DEVNULL)
            have = [f for f in os.listdir(deb) if f.startswith(name + "_")]
        versions[name] = have[0].split("_")[1].replace("%3a", ":")
        where = os.path.join(cache, "x", name)
        if not os.path.isdir(where):
            os.makedirs(where)
            subprocess.run(["dpkg-deb", "-x", os.path.join(deb, have[0]), where], check=True)
    return versions


def read(path):
    opener = gzip.open if path.endswith((".gz", ".dz")) else open
    with opener(path, "rb") as f:
        return f.read().decode("utf-8", "replace")


def files(root, ends):
    out = []
    for base, dirs, names in os.walk(root):
        dirs.sort()
        out += [os.path.join(base, n) for n in sorted(names) if n.endswith(ends)]
    return [f for f in out if os.path.isfile(f) and not os.path.islink(f)]


def good(text, least=12):
    """Prose, mostly in Latin letters, not a listing."""
    words = text.split()
    if len(words) < least:
        return False
    letters = sum(c.isalpha() and c.isascii() for c in text)
    return letters / len(text) > 0.72 and sum(map(len, words)) / len(words) < 9


# ---- dictionaries -------------------------------------------------------

ASK = ["what is {}?", "what does {} mean", "{} definition", "who or what is {}?", "tell me about {}",
       "which term describes {}?", "how is {} used?", "where is {} found?"]


def wordnet(root, rng):
    out = []
    for pos in ("noun", "verb", "adj", "adv"):
        for line in read(os.path.join(root, "usr/share/wordnet/data." + pos)).splitlines():
            if line.startswith(" ") or "|" not in line:
                continue
            head, gloss = line.split("|", 1)
            f = head.split()
            lemmas = [re.sub(r"\(.*\)", "", f[4 + 2 * i]).replace("_", " ") for i in range(int(f[3], 16))]
            gloss = clean(gloss)
            name = rng.choice(lemmas)
            shown = ", ".join(lemmas[:4])
            if rng.random() < 0.35:
                q = rng.choice(ASK).format(name)
            else:
                q = shown if rng.random() < 0.4 else name
            out.append({"src": "wordnet", "q": q, "d": gloss})
    rng.shuffle(out)
    return out


def gcide(root, rng):
    text = read([f for f in files(root, (".dz",))][0])
    out = []
    for entry in re.split(r"\n(?=[A-Z][^\n]{0,60}\\)", text):
        tags = set(re.findall(r"\[([^\[\]]*(?:Webster|PJC|WordNet|Century|AS|RDH|RP|Wikipedia)[^\[\]]*)\]", entry))
        if not tags or any(clean(t) != "1913 Webster" for t in tags):
            continue
        word = clean(entry.split("\\", 1)[0]).lower()
        body = entry.split("\n", 1)[1] if "\n" in entry else ""
        body = re.sub(r"\[1913 Webster\]", "\0", body)
        body = re.sub(r"\[[^\[\]]*\]", " ", body)
        body = body.replace("{", "").replace("}", "")
        body = re.sub(r"--\s?[A-Z][\w.&' ]{1,30}", " ", body)
        for sense in re.split(r"\n\s+\d+\. |\0\s*\n(?=\s{3}(?:\S))", body):
            sense = clean(sense.replace("\0", " "))
            sense = " ".join(sense.split()[:90])
            if good(sense, 6) and len(word) > 2:
                q = rng.choice(ASK).format(word) if rng.random() < 0.3 else word
                out.append({"src": "gcide", "q": q, "d": sense})
    rng.shuffle(out)
    return out


def flat(root, kind):
    text = read(files(root, (".dz",))[0])
    out = []
    if kind == "jargon":
        for entry in re.split(r"\n(?=\S[^\n]{0,60}\n)", text):
            word, _, body = entry.partition("\n")
            for part in re.split(r"\n\s*\n", body):
                part = clean(re.sub(r"[{}]|\s/[^/\n]*/, ?\w*\.", " ", part))
                if good(part):
                    out.append({"src": kind, "q": clean(word), "d": " ".join(part.split()[:90])})
    else:
        for m in re.finditer(r"\n([A-Z][A-Z' -]{2,30}), [a-z.]+\s+((?:.+\n)+)", text):
            if good(clean(m[2])):
                out.append({"src": kind, "q": m[1].lower(), "d": " ".join(clean(m[2]).split()[:90])})
    return out


# ---- manuals ------------------------------------------------------------

BLOCK = re.compile(r"<(title|h[1-5]|p|dd|li|td)\b[^>]*>(.*?)</\1>", re.S | re.I)
DROP = re.compile(r"<(script|style|pre|nav|footer|svg|table class=\"(?:docutils footnote|navigation))\b.*?</\1>", re.S | re.I)
TAG = re.compile(r"<[^>]+>")


def html_blocks(text):
    text = DROP.sub(" ", text)
    for m in BLOCK.finditer(text):
        body = clean(html.unescape(TAG.sub("" if m[1].lower() != "li" else " ", m[2]))).replace("¶", "").replace("\u00b6", "")
        kind = m[1].lower()
        yield ("title" if kind == "title" else "head" if kind[0] == "h" else "text"), body


def pod_blocks(text):
    for part in re.split(r"\n\s*\n", text):
        part = re.sub(r"[A-Z]<+ ?([^<>|]*)(?:\|[^<>]*)? ?>+", r"\1", part)
        if part.startswith("=head1 NAME"):
            continue
        m = re.match(r"=(head\d|item) (.*)", part)
        if m and m[1] == "head1":
            yield "head", clean(m[2])
        elif m:
            yield "head", clean(m[2])
        elif part[:1] not in ("=", " ", "\t"):
            yield "text", clean(part)


def man_blocks(text):
    para = []
    for line in text.splitlines() + [".Pp"]:
        m = re.match(r"\.(Sh|SH|Ss|Nd|Pp|PP|It|Bl|El|Bd|Ed)\b ?(.*)", line)
        if m:
            if para:
                yield "text", clean(" ".join(para))
                para = []
            if m[1] == "Nd":
                yield "title", clean(m[2])
            elif m[1] in ("Sh", "SH", "Ss"):
                yield "head", clean(m[2]).strip('"').lower()
        elif line.startswith("."):
            m = re.match(r"\.[A-Z][a-z] (.*)", line)
            if m:
                para.append(m[1])
        elif not line.startswith("'"):
            para.append(re.sub(r"\\f.|\\&|\\", "", line))


def markdown_blocks(text):
    for part in re.split(r"\n\s*\n", re.sub(r"```.*?```", "", text, flags=re.S)):
        m = re.match(r"#+ (.*)", part)
        if m:
            yield "head", clean(m[1])
        elif part[:1] not in ("|", "-", " ", "\t", "<"):
            yield "text", clean(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", part).replace("`", ""))


READERS = {"html": (html_blocks, (".html", ".htm")), "pod": (pod_blocks, (".pod", ".pod.gz")),
           "man": (man_blocks, (".gz",)), "markdown": (markdown_blocks, (".md", ".md.gz"))}


def manual(name, root, kind, rng, seen):
    reader, ends = READERS[kind]
    found = files(root, ends)
    rng.shuffle(found)
    out = []
    for path in found[:FILE_CAP]:
        if len(out) >= MANUAL_CAP * 3 or "changelog" in path or os.path.getsize(path) > 4_000_000:
            continue
        title, head, buf = "", "", []

        def flush():
            text = " ".join(" ".join(buf).split()[:130])
            buf.clear()
            if not good(text, 25):
                return
            key = hashlib.sha1(text[:80].encode()).digest()
            label = " ".join(dict.fromkeys(t for t in (clean(re.split(r"[—|»]| - ", title)[0]), head) if t))
            label = " ".join(label.split()[:16])
            if key in seen or len(label) < 4:
                return
            seen.add(key)
            sents = [s for s in re.split(r"(?<=[.?!]) (?=[A-Z])", text) if 6 <= len(s.split()) <= 30]
            out.append({"src": name, "q": label, "d": text, "s": rng.choice(sents) if len(sents) > 1 else None})

        for what, body in reader(read(path)):
            if what == "title":
                title = body
            elif what == "head":
                flush()
                head = body
            elif good(body, 6):
                buf.append(body)
                if sum(len(b.split()) for b in buf) >= TARGET_WORDS:
                    flush()
        flush()
    rng.shuffle(out)
    return out[:MANUAL_CAP], out[MANUAL_CAP:]


# ---- made texts ---------------------------------------------------------
# Manuals and dictionaries leave many words rare. Two kinds of made text give
# every word company: lists of related words, and families of definitions.

def families(root, rng):
    """The kinds of a thing, each with its definition: q is the thing's name."""
    rows, out = {}, []
    for line in read(os.path.join(root, "usr/share/wordnet/data.noun")).splitlines():
        if line.startswith(" ") or "|" not in line:
            continue
        head, gloss = line.split("|", 1)
        f = head.split()
        n = int(f[3], 16)
        rest = f[5 + 2 * n:]
        under = [rest[i + 1] for i in range(0, len(rest) - 3, 4) if rest[i] in ("~", "~i", "%p", "%m", "%s", "-c")]
        rows[f[0]] = (f[4].replace("_", " "), clean(gloss).split("; \"")[0], under)
    for name, gloss, under in rows.values():
        under = [u for u in under if u in rows]
        for _ in range(max(1, min(4, len(under) // 4))):
            pick = rng.sample(under, min(len(under), rng.randint(3, 5)))
            if len(pick) < 2:
                break
            text = [f"{name}: {gloss}."] if rng.random() < 0.5 else []
            for u in pick:
                form = rng.choice(("{}: {}.", "{} is {}.", "{} ({})."))
                text.append(form.format(rows[u][0], rows[u][1]))
            q = rng.choice(("{}", "kinds of {}", "which {}?", "examples of {}", "{} list")).format(name)
            out.append({"src": "families", "q": q, "d": " ".join(" ".join(text).split()[:95])})
    rng.shuffle(out)
    return out[:30000]


def word_lists(tok, tokens, rng, rounds=5):
    """Lists of words that the teacher holds to be related, with one stray word."""
    import numpy as np
    words = [(t, i) for t, i in tok.get_vocab().items() if len(t) > 2 and t.isascii() and t.isalpha()]
    words.sort(key=lambda w: w[1])
    v = tokens[[i for _, i in words]]
    names = [w for w, _ in words]
    near = np.concatenate([np.argsort(-(v[i:i + 2000] @ v.T), axis=1, kind="stable")[:, 1:25] for i in range(0, len(v), 2000)])
    out = []
    for _ in range(rounds):
        for i in range(len(names)):
            some = [names[j] for j in rng.sample(near[i].tolist(), 9)]
            long = [names[i]] + some[:rng.randint(4, 9)] + [rng.choice(names)]
            short = [names[i]] + rng.sample(some, rng.randint(0, 2)) + ([rng.choice(names)] if rng.random() < 0.5 else [])
            rng.shuffle(long)
            rng.shuffle(short)
            out.append({"src": "word_lists", "q": " ".join(short), "d": " ".join(long)})
    rng.shuffle(out)
    return out


def build_made(cache, tok, tokens, seed=7):
    """Write corpus-3.jsonl (needs the teacher's token vectors)."""
    target = os.path.join(cache, "corpus-3.jsonl")
    if not os.path.exists(target):
        rng = random.Random(f"{seed}:made")
        items = families(os.path.join(cache, "x", "wordnet-base"), rng) + word_lists(tok, tokens, rng)
        rng.shuffle(items)
        with open(target, "w") as f:
            for it in items[:MADE_COUNT]:
                f.write(json.dumps(it, ensure_ascii=False) + "\n")
    return target


# ---- science packages of the Python index --------------------------------
# Their docstrings speak of physics, chemistry, engineering, weather, medicine
# and statistics in the words that papers use.

WHEELS = {
    "fluids": ("1.3.1", "MIT"), "ht": ("1.2.0", "MIT"), "thermo": ("0.6.1", "MIT"),
    "chemicals": ("1.5.2", "MIT"), "aerosandbox": ("4.2.10", "MIT"), "plasmapy": ("2025.8.0", "BSD-3-Clause"),
    "metpy": ("1.7.1", "BSD-3-Clause"), "pvlib": ("0.16.1", "BSD-3-Clause"), "SimPEG": ("0.14.2", "MIT"),
    "landlab": ("2.11.0", "MIT"), "nilearn": ("0.14.1", "BSD-3-Clause"), "lifelines": ("0.30.3", "MIT"),
    "control": ("0.10.2", "BSD-3-Clause"), "qutip": ("5.3.1", "BSD-3-Clause"), "mne": ("1.13.2", "BSD-3-Clause"),
    "pymc": ("5.28.5", "Apache-2.0"),
}


def docstrings(path, name, rng, seen):
    out = []
    with zipfile.ZipFile(path) as z:
        for member in sorted(z.namelist()):
            if not member.endswith(".py") or "/test" in member:
                continue
            try:
                tree = ast.parse(z.read(member).decode("utf-8", "replace"))
            except (SyntaxError, ValueError):
                continue
            for node in ast.walk(tree):
                if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                    continue
                doc = ast.get_docstring(node)
                if not doc:
                    continue
                doc = re.sub(r":\w+:`~?([^`<]*)[^`]*`|`+([^`]*)`+", lambda m: m[1] or m[2] or "", doc)
                blocks = [clean(b) for b in re.split(r"\n\s*\n|\n[^\n]+\n\s*[-=~]{3,}\s*\n", doc)]
                blocks = [b for b in blocks if good(b, 6) and ">>>" not in b and ".. math" not in b[:9]]
                head = " ".join(blocks[0].split()[:24]) if blocks else ""
                buf = []
                for b in blocks[1:] + [None]:
                    if b is not None:
                        buf.append(b)
                    if buf and (b is None or sum(len(x.split()) for x in buf) > 80):
                        text = " ".join(" ".join(buf).split()[:120])
                        buf = []
                        key = hashlib.sha1(text[:80].encode()).digest()
                        if key not in seen and good(text, 14):
                            seen.add(key)
                            sents = [x for x in re.split(r"(?<=[.?!]) (?=[A-Z])", text) if 6 <= len(x.split()) <= 30]
                            out.append({"src": name, "q": head, "d": text, "s": rng.choice(sents) if len(sents) > 1 else None})
                if len(blocks) == 1 and good(blocks[0], 12):
                    key = hashlib.sha1(blocks[0][:80].encode()).digest()
                    if key not in seen:
                        seen.add(key)
                        title = getattr(node, "name", member.split("/")[-1][:-3]).replace("_", " ")
                        out.append({"src": name, "q": title, "d": " ".join(blocks[0].split()[:120])})
    return out


def build_science(cache, seed=7):
    """Write corpus-4.jsonl."""
    target = os.path.join(cache, "corpus-4.jsonl")
    where = os.path.join(cache, "py")
    os.makedirs(where, exist_ok=True)
    if os.path.exists(target):
        return target
    items, seen = [], set()
    for name, (version, _) in WHEELS.items():
        have = [f for f in os.listdir(where) if f.startswith(f"{name}-{version}-")]
        if not have:
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:",
                            "-d", where, f"{name}=={version}"], check=True)
            have = [f for f in os.listdir(where) if f.startswith(f"{name}-{version}-")]
        got = docstrings(os.path.join(where, have[0]), name, random.Random(f"{seed}:{name}"), seen)
        print(f"{name:24} {len(got)}", flush=True)
        items += got
    random.Random(f"{seed}:science").shuffle(items)
    with open(target, "w") as f:
        for it in items:
            f.write(json.dumps(it, ensure_ascii=False) + "\n")
    return target


def build(cache, seed=7):
    """Write corpus-1.jsonl and corpus-2.jsonl; return their paths."""
    targets = [os.path.join(cache, f"corpus-{n}.jsonl") for n in (1, 2)]
    versions = fetch(cache)
    with open(os.path.join(cache, "sources.json"), "w") as f:
        json.dump({k: {"version": v, "licence": PACKAGES[k][1]} for k, v in versions.items()}, f, indent=1)
    if all(os.path.exists(t) for t in targets):
        return targets
    parts, manuals, extra, seen = ([], []), [], [], set()
    for name, (kind, _) in PACKAGES.items():
        rng = random.Random(f"{seed}:{name}")
        root = os.path.join(cache, "x", name)
        if kind in ("wordnet", "gcide"):
            got = (wordnet if kind == "wordnet" else gcide)(root, rng)
            cut = COUNTS[0][kind]
            parts[0].extend(got[:cut])
            parts[1].extend(got[cut:cut + COUNTS[1][kind]])
        elif kind in ("jargon", "devil"):
            got = flat(root, kind)
            parts[0].extend(got)
        else:
            got, more = manual(name, root, kind, rng, seen)
            manuals += got
            extra += more
            got = got + more
        print(f"{name:24} {len(got)}", flush=True)
    rng = random.Random(seed)
    rng.shuffle(manuals)
    parts[0].extend(manuals[:COUNTS[0]["manuals"]])
    rng.shuffle(parts[0])
    extra += manuals[COUNTS[0]["manuals"]:]
    rng.shuffle(extra)
    parts[1].extend(extra[:COUNTS[1]["manuals"]])
    rng.shuffle(parts[1])
    for target, items in zip(targets, parts):
        with open(target, "w") as f:
            for it in items:
                f.write(json.dumps(it, ensure_ascii=False) + "\n")
    return targets


if __name__ == "__main__":
    build("cache")
