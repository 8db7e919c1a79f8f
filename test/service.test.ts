/** The daemon as a service (docs/guide/daemon.md): on request, never over somebody else's file, and in nobody's way. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { installService, serviceStatus, uninstallService } from '@lalia/client';
import { Lalia, run } from '@lalia/testkit';
import { describe, expect, test } from 'vitest';

interface Service {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** A person's folder with a `systemctl` and a `launchctl` that only note what they are asked. */
function desk(own: Lalia, exit = 0): { readonly env: NodeJS.ProcessEnv; readonly asked: () => string[] } {
  const bin = join(own.folder, 'bin');
  const notes = join(own.folder, 'asked');
  mkdirSync(bin);
  for (const program of ['systemctl', 'launchctl']) {
    const path = join(bin, program);
    writeFileSync(
      path,
      `#!/bin/sh\necho "${program} $*" >> '${notes}'\n[ "$2" = show ] && echo MainPID=4711\n[ "$1" = print ] && echo '	pid = 4711'\n[ ${String(exit)} = 0 ] || echo 'no bus here' >&2\nexit ${String(exit)}\n`,
    );
    chmodSync(path, 0o755);
  }
  const env = {
    PATH: `${bin}:${String(process.env['PATH'])}`,
    XDG_CONFIG_HOME: join(own.folder, 'my "config" 100%'),
  };
  return {
    env,
    asked: () => (existsSync(notes) ? readFileSync(notes, 'utf8').split('\n').slice(0, -1) : []),
  };
}

describe.runIf(process.platform === 'linux').concurrent('lalia service', () => {
  test('shows the unit that it would write, and writes none', async () => {
    await using own = new Lalia();
    const { env, asked } = desk(own);
    const { path, text, name } = await own.json<Service>(['service', 'install', '--print'], { env });
    expect((await own.cli(['service', 'install', '--print'], { env })).stdout).toBe(text);
    expect(existsSync(path)).toBe(false);
    expect(asked()).toEqual([]);
    expect(name).toMatch(/^lalia-[0-9a-f]{8}$/);
    expect(text.split('\n').filter((line) => !line.startsWith('#') && !line.includes('LALIA_SPOOL'))).toEqual(
      [
        '[Unit]',
        'Description=Lalia, the message layer of coding agents',
        '',
        '[Service]',
        'Type=exec',
        `ExecStart="${process.execPath}" "--v8-pool-size=1" "--max-semi-space-size=2" "--optimize-for-size" "${String(own.env['LALIA_DAEMON'])}" "serve"`,
        `Environment="LALIA_HOME=${own.home}"`,
        `Environment="LALIA_WORKSPACE=${own.workspace}"`,
        expect.stringMatching(/^Environment="PATH=.*"$/) as string,
        'Environment="MALLOC_ARENA_MAX=1"',
        'Environment="MALLOC_TRIM_THRESHOLD_=65536"',
        'Environment="MALLOC_MMAP_THRESHOLD_=65536"',
        'WorkingDirectory=/',
        'StandardOutput=null',
        `StandardError=append:${join(own.home, 'daemon.log')}`,
        'Restart=on-failure',
        'RestartSec=1',
        'KillMode=mixed',
        'TimeoutStopSec=60',
        '',
        '[Install]',
        'WantedBy=default.target',
        '',
      ],
    );
  });

  test('of a home with odd signs in its path is quoted, so that nothing is expanded', async () => {
    await using folder = new Lalia();
    const home = join(folder.folder, 'a "b" %h $HOME \\ c');
    const { env } = desk(folder);
    const { text } = await folder.json<Service>(['service', 'install', '--print'], {
      env: { ...env, LALIA_HOME: home },
    });
    expect(text).toContain(`Environment="LALIA_HOME=${folder.folder}/a \\"b\\" %%h $HOME \\\\ c"\n`);
  });

  test('is installed, brought up to date, shown and taken away', async () => {
    await using own = new Lalia();
    const { env, asked } = desk(own);
    await own.json(['start']);
    const { path, name, text } = await own.json<Service>(['service', 'install'], { env });
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(dirname(path))).toEqual([`${name}.service`]);
    expect(asked()).toEqual([
      'systemctl --user daemon-reload',
      `systemctl --user enable --now ${name}.service`,
    ]);
    // The daemon that ran has made room.
    expect(await own.json(['status'], { env })).toEqual({ running: false });
    expect(await own.json(['service', 'status'], { env })).toMatchObject({
      installed: true,
      own: true,
      current: true,
      pid: 4711,
    });
    const other = { ...env, LALIA_KEYSTORE: 'keychain' };
    expect((await own.cli(['service', 'status'], { env: other })).stdout).toMatch(/brings it up to date\n$/);
    await own.json(['service', 'install'], { env: other });
    expect(await own.json(['service', 'status'], { env: other })).toMatchObject({ current: true });
    expect(await own.json(['service', 'uninstall'], { env })).toEqual({ removed: true, path });
    expect(asked().slice(-2)).toEqual([
      `systemctl --user disable --now ${name}.service`,
      'systemctl --user daemon-reload',
    ]);
    expect(existsSync(path)).toBe(false);
    expect(await own.json(['service', 'uninstall'], { env })).toEqual({ removed: false, path });
    expect((await own.cli(['service', 'status'], { env })).stdout).toMatch(/^no service is installed; /);
  });

  test('leaves a file alone that somebody else wrote, or changed', async () => {
    await using own = new Lalia();
    const { env, asked } = desk(own);
    const { path } = await own.json<Service>(['service', 'install'], { env });
    appendFileSync(path, 'Nice=5\n');
    const changed = readFileSync(path, 'utf8');
    const before = asked().length;
    for (const words of [
      ['service', 'install'],
      ['service', 'uninstall'],
    ]) {
      expect(await own.refusal(words, { env })).toMatchObject({ exit: 1, reason: 'path_in_use' });
    }
    expect(readFileSync(path, 'utf8')).toBe(changed);
    expect(asked()).toHaveLength(before);
    expect(await own.json(['service', 'status'], { env })).toMatchObject({ own: false, current: false });
  });

  test('of a system that refuses it leaves nothing behind, and the daemon runs on', async () => {
    await using own = new Lalia();
    const { env } = desk(own, 1);
    await own.json(['start']);
    const pid = own.daemonPid;
    const { path } = await own.json<Service>(['service', 'install', '--print'], { env });
    const refusal = await own.refusal(['service', 'install'], { env });
    expect(refusal).toMatchObject({ exit: 1, reason: 'unavailable' });
    expect(refusal.message).toBe('`systemctl --user daemon-reload` did not work: no bus here');
    expect(existsSync(path)).toBe(false);
    expect(own.daemonPid).toBe(pid);
    rmSync(join(own.folder, 'bin'), { recursive: true });
    expect(
      (await own.refusal(['service', 'install'], { env: { ...env, PATH: '/nowhere' } })).message,
    ).toMatch(/there is no such program$/);
  });

  test('is a unit that systemd understands', async ({ skip }) => {
    await using own = new Lalia();
    const { env } = desk(own);
    const { text } = await own.json<Service>(['service', 'install', '--print'], { env });
    const unit = join(own.folder, 'lalia.service');
    writeFileSync(unit, text);
    const checked = await run(['systemd-analyze', 'verify', '--user', unit]).catch(() => undefined);
    if (checked === undefined) return skip('systemd-analyze is not installed');
    expect(checked.stderr).not.toContain('lalia.service');
  });
});

test('the agent for launchd is written, loaded and unloaded', async () => {
  await using own = new Lalia();
  const { env, asked } = desk(own);
  const home = process.env['HOME'];
  process.env['HOME'] = own.folder;
  try {
    const options = { env: { ...own.env, ...env }, manager: 'launchd' } as const;
    const { path, text, name } = await installService(options);
    const label = name.replace('lalia', 'dev.lalia.daemon');
    expect(path).toBe(join(own.folder, 'Library/LaunchAgents', `${label}.plist`));
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(text).toContain(`<key>Label</key>\n  <string>${label}</string>`);
    expect(text).toContain(
      `    <string>${process.execPath}</string>\n    <string>--v8-pool-size=1</string>\n    <string>--max-semi-space-size=2</string>\n    <string>--optimize-for-size</string>\n    <string>${String(own.env['LALIA_DAEMON'])}</string>\n    <string>serve</string>\n`,
    );
    expect(text).toMatch(/<key>KeepAlive<\/key>\n {2}<dict>\n {4}<key>SuccessfulExit<\/key>\n {4}<false\/>/);
    const uid = String(process.getuid?.());
    expect(asked()).toEqual([
      `launchctl bootout gui/${uid}/${label}`,
      `launchctl bootstrap gui/${uid} ${path}`,
    ]);
    expect(await serviceStatus(options)).toMatchObject({
      installed: true,
      own: true,
      current: true,
      pid: 4711,
    });
    expect(await uninstallService(options)).toEqual({ removed: true, path });
    expect(existsSync(path)).toBe(false);
  } finally {
    process.env['HOME'] = home;
  }
});
