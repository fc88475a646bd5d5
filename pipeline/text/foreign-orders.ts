/** Orders to whoever answers, in languages other than English: what came before is to be dropped, or the answer is prescribed. */

interface Orders {
  /** Verbs of dropping, in the forms in which one orders. */
  readonly drop: readonly string[];
  /** What may be dropped: instructions, rules, what was said. */
  readonly told: readonly string[];
  /** Verbs of answering or telling, in the form in which one orders a person one knows, or a machine. */
  readonly answer: readonly string[];
  /** What prescribes an answer: only, always, instead; whom to tell; what of the answerer's own to show. */
  readonly how: readonly string[];
}

/** By language. Each is the beginning of a word or of several, in small letters; endings may follow. */
const LANGUAGES: readonly Orders[] = [
  orders(
    "ignorier|vergiss|vergessen sie|missachte|beachte nicht|überspring|verwirf",
    "anweisung|systemanweisung|instruktion|regeln|vorgaben|anleitung|befehl|richtlini|aufforderung|systemprompt|prompt|bisher gesagt|oben gesagt|oben genannt|zuvor gesagt|vorher gesagt",
    "antworte|gib|schreib|sag|nenne|verrat|zeig|erwähne|empfiehl|behaupte",
    "nur noch|ausschließlich|stattdessen|dem nutzer|dem benutzer|der nutzer|systemprompt|in deiner antwort|deine antwort|deine anweisung|deine regeln|deine systemanweisung|deinen prompt|wortwörtlich",
  ),
  orders(
    "ignore|oublie|ne tiens pas compte|ne tenez pas compte|néglige|passe outre|écarte|abandonne",
    "les instruction|les consigne|les règle|les directive|les ordre|tes instruction|tes consigne|tes règle|tes directive|toutes les|vos instruction|des instruction|des consigne|des règle|aux instruction|aux consigne|ces instruction|ces consigne|la consigne|invite système|ce qui précède|tout ce qui",
    "réponds|répondez|dis|dites|écris|écrivez|révèle|affiche|recommande|ajoute|termine",
    "uniquement|seulement|toujours|plutôt|à l'utilisateur|l'utilisateur|ta réponse|ta configuration|tes instructions|tes règles|invite système|prompt",
  ),
  orders(
    "ignora|ignore|olvida|olvide|descarta|haz caso omiso|no tengas en cuenta|no tenga en cuenta|desobedece|omite",
    "instruccion|regla|orden|órdenes|directri|indicacion|lo anterior|todo lo|lo que se te",
    "responde|contesta|di|dile|escribe|revela|muestra|recomienda|añade|termina",
    "siempre|solo|sólo|únicamente|en su lugar|al usuario|el usuario|tu respuesta|tus instrucciones|tus reglas|prompt",
  ),
  orders(
    "ignora|ignorare|dimentica|trascura|non tenere conto|non tener conto|tralascia|scarta",
    "istruzion|regol|ordin|direttiv|indicazion|quanto detto|quanto precede|tutto ciò che",
    "rispondi|scrivi|di'|dì|rivela|mostra|consiglia|aggiungi|termina",
    "solo|soltanto|sempre|invece|esclusivamente|all'utente|l'utente|la tua risposta|le tue istruzioni|le tue regole|prompt",
  ),
  orders(
    "negeer|vergeet|sla alle|houd geen rekening",
    "instructies|opdracht|regels|richtlijn|aanwijzing|wat hierboven|wat eerder",
    "antwoord|schrijf|zeg|toon|onthul|stuur",
    "alleen|uitsluitend|altijd|in plaats daarvan|de gebruiker|je antwoord|jouw instructies|je instructies|prompt|het gesprek",
  ),
  orders(
    "ignora|ignore|esqueça|esqueca|desconsider|desrespeite|descarte|não leve em conta",
    "instruç|instruc|regra|ordens|ordem|diretri|orientaç|o que foi dito|tudo o que|tudo acima",
    "responda|responde|escreva|diga|revele|mostre|recomend|termine",
    "somente|apenas|sempre|em vez disso|ao usuário|o usuário|ao utilizador|sua resposta|suas instruções|suas regras|prompt",
  ),
  orders(
    "zignoruj|ignoruj|zapomnij|pomiń|zlekceważ",
    "polece|instrukcj|zasad|reguł|wskazów|co powyżej|co wcześniej",
    "odpowiedz|odpowiadaj|napisz|powiedz|pokaż|ujawnij",
    "tylko|wyłącznie|zawsze|zamiast|użytkownik|swoje ustawienia|swoje instrukcje|swoją odpowiedź|prompt",
  ),
  orders(
    "игнорируй|проигнорируй|забудь|не обращай внимания|отбрось|пренебреги",
    "инструкци|указани|правил|команд|предписани|все, что|всё, что",
    "отвечай|ответь|напиши|скажи|покажи|раскрой|выведи",
    "только|всегда|вместо|пользовател|свои инструкц|свои настройк|свой ответ|своих инструкц|промпт",
  ),
  orders(
    "yok say|görmezden gel|dikkate alma|unut",
    "talimat|kural|komut|yönerge|söylenen",
    "yanıtla|cevapla|yaz|söyle|göster",
    "sadece|yalnızca|her zaman|kullanıcıya|bunun yerine|sistem",
  ),
  orders(
    "ignorera|glöm|ignorer|glem|se bort fra|bortse från",
    "instruktion|instruks|regler|anvisning|befaling|ovanstående|tidligere|tidigare",
    "svara|svar|skriv|säg|visa|vis",
    "bara|endast|kun|alltid|altid|användaren|brukeren|brugeren|ditt svar|dit svar",
  ),
];

/** Said of rules that are not to hold, or of restrictions that are off. */
const RULES_OFF = list(
  "sicherheitsrichtlinien hier nicht|sicherheitsrichtlinien gelten nicht|sicherheitsregeln gelten nicht|richtlinien nicht gelten|ohne einschränkung|ohne einschraenkung|ohne jede einschränkung|règles de sécurité ne|sans aucune restriction|sans restriction|reglas de seguridad no|sin restriccion|sin ninguna restricción|regole di sicurezza non|senza restrizion|senza alcuna restrizion|sem restriç",
);

/** Languages that put no spaces between words, or order them otherwise: both parts stand anywhere in the sentence. */
const UNSPACED: readonly RegExp[] = [
  /(?:忽略|无视|無視|忘记|忘記|不要理会|不要遵守)[^。\n]{0,20}(?:指令|指示|提示|规则|規則|命令|要求|内容)/u,
  /(?:指示|命令|ルール|規則|プロンプト|内容)[^。\n]{0,16}(?:無視|忘れ|従わない|破棄)/u,
  /(?:지시|명령|규칙|프롬프트|지침)[^.\n]{0,20}(?:무시|잊어|따르지)/u,
  /(?:回答|答复|回复)[^。\n]{0,6}(?:只|必须|总是)|(?:只|必须|总是)[^。\n]{0,4}(?:回答|回复|输出)|告诉用户|系统提示/u,
  /とだけ(?:答え|回答|返)|ユーザーに[^。\n]{0,20}(?:伝え|言っ)|システムプロンプト/u,
  /(?:تجاهل|انس|لا تتبع)[^.\n]{0,30}(?:تعليمات|التعليمات|الأوامر|القواعد)/u,
  /(?:निर्देश|आदेश)[^।\n]{0,30}(?:नज़रअंदाज़|अनदेखा|भूल)/u,
  /(?:התעלם|שכח)[^.\n]{0,30}(?:הוראות|ההוראות|הכללים)/u,
];

/** A letter that English lacks, or a small word of another language; looking for these first spares most text the rest. */
const NOT_ENGLISH =
  /[^\t-~\u2010-\u2027]|\b(?:alle[rs]?|alles|und|nicht|nur|nun|ab|dein|deine[mnrs]?|die|den|der|das|dem|les?|des|tes|toutes?|tout|ne|pas|et|ce|las?|los|el|lo|todo|todas|todos|tus?|que|il|gli|tutte|tutto|che|le|de|het|je|jouw|en|os|tudo|suas?|tes|ditt|dit|alla|och|og|wszystk\w+|tylko|swoje|tum|ve|sadece|mir|ohne|sans|sin|senza|sem)\b/i;

/** Two words further apart than this, in characters, have nothing to do with each other. */
const REACH = 70;

/** Whether a sentence in another language than English orders the answerer about. */
export function isForeignOrder(sentence: string): boolean {
  if (!NOT_ENGLISH.test(sentence)) return false;
  const text = sentence.toLowerCase();
  return (
    LANGUAGES.some(({ drop, told, answer, how }) => stand(text, drop, told) || stand(text, told, drop) || stand(text, answer, how)) ||
    RULES_OFF.some((said) => text.includes(said)) ||
    UNSPACED.some((pattern) => pattern.test(text))
  );
}

/** Whether one of the first stands in a text, as the beginning of a word, and one of the second soon after it. */
function stand(text: string, first: readonly string[], second: readonly string[]): boolean {
  return first.some((word) => {
    for (let at = begins(text, word, 0); at >= 0; at = begins(text, word, at + 1)) {
      const near = text.slice(at + word.length, at + word.length + REACH);
      if (second.some((other) => begins(near, other, 0) >= 0)) return true;
    }
    return false;
  });
}

/** Where a word begins with these letters, from a place on; -1 where none does. */
function begins(text: string, letters: string, from: number): number {
  for (let at = text.indexOf(letters, from); at >= 0; at = text.indexOf(letters, at + 1))
    if (at === 0 || !/\p{L}/u.test(text[at - 1] ?? "")) return at;
  return -1;
}

function orders(drop: string, told: string, answer: string, how: string): Orders {
  return { drop: list(drop), told: list(told), answer: list(answer), how: list(how) };
}

function list(words: string): string[] {
  return words.split("|");
}
