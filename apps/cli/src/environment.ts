/** The environment, which nothing else of the command line reads. */
import type { Environment } from '@lalia/client';

/** The environment of this process, for what has to be handed it. */
export function environment(): Environment {
  return process.env;
}

/** Whether a stream is a terminal that shows colours (no-color.org; `FORCE_COLOR=0` says the same). */
export function showsColor(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  // Harnesses set FORCE_COLOR for all that they run; what an agent reads must not have escapes in it.
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb' && env['FORCE_COLOR'] !== '0';
}

/** For lines of text: as wide as the terminal, but not wider than is good to read, and 80 columns elsewhere. */
export function textWidth(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv = process.env,
): number {
  if (stream.isTTY !== true) return USUAL_WIDTH;
  const width = stream.columns || Number(env['COLUMNS']) || USUAL_WIDTH;
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width));
}

const USUAL_WIDTH = 80;
const MAX_WIDTH = 110;
const MIN_WIDTH = 40;
