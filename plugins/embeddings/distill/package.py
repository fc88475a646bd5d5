"""Write the model as ONNX with an int8 table, its tokenizer, its facts and its test vectors."""
import hashlib
import json
import os

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh
from tokenizers import Tokenizer

import train as tr


def quantise(table):
    """int8 rows with one float scale a row."""
    scale = np.abs(table).max(1) / 127
    safe = np.where(scale > 0, scale, 1)
    q = np.clip(np.rint(table / safe[:, None]), -127, 127).astype(np.int8)
    return q, scale.astype(np.float32)


def graph(q, scale, path):
    c = lambda name, a: nh.from_array(np.ascontiguousarray(a), name)
    n = h.make_node
    nodes = [
        n("Gather", ["table", "input_ids"], ["rows8"], axis=0),
        n("Cast", ["rows8"], ["rows"], to=T.FLOAT),                     # B,T,D
        n("Gather", ["scales", "input_ids"], ["row_scale"], axis=0),    # B,T
        n("Cast", ["attention_mask"], ["mask"], to=T.FLOAT),
        n("Mul", ["row_scale", "mask"], ["weight"]),
        n("Unsqueeze", ["weight", "axis1"], ["weight3"]),               # B,1,T
        n("MatMul", ["weight3", "rows"], ["sum3"]),                     # B,1,D
        n("Squeeze", ["sum3", "axis1"], ["sum"]),
        n("ReduceL2", ["sum"], ["length"], axes=[1], keepdims=1),
        n("Max", ["length", "tiny"], ["safe_length"]),
        n("Div", ["sum", "safe_length"], ["embedding"]),
    ]
    io = lambda name, t, dims: h.make_tensor_value_info(name, t, dims)
    g = h.make_graph(nodes, "static_embedding", [io("input_ids", T.INT64, ["B", "T"]), io("attention_mask", T.INT64, ["B", "T"])],
                     [io("embedding", T.FLOAT, ["B", q.shape[1]])],
                     [c("table", q), c("scales", scale), c("axis1", np.array([1], np.int64)), c("tiny", np.array([1e-12], np.float32))])
    m = h.make_model(g, opset_imports=[h.make_opsetid("", 17)], ir_version=8, producer_name="distill.py")
    onnx.checker.check_model(m)
    with open(path, "wb") as f:
        f.write(m.SerializeToString(deterministic=True))


def tokenizer_file(tok, path):
    """The teacher's tokenizer without truncation, padding and special tokens."""
    d = json.loads(tok.to_str())
    d["truncation"] = d["padding"] = d["post_processor"] = None
    d["added_tokens"] = []  # text such as "[CLS]" is read as plain text
    with open(path, "w", encoding="utf-8") as f:
        json.dump(d, f, ensure_ascii=False, separators=(",", ":"))


TEXTS = [
    "", " ", "\t\n\r", ".", "?!...", "hello world", "Hello, World!", "The quick brown fox jumps over the lazy dog.",
    "What is the capital of France?", "naïve café résumé", "Ångström and Übermensch", "crème brûlée à la carte",
    "Cafe\u0301 with a combining accent", "İstanbul'da büyük bir şehir", "Straße, groß, ß", "Łódź i Gdańsk", "Đà Nẵng, Việt Nam",
    "Москва — столица России", "Αθήνα και Ελλάδα", "שלום עולם", "مرحبا بالعالم", "नमस्ते दुनिया", "สวัสดีชาวโลก",
    "北京是中国的首都", "東京タワー", "한국어 문장", "日本語とEnglishの混在", "㐀𠀀 rare han", "😀 emoji 🚀 test", "👩‍👩‍👧‍👦 family", "❤️ heart",
    "state-of-the-art, long-term", "don't can't won't it's", "“quoted” ‘text’ – dash — dash", "a/b\\c|d", "100% of $5.00 & €7.50",
    "3.14159 2.71828 1e-10", "1,234,567.89", "2024-02-29T12:34:56Z", "+1 (555) 010-9999", "192.0.2.1:8080",
    "https://example.com/path?query=value&x=1#part", "someone@example.com", "C:\\Users\\name\\file.txt", "/usr/local/bin/node",
    "def f(x): return x**2 + 1", "for (let i = 0; i < n; i++) { sum += a[i]; }", "SELECT * FROM t WHERE id = 42;", "<div class=\"x\">text</div>",
    "snake_case_name camelCaseName PascalCase", "x" * 100, "x" * 101, "pneumonoultramicroscopicsilicovolcanoconiosis",
    "zero\u200bwidth\u00a0no-break\u3000wide", "control\x00\x01\x07chars\x7f\x9f", "tab\tand\nnew line", "soft\u00adhyphen \ufeffbom \ufffd",
    "[CLS] [SEP] [MASK] [PAD] [UNK]", "##ing ##s", "½ ² ™ ① ﬁ ℌ", "aerodynamic heating of a slender cone at hypersonic speed",
    "Who founded the company, and in which year?", "the of and to in a is", "supercalifragilistic expialidocious " * 3, "ǅ ǆ ΑΣ ς Σ",
]


def write(table, tok, out, meta):
    os.makedirs(out, exist_ok=True)
    model, tokenizer = os.path.join(out, "model.onnx"), os.path.join(out, "tokenizer.json")
    q, scale = quantise(table)
    graph(q, scale, model)
    tokenizer_file(tok, tokenizer)
    plain = Tokenizer.from_file(tokenizer)
    limit = meta["max_tokens"]

    # the ONNX file against plain numpy, and int8 against float
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    back = q.astype(np.float32) * scale[:, None]
    texts = TEXTS + meta.pop("_sample")
    rows = [e.ids[:limit] for e in plain.encode_batch(texts)]
    t = tr.Texts(rows)
    ref, flt = tr.pool(back, t.ids, t.len), tr.pool(table, t.ids, t.len)
    width = max(map(len, rows))
    ids, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
    for i, r in enumerate(rows):
        ids[i, :len(r)], mask[i, :len(r)] = r, 1
    got = np.concatenate([session.run(None, {"input_ids": ids[i:i + 64], "attention_mask": mask[i:i + 64]})[0] for i in range(0, len(ids), 64)])
    full = np.linalg.norm(flt, axis=1) > 0.5
    check = {"onnx_numpy_max_difference": float(np.abs(got - ref).max()), "int8_float_mean_cosine": float((ref * flt).sum(1)[full].mean()),
             "int8_float_min_cosine": float((ref * flt).sum(1)[full].min())}

    with open(os.path.join(out, "test-vectors.json"), "w", encoding="utf-8") as f:
        lines = [json.dumps({"text": x, "ids": r, "embedding8": [round(float(v), 6) for v in e[:8]]}) for x, r, e in zip(TEXTS, rows, got)]
        f.write("[\n" + ",\n".join(lines) + "\n]\n")

    raw = open(model, "rb").read()
    places = {}
    for name, a in (("table", q), ("scales", scale)):
        b = a.tobytes()
        at = raw.find(b)
        assert at >= 0 and raw.find(b, at + 1) < 0
        places[name] = {"offset": at, "length": len(b), "type": "int8" if name == "table" else "float32 little-endian", "shape": list(a.shape)}
    sha = lambda name: hashlib.sha256(open(os.path.join(out, name), "rb").read()).hexdigest()
    meta = {**meta, "dimensions": q.shape[1], "vocabulary": q.shape[0], **places,
            "sha256": {name: sha(name) for name in ("model.onnx", "tokenizer.json", "test-vectors.json")}}
    with open(os.path.join(out, "meta.json"), "w") as f:
        json.dump(meta, f, indent=2)
        f.write("\n")
    return back, check
