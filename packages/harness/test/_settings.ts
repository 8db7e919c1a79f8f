/** Homes as people have them, for hooks that are put in and taken out again. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HOOKS } from '../src/hooks/table.ts';
import { carryOut, planInstall, planUninstall, type SetupRequest, setupState } from '../src/index.ts';

export class Settings implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'l-hooks-'));
  readonly root = join(this.folder, 'person');
  readonly harness: string;

  constructor(harness: string) {
    this.harness = harness;
    mkdirSync(this.root);
  }

  request(options: Partial<SetupRequest> = {}): SetupRequest {
    const hooks = HOOKS.get(this.harness);
    if (hooks === undefined) throw new Error(`${this.harness} has no hooks.`);
    return {
      hooks,
      scope: 'home',
      root: this.root,
      env: {},
      home: join(this.folder, 'lalia'),
      command: (event) => `/opt/bin/lalia hook ${this.harness} ${event}`,
      allow: false,
      ...options,
    };
  }

  install(options: Partial<SetupRequest> = {}): readonly string[] {
    const request = this.request(options);
    const changes = planInstall(request);
    mkdirSync(join(this.folder, 'lalia', 'hooks'), { recursive: true });
    carryOut(changes, request, 'install');
    return changes.map(({ action }) => action);
  }

  uninstall(options: Partial<SetupRequest> = {}): readonly string[] {
    const request = this.request(options);
    const changes = planUninstall(request);
    mkdirSync(join(this.folder, 'lalia', 'hooks'), { recursive: true });
    carryOut(changes, request, 'uninstall');
    return changes.map(({ action }) => action);
  }

  states(options: Partial<SetupRequest> = {}): readonly string[] {
    return setupState(this.request(options)).map(({ purpose, state }) => `${purpose} ${state}`);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, text: string | Uint8Array): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Everything below the person's home, with its bytes. */
  everything(): Record<string, string> {
    return Object.fromEntries(
      readdirSync(this.root, { recursive: true, encoding: 'utf8' })
        .toSorted()
        .map((name) => [name, contentOf(join(this.root, name))]),
    );
  }

  [Symbol.dispose](): void {
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
  }
}

function contentOf(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  const mode = (stats.mode & 0o777).toString(8);
  return stats.isDirectory() ? `folder ${mode}` : `${mode} ${readFileSync(path).toString('base64')}`;
}
