import http from "node:http";

const VARIABLES = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];

/**
 * Sends this process's requests through the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), as
 * `node --use-env-proxy` does: Node's own means, so that no package is needed for it.
 */
export function useEnvironmentProxy(): void {
  // the types of Node 24 lack it; it came with 24.14
  const { setGlobalProxyFromEnv } = http as { setGlobalProxyFromEnv?: () => void };
  if (VARIABLES.some((name) => process.env[name])) setGlobalProxyFromEnv?.();
}
