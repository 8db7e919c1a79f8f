import type { Environment } from '@lalia/client';

/** The environment of this process, for what hands it on as a whole. */
export function environment(): Environment {
  return process.env;
}
