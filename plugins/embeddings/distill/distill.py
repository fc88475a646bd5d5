"""Distil the embedding model: python distill.py

Steps: corpus (Debian and Python packages) -> teacher's vectors -> training ->
int8 ONNX model with tokenizer, facts and test vectors in ../model.
Everything that is downloaded or computed lies in ./cache and is used again.
"""
import argparse
import json
import os

import numpy as np

import corpus
import package
import teacher
import train

HERE = os.path.dirname(os.path.abspath(__file__))
RECIPE = dict(reg=3.0, kl=1.0, hard=0.25, dd=1.0, lr=5e-3, drop=0.1, epochs=6, batch=1024, tau=0.05, seed=1)


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--cache", default=os.path.join(HERE, "cache"))
    ap.add_argument("--out", default=os.path.join(HERE, "..", "model"))
    ap.add_argument("--epochs", type=int, default=RECIPE["epochs"])
    ap.add_argument("--date", default="2026-11-21", help="date written into meta.json")
    args = ap.parse_args()
    os.makedirs(args.cache, exist_ok=True)

    tok = teacher.tokenizer()
    parts = corpus.build(args.cache)
    tokens = teacher.label_tokens(args.cache)
    parts += [corpus.build_made(args.cache, tok, tokens), corpus.build_science(args.cache)]
    for part in parts:
        teacher.label(args.cache, part)

    data = train.Data(args.cache, tok)
    p = train.projection(data)
    start = train.start_table(data, tokens, p)
    print("pairs", len(data.train), "held out", len(data.held))
    print("teacher", train.held_out(data, None, teacher=True))
    print("plain table", train.held_out(data, start))
    table = train.train(data, p, start, **{**RECIPE, "epochs": args.epochs})
    print("trained", train.held_out(data, table))

    meta = {
        "name": "superinstance-static-256", "version": "1.0.0", "date": args.date, "licence": "Apache-2.0",
        "teacher": "all-MiniLM-L6-v2 (Apache-2.0)",
        "pooling": "sum of scale[id] * table[id] over the ids, then L2 normalisation; zeros for a text without ids",
        "max_tokens": 512, "special_tokens": "none are added", "opset": 17, "recipe": {**RECIPE, "epochs": args.epochs},
        "_sample": [data.text_d[i] for i in data.held[:2000]],
    }
    back, check = package.write(table, tok, args.out, meta)
    print("check", json.dumps(check))
    print("trained, int8", train.held_out(data, back))
    np.save(os.path.join(args.cache, "table.npy"), table)


if __name__ == "__main__":
    main()
