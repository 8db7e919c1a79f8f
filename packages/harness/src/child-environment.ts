/** The environment of a harness that Lalia starts: what its caller has, without the marks of the caller's own harness. */
import type { Environment } from '@lalia/client';
import { ADAPTERS } from './harnesses.ts';

/** By which programs that have no adapter here say that a command runs inside them, and what says it of any. */
const OTHER_MARKERS = [
  ...['AI_AGENT', 'AGENT', 'ANTIGRAVITY_AGENT', 'KILO', 'KIMI_CODE_CLI', 'CRUSH', 'AUGMENT_AGENT'],
  'PI_CODING_AGENT',
];

/** What says who the caller is; the child is somebody else. */
const OWN_MARKERS = ['LALIA_NAME', 'LALIA_HARNESS', 'LALIA_SESSION', 'LALIA_MODEL', 'LALIA_ANCHOR'];

/**
 * Takes out what a harness tells the commands that it runs, each by its exact name: people configure harnesses with variables
 * of the same beginnings, and those stay.
 */
export function withoutMarkers(env: Environment): Environment {
  const markers = new Set([
    ...ADAPTERS.flatMap((adapter) => adapter.markers),
    ...OTHER_MARKERS,
    ...OWN_MARKERS,
  ]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !markers.has(name)));
}
