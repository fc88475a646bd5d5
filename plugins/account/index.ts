/** Who this home is to the cloud, and how its REST interface is asked. */
export { CloudApi } from "./cloud-api.ts";
export { type Credential, Credentials, idOf, KEY_VARIABLE } from "./credentials.ts";
export { CloudRefusal } from "./refusal.ts";
export { askForCode, awaitApproval } from "./sign-in.ts";
