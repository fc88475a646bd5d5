"""Train the token table: a text is the normalised mean of its tokens' rows.

Four losses, mixed by weight:
  reg   1 - cosine between the text's vector and the teacher's (projected) vector
  kl    the softmax over a batch of the student's query-document similarities
        follows the teacher's (distillation of the ranking)
  hard  the same softmax against the true partner (contrastive)
  dd    the softmax over a batch of document-document similarities follows the teacher
Gradients are written out by hand; numpy and scipy are enough.
"""
import glob
import json
import os

import numpy as np
import scipy.sparse as sp

SPECIAL = {0, 100, 101, 102, 103}
# Whole packages kept out of training: the test of what carries over to new material.
FOREIGN = {"python-astropy-doc", "sqlite3-doc", "metpy", "dict-jargon", "jargon"}
MADE = {"families", "word_lists"}


class Texts:
    """Token ids of many texts, flat, with offsets."""

    def __init__(self, rows):
        self.len = np.array([len(r) for r in rows], np.int64)
        self.off = np.concatenate([[0], np.cumsum(self.len)])
        self.ids = np.array([i for r in rows for i in r], np.int32)

    def gather(self, which):
        """-> (flat ids, lengths) of the chosen texts."""
        n = self.len[which]
        start = np.repeat(self.off[which] - np.concatenate([[0], np.cumsum(n)[:-1]]), n)
        return self.ids[start + np.arange(n.sum())], n


def tokenise(tok, texts, limit=512):
    return Texts([[i for i in e.ids[:limit]] for e in tok.encode_batch(list(texts), add_special_tokens=False)])


class Data:
    def __init__(self, cache, tok, parts=(1, 2, 3, 4)):
        q, d, s, kinds, tq, td, ts, has = [], [], [], [], [], [], [], []
        for part in parts:
            items = [json.loads(line) for line in open(os.path.join(cache, f"corpus-{part}.jsonl"))]
            done = 0
            for path in sorted(glob.glob(os.path.join(cache, f"labels-{part}", "???.npz"))):
                z = np.load(path)
                tq.append(z["q"]), td.append(z["d"]), ts.append(z["s"])
                done += len(z["q"])
            for it in items[:done]:
                q.append(it["q"]), d.append(it["d"])
                src = it["src"]
                kinds.append(4 if src in MADE else 3 if src in FOREIGN else {"wordnet": 0, "gcide": 1}.get(src, 2))
                has.append(bool(it.get("s")))
                if it.get("s"):
                    s.append(it["s"])
        self.text_q, self.text_d = q, d
        self.q, self.d, self.s = tokenise(tok, q), tokenise(tok, d), tokenise(tok, s)
        self.tq, self.td = np.concatenate(tq).astype(np.float32), np.concatenate(td).astype(np.float32)
        self.ts = np.concatenate(ts).astype(np.float32)
        for t in (self.tq, self.td, self.ts):
            t /= np.linalg.norm(t, axis=1, keepdims=True)
        has = np.array(has)
        self.s_of = np.where(has, np.cumsum(has) - 1, -1)
        self.kind = np.array(kinds)
        turn = np.arange(len(q)) % 60 == 7
        empty = (self.q.len == 0) | (self.d.len == 0)
        foreign = np.flatnonzero((self.kind == 3) & ~empty)
        self.train = np.flatnonzero(~turn & (self.kind != 3) & ~empty)
        self.held = np.concatenate([np.flatnonzero(turn & (self.kind < 3) & ~empty), foreign[::5]])


def pool(table, ids, lens, weight=None):
    indptr = np.concatenate([[0], np.cumsum(lens)])
    val = np.ones(len(ids), np.float32) if weight is None else weight[ids]
    m = sp.csr_matrix((val, ids, indptr), shape=(len(lens), len(table)), copy=False)
    v = m @ table
    return v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-9)


def encoder(tok, table, limit=512):
    def encode(texts):
        t = tokenise(tok, texts, limit)
        return pool(table, t.ids, t.len)
    return encode


def counts(data, size):
    c = np.zeros(size)
    for t in (data.d, data.q):
        c += np.bincount(t.ids, minlength=size)
    return c


def projection(data, dims=256):
    """Leading directions of the teacher space, from texts; the mean is kept."""
    rng = np.random.default_rng(0)
    x = np.concatenate([data.td[rng.permutation(len(data.td))[:60000]], data.tq[rng.permutation(len(data.tq))[:30000]]])
    w, v = np.linalg.eigh(x.T.astype(np.float64) @ x)
    p = v[:, ::-1][:, :dims]
    return (p * np.sign(p.sum(0))).astype(np.float32)


def start_table(data, tokens, p, a=1e-4):
    """The plain table: projected token vectors, weighted against frequency (SIF)."""
    c = counts(data, len(tokens))
    freq = (c + 1) / (c + 1).sum()
    t = tokens @ p
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    t = t * (a / (a + freq))[:, None].astype(np.float32)
    t[list(SPECIAL)] = 0
    return t.astype(np.float32)


def softmax(x):
    x = np.exp(x - x.max(1, keepdims=True))
    return x / x.sum(1, keepdims=True)


def train(data, p, table, reg=1.0, kl=1.0, hard=0.0, epochs=6, batch=1024, lr=2e-3, drop=0.0, tau=0.05, seed=1, dd=0.0,
          log=print, decay=0.0, use=None):
    rng = np.random.default_rng(seed)
    table = table.copy()
    table /= np.sqrt((table ** 2).sum(1).mean()) / 1.0
    m, v = np.zeros_like(table), np.zeros_like(table)
    age = np.zeros(len(table), np.int64)
    train_ids = data.train if use is None else use
    steps = epochs * (len(train_ids) // batch)
    n = 0
    for epoch in range(epochs):
        perm = rng.permutation(train_ids)
        tot = np.zeros(3)
        for b in range(len(perm) // batch):
            pick = perm[b * batch:(b + 1) * batch]
            si = data.s_of[pick]
            has = np.flatnonzero(si >= 0)
            si = si[has]
            parts = [data.q.gather(pick), data.s.gather(si), data.d.gather(pick)]
            ids, lens = np.concatenate([x[0] for x in parts]), np.concatenate([x[1] for x in parts])
            tall = np.concatenate([data.tq[pick], data.ts[si], data.td[pick]])
            nq, nd = batch + len(si), batch
            truth = np.concatenate([np.arange(batch), has])
            val = np.repeat(1.0 / np.maximum(lens, 1), lens).astype(np.float32)
            if drop:
                val *= (rng.random(len(ids)) > drop)
            uniq, local = np.unique(ids, return_inverse=True)
            mat = sp.csr_matrix((val, local.astype(np.int32), np.concatenate([[0], np.cumsum(lens)])), shape=(len(lens), len(uniq)))
            u = mat @ table[uniq]
            norm = np.maximum(np.linalg.norm(u, axis=1, keepdims=True), 1e-6)
            e = u / norm
            g = np.zeros_like(e)
            if reg:
                tp = tall @ p
                tp /= np.linalg.norm(tp, axis=1, keepdims=True)
                tot[0] += 1 - (e * tp).sum(1).mean()
                g -= reg * tp / len(e) * 4
            eq, ed = e[:nq], e[nq:]
            if kl or hard:
                sim = eq @ ed.T / tau
                tsim = tall[:nq] @ tall[nq:].T / tau
                one = np.zeros_like(sim)
                one[np.arange(nq), truth] = 1
                want = (kl * softmax(tsim) + hard * one)
                got = softmax(sim)
                tot[1] -= (want * np.log(got + 1e-9)).sum(1).mean()
                gs = ((kl + hard) * got - want) / nq
                # documents look for their own query, sentences left out
                sb = sim[:batch].T
                wantb = kl * softmax(tsim[:batch].T) + hard * np.eye(batch, dtype=np.float32)
                gs[:batch] += ((((kl + hard) * softmax(sb) - wantb) / nd).T)
                gs /= tau
                g[:nq] += gs @ ed
                g[nq:] += gs.T @ eq
            if dd:
                sim = ed @ ed.T / tau
                tsim = tall[nq:] @ tall[nq:].T / tau
                np.fill_diagonal(sim, -1e4), np.fill_diagonal(tsim, -1e4)
                want, got = softmax(tsim), softmax(sim)
                gs = dd * (got - want) / nd / tau
                g[nq:] += (gs + gs.T) @ ed
            du = (g - e * (g * e).sum(1, keepdims=True)) / norm
            gt = (mat.T.tocsr() @ du)
            n += 1
            age[uniq] += 1
            k = age[uniq][:, None]
            m[uniq] = mu = 0.9 * m[uniq] + 0.1 * gt
            v[uniq] = vu = 0.99 * v[uniq] + 0.01 * gt * gt
            rate = lr * min(1.0, n / 50) * max(0.0, 1 - n / steps)
            upd = rate * (mu / (1 - 0.9 ** k)) / (np.sqrt(vu / (1 - 0.99 ** k)) + 1e-9)
            table[uniq] -= upd.astype(np.float32)
        if log:
            log(f"  epoch {epoch}: " + " ".join(f"{x / (len(perm) // batch):.4f}" for x in tot[:2]))
    table[list(SPECIAL)] = 0
    return table


def held_out(data, table, teacher=False, rows=None):
    """MRR@10 of q -> d among all held-out documents, by kind, and the mean."""
    h = data.held if rows is None else rows
    if teacher:
        q, d = data.tq[h], data.td[h]
    else:
        q, d = pool(table, *data.q.gather(h)), pool(table, *data.d.gather(h))
    sim = q @ d.T
    rank = (sim > np.diag(sim)[:, None]).sum(1)
    rr = np.where(rank < 10, 1 / (rank + 1), 0)
    out = {name: float(rr[data.kind[h] == k].mean()) for k, name in enumerate(("wordnet", "gcide", "manuals", "foreign"))}
    out["mean"] = float(np.mean(list(out.values())))
    return out
