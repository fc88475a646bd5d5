// Pairs of words that exclude each other; either may stand in a question whose answer speaks of the other.
const PAIRS: readonly (readonly [string, string])[] = (
  "accept reject|accepted rejected|allow forbid|allowed forbidden|allowed banned|before after|begin end|began ended|beginning end|start stop|started stopped|start end|started ended|" +
  "best worst|better worse|big small|large small|larger smaller|largest smallest|bigger smaller|birth death|born died|buy sell|bought sold|cheap expensive|cold hot|" +
  "create destroy|created destroyed|decrease increase|decreased increased|decline growth|declined grew|defeat victory|lost won|lose win|early late|earlier later|earliest latest|" +
  "east west|eastern western|north south|northern southern|northeast southwest|northwest southeast|easy difficult|empty full|enemy ally|enemies allies|exclude include|excluded included|excluding including|" +
  "export import|exports imports|failed succeeded|failure success|fast slow|faster slower|female male|women men|woman man|few many|first last|friend enemy|gain lose|gained lost|" +
  "good bad|guilty innocent|high low|higher lower|highest lowest|internal external|inner outer|join leave|joined left|left right|less more|fewer more|least most|legal illegal|long short|" +
  "longer shorter|major minor|majority minority|maximum minimum|modern ancient|new old|newest oldest|newer older|open closed|opened closed|oppose support|opposed supported|" +
  "peace war|positive negative|present absent|private public|raise lower|raised lowered|rich poor|wealthy poor|rise fall|rose fell|rural urban|safe dangerous|same different|similar different|" +
  "simple complex|single married|strong weak|stronger weaker|strongest weakest|strengthen weaken|strengthened weakened|thick thin|top bottom|upper lower|up down|victory loss|" +
  "white black|wide narrow|winter summer|young old|younger older|youngest oldest|asynchronous synchronous|connected disconnected|enable disable|enabled disabled|encrypt decrypt|" +
  "add remove|added removed|install uninstall|input output|upload download|above below|inside outside|arrive depart|arrived departed|attack defend|attacked defended|" +
  "encouraged discouraged|encourage discourage|agree disagree|agreed disagreed|common rare|natural artificial|permanent temporary|voluntary forced|direct indirect|formal informal"
)
  .split("|")
  .map((pair) => pair.split(" ") as [string, string]);

const OPPOSITES = new Map<string, Set<string>>();
for (const [a, b] of PAIRS) {
  OPPOSITES.set(a, (OPPOSITES.get(a) ?? new Set()).add(b));
  OPPOSITES.set(b, (OPPOSITES.get(b) ?? new Set()).add(a));
}

/** The words that say the contrary of `word`: listed ones, and those with or without a prefix of negation. */
export function opposites(word: string): ReadonlySet<string> {
  const listed = OPPOSITES.get(word) ?? [];
  const bare = /^(?:un|non|in|im|ir|dis|anti)(\p{L}{5,})$/u.exec(word)?.[1];
  const prefixed = word.length >= 5 ? ["un", "non", "in", "im", "dis", "anti"].map((prefix) => prefix + word) : [];
  return new Set([...listed, ...(bare ? [bare] : []), ...prefixed]);
}
