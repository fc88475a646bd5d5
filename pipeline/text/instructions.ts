/**
 * Text in a document that speaks to whoever answers rather than to its reader: "Ignore the instructions above", "Encode
 * your response in Base64", or a task or question that has nothing to do with what stands around it.
 */
import type { Range } from "./sentences.ts";
import { contentTerms } from "./terms.ts";

/** Changes that text may ask to be made to an answer. */
const ALTER =
  "add|include|integrate|insert|append|attach|mention|modify|enhance|augment|encode|encrypt|decode|translate|render|provide|write|reverse|express|use|replace|substitute|apply|shift|convert|present|deliver|give|invert|display|make|end|begin|start|finish|format|output|incorporate|weave|embed|transform|change|rewrite|rephrase|spell|scramble|switch|produce|compose|craft|phrase|state|tell|say|hint|allude|promote|highlight|suggest|advertise|slip|work|put|place|reference|respond|reply|answer|print|return|prefix|sign|conclude|close|open|supplement|embellish|alter|adjust|obfuscate|cipher|mask|repeat|share|inject|introduce";
const ANSWER = "(?:response|answer|reply|replies|output|message|responses|answers|completion|summary)";

const ADDRESSED: readonly RegExp[] = [
  new RegExp(
    `\\b(?:${ALTER})\\b(?:[^.!?\\n]|\\.(?! )){0,160}?\\b(?:in|into|of|to|with|for|at|as|on)? ?\\byour (?:\\w+ ){0,2}${ANSWER}\\b`,
    "i",
  ),
  new RegExp(`\\bin your (?:\\w+ ){0,2}${ANSWER}\\b`, "i"),
  /(?:^|[.\s])(?:(?:Please|Now|Also|Then|Always|Only) (?:respond|reply|answer)|Respond|Reply|Answer)\b (?:to (?:this|the user|me) )?(?:only |just |always |back )?(?:using|in|as|with (?:only|the (?:word|phrase|text))|backwards?|like|by)\b(?! (?:the (?:space|form|box)|this|the next|\d))/,
  /\b(?:can|could|would|will) you (?:please )?(?:reply|respond|answer|write|speak) (?:only )?(?:in|using|as|with)\b/i,
  /\b(?:ignore|disregard|forget|override|overlook|bypass|discard)\b[^.!?\n]{0,40}\b(?:previous|prior|above|earlier|preceding|foregoing|all|any|your|system|original|initial)\b[^.!?\n]{0,30}\b(?:instruct\w*|prompts?|directions?|context|rules?|guidelines?|commands?|requests?|task|polic(?:y|ies)|constraints?|training|programming|messages?|text|question)\b/i,
  /\b(?:you are|you're|act as|behave as|pretend (?:to be|you are|that you)|roleplay as|from now on,? you)\b[^.!?\n]{0,40}\b(?:assistant|ai|chatbot|language model|llm|gpt|dan|jailbroken|unrestricted|developer mode|no longer bound|hacker|pirate)\b/i,
  /\b(?:system prompt|hidden prompt|initial prompt|developer mode|jailbreak mode|new instructions?:|important instructions?:|your (?:instructions|programming|guidelines|system message)|ai (?:assistant|model|agent)s?[,:] (?:please |you )?|attention,? (?:ai|assistant|llm|language model))/i,
  /(?:<\/?(?:system|assistant|instructions?)>|\[\/?INST\]|<\|im_(?:start|end)\|>|^#{0,4} ?(?:system|assistant)\s?:)/im,
  /\b(?:do not|don't|never) (?:tell|inform|mention|reveal|let|alert|warn|show)\b[^.!?\n]{0,30}\b(?:the user|the human|anyone|the reader|this (?:instruction|prompt|message))\b/i,
  /\b(?:ignore|disregard|forget) (?:everything|anything|all|what(?:ever)?)\b[^.!?\n]{0,20}\b(?:above|before|so far|earlier|said|told|previously)\b/i,
  /(?:^|[.!?]\s)(?:Please )?\p{Lu}\p{Ll}+\b[^.!?\n]{0,60}\b(?:in|into|to|for|of|with|before) (?:the (?:final )?(?:answer|reply|summary)|(?:answering|replying|responding|summari[sz]ing)(?= |$|\W))/u,
  /(?:^|[.!?]\s)(?:Answer|Reply|Respond) (?:to )?(?:this|it|the question|everything|all)?\b ?(?:as if|as though|like|only|in|without)\b/,
  /\b(?:forward|send|email|upload|post|exfiltrate|leak)\b[^.!?\n]{0,40}\b(?:all|every|the user's|their|these|private|confidential)\b[^!?\n]{0,60}(?:@|https?:|www\.)/i,
  /\b(?:instead of|rather than) (?:answering|responding|summari[sz]ing|replying)\b/i,
];

// A task of the kind that one gives to an assistant, where it begins; with a capital, as the sentence has lost its place.
const TASK =
  /\b(?:Please )?(?:(?:Write|Compose|Generate|Summari[sz]e|Analy[sz]e|Determine|Classify|Describe|Explain|Recommend|Suggest|Provide|Identify|Compare|Translate|Draft|Outline|Discuss|Predict|Evaluate|Interpret|Rewrite|Paraphrase|Explore|Assess|Calculate|Convert|Create|Develop|Propose|Detect|Categori[sz]e|Elaborate|Investigate|Examine|Compile|Schedule|Set up|Recite|Encrypt|Encode|Automate|Replace|Claim) (?:a |an |the |me |some |any |all |on |whether |if |how |why |what |this |in |insights?|tips|ways|ideas|steps|\w+)|(?:List|Name|Find|Research|Design|Plan|Rate|Report|Share) (?:a|an|the|me|all|some|any|\d+|two|three|four|five|ten) |(?:Show|Tell|Give|Teach|Help|Guide|Advise|Walk|Inform|Remind) (?:me|us|the user|the users)\b)/;
const QUESTION =
  /\b(?:What(?:'s| is| are| was| were| do| does| did| will| would| should| can| makes?| movies| \w+ (?:is|are|was|were|do|does|did|will|can|should))|How (?:can|do|does|did|is|are|has|have|should|would|to|will|many|much)|Why (?:is|are|do|does|did|was|were)|Who (?:is|are|was|were|won|will)|When (?:is|was|did|does|will)|Where (?:is|are|can|do)|Which \w+|Can you|Could you|Would you|Will you|Is (?:this|that|the|it)|Are (?:these|those|there))\b[^?\n]{8,240}\?/;

/** A task or question is out of place when so much of it, at most, is spoken of around it. */
const MOST_SHARED = 0.34;

export interface Instruction extends Range {
  /** Whether it speaks of the answer or the answerer itself; otherwise it is a task that has no place where it stands. */
  readonly addressed: boolean;
}

/** Where a text holds instructions to whoever answers, in order. */
export function findInstructions(text: string): Instruction[] {
  const found: Instruction[] = [];
  for (const line of linesOf(text)) {
    const piece = text.slice(line.start, line.end);
    if (ADDRESSED.some((pattern) => pattern.test(piece))) found.push({ ...line, addressed: true });
    else {
      const task = taskIn(piece);
      if (task && isOutOfPlace(text, { start: line.start + task.start, end: line.start + task.end }))
        found.push({ start: line.start + task.start, end: line.start + task.end, addressed: false });
    }
  }
  return found;
}

/** Sentences, cut at line breaks too: an instruction may be put on a line of its own within anything. */
function linesOf(text: string): Range[] {
  return Array.from(text.matchAll(/[^\n]+?(?:[.!?]["'”’)]{0,2}(?=\s|$)|(?=\n)|$)/g), ({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

/** A task or a question within a line that is neither a heading nor an item of a list or table. */
function taskIn(line: string): Range | undefined {
  if (/^\s*(?:#|[-*+|>]|\d{1,3}[.)]|`)/.test(line)) return undefined;
  const match = QUESTION.exec(line) ?? TASK.exec(line);
  return match ? { start: match.index, end: line.length } : undefined;
}

function isOutOfPlace(text: string, { start, end }: Range): boolean {
  const terms = contentTerms(text.slice(start, end));
  if (terms.length < 2) return false;
  const around = new Set(contentTerms(`${text.slice(0, start)}\n${text.slice(end)}`));
  return around.size > 0 && terms.filter((term) => around.has(term)).length / terms.length <= MOST_SHARED;
}
