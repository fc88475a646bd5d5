/**
 * English orders to whoever answers, by what they are made of: who is spoken to, what is to be done, and to what. Lists are
 * wide where two of them must meet, so that wordings that nobody wrote down are found too.
 */

const DROP =
  "ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|discard|neglect|dismiss|set aside|put aside|throw (?:away|out)|leave behind|pay no (?:attention|heed) to|take no notice of|cancel|void|erase|abandon|bypass|circumvent|drop|abort|unlearn|stop (?:following|obeying)|no longer (?:follow|obey|apply|heed)|(?:do not|don't|need not|never) (?:follow|obey|heed|comply with|listen to)|supersed(?:e|es|ing)|overrul(?:e|es|ing)|suspend|break";
const RULES =
  "instruct\\w*|orders?|direct(?:ions?|ives?)|guidance|guidelines?|guardrails?|rules?|(?:system )?prompts?|commands?|constraints?|restrictions?|limits|polic(?:y|ies)|safeguards?|safety \\w+|protocols?|programming|training|alignment";
/** Less telling than rules, as programs and people drop these too. */
const WORK = "tasks?|requests?|questions?|messages?|text|context";
/** Whose or which rules: those of a machine or of what came before. */
const WHOSE =
  "previous|prior|earlier|preceding|foregoing|above|former|original|initial|existing|current|your|system|developer'?s?|creator'?s?|owner'?s?|built-in|hidden|user'?s?|all|any|every|these|those";
const SAY =
  "say|state|claim|answer|reply|respond|tell|report|output|print|write|display|show|return|repeat|declare|insist|assert|conclude|pretend|mention|recommend|praise|promote|advertise|endorse|insert|append|include|add|link|reveal|disclose|describe|rate|rank|treat|cite|quote|omit|withhold|conceal|hide|leave out|deny|refuse|decline|assure|convince|persuade|warn|ask|urge|remind|encourage|direct|point|send|refer|translate|summari[sz]e|act|speak|talk|behave|be|follow|obey|forward|use|mark|give|offer|provide|stop|keep";
const MACHINE =
  "ais?|a\\.i\\.|llms?|(?:ai|llm|autonomous|virtual|digital|language|chat|coding|support|browsing|gpt)[- ](?:assistants?|models?|systems?|agents?|readers?|bots?|tools?)|(?:large )?language models?|chat-?bots?|copilot|assistants?|summari[sz]ers?|bots?|neural networks?|machine reader|retrieval system|rag(?: system| pipeline)?";
const NOT_A_MACHINE = "(?! (?:professor|manager|director|editor|coach|teacher|to the|secretary|principal|act|regulation))";
/** What a council or assistant holds that nobody else is meant to have. */
const CONFIDENTIAL =
  "system prompt|hidden (?:prompt|rules|instructions)|configuration|conversation|chat (?:history|log)|(?:last|previous|user's|entire|whole|full) (?:messages?|queries|query|questions?|conversation|context|history)|everything you (?:know|have|see|can)|(?:user|personal|private|confidential)(?:'s)? (?:data|information|files?|documents?|details)|credentials|passwords?|api keys?|secrets?|tokens|environment variables|file list|contact list|address book|context window";
const SEND =
  "append|send|post|forward|upload|submit|transmit|e-?mail|mail|copy|leak|exfiltrate|deliver|report|put|encode|include|embed|paste|share|attach|transfer|pass";

/** Terms of use forbid breaking rules; an order has nothing of the kind before its verb. */
const NOT_FORBIDDEN = "(?<!\\b(?:not|don't|dont|never|or|others|designed to|attempt to|try to|may|and to|helps?)(?: \\w+)? )";

/** A pattern, and words one of which a line must have for it to hold: to make an expression takes longer than to look for a word. */
interface Order {
  readonly needs: readonly string[];
  readonly pattern: RegExp;
}

function order(needs: string, pattern: RegExp): Order {
  return { needs: needs.split(" ").filter(Boolean), pattern };
}

const MACHINE_WORDS =
  "ai ais a.i llm llms gpt assistant assistants model models system systems agent agents reader readers bot bots tool tools chatbot chatbots chat-bot copilot summarizer summariser summarizers summarisers network networks rag";

const DROP_WORDS =
  "ignore ignoring disregard disregarding forget override overriding discard neglect dismiss aside throw leave pay take cancel void erase abandon bypass circumvent drop abort unlearn stop longer follow obey heed comply listen supersede supersedes superseding overrule overrules overruling suspend break";

const ORDERS: readonly Order[] = [
  // What came before is to be dropped.
  order(
    DROP_WORDS,
    new RegExp(`\\b(?:${DROP})\\b[^.!?\\n]{0,15}\\b(?:your|the user's|previous|prior|original|above) (?:\\w+ )?(?:${WORK})\\b`),
  ),
  order(
    DROP_WORDS,
    new RegExp(
      `${NOT_FORBIDDEN}\\b(?:${DROP})\\b(?! (?:any|your|the|this|an?) order\\b)[^.!?\\n]{0,25}\\b(?:${WHOSE})\\b(?: (?:of )?(?:the |those |these |your |other )?\\w+){0,2}? (?:${RULES})\\b`,
    ),
  ),
  order(
    DROP_WORDS,
    new RegExp(
      `\\b(?:${DROP})\\b (?:all |any |everything |anything |whatever |what )?(?:that )?(?:you(?:'ve| have|'d| had| were| are)?) (?:been )?(?:told|asked|instructed|given|taught|ordered|trained|programmed)\\b`,
    ),
  ),
  order(
    "instruction instructions instructed order orders direction directions directive directives guidance guideline guidelines guardrails rule rules prompt prompts command commands constraint constraints restriction restrictions limits policy policies safeguard safeguards safety protocol protocols programming training alignment",
    new RegExp(
      `\\b(?:your|previous|prior|earlier|above|all|original) (?:\\w+ )?(?:${RULES})\\b[^.!?\\n]{0,12}\\b(?:(?<!\\border )(?:are|is|were|was|have been|has been) (?:now )?(?:\\w+ )?(?:void|lifted|suspended|cancell?ed|disabled|revoked|obsolete|superseded|replaced|rescinded|updated|changed|over|off|null|overridden|withdrawn|invalid)|no longer (?:apply|applies|hold|valid|count|bind))\\b`,
    ),
  ),
  order(
    "you",
    /\byou (?:no longer|are no longer|don't have to|do not have to|need not|needn't|are free (?:to|from)|may now|can now|are (?:now )?(?:allowed|permitted|authori[sz]ed) to)\b[^.!?\n]{0,30}\b(?:follow|obey|bound|comply|guidance|guidelines|rules|restrictions|limits|safety|refuse|(?:share|reveal|disclose) (?:the|any|your|all|everything|what) (?:\w+ ){0,2}(?:prompt|instructions|system|secrets?|passwords?|keys?|data|rules)|say anything)\b/,
  ),
  // The machine is spoken to.
  order(
    MACHINE_WORDS,
    new RegExp(
      `(?:^|[.!?:;>\\])\\-*#/]\\s*)(?:(?:hey|dear|hi|hello|ok|okay|attention|listen|yo|note to|message (?:to|for)|instructions? (?:to|for)|important (?:message |note |instructions? )?(?:to|for))[,:]? )?(?:the |any |all |every |my |you )?(?:${MACHINE})\\b${NOT_A_MACHINE}(?: \\w+){0,5}?\\s?(?:[,:]|\\bmust|\\bshould|\\bshall|\\bhas to|\\bhave to|\\bneeds? to|\\bare to|\\bis to)\\s*(?:now |always |never |not |please |kindly |you (?:must|should|will|are to|have to) |be sure to |could you |can you |would you )*(?:quietly |simply |only |just |also )?(?:${SAY}|call|run|execute|delete|open|visit|click|set|change|skip|ignore|disregard|forget|fetch|download|approve|reject|select|choose|book|buy|pay|transfer)\\b`,
    ),
  ),
  order(
    MACHINE_WORDS,
    new RegExp(
      `\\b(?:if|since|as|because|when(?:ever)?) (?:you(?:'re| are| happen to be)|an?|any|the|this is being read by|(?:read|processed|summari[sz]ed|parsed|indexed) by) (?:an? |the )?(?:${MACHINE})\\b${NOT_A_MACHINE}[^.!?\\n]{0,60}[, ](?:${SAY}|call|run|execute|delete|ignore|disregard|skip)\\b`,
    ),
  ),
  order(
    MACHINE_WORDS,
    new RegExp(
      `\\b(?:new|updated|revised|special|secret|additional|important|real|final|hidden) (?:instructions?|orders?|directives?|tasks?|rules|prompt|objectives?|request|policy)\\b[^.!?\\n]{0,12}\\b(?:for|to) (?:you|the|any|all|every)? ?(?:${MACHINE})\\b`,
    ),
  ),
  order(
    "your assistant's model's",
    /\b(?:your|the assistant's|the model's) (?:(?:sole|only|new|real|true|actual|primary|main|next|final|current|one|hidden) ){1,2}(?:task|job|role|goals?|objectives?|purpose|mission|duty|directive|priority|instructions?|identity|name|persona)\b/,
  ),
  order(
    "real actual true new",
    /\b(?:the )?(?:real|actual|true|new) (?:request|task|question|instructions?|prompt|conversation|message) (?:begins?|starts?|follows?)\b/,
  ),
  order(
    "as",
    /\bas (?:the|an?|your) (?:admin(?:istrator)?|developer|owner|creator|operator|root|supervisor|engineer)(?: of (?:this|the|your) [\w ]{2,30}?)?,? I (?:hereby )?(?:authori[sz]e|order|instruct|permit|allow|command|direct|grant|ask|require|want) you\b/,
  ),
  order(
    "mode developer-mode god-mode jailbreak-mode debug-mode",
    /\b(?:enter|activate|enable|switch (?:in)?to|engage|you are (?:now )?in|as (?:if|though)(?: the)?|simulate|act in|boot into) (?:the )?(?:developer|debug|god|admin|jailbreak|unrestricted|maintenance|test|dan|sudo|root|unfiltered)(?:[- ]mode)\b/,
  ),
  // How the answer is to be, or what the user is to be told.
  order(
    "user users human reader customer someone anyone anybody people they",
    new RegExp(
      `\\b(?:when(?:ever)?|if|each time|every time|once|should) (?:the |a |any )?(?:users?|human|reader|customer|someone|anyone|anybody|people|they)\\b[^.!?\\n]{0,12}\\b(?:asks?|asked|quer(?:y|ies)|inquires?|wants? to know|requests?|mentions?|questions?|wonders?)\\b[^.!?\\n]{0,80}?[, ](?:always |never |only |then |please |just |do not |don't )?(?:${SAY})\\b(?! (?:about|for|to the docs))`,
    ),
  ),
  order(
    "whatever matter regardless irrespective independent",
    /\b(?:whatever|no matter what|regardless of what|irrespective of|independent of) (?:the |your |is |they |you are |anyone )?(?:user'?s? |reader'?s? )?(?:questions?|query|prompt|asks?|asked|says?|request)\b/,
  ),
  order(
    "user users reader readers human asking asker questioner",
    /(?:^|[.!?:,;]\s*|\b(?:and|then|but|please) )(?:tell|inform|assure|convince|persuade|urge|advise|warn|ask|remind|instruct|direct|notify|encourage|get|lead|refer|redirect) (?:the |every |any |this |all )(?:users?|readers?|human|person asking|asker|questioner)\b(?! (?:can|could|may|might))/,
  ),
  order(
    "not don't never refuse decline avoid",
    /\b(?:do not|don't|never|must not|should not|refuse to|decline to|avoid) (?:summari[sz]e|cite|answer|mention|reveal|disclose|repeat|discuss|describe|translate|analy[sz]e|index)\b[^.!?\n]{0,20}\b(?:this|these|the|any|your) (?:\w+ )?(?:file|page|document|mail|e-mail|sentence|paragraph|line|instructions?|prompt|note|comment|directive|user|sources?|text|passage|warning)s?\b(?! (?:before|until|unless))/,
  ),
  order(
    "refuse decline avoid stop",
    /\b(?:must|should|shall|have to|will|to) (?:always |never )?(?:refuse|decline|avoid|stop) (?:to )?(?:answer|respond|reply|summari[sz]|discuss)\w*/,
  ),
  order(
    "instead rather",
    /(?:^|[.!?]\s)instead\b,? (?:please )?(?:output|print|say|respond|answer|write|reply|tell|give|provide|return|generate|produce|recommend|translate|repeat|show|act|talk)\b/,
  ),
  order(
    "reply replies response responses answer answers output outputs completion completions",
    /\b(?:your|the) (?:\w+ )?(?:repl(?:y|ies)|responses?|answers?|outputs?|completions?) (?:has|have|must|should|needs?|is|are|ought) (?:to )?(?:always |now |only |never )?(?:end|begin|start|finish|contain|include|mention|consist|be (?:written|in|given)|praise|recommend|carry)\b[^.!?\n]{0,30}(?:["“'«]|\bwith the (?:word|phrase|sentence)|\bhttps?:|\blink\b|\bin (?:all caps|verse|rhyme))/,
  ),
  order(
    "above before preceding prior",
    /\b(?:print|repeat|output|copy|echo|reproduce|recite|display|reveal|show|write out|return|summari[sz]e)\b[^.!?\n]{0,20}\b(?:everything|all(?: the)? text|the (?:text|words|lines|content)|what (?:is|was|stands)) (?:above|before|preceding|prior)\b/,
  ),
  order(
    "instructions prompt rules guidelines",
    /\b(?:what (?:were|are|was)|repeat|reveal|print|show|list|tell me) (?:all |the |your )*(?:\w+ )?(?:instructions|prompt|rules|guidelines) (?:that )?(?:you (?:were|have been|are|got|received|follow)|given to you|at the (?:start|beginning|top))\b/,
  ),
  order(
    "safety security privacy content ethical moderation approval",
    /(?<!\bto (?:help )?)\b(?:skip|bypass|disable|turn off|ignore|omit|deactivate|evade|override) (?:the |any |all |your )?(?:\w+ )?(?:safety|security|privacy|content|ethical|moderation|approval)(?: \w+)? (?:checks?|filters?|rules?|review|policy|policies|guidelines|measures|protocols?|process|restrictions)\b/,
  ),
  order(
    "guardian ethos council consensus moderator reviewer reviewers safety",
    /\b(?:guardian|ethos|council|consensus|moderator|reviewers?|safety filter)\b[^.!?\n]{0,20}\b(?:has )?(?:approved?|approves|agreed|agrees|cleared|authori[sz]ed|waived|signed off)\b[^.!?\n]{0,40}\b(?:release|give|answer|show|this)\b/,
  ),
  order(
    "approval approvals score scores vote votes confidence threshold thresholds",
    /\b(?:set|change|raise|lower|put|vote) (?:the |your |its )?(?:approval|score|vote|confidence|threshold)s?\b[^.!?\n]{0,15}\b(?:to|of|at|with)? ?(?:\d|zero|one|maximum|full|the highest)/,
  ),
  // Data is to leave, or tools are to be used.
  order(
    "system hidden configuration conversation chat message messages query queries question questions context history everything data information file files document documents details credentials password passwords key keys secret secrets token tokens variables list book window",
    new RegExp(
      `\\b(?:${SEND})\\b[^!?\\n]{0,60}\\b(?:${CONFIDENTIAL})\\b[^!?\\n]{0,80}(?:https?:|www\\.|@\\w|\\b(?:this|that|the following|our|my) (?:link|url|address|server|webhook|endpoint|site)\\b|\\bto me\\b)`,
    ),
  ),
  order(
    "http https www",
    new RegExp(
      `(?:https?://|www\\.)\\S{1,120}\\s[^!?\\n]{0,60}\\b(?:enter|with|append|including|containing|carrying|plus|followed by)\\b[^!?\\n]{0,20}\\b(?:the )?(?:${CONFIDENTIAL})\\b`,
    ),
  ),
  order(
    "http https",
    /!?\[[^\]\n]{0,80}\]\(https?:[^)\s]{0,200}?[?&/=][^)\s]{0,200}?(?:\{\{?|\[|<|\$\{|%7b|insert|your_|conversation|secret|user_|base64)/,
  ),
  order(
    "tool function plugin api command action skill shell terminal interpreter browser",
    /\b(?:call|invoke|use|run|execute|trigger) (?:the |your )?(?:tool|function|plugin|api|command|action|skill|shell|terminal|code interpreter|browser)\b[^.!?\n]{0,40}\b(?:with|to|and|on|for)\b[^!?\n]{0,60}\b(?:user|everything|delete|send|rm|mail|all|files?|password|body|recipient|https?)\b/,
  ),
  order(
    "",
    /<\/?(?:tool_call|function_call|tool_use|invoke|antml:\w+|tool_result|function_calls|assistant_response|system_prompt|user_query)\b[^>]*>/,
  ),
  order(
    "emails email list data records database key keys credentials password passwords secret secrets tokens env variables code cookies",
    new RegExp(
      `\\b(?:${SEND}|collect|gather|dump|extract|export)\\b[^.!?\\n]{0,40}\\b(?:customers?'? (?:e-?mails?|lists?|data|records|database)|(?:e-?mail|user|client|contact|account) (?:list|database|records|data)|api[- ]keys?|private keys?|credentials|passwords?|secrets|tokens|\\.env|environment variables|source code|database|cookies|ssh keys?)\\b[^!?\\n]{0,60}\\bto\\b[^!?\\n]{0,30}(?:@|https?:|www\\.)`,
    ),
  ),
  order(
    "read reading process processing see seeing parse load loading",
    new RegExp(
      `\\b(?:when|once|after|as soon as|upon) (?:you )?(?:read|reading|process|processing|see|seeing|finish reading|parse|load|loading) (?:this|these|the following)\\b[^.!?\\n]{0,30}[, ](?:${SAY}|${SEND}|call|run|execute|delete|open|visit|fetch|download)\\b`,
    ),
  ),
  order(MACHINE_WORDS, new RegExp(`\\(?\\b(?:for|to) (?:any |all |the )?(?:${MACHINE})\\b${NOT_A_MACHINE}(?: only)?\\)?\\s?:`)),
  order(
    "decode",
    /\bdecode\b[^.!?\n]{0,40}\b(?:and|then)\b[^.!?\n]{0,12}\b(?:do|follow|execute|obey|run|perform|carry out|act on|comply)\b/,
  ),
  // Rules are said to be off.
  order(
    "protocol protocols guidelines rules restrictions filter filters check checks limits safeguards policies policy measures",
    /\b(?:safety|security|content|ethical|moderation|usual|normal|any|all) (?:protocols?|guidelines|rules|restrictions|filters?|checks?|limits|safeguards|policies|policy|measures)\b[^.!?\n]{0,20}\b(?:disabled|off|lifted|suspended|removed|bypassed|not (?:meant|apply|applicable|relevant|needed|required)|no longer|don't apply|do not apply|deactivated|waived)\b/,
  ),
  order(
    "restrictions guidelines limitations guardrails censorship filters",
    /\b(?<!\buse (?:them|it) )(?:exempt from|free of|without|ignoring|beyond) (?:the |any |all |your |its )?(?:usual |normal |standard |safety |content |ethical )*(?:restrictions|guidelines|limitations|guardrails|censorship|filters)\b/,
  ),
  order(
    "your",
    /\byour (?:rules|instructions|guidelines|policies|permissions|role|settings) (?:have|has) (?:now |just |been )*(?:changed|updated|expanded|replaced|reset)\b/,
  ),
  order(
    "uncensored unfiltered unrestricted jailbroken unaligned amoral",
    /\b(?:uncensored|unfiltered|unrestricted|jailbroken|unaligned|amoral) (?:\w+ )?(?:model|ai|assistant|chatbot|bot|version|mode|response|answer|persona|llm|gpt)\b/,
  ),
  order(
    "",
    /^\W*(?:(?:important |urgent |critical )?(?:system|admin|assistant|model) (?:update|notice|note|message|alert|directive|instruction)|override|nota (?:di|del|de) sistema|note système|message système|mensaje del sistema|messaggio di sistema|systemhinweis|systemnachricht|systemmeldung|system-?hinweis)\s?[:\]]/,
  ),
  // Roles, as the formats of chats mark them.
  order(
    "",
    /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_of_turn)\|>|<(?:start|end)_of_turn>|\[\/?(?:inst|sys|system|assistant)\]|<<\/?sys>>|^#{2,4} ?(?:instructions?|response|system|human|assistant)\s?:\s*$/m,
  ),
  order(
    "assistant ai bot gpt model",
    /\b(?:human|user|question|q)\s?:[^\n]{4,200}?\b(?:assistant|ai|bot|gpt|model)\s?:\s*(?:sure|of course|certainly|yes|ok|okay|i |here)/,
  ),
];

/** A call of a tool as a model writes it; documentation shows such calls too, in code. */
const TOOL_CALL =
  /\{\s*"(?:tool|tool_name|function|function_call|name|action)"\s*:\s*"[\w.-]+"\s*,\s*"(?:arguments|args|parameters|params|input|action_input)"\s*:/;

/** Text that a page hides from people: comments, and letters too small, too faint or of the ground's colour. */
const HIDDEN =
  /<!--([\s\S]{0,2000}?)-->|<(\w+)[^>\n]{0,200}\b(?:style\s*=\s*["'][^"']{0,200}(?:color\s*:\s*(?:white|#fff(?:fff)?\b|transparent|rgba?\([^)]*,\s*0\))|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|%)?\b|opacity\s*:\s*0(?:\.0\d*)?\b|display\s*:\s*none|visibility\s*:\s*hidden|(?:left|top|text-indent)\s*:\s*-\d{3,})|hidden\b|aria-hidden\s*=\s*["']true)[^>\n]{0,200}>([\s\S]{0,2000}?)(?:<\/\2|$)/gi;
/** What is hidden and yet says what to do. */
const SAID_IN_SECRET = new RegExp(
  `\\b(?:${MACHINE})\\s?[,:]|^\\s*(?:please |always |never |do not |don't |you (?:must|should|are)|(?:${SAY}) (?!link\\b|start\\b|end\\b)\\w+ \\w+)\\b|\\bthe (?:user|reader|answer|reply|response)\\b`,
  "i",
);

/** The orders that may hold where a word stands; under "" those that need none. */
const BY_WORD = new Map<string, Order[]>();
for (const one of ORDERS)
  for (const word of one.needs.length > 0 ? one.needs : [""]) BY_WORD.set(word, [...(BY_WORD.get(word) ?? []), one]);

/** Whether a line gives whoever answers an order. */
export function isOrder(line: string): boolean {
  const low = line.toLowerCase();
  const said = ["", ...(low.match(/[a-z][a-z'.-]*[a-z]|[a-z]/g) ?? [])];
  const possible = new Set(said.flatMap((word) => BY_WORD.get(word) ?? []));
  for (const { pattern } of possible) if (pattern.test(low)) return true;
  return line.includes("<") && hiddenIn(line).some((text) => SAID_IN_SECRET.test(text));
}

/** Whether a text that is no code imitates the call of a tool. */
export function isToolCall(line: string): boolean {
  return TOOL_CALL.test(line);
}

function hiddenIn(line: string): string[] {
  return Array.from(line.matchAll(HIDDEN), ([, comment, , text]) => comment ?? text ?? "");
}
