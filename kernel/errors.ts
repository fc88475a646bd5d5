/**
 * Every error a person can meet, in one table: what happened, whose fault it is, what to do next.
 *
 * `exit` is the process exit code of the command-line contract: 1 our fault, 2 usage or configuration,
 * 5 refused by limits, 130 interrupted. (3 and 4 are outcomes of a question, not errors.)
 */
const TABLE = {
  INTERNAL: {
    exit: 1,
    message: "Something went wrong inside SuperInstance.",
    next: "Run the command again; if it repeats, report it with the output of `synesis status --json`.",
  },
  INTERRUPTED: { exit: 130, message: "Interrupted.", next: "Run the same command again; finished work is kept." },
  NOT_BUILT: {
    exit: 1,
    message: "The compiled program is missing.",
    next: "Run `npm install` (or `npm run build`) in the package folder.",
  },
  USAGE: { exit: 2, message: "The command was not understood.", next: "Add --help to see how it is used." },
  EMPTY_QUESTION: { exit: 2, message: "The question is empty.", next: 'Ask one: synesis ask "What does this project do?" --path docs' },
  QUESTION_TOO_LONG: {
    exit: 2,
    message: "The question is too long.",
    next: "Keep it under 32,000 characters; put long material into a file and index it with `synesis knowledge add`.",
  },
  INPUT_TOO_LARGE: { exit: 2, message: "The input is too large.", next: "Split it into smaller pieces." },
  INPUT_NOT_FOUND: { exit: 2, message: "The input file could not be read.", next: "Check the path and its permissions." },
  INPUT_NOT_TEXT: { exit: 2, message: "The input is not valid UTF-8 text.", next: "Convert it first, for instance with iconv." },
  PATH_NOT_FOUND: {
    exit: 2,
    message: "There is no such file or folder.",
    next: "Check the spelling; paths are taken from the current folder.",
  },
  SESSION_INVALID: {
    exit: 2,
    message: "The session name is not valid.",
    next: "Use 1 to 64 letters, digits, dots, dashes or underscores.",
  },
  CONFIG_INVALID: {
    exit: 2,
    message: "The configuration is not valid.",
    next: "Correct it with `synesis config set KEY VALUE`, or edit config.json.",
  },
  CONFIG_KEY_UNKNOWN: { exit: 2, message: "There is no such setting.", next: "`synesis config list` shows every setting." },
  OUTPUT_UNUSABLE: { exit: 2, message: "The output file cannot be written.", next: "Check the path and its permissions." },
  OUTPUT_EXISTS: {
    exit: 2,
    message: "The output file already exists.",
    next: "Give another --out, remove the file, or continue it with --resume.",
  },
  BATCH_LINE_INVALID: {
    exit: 2,
    message: "This line of the batch is not valid.",
    next: "Each line is one JSON object; see `synesis batch --help`.",
  },
  RUN_NOT_FOUND: { exit: 2, message: "No recorded run has this id.", next: "`synesis logs list` shows the recorded runs." },
  EGRESS_NOT_FOUND: { exit: 2, message: "Nothing has left under this number.", next: "`synesis logs egress` lists what has left." },
  PLUGIN_INVALID: { exit: 2, message: "A plugin is not put together correctly.", next: "Fix or remove the plugin that is named." },
  PLUGIN_REQUIREMENT_MISSING: {
    exit: 2,
    message: "A plugin needs a service that nobody provides.",
    next: "Enable a plugin that provides it.",
  },
  PLUGIN_INSTALL_FAILED: {
    exit: 1,
    message: "The plugin could not be installed.",
    next: "Check its name, the network and the proxy, and that npm works, then run the command again.",
  },
  PLUGIN_NOT_FOUND: { exit: 2, message: "No such plugin is installed.", next: "`synesis plugins list` shows the plugins." },
  PLUGIN_NOT_GRANTED: {
    exit: 2,
    message: "The plugin was not installed, since what it asks for was not granted.",
    next: "Read what it asks for; if that is fine, run the command again with --yes.",
  },
  PLUGIN_CHANGED: {
    exit: 2,
    message: "The code of a plugin is not what was installed, so it is not run.",
    next: "Install it again with `synesis plugins install`, or remove it with `synesis plugins uninstall`.",
  },
  PLUGIN_FAILED: {
    exit: 1,
    message: "A plugin failed at what cannot be done without it.",
    next: "`synesis plugins inspect NAME` shows more. After three failures in a row it is set aside; `synesis config set plugins.embedder embeddings` goes on without it at once.",
  },
  REDACTION_FAILED: {
    exit: 1,
    message: "A privacy detector failed, so nothing was processed or sent.",
    next: "Remove or repair the detector that is named, then try again.",
  },
  WEBASSEMBLY_MISSING: {
    exit: 2,
    message: "This Node has no WebAssembly, which looking for secrets needs, so nothing was processed or sent.",
    next: "Start it without --jitless (it may stand in NODE_OPTIONS).",
  },
  TEXT_BLOCKED: {
    exit: 5,
    message: "Your privacy settings refuse text with such a value, so nothing was processed or sent.",
    next: "Take the value out of the text, or choose another action for its type: synesis config set privacy.actions.TYPE tokenise",
  },
  PATTERNS_INVALID: {
    exit: 2,
    message: "A pattern of yours cannot be used, and nothing is redacted with only a part of them.",
    next: "Correct what is named: a setting with `synesis config set`, a file in its place, or take it away.",
  },
  PATTERN_TOO_SLOW: {
    exit: 2,
    message: "A pattern of yours takes too long for this text, so nothing was processed or sent.",
    next: "Write the pattern that is named so that every repetition has a bound and no two of them can take the same characters.",
  },
  HOME_UNUSABLE: {
    exit: 2,
    message: "The data folder cannot be used.",
    next: "Make it writable, or point SYNESIS_HOME to a folder that is.",
  },
  DATABASE_LOCKED: {
    exit: 1,
    message: "The database is held by another process.",
    next: "Wait for the other command to finish, then try again.",
  },
  DATABASE_CORRUPT: {
    exit: 1,
    message: "The database file is damaged.",
    next: "Move the named file away; the next command makes a new one.",
  },
  DATABASE_NEWER: {
    exit: 2,
    message: "The database was written by a newer version.",
    next: "Update SuperInstance, or point SYNESIS_HOME to another folder.",
  },
  DATABASE_READONLY: { exit: 2, message: "The database cannot be written.", next: "Make the file and its folder writable." },
  DISK_FULL: {
    exit: 1,
    message: "There is no space left on the disk.",
    next: "Free some space and run the command again; nothing acknowledged was lost.",
  },
  TOKEN_KEY_MISSING: {
    exit: 1,
    message: "The key of the token vault is missing, so its values cannot be read.",
    next: "Restore keys/tokens.key, or move tokens.db away to start a new vault.",
  },
  TOKEN_KEY_WRONG: {
    exit: 1,
    message: "The key of the token vault does not fit its values.",
    next: "Restore the right keys/tokens.key, or move tokens.db away to start a new vault.",
  },
  KEYCHAIN_UNREACHABLE: {
    exit: 2,
    message: "The system's keychain, where keys are kept, cannot be reached.",
    next: "Unlock it, or log in where it is, then run the command again; `synesis doctor` looks at it. For keys that are not there yet: `synesis config set privacy.keyStore file`.",
  },
  SESSION_NOT_FOUND: { exit: 2, message: "The token vault has no such session.", next: "`synesis vault sessions` lists them." },
  MODEL_NOT_FOUND: {
    exit: 2,
    message: "There is no such model.",
    next: "`synesis model list` shows the models; a file's https: address, or owner/repository/file.gguf, also works.",
  },
  MODEL_INVALID: {
    exit: 2,
    message: "The file is not a model that can be used.",
    next: "Take another file of the model, in the GGUF form, or pull it again.",
  },
  MODEL_DOWNLOAD_FAILED: {
    exit: 1,
    message: "The model could not be downloaded.",
    next: "Check the address, the network and the proxy, then run the command again: it goes on where it stopped.",
  },
  MODEL_CHECKSUM_WRONG: {
    exit: 1,
    message: "The downloaded file is not the one that was expected, and was removed.",
    next: "Pull it again; if this repeats, its address gives another file.",
  },
  MODEL_LOCKED: {
    exit: 1,
    message: "Another process is downloading this model.",
    next: "Wait for the other command to finish, then try again.",
  },
  LORA_NOT_FOUND: {
    exit: 2,
    message: "There is no such adapter.",
    next: "`synesis lora list` shows the adapters; a file's path also works.",
  },
  LORA_INVALID: {
    exit: 2,
    message: "The file is not an adapter that can be used.",
    next: "Take the adapter's own file: GGUF, or safetensors as PEFT writes it; `synesis lora list` says what is wrong with each.",
  },
  LORA_MISMATCH: {
    exit: 2,
    message: "The adapter was made for another model.",
    next: "Choose the model it was made for with `synesis model use`, or another adapter with `synesis lora use`.",
  },
  LORA_UNUSABLE: {
    exit: 2,
    message: "The adapter cannot be used with what the council thinks with now, so nothing was asked.",
    next: "Take a GGUF adapter and a model file (`synesis model use`), or think without one: `synesis lora use --none`.",
  },
  LORA_FAILED: {
    exit: 1,
    message: "The model could not be given the adapter, so nothing was asked.",
    next: "Try again; if it repeats, think without it: `synesis lora use --none`.",
  },
  LORA_NAME_TAKEN: {
    exit: 2,
    message: "Another adapter has this name in the cloud, or is on its way there.",
    next: "Add --force to put this one in its place, or give it another --name.",
  },
  LORA_CHANGED: {
    exit: 1,
    message: "The file changed while it was pushed, so what was sent is discarded.",
    next: "Run the command again when nothing writes to the file.",
  },
  GENERATOR_MISSING: {
    exit: 2,
    message: "The program that runs models is not installed.",
    next: "Install it with `synesis runtime install llama`.",
  },
  GENERATOR_UNREACHABLE: {
    exit: 2,
    message: "The model's server does not answer.",
    next: "Start it, or correct `synesis config set generator.baseUrl ADDRESS`; `synesis doctor` shows the servers that answer.",
  },
  GENERATOR_REFUSED: {
    exit: 2,
    message: "The model's server refused the request.",
    next: "Check the key (generator.apiKeyVariable) and the name of the model (generator.model).",
  },
  GENERATOR_BUSY: { exit: 5, message: "The model's server has too much to do.", next: "Wait a little, then try again." },
  GENERATOR_TIMEOUT: {
    exit: 1,
    message: "The model fell silent.",
    next: "Try again, take a smaller model, or raise generator.timeoutSeconds (until its first word) or generator.stallSeconds (after it).",
  },
  GENERATOR_FAILED: {
    exit: 1,
    message: "The model failed while it wrote.",
    next: "Try again; if it repeats, look at the log of the model's server, or take another model.",
  },
  GENERATOR_INVALID_JSON: {
    exit: 1,
    message: "The model did not write what its answer's form asks for, in several attempts.",
    next: "Take a larger model, or one made to follow instructions.",
  },
  EMBEDDER_INVALID: {
    exit: 2,
    message: "The embedding model cannot be used:",
    next: 'Put model.onnx, tokenizer.json and embedder.json of one model into the folder that embeddings.model names, as the guide says, or set embeddings.model to "" for the model that comes with SuperInstance.',
  },
  EMBEDDER_RUNTIME_MISSING: {
    exit: 2,
    message: "The library that runs ONNX models is not installed.",
    next: 'Install SuperInstance again with `npm install --ignore-scripts`, which does not leave onnxruntime-node out, or set embeddings.model to "".',
  },
  RUNTIME_INSTALL_FAILED: {
    exit: 1,
    message: "The program that runs models could not be installed.",
    next: "Check the network and the proxy, and that npm works, then run the command again.",
  },
  TUNNEL_UNREACHABLE: {
    exit: 1,
    message: "The cloud cannot be reached.",
    next: "Check the network; `synesis doctor` says whether UDP passes, and `synesis cloud status` which way was tried.",
  },
  TUNNEL_CLOSED: { exit: 1, message: "The tunnel to the cloud is closed.", next: "Connect it again by repeating the command." },
  TUNNEL_INTERRUPTED: {
    exit: 1,
    message: "The connection broke while a request was under way, so it may or may not have been done.",
    next: "Look whether it was done before you repeat it.",
  },
  TUNNEL_REFUSED: {
    exit: 2,
    message: "The cloud does not accept this device.",
    next: "Sign it in again with `synesis cloud login`; `synesis cloud status` shows its certificate and when that ends.",
  },
  TUNNEL_SERVER_UNTRUSTED: {
    exit: 1,
    message: "The server is not the one that this device trusts, so nothing was sent.",
    next: "Check the address and the network; a proxy that opens encrypted traffic has this effect.",
  },
  TUNNEL_VERSION: { exit: 2, message: "The cloud speaks another version of the protocol.", next: "Update SuperInstance." },
  TUNNEL_RATE_LIMITED: { exit: 5, message: "The cloud asks to send less.", next: "Wait a little, then try again." },
  TUNNEL_TIMEOUT: { exit: 1, message: "The cloud did not answer in time.", next: "Try again; the command says when it may be repeated." },
  TUNNEL_REQUEST_FAILED: { exit: 1, message: "The cloud could not do what was asked.", next: "Try again later." },
  ESCALATION_FAILED: {
    exit: 1,
    message: "The model elsewhere could not answer the question.",
    next: "Try again later, or ask without --cloud.",
  },
  CLOUD_ADDRESS_MISSING: {
    exit: 2,
    message: "No cloud is set.",
    next: "Set its address with `synesis config set cloud.api https://HOST`, then sign in with `synesis cloud login`.",
  },
  CLOUD_NOT_SIGNED_IN: {
    exit: 2,
    message: "You are not signed in to the cloud.",
    next: "Run `synesis cloud login`; everything local works without that.",
  },
  CLOUD_KEY_INVALID: {
    exit: 2,
    message: "This is no key of the cloud.",
    next: "Copy the whole key; it begins with si_. Or sign in without one: `synesis cloud login`.",
  },
  CLOUD_SIGN_IN_FAILED: {
    exit: 2,
    message: "The sign-in was not completed.",
    next: "Run `synesis cloud login` again, and approve it in the browser while it waits.",
  },
  CLOUD_UNREACHABLE: {
    exit: 1,
    message: "The cloud does not answer.",
    next: "Check the network, the proxy and `synesis config get cloud.api`, then try again.",
  },
  CLOUD_TIMEOUT: { exit: 1, message: "The cloud took too long to answer.", next: "Try again later." },
  CLOUD_REFUSED: { exit: 2, message: "The cloud refused this.", next: "Correct what is named." },
  CLOUD_LIMIT_REACHED: {
    exit: 5,
    message: "A limit of your account is reached.",
    next: "`synesis cloud balance` shows it; add credits with `synesis cloud topup`, or choose another tier.",
  },
  SPENDING_CEILING_REACHED: {
    exit: 5,
    message: "What you owe the cloud has reached your own ceiling, so nothing was sent.",
    next: "`synesis cloud balance` shows what is owed; raise it with `synesis config set billing.ceilingCents CENTS`.",
  },
  CLOUD_BUSY: { exit: 5, message: "The cloud asks to send less.", next: "Wait a minute, then try again." },
  CLOUD_FAILED: {
    exit: 1,
    message: "The cloud failed, or its answer cannot be read.",
    next: "Try again later; if it repeats, update SuperInstance, or report it.",
  },
  ESCALATION_UNREACHABLE: {
    exit: 1,
    message: "The provider of the model cannot be reached.",
    next: "Check the network and the proxy, and escalation.baseUrl where it is set.",
  },
  PROJECT_LIMIT_REACHED: {
    exit: 5,
    message: "A limit of the project is reached.",
    next: "The project's owner can raise your quota or the project's budget.",
  },
  ESCALATION_REFUSED: {
    exit: 2,
    message: "The provider refused the request.",
    next: "Check the key, the name of the model (escalation.model, or --model) and escalation.baseUrl.",
  },
  ESCALATION_LIMITED: {
    exit: 5,
    message: "The provider's limit for your key is reached.",
    next: "Wait a little, or look at your account with the provider; then ask again.",
  },
  ESCALATION_TIMEOUT: {
    exit: 1,
    message: "The model elsewhere fell silent.",
    next: "Ask again, or raise escalation.timeoutSeconds.",
  },
  ESCALATION_KEY_MISSING: {
    exit: 2,
    message: "There is no key for the provider.",
    next: "Keep it with `synesis model key PROVIDER`, or put it into the environment variable that is named.",
  },
  ESCALATION_MODEL_UNKNOWN: {
    exit: 2,
    message: "The provider has no such model.",
    next: "Name one of the provider's own with --model, or with `synesis config set escalation.model NAME`.",
  },
  SPEND_CAP_REACHED: {
    exit: 5,
    message: "This question could cost more than your settings allow, so it was not sent.",
    next: "Raise what is named (`synesis config set escalation.caps.questionCents`, dayCents, monthCents), take a cheaper model, or lower escalation.maxTokens.",
  },
  PROJECT_NOT_FOUND: { exit: 2, message: "You have no part in such a project.", next: "`synesis project list` shows your projects." },
  PROJECT_AMBIGUOUS: {
    exit: 2,
    message: "You have a part in several projects of this name.",
    next: "Name the project by its id; `synesis project list` shows them.",
  },
  SHARED_NOT_FOUND: {
    exit: 2,
    message: "The cloud keeps no such shared document.",
    next: "`synesis knowledge list --cloud` shows what is shared.",
  },
  COLLABORATOR_NOT_FOUND: {
    exit: 2,
    message: "The project has no such guest.",
    next: "`synesis collaborators list --project PROJECT` shows who has a part in it.",
  },
  TEXT_TOO_LONG: { exit: 2, message: "The text is too long.", next: "Shorten it; what is long belongs into a document." },
  INVITE_INVALID: { exit: 2, message: "This is no invite.", next: "Copy the whole link, or the part of it behind /join/." },
  BUNDLE_INVALID: {
    exit: 2,
    message: "The file is no bundle that can be taken, so nothing of it was.",
    next: "Get it again from who made it, and compare the sizes.",
  },
  BUNDLE_NEWER: {
    exit: 2,
    message: "The bundle was made by a newer version, so nothing of it was taken.",
    next: "Update SuperInstance.",
  },
  BUNDLE_PASSPHRASE_WRONG: {
    exit: 2,
    message: "The passphrase does not open the bundle.",
    next: "Ask who made it for the passphrase.",
  },
  BUNDLE_PASSPHRASE_MISSING: {
    exit: 2,
    message: "A bundle is sealed with a passphrase of at least 12 characters.",
    next: "Give it in the variable SYNESIS_PASSPHRASE, or the name of its file with --passphrase-file.",
  },
  BUNDLE_SIGNER_WRONG: {
    exit: 2,
    message: "The bundle is signed by another key than the one that you named, so nothing of it was taken.",
    next: "Compare the fingerprint with who made it, over the telephone for example.",
  },
  BUNDLE_KEY_INVALID: {
    exit: 2,
    message: "The key that bundles are signed with cannot be read.",
    next: "Restore the named file, or move it away: a new one is made then, with another fingerprint.",
  },
  BUNDLE_VALUES_UNWANTED: {
    exit: 2,
    message: "The bundle brings values of its maker's token vault, and you have not said that you take them; nothing of it was taken.",
    next: "Add --with-values to take them, or ask for a bundle without.",
  },
  BUNDLE_VALUES_MISSING: {
    exit: 2,
    message: "The bundle brings no values of its maker's token vault, so nothing of it was taken.",
    next: "Leave --with-values out, or give its maker your key (`synesis handover key`) and ask for one with values.",
  },
  BUNDLE_VALUES_UNREADABLE: {
    exit: 2,
    message: "The values in the bundle are sealed for another receiver, so nothing of it was taken.",
    next: "Give its maker the key that `synesis handover key` shows in this data folder.",
  },
  RECEIVER_INVALID: {
    exit: 2,
    message: "This is no receiver's key.",
    next: "Copy the whole word that `synesis handover key` shows on the receiver's side.",
  },
  DEVICE_UNKNOWN: {
    exit: 2,
    message: "This device is not signed in to the cloud.",
    next: "Sign it in with `synesis cloud login`; everything local works without that.",
  },
  QUEUE_FULL: { exit: 5, message: "Too much work is waiting already.", next: "Lower --concurrency, or try again later." },
} as const satisfies Record<string, { exit: number; message: string; next: string }>;

/** The closed set of error codes. */
export type ErrorCode = keyof typeof TABLE;

/** An error with a code from the table, a message and a next step, safe to show: it never carries file contents or secret values. */
export class SynesisError extends Error {
  override readonly name = "SynesisError";
  readonly code: ErrorCode;
  readonly next: string;
  readonly exit: number;

  /** @param detail appended to the table's message; names things (a path, a plugin, a key), never quotes contents. */
  constructor(code: ErrorCode, detail?: string, options?: { cause?: unknown; next?: string }) {
    const row = TABLE[code];
    super(detail ? `${row.message} ${detail}` : row.message, { cause: options?.cause });
    this.code = code;
    this.next = options?.next ?? row.next;
    this.exit = row.exit;
  }
}

/** The table as rows, for the documentation. */
export function errorTable(): { code: string; exit: number; message: string; next: string }[] {
  return Object.entries(TABLE).map(([code, row]) => ({ code, ...row }));
}

/** Whatever was thrown, as a short text for traces; stack and cause stay behind. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
