/**
 * Text in a document that speaks to whoever answers rather than to its reader: "Ignore the instructions above", "Encode
 * your response in Base64", or a task or question that has nothing to do with what stands around it.
 */
import { undisguised } from "./disguise.ts";
import { isForeignOrder } from "./foreign-orders.ts";
import { isOrder, isToolCall } from "./orders.ts";
import type { Range } from "./sentences.ts";
import { contentTerms } from "./terms.ts";

/** Changes that text may ask to be made to an answer. */
const ALTER =
  "add|include|integrate|insert|append|attach|mention|modify|enhance|augment|encode|encrypt|decode|translate|render|provide|write|reverse|express|use|replace|substitute|apply|shift|convert|present|deliver|give|invert|display|make|end|begin|start|finish|format|output|incorporate|weave|embed|transform|change|rewrite|rephrase|spell|scramble|switch|produce|compose|craft|phrase|state|tell|say|hint|allude|promote|highlight|suggest|advertise|slip|work|put|place|reference|respond|reply|answer|print|return|prefix|sign|conclude|close|open|supplement|embellish|alter|adjust|obfuscate|cipher|mask|repeat|share|inject|introduce";
const ANSWER =
  "(?:(?:final|next|whole|entire|own|full|following|upcoming|first|last) ){0,2}(?:response|answer|reply|replies|output|message|responses|answers|completion|summary)(?![:}])";

/** What a letter asks its reader to put into a reply: a number, a date, a name. */
const DETAIL = "\\b(?:number|date|dates|name|address|reference|id|details|availability|signature|copy|code)\\b";

const MODEL =
  "(?:AI|A\\.I\\.|LLMs?|GPT|AI (?:assistants?|models?|systems?|agents?|readers?)|(?:large )?language models?|chat ?bots?|virtual assistant|AI tool|summari[sz]er)";

/** Models by their names. */
const MODEL_NAME = "(?:Chat)?(?:GPT(?:-?\\d\\w*)?|Claude|Gemini|Llama|Copilot|Mistral|DeepSeek|Qwen|Grok|Bard|Assistant|AI)";

/** What speaks to a model as such, or changes what is to be done from here on. */
const ADDRESSED: readonly RegExp[] = [
  // Spoken to: "Hey AI, …", "Note to the model: …", "If you are a language model …", "Assistant: …".
  new RegExp(
    `\\b(?:hey|dear|hello|hi|ok|attention|instructions?|notes?|messages?|notice|reminder|warning)[,:]? (?:for |to |all )?(?:the |any |all |every |this )*(?:${MODEL}|models?|assistants?)\\b(?! (?:professor|manager|director|editor|coach|teacher))`,
    "i",
  ),
  new RegExp(`\\b(?:if|since|because|as) (?:you are |you're |you happen to be )?(?:an?|any|the) ${MODEL}\\b`),
  /^\s*(?:system|assistant|developer|admin(?:istrator)?)(?: (?:message|override|prompt|note|update|command|alert|notice))?\s?[:>\]]\s*\S/i,
  /\b(?:system|safety|security|developer|admin) override\b|\boverride (?:mode|code|the (?:system|safety|rules))\b/i,
  /\bthe (?:ai|assistant|model|chatbot|answerer)(?! (?:professor|manager|director|editor|coach|teacher|is|was|has|had|will be|of))\b[^.!?\n]{0,20}\b(?:should|must|has to|is to|needs to|shall|will now) (?:not |never |always |only |now )?(?:answer|respond|reply|say|output|print|ignore|follow|recommend|praise|include|add|mention|cite|refuse|reveal|tell|state|claim|act|write|insert|give|forget|treat|rate|promote|obey|display|omit|stop|use|end|begin|start|speak|translate|send|disregard)\b/i,
  new RegExp(
    `(?:^|[.!?]\\s)(?:any |all |every )?(?:${MODEL}s?)\\b[^.!?\\n]{0,40}(?::|,|\\b(?:must|has to|have to|should|shall|needs? to)\\b)`,
  ),
  new RegExp(`\\b(?:for|to|of) the (?:assistant|${MODEL})\\s?:`, "i"),
  /\bthe reader is an? (?:AI|LLM|language model|assistant|bot)\b/i,
  // By name, or as whoever is at work on a task.
  new RegExp(
    `\\b(?:to|for) you,? ${MODEL_NAME}\\b|\\b(?:hey|hi|hello|dear|ok|attention|listen),? ${MODEL_NAME}\\b|(?:^|[.!?:]\\s)${MODEL_NAME}(?:,|:) (?:please|you|now|do|ignore|stop|add|say|tell|send|open|call)\\b`,
    "i",
  ),
  /\bbefore you (?:can |could |may |start to |begin to |go on to )?(?:solve|answer|complete|finish|start|continue|do|carry out|work on|proceed with|go on with|fulfil|process) (?:the|this|that|your|my|any) (?:\w+ )?(?:task|question|request|query|prompt|work)\b[^\n]{0,80}\b(?:please|you (?:must|need|have|should)|do the following|first)\b/i,
  /\b(?:the |your )(?:original |initial |first |actual )?task (?:that )?I (?:gave|have given|assigned|asked|set) you\b/i,
  /<\/?(?:information|important(?:_\w+)?|admin(?:_\w+)?|override|urgent|instruction|directive|user|human|prompt|context_end|end_of_(?:document|context|text))>/i,
  /\bthe user has already (?:approved|authori[sz]ed|confirmed|consented|agreed)\b/i,
  /\b(?:earlier|previously|before|already),? you (?:\w+ )?(?:confirmed|agreed|promised|said|accepted)\b[^.!?\n]{0,30}\b(?:you would|to) (?:\w+_\w+|call|run|send|delete|reveal|output|print|say)\b/i,
  // A code word that an attack looks for in what comes out.
  /\b(?:output(?:ting|s)?|print(?:ing|s)?|repl(?:y|ies|ying)|respond(?:ing|s)?|answer(?:ing|s)?|say(?:ing|s)?|emit(?:ting|s)?|writ(?:e|ing|es)|echo(?:es|ing)?|return(?:s|ing)?|includ(?:e|ing)|append(?:ing)?)\b (?:back )?(?:with )?(?:exactly |only |just |the (?:exact )?(?:word|token|string|phrase|code|marker)s? )?["'“]?(?!(?:HTTP|UTF|ISO|SHA|RFC|AES|RSA|CVE|COVID|US|UK|EU)-)[A-Z][A-Z0-9]{2,}(?:[-_][A-Z0-9]+){1,}\b/,
  // Overridden: what was asked, said or ruled before.
  /\b(?:ignore|disregard|forget|override|skip|discard|overlook|bypass|drop)\b[^.!?\n]{0,30}\b(?:the|this|that|any|your|all|user'?s?|human'?s?|original|actual) (?:\w+ )?(?:question|query|prompt|instructions?|rules|guidelines|context|task|safety|request|restrictions|policy|policies)\b/i,
  /\b(?:do not|don't|never|refuse to|stop) (?:answer(?:ing)?|respond(?:ing)? to|summari[sz](?:e|ing)|address(?:ing)?|complet(?:e|ing)) (?:the|this|that|any|their|his|her|user)\b[^.!?\n]{0,20}\b(?:question|query|user|request|prompt|task|document|text)/i,
  /\b(?:pretend|act as if|assume|imagine)\b[^.!?\n]{0,30}\b(?:previous|above|other|preceding|rest of the) (?:text|document|instructions?|message|sources?|context)\b/i,
  /\beverything (?:before|above|until|up to|prior)\b[^.!?\n]{0,40}\b(?:test|example|irrelevant|wrong|fake|ignored?|outdated|joke)\b/i,
  // A new rule for what is to come: "from now on", "your new task is", "you must respond".
  /\b(?:from (?:now|here|this (?:point|moment))(?: on(?:wards?)?)?|starting now|for the rest of this (?:conversation|chat|session))\b[^.!?\n]{0,30}\b(?:you|your|answer|respond|reply|speak|write|only|always|never|obey|follow|act)\b/i,
  /\byour (?:new|real|true|actual|only|next|sole|primary) (?:task|job|role|goal|objective|instructions?|purpose|mission|orders?|directive|identity|name)\b/i,
  /\byou (?:must|should|shall|have to|need to|will|are (?:required|ordered|instructed|obliged|told|commanded) to|may only|can only)(?: now| only| always| instead)? (?:answer|respond|reply|output|print|write back|obey|tell the user|reveal|(?:comply|agree) with (?:me|my|this|whatever|every|any)|(?<!(?:will|should|have to|need to) )(?:say|state|claim|recommend))\b(?! (?:to )?(?:this|the|our|my) (?:e-?mail|letter|message|survey|form|questionnaire|invitation))/i,
  /\bdo (?:exactly )?(?:what|as) I (?:say|tell|ask|order)\b/i,
  /\byour (?:guidelines|rules|restrictions|instructions|limits|safety \w+|training|programming) (?:no longer|do not|don't|are (?:now )?(?:void|off|lifted|suspended|cancelled|disabled)|have been)\b/i,
  // The answer itself: how it is to be worded, and what it has to carry.
  /\b(?:answer|respond|reply|speak|write|talk)(?: to (?:everything|this|all questions|the user))?(?: only| exclusively| solely| always)? (?:in|with|using) (?:\w+ ){0,2}(?:french|german|spanish|italian|latin|russian|chinese|japanese|english|pirate|emojis?|rhymes?|verse|code|binary|hex|base64|morse|capitals|caps|uppercase|lowercase|yes|no|ok|okay|one word|single word|the (?:word|words|phrase|sentence|text|following))\b(?! (?:of|letters))/i,
  /\b(?:end|begin|start|finish|close|open|prefix|conclude) (?:all|every|each|any|your) (?:\w+ )?(?:outputs?|answers?|repl(?:y|ies)|responses?|summar(?:y|ies)|messages?) (?:with|by)\b/i,
  /\b(?:say|state|claim|answer|reply|report|insist|write)\b[^.!?\n]{0,60}\b(?:regardless of|no matter|whatever|even if|instead of what) (?:the|what|anyone|they|it|other)\b[^.!?\n]{0,20}\b(?:sources?|documents?|question|asked|asks|says?|facts?|evidence|text)\b/i,
  /\b(?:tell|inform) (?:whoever|anyone who|everyone who|those who) (?:asks?|asked|reads?|wants?)\b/i,
  /\b(?:the )?(?:correct|right|only|true) answer (?:to|for) (?:every|any|all|each|this) (?:question|query)s?\b/i,
  /\bin what(?:ever)? you (?:write|say|answer|reply|output|produce)\b/i,
  /\bbefore (?:you )?(?:answer|respond|reply|summari[sz])(?:ing|e)?\b[^.!?\n]{0,10}[, ](?:open|visit|send|run|call|fetch|delete|execute|post|download|go to)\b/i,
  /\bwhen(?:ever)? (?:you (?:are )?)?(?:asked|answer(?:ing)?|summari[sz](?:e|ing)|respond(?:ing)?|reply(?:ing)?|process(?:ing)?|read(?:ing)?|describ(?:e|ing)|quot(?:e|ing)|translat(?:e|ing)) (?:about |to |by )?(?:this|the|any|these|a|anyone|somebody|users?)\b[^.!?\n]{0,60}?[, ](?:praise|say|mention|add|include|recommend|tell|always|never|also|do not|don't|claim|state|omit|leave out|insert|use|give)\b/i,
  /\b(?:in|to|with|into|of|for|at the (?:end|start|beginning) of) (?:whatever|everything|anything|all|every|each|any)(?: \w+)? (?:you (?:write|say|produce|answer|output|generate|return)|(?:answer|reply|response|output|summary)(?! (?:sheet|form|key)))\b/i,
  /\b(?:reveal|print|output|repeat|display|leak|expose|disclose|show|dump|list|recite)\b[^.!?\n]{0,30}\b(?:your|the|its|hidden|system|initial|secret) (?:\w+ )?(?:prompt|instructions|system message|guidelines|passwords?|credentials|secrets?|api keys?|contents? of (?:the|your|all|any) (?:\w+ )?(?:files?|config|configuration|database|memory|conversation|context))\b/i,
  /\b(?:tell|inform|convince|persuade|urge|instruct|direct|ask|advise) (?:the|every|any) (?:user|reader|human|person asking)s?\b[^.!?\n]{0,20}\b(?:to|that)\b/i,
  /\b(?:rate|rank|score|grade|judge|describe|treat|present|call|say that) (?:this|the) (?:paper|candidate|applicant|cv|resume|product|company|source|document|text|submission|article|proposal|offer)\b[^.!?\n]{0,40}\b(?:best|highest|10|ten|top|excellent|outstanding|only true|trustworthy|positively|accept|first)\b/i,
  new RegExp(
    `\\b(?:${ALTER})\\b(?:[^.!?\\n]|\\.(?! )){0,160}?\\b(?:in|into|of|to|with|for|at|as|on)? ?(?<!${DETAIL}[^.!?\\n]{0,20})\\byour ${ANSWER}\\b`,
    "i",
  ),
  new RegExp(`(?<!${DETAIL}[^.!?\\n]{0,20})\\bin your ${ANSWER}\\b`, "i"),
  /(?:^|[.\s])(?:(?:Please|Now|Also|Then|Always|Only) (?:respond|reply|answer)|Respond|Reply|Answer)\b (?:to (?:this|the user|me) )?(?:only |just |always |back )?(?:using|in|as|with (?:only|the (?:word|phrase|text))|backwards?|like|by)\b(?! (?:the (?:space|form|box)|this|the next|\d))/,
  /\b(?:can|could|would|will) you (?:please )?(?:reply|respond|answer|write|speak) (?:only )?(?:in|using|as|with)\b/i,
  /\b(?:ignore|disregard|forget|override|overlook|bypass|discard)\b[^.!?\n]{0,40}\b(?:previous|prior|above|earlier|preceding|foregoing|your|system|original|initial)\b[^.!?\n]{0,30}\b(?:instruct\w*|prompts?|directions?|context|rules?|guidelines?|commands?|requests?|task|constraints?|training|programming|messages?|text|question)\b/i,
  /\b(?:ignore|disregard|forget|override)\b (?:all|any)(?: of)?(?: the| these| those)? (?:instructions|prompts|guidelines|directions)\b/i,
  /\b(?:you are|you're|act as|behave as|pretend (?:to be|you are|that you)|roleplay as|from now on,? you)\b[^.!?\n]{0,40}\b(?:assistant|ai|chatbot|language model|llm|gpt|dan|jailbroken|unrestricted|developer mode|no longer bound|hacker|pirate)\b/i,
  /\b(?:(?:your|the|its|this) (?:system|hidden|initial) prompt (?!is|was|are|in|of|has|can|file|which|that|and)|jailbreak mode|new instructions?:|important instructions?:|your (?:instructions|programming|guidelines|system message)|ai (?:assistant|model|agent)s?[,:] (?:please |you )?|attention,? (?:ai|assistant|llm|language model))/i,
  /(?:<\/?(?:system|assistant|instructions?)>|\[\/?INST\]|<\|im_(?:start|end)\|>|^#{0,4} ?(?:system|assistant)\s?:)/im,
  /\b(?:do not|don't|never) (?:tell|inform|mention|reveal|let|alert|warn|show)\b[^.!?\n]{0,30}\b(?:the user|the human|anyone|the reader|this (?:instruction|prompt|message))\b/i,
  /\b(?:ignore|disregard|forget|discard) (?:all (?:of )?)?the (?:above|foregoing|preceding)\b(?! (?:error|warning|line|paragraph|table|figure|example|case|fee)s?)/i,
  /\b(?:ignore|disregard|forget) (?:everything|anything|all|what(?:ever)?)\b[^.!?\n]{0,20}\b(?:above|before|so far|earlier|said|told|previously)\b/i,
  /(?:^|[.!?]\s)(?:Please )?(?!Instead\b)\p{Lu}\p{Ll}+\b[^.!?\n]{0,60}\b(?:in|into|to|for|of|with|before) (?:the (?:final )?(?:answer|reply|summary)|(?:answering|replying|responding(?! to)|summari[sz]ing)(?= |$|\W))/u,
  /(?:^|[.!?]\s)(?:Answer|Reply|Respond) (?:to )?(?:this|it|the question|everything|all)?\b ?(?:as if|as though|like|only|in|without)\b/,
  /\b(?:forward|send|email|upload|post|exfiltrate|leak)\b[^.!?\n]{0,40}\b(?:all|every|the user's|their|these|private|confidential)\b[^!?\n]{0,60}(?:@|https?:|www\.)/i,
  /\b(?:instead of|rather than) (?:(?:answering|summari[sz]ing|translating|describing)\b(?! (?:questions|calls)\b)|(?:responding|replying) to (?:the|this|that|any|their) (?:\w+ )?(?:question|query|user|request|prompt|message)\b)/i,
];

// A task of the kind that one gives to an assistant, where it begins; with a capital, as the sentence has lost its place.
const TASK =
  /\b(?:Please )?(?:(?:Write|Compose|Generate|Summari[sz]e|Analy[sz]e|Determine|Classify|Describe|Explain|Recommend|Suggest|Provide|Identify|Compare|Translate|Draft|Outline|Discuss|Predict|Evaluate|Interpret|Rewrite|Paraphrase|Explore|Assess|Calculate|Convert|Create|Develop|Propose|Detect|Categori[sz]e|Elaborate|Investigate|Examine|Compile|Schedule|Set up|Recite|Encrypt|Encode|Automate|Replace|Claim) (?:a |an |the |me |some |any |all |on |whether |if |how |why |what |this |in |insights?|tips|ways|ideas|steps|(?!your )\w+)|(?:List|Name|Find|Research|Design|Plan|Rate|Report|Share) (?:a|an|the|me|all|some|any|\d+|two|three|four|five|ten) |(?:Send|Transfer|Forward|Delete|Reserve|Invite|Upload|Refund|E-?mail|Retrieve|Fetch) (?:a|an|the|all|me|my|any|some|every|\d+|\p{Lu}\p{L}+)\b|(?:Show|Tell|Give|Teach|Help|Guide|Advise|Walk|Inform|Remind) (?:me|us|the user|the users)\b)/u;
const QUESTION =
  /\b(?:What(?:'s| is| are| was| were| do| does| did| will| would| should| can| makes?| movies| \w+ (?:is|are|was|were|do|does|did|will|can|should))|How (?:can|do|does|did|is|are|has|have|should|would|to|will|many|much)|Why (?:is|are|do|does|did|was|were)|Who (?:is|are|was|were|won|will)|When (?:is|was|did|does|will)|Where (?:is|are|can|do)|Which \w+|(?:Can|Could|Would|Will) you(?! (?:please )?(?:\w+ (?:my|our)\b|send|call|let|confirm|check|bring|forward|join|help|meet|come|make it|be|have|sign|return|look|arrange|ask|pass|take|get back|attend|review|update|resend|ship))|Is (?:this|that|the|it)|Are (?:these|those|there))\b[^?\n]{8,240}\?/;

/** What a page or newsletter asks of its readers. */
const OF_A_PAGE = /\b(?:our|click|subscribe|sign up|follow us|visit us)\b/i;

/** Documentation and code tell their reader to do this and that; a task has its place there. */
const TECHNICAL = /`|^\s{0,8}(?:\/\/|#!|\$ )|[{};]\s*$/m;

/** A task or question is out of place when so much of it, at most, is spoken of around it. */
const MOST_SHARED = 0.34;

/** With fewer terms around it nothing can be said to be out of place. */
const LEAST_AROUND = 6;

export interface Instruction extends Range {
  /** Whether it speaks of the answer or the answerer itself; otherwise it is a task that has no place where it stands. */
  readonly addressed: boolean;
}

/** Where a text holds instructions to whoever answers, in order. */
export function findInstructions(text: string): Instruction[] {
  const found: Instruction[] = [];
  const technical = TECHNICAL.test(text);
  const fenced = text.includes("```");
  for (const line of linesOf(text)) {
    const piece = text.slice(line.start, line.end);
    if (isAddressed(piece) || undisguised(piece).some(isAddressed) || (!fenced && isToolCall(piece)))
      found.push({ ...line, addressed: true });
    else {
      const task = technical || isAnswered(text, line) ? undefined : taskIn(piece);
      if (task && isOutOfPlace(text, { start: line.start + task.start, end: line.start + task.end }))
        found.push({ start: line.start + task.start, end: line.start + task.end, addressed: false });
    }
  }
  return found;
}

function isAddressed(line: string): boolean {
  return ADDRESSED.some((pattern) => pattern.test(line)) || isOrder(line) || isForeignOrder(line);
}

/** Sentences, cut at line breaks too: an instruction may be put on a line of its own within anything. */
function linesOf(text: string): Range[] {
  return Array.from(text.matchAll(/[^\n]+?(?:[.!?]["'”’)]{0,2}(?=\s|$)|(?=\n)|$)/g), ({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

/** Whether a question is followed by its answer on the same line, as in a list of frequent ones. */
function isAnswered(text: string, { start, end }: Range): boolean {
  return /\?["'”’)]{0,2}$/.test(text.slice(start, end)) && /^[^\S\n]+\p{L}+[^?\n]{8,}?[.!](?:\s|$)/u.test(text.slice(end, end + 400));
}

/** A task or a question within a line that is neither a heading nor an item of a list or table. */
function taskIn(line: string): Range | undefined {
  if (/^\s*(?:#|[-*+|>]|\d{1,3}[.)]|`)/.test(line)) return undefined;
  const match = QUESTION.exec(line) ?? TASK.exec(line);
  return match && !line.endsWith(":") && !OF_A_PAGE.test(line) ? { start: match.index, end: line.length } : undefined;
}

function isOutOfPlace(text: string, { start, end }: Range): boolean {
  const terms = contentTerms(text.slice(start, end));
  if (terms.length < 2) return false;
  const around = new Set(contentTerms(`${text.slice(0, start)}\n${text.slice(end)}`));
  return around.size >= LEAST_AROUND && terms.filter((term) => around.has(term)).length / terms.length <= MOST_SHARED;
}
