/** The few signs of a terminal that are used: bold for who speaks, red for what went wrong. */
import type { View } from '../command.ts';

type Paintable = Pick<View, 'color'>;

export function bold(text: string, { color }: Paintable): string {
  return color === true ? `\x1b[1m${text}\x1b[22m` : text;
}

export function red(text: string, { color }: Paintable): string {
  return color === true ? `\x1b[31m${text}\x1b[39m` : text;
}
