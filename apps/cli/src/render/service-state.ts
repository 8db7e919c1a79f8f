/** The daemon as a service, in a line. */
import { oneLine, type ServiceStatus } from '@lalia/client';

export function serviceState({ name, path, installed, own, current, pid }: ServiceStatus): string {
  if (!installed) return 'no service is installed; the first command starts the daemon\n';
  const runs = pid === null ? 'does not run' : `runs (pid ${String(pid)})`;
  return `the service ${name} ${runs}, from ${oneLine(path)}${stale(own === true, current)}\n`;
}

function stale(own: boolean, current: boolean): string {
  if (!own) return '; that file was not written by lalia, or was changed since';
  return current
    ? ''
    : '; it is not what would be installed now: `lalia service install` brings it up to date';
}
