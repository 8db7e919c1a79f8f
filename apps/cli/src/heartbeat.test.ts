import { afterEach, expect, test, vi } from 'vitest';
import { heartbeat } from './heartbeat.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a command that waits says so each time, and no more once it has its answer', () => {
  vi.useFakeTimers();
  const said: string[] = [];
  const beat = heartbeat(60_000, (text) => said.push(text));
  vi.advanceTimersByTime(59_999);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(60_001);
  expect(said).toEqual(['still waiting', 'still waiting']);
  beat[Symbol.dispose]();
  vi.advanceTimersByTime(600_000);
  expect(said).toHaveLength(2);
});
