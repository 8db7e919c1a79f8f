import { expect, it } from 'vitest';
import { checkNode } from './node-version.ts';

it('a Node.js that is too old is named at once, with the one that is needed', () => {
  for (const version of ['18.20.8', '20.20.2', '22.12.0']) {
    expect(() => {
      checkNode(version);
    }).toThrow(`Lalia needs Node.js 22.13 or newer; this process runs on ${version}.`);
  }
});

it('the supported ones pass, and so does the one that runs this', () => {
  for (const version of [undefined, '22.13.0', '24.0.0', '26.1.0']) checkNode(version);
});
