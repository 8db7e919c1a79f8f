/**
 * `node:crypto` in the bundle of hooks, loaded at its first use: it takes 4 ms, as much as all other modules together, and a hook
 * that finds no mail signs nothing.
 */
type Crypto = typeof import('node:crypto');

export const createHash = lazily('createHash');
export const createPrivateKey = lazily('createPrivateKey');
export const createPublicKey = lazily('createPublicKey');
export const generateKeyPairSync = lazily('generateKeyPairSync');
export const randomBytes = lazily('randomBytes');
export const sign = lazily('sign');
export const verify = lazily('verify');

// biome-ignore lint/style/noDefaultExport: so `ulid` imports it.
export default { randomBytes };

function lazily<N extends keyof Crypto>(name: N): Crypto[N] {
  const call = (...args: readonly unknown[]): unknown => {
    const loaded = process.getBuiltinModule('node:crypto')[name] as (...given: readonly unknown[]) => unknown;
    return loaded(...args);
  };
  return call as Crypto[N];
}
