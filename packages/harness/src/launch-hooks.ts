/** Hooks for one launch: what several harnesses have in common in how they are handed over. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '@lalia/protocol';
import type { HooksForLaunch, LaunchFile } from './adapter.ts';
import { hooksFile } from './hooks/hooks-file.ts';

/** A plugin with nothing but the hooks. */
export interface LaunchPlugin {
  /** Where its manifest and its hooks are, in the layout of the harness. */
  readonly manifest: string;
  readonly hooksFile: string;
  /** What else is in it. */
  readonly others?: readonly { readonly path: string; readonly text: string }[];
  /** Of the manifest, what names its parts. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** Not the name of the plugin that people install: each harness has one of a name. */
const NAME = 'lalia-run';

/** @returns what is written for it. */
export function pluginForLaunch(
  harness: string,
  { command, folder }: HooksForLaunch,
  { manifest, hooksFile: path, others = [], parts = {} }: LaunchPlugin,
): readonly LaunchFile[] {
  const about = {
    name: NAME,
    version: VERSION,
    description: 'The hooks of Lalia, for one launch.',
    ...parts,
  };
  const files = [
    { path: manifest, text: `${JSON.stringify(about, null, 2)}\n` },
    { path, text: hooksFile(harness, { command, withListener: true }) },
    ...others,
  ];
  return files.map((file) => ({ ...file, path: join(folder, file.path), kind: 'private' }));
}

/** Whether the person gives the harness Lalia's own plugin for this launch: alone, or among others in a folder. */
export function isPluginGiven(args: readonly string[], manifest: string): boolean {
  const folders = args.flatMap((arg, index) => {
    if (arg === '--plugin-dir') return args[index + 1] ?? [];
    return arg.startsWith('--plugin-dir=') ? arg.slice('--plugin-dir='.length) : [];
  });
  const places = folders.flatMap((folder) => [join(folder, manifest), join(folder, 'lalia', manifest)]);
  return places.some((place) => /"name":\s*"lalia"/.test(textOf(place)));
}

/** What the person's own file says; empty where there is none that can be read. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // What the harness cannot read either says nothing.
    return '';
  }
}
