import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import * as protocol from '../../src/index.ts';
import * as operations from '../../src/operations/index.ts';

const source = join(import.meta.dirname, '../../src');

test('the main entry exports what was decided, and nothing by accident', () => {
  expect(Object.keys(protocol).sort()).toEqual([
    'DAEMON',
    'ERRORS',
    'EXIT',
    'HUMAN',
    'LaliaError',
    'LineDecoder',
    'PROTOCOL_VERSION',
    'VERSION',
    'bodyFromBytes',
    'canonicalJson',
    'checkBody',
    'checkName',
    'compareVersions',
    'encodeLine',
    'errorFromBody',
    'exactMessage',
    'fail',
    'fails',
    'failure',
    'formatAddress',
    'formatBundle',
    'formatMessage',
    'fromBase64Url',
    'generateKeyPair',
    'invariant',
    'isLaliaError',
    'isName',
    'isReason',
    'isUlid',
    'limits',
    'messagePath',
    'parseAddress',
    'parseMessage',
    'parseRequest',
    'parseResponse',
    'passes',
    'pathsOf',
    'privateKeyObject',
    'publicKeyObject',
    'publicKeyOf',
    'rawPublicKey',
    'signPortably',
    'signRequest',
    'signedContentOf',
    'signingText',
    'success',
    'toBase64Url',
    'ulidSource',
    'utf8Bytes',
    'verifyPortably',
    'verifyRequest',
    'warns',
  ]);
});

test('the entry of the operations exports their list', () => {
  expect(Object.keys(operations).sort()).toEqual(['OPERATIONS', 'taskPlan']);
});

test('the numbers that a peer can run into are those that were published', () => {
  expect({ ...protocol.limits }).toEqual({
    DEFAULT_WAIT_MS: 300000,
    DELIVERY_LEASE_MS: 60000,
    LEASE_MS: 3600000,
    MAX_BATCH_BYTES: 3145728,
    MAX_BODY_BYTES: 1048576,
    MAX_CHANNEL_UNREAD: 100000,
    MAX_CHECKED_PATHS: 10000,
    MAX_DELIVERY_LEASE_MS: 86400000,
    MAX_ENCODED_BODY_BYTES: 4128768,
    MAX_HISTORY_MESSAGES: 1000,
    MAX_IN_FLIGHT: 1024,
    MAX_LINE_BYTES: 4194304,
    MAX_OPEN_QUESTIONS: 200,
    MAX_PATTERNS: 1000,
    MAX_QUERY_TERMS: 32,
    MAX_RECALLED_QUESTIONS: 10,
    MAX_RECENT_READS: 1024,
    MAX_RETENTION_MS: 3_153_600_000_000,
    MAX_ROOM_MEMBERS: 8,
    MAX_ROOM_UNREAD: 64,
    MAX_SEARCH_HITS: 500,
    MAX_SOCKET_PATH_BYTES: 103,
    MAX_SPOOL_CONVERSATIONS: 64,
    MAX_SPOOL_FRAMES: 8,
    MAX_SPOOL_FRAME_BYTES: 262144,
    MAX_TASK_LIST_BYTES: 3145728,
    MAX_TURN_MESSAGES: 100,
    MAX_UNSENT_BYTES: 8388608,
    MAX_WAKE_ARGUMENTS: 32,
    MAX_WAKE_ROUTES: 4,
    MAX_WAKE_SOURCES: 8,
    MAX_WAKE_TEXT_BYTES: 4096,
    MAX_WAKING_LISTED: 200,
    MAX_WORKSTREAMS: 256,
    MAX_WAIT_MS: 86400000,
    REQUEST_WINDOW_MS: 300000,
    UNSEEN_MS: 2_592_000_000,
    WAKES_PER_AGENT_AND_DAY: 60,
    WAKES_PER_THREAD_AND_HOUR: 10,
    WAKE_GAP_MS: 10000,
    WAKE_PROGRAM_MS: 30000,
    WAKE_PROOF_MS: 180000,
    WAKE_SETTLE_MS: 2000,
    WORKING_SILENCE_MS: 1800000,
  });
});

test('the main entry never loads zod, which would double the start time of a command', () => {
  const loaded = modulesOf(join(source, 'index.ts'));
  expect([...loaded]).toContain(join(source, 'errors.ts'));
  expect([...loaded].filter((module) => module === 'zod' || module.includes('/operations/'))).toEqual([]);
});

/** All modules that loading a file loads; imports of types load nothing. */
function modulesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, specifier = ''] of text.matchAll(/^(?:import|export)(?! type)[^;]*? from '([^']+)';/gm)) {
    if (specifier.startsWith('.')) modulesOf(join(dirname(file), specifier), seen);
    else seen.add(specifier);
  }
  return seen;
}
