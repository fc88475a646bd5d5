/** How the memory is laid out in which texts are looked through. */
import { ENDS, LONGEST_ANCHOR } from "./automaton.ts";
import { CLASS_COUNT } from "./byte-classes.ts";
import { MAX_ENTRIES, RECORD_SIZE } from "./gates.ts";
import { BEHIND_KINDS, KIND_ENTRIES, MAX_LISTS } from "./runs.ts";

/** Characters that are looked through at once; a multiple of 32. */
export const STRETCH = 1 << 14;
/** Characters before a stretch, and behind it, that are there to be looked at. */
export const BEFORE = 64;
export const AHEAD = 256;
/** Characters behind a stretch in which runs of digits that begin in it may go on; a multiple of 32. */
export const RUN_AHEAD = 64;
/** Places that are walked from at once, so that what is found has room. */
export const BATCH = 1024;
/** Integers of one find: where it begins, one behind its end, and the automaton's state, or RUN plus a list for a run of digits. */
export const FIND = 3;

/** Tries that there is room for. */
export const TRIES = 1 << 16;
/** Integers of one try: the pattern's number and the place. */
export const TRY = 2;

/** Offsets of what lies in the memory. */
export const LAYOUT = (() => {
  let end = 0;
  const room = (bytes: number) => {
    const at = end;
    end += Math.ceil(bytes / 64) * 64;
    return at;
  };
  return {
    counts: room(12),
    text: room(BEFORE + STRETCH + AHEAD),
    wide: room(2 * (BEFORE + STRETCH + AHEAD)),
    signs: room(32),
    signTables: room(6 * 16),
    places: room((STRETCH + RUN_AHEAD) / 8),
    digits: room((STRETCH + RUN_AHEAD) / 8 + 8),
    hits: room(STRETCH * 4),
    finds: room(BATCH * (LONGEST_ANCHOR + 1) * FIND * 4),
    anywhere: room(64),
    groups: room(256),
    sieve: room(1 << 15),
    symbols: room(256),
    behind: room(256),
    separators: room(256),
    runs: room(BEHIND_KINDS * KIND_ENTRIES * 2),
    letters: room(MAX_LISTS * 4),
    unlettered: room(MAX_LISTS * 2),
    dated: room(MAX_LISTS * 2),
    inNumber: room(256),
    tries: room(TRIES * TRY * 4),
    classes: room(256 * CLASS_COUNT),
    joined: room(256),
    records: room(MAX_ENTRIES * RECORD_SIZE),
    words: room(MAX_ENTRIES * 4),
    seen: room(MAX_ENTRIES * 4),
    lists: room((ENDS + MAX_LISTS + 1) * 4),
    next: end,
  };
})();
