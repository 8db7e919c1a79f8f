/** What makes a daemon a service of the person's own session: the file that systemd or launchd reads. Pure. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** The name of the service of the usual home; another home's has something behind it. */
export const DEFAULT_SERVICE = 'lalia';

export type ServiceManager = 'systemd' | 'launchd';

/** What a service is to run, and where. */
export interface ServicePlan {
  readonly manager: ServiceManager;
  /** `lalia`, or with a part of its own for another home than the usual one. */
  readonly name: string;
  /** The Node.js that runs it, and the daemon's program, as absolute paths. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where its last words go. */
  readonly log: string;
}

const SAYS =
  'Written by `lalia service install`; `lalia service uninstall` removes it. Changed by hand it is left alone.';
const SUM = /lalia-service ([0-9a-f]{16})/;

/** The file of a service, with a sum of itself in it. */
export function serviceText(plan: ServicePlan): string {
  const text = plan.manager === 'systemd' ? systemdUnit(plan) : launchdAgent(plan);
  return text.replace(SUM, `lalia-service ${sumOf(text)}`);
}

/** Whether a file is as `lalia` wrote it, perhaps an older one. */
export function isOwnService(text: string): boolean {
  return SUM.exec(text)?.[1] === sumOf(text);
}

/** The place of a service's file, below the folder that the manager looks into. */
export function serviceFileName({ manager, name }: Pick<ServicePlan, 'manager' | 'name'>): string {
  return manager === 'systemd'
    ? join('systemd', 'user', `${name}.service`)
    : join('LaunchAgents', `${launchdLabel(name)}.plist`);
}

export function launchdLabel(name: string): string {
  return `dev.lalia.daemon${name.slice(DEFAULT_SERVICE.length)}`;
}

function sumOf(text: string): string {
  return createHash('sha256').update(text.replace(SUM, '')).digest('hex').slice(0, 16);
}

const NO_SUM = `lalia-service ${'0'.repeat(16)}`;

/** It ends with 0 when it was stopped, has handed over, or found another one serving: only a crash starts it again. */
function systemdUnit({ command, env, log }: ServicePlan): string {
  const variables = Object.entries(env).map(([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`);
  return `# ${SAYS}
# ${NO_SUM}
[Unit]
Description=Lalia, the message layer of coding agents

[Service]
Type=exec
ExecStart=${command.map((word) => unitWord(word).replaceAll('$', '$$$$')).join(' ')}
${variables.join('\n')}
WorkingDirectory=/
StandardOutput=null
StandardError=append:${log.replaceAll('%', '%%')}
# Stopped on purpose, it ends with 0 and is left alone.
Restart=on-failure
RestartSec=1
KillMode=mixed
TimeoutStopSec=60

[Install]
WantedBy=default.target
`;
}

/** A word of a unit file, quoted (systemd.syntax(7)). */
function unitWord(word: string): string {
  return `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`;
}

function launchdAgent({ name, command, env, log }: ServicePlan): string {
  const words = command.map((word) => `    <string>${xmlText(word)}</string>`);
  const variables = Object.entries(env).map(
    ([key, value]) => `    <key>${xmlText(key)}</key>\n    <string>${xmlText(value)}</string>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${SAYS} ${NO_SUM} -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xmlText(launchdLabel(name))}</string>
  <key>ProgramArguments</key>
  <array>
${words.join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('\n')}
  </dict>
  <key>WorkingDirectory</key>
  <string>/</string>
  <key>StandardErrorPath</key>
  <string>${xmlText(log)}</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
</dict>
</plist>
`;
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
