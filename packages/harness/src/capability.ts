/** What a harness can do for its agent, as facts with their source: the table in docs/harnesses.md is checked against them. */

/** What an agent can want of its harness, in the order of the table. */
export const ABILITIES = [
  'role',
  'hooks-for-launch',
  'mail-at-start',
  'mail-with-prompt',
  'mail-after-tool',
  'mail-before-stop',
  'wake',
  'socket',
] as const;

export type Ability = (typeof ABILITIES)[number];

/** `seen`: with Lalia, by `npm run test:harness`; `tried`: first-hand, without Lalia, both with the version that the adapter names; `documented`: by the vendor or its source; `heard`: from others. */
export type Evidence = 'seen' | 'tried' | 'documented' | 'heard';

export interface Capability {
  readonly can: 'yes' | 'partly' | 'no';
  /** By what; of what it cannot, why. A few words for a table. */
  readonly how: string;
  readonly evidence: Evidence;
  readonly sure: 'high' | 'medium' | 'low';
}

export type Capabilities = Readonly<Record<Ability, Capability>>;
