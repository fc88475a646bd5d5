/** Generated documents and questions with the word statistics of language: Zipf's law over real words, and topics. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { seeded } from "./redaction-corpus.ts";

interface Chunk {
  readonly title: string;
  readonly text: string;
}

export interface SearchCorpus {
  readonly chunks: readonly Chunk[];
  readonly questions: readonly string[];
}

const TOKENIZER = fileURLToPath(new URL("../../plugins/embeddings/model/tokenizer.json", import.meta.url));
const WORDS_A_CHUNK = 120;
const WORDS_A_TOPIC = 150;
const TOPICS = 400;

/** The same at every run. A question takes words of one chunk: rare, common and stop words as they come. */
export function searchCorpus(chunkCount: number, questionCount: number): SearchCorpus {
  const random = seeded(7);
  const below = (n: number) => Math.floor(random() * n);
  const next = chunkMaker(random);
  const chunks = Array.from({ length: chunkCount }, next);
  const questions = Array.from({ length: questionCount }, () => {
    const from = (chunks[below(chunkCount)] as Chunk).text.replaceAll(".", "").split(" ");
    return `what is ${Array.from({ length: 7 }, () => from[below(from.length)]).join(" ")}`;
  });
  return { chunks, questions };
}

/** Makes one chunk after the other. */
export function chunkMaker(random = seeded(7)): () => Chunk {
  const words = frequentFirst();
  const below = (n: number) => Math.floor(random() * n);
  const zipf = () => words[Math.floor(words.length ** random()) - 1] as string;
  const topics = Array.from({ length: TOPICS }, () => Array.from({ length: WORDS_A_TOPIC }, () => words[below(words.length)] as string));
  return () => {
    const topic = topics[below(TOPICS)] as string[];
    const word = () => (random() < 0.4 ? (topic[Math.floor(WORDS_A_TOPIC * random() ** 2)] as string) : zipf());
    const text = Array.from({ length: WORDS_A_CHUNK }, (_, i) => word() + (i % 15 === 14 ? "." : "")).join(" ");
    return { title: `${word()} ${word()}`, text };
  };
}

/** Whole words of the tokenizer's vocabulary, which is roughly in order of frequency. */
function frequentFirst(): string[] {
  const { model } = JSON.parse(readFileSync(TOKENIZER, "utf8")) as { model: { vocab: Record<string, number> } };
  return Object.keys(model.vocab).filter((token) => /^[a-z]{2,}$/.test(token));
}
