/** Which version of what is here. */
import { oneLine, type Result } from '@lalia/client';
import { table } from './table.ts';

type ProtocolVersion = Result<'status'>['protocol'];

export interface Versions {
  /** Of this program. */
  readonly version: string;
  readonly protocol: ProtocolVersion;
  readonly node: string;
  /** Null where none runs. */
  readonly daemon: {
    readonly version: string;
    readonly protocol: ProtocolVersion;
    readonly node: string;
    readonly pid: number;
  } | null;
}

export function versions({ version, protocol, node, daemon }: Versions): string {
  const rows = [
    ['lalia', version],
    ['protocol', numbered(protocol)],
    ['node', node],
    ['daemon', daemon === null ? 'not running' : daemonText(daemon)],
  ];
  return table(rows);
}

function daemonText({ version, protocol, node, pid }: NonNullable<Versions['daemon']>): string {
  return oneLine(`${version}, protocol ${numbered(protocol)}, Node ${node}, pid ${String(pid)}`);
}

function numbered({ major, minor }: ProtocolVersion): string {
  return `${String(major)}.${String(minor)}`;
}
