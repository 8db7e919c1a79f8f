/** What a daemon is started with to take less memory, whoever starts it: a quarter less under load (docs/decisions/0048). */

/** One helper thread for V8 instead of one a core, a nursery of 2 MiB for each thread instead of 16, and a heap that grows by less before it is swept. */
export const FRUGAL_NODE = ['--v8-pool-size=1', '--max-semi-space-size=2', '--optimize-for-size'] as const;

/**
 * One arena of glibc's: the daemon's threads take turns, and each arena keeps what it was given. Fixed thresholds: left alone, glibc
 * raises them with what is freed, and gives nothing back below. A person's own choice stays.
 */
export const FRUGAL_ENV = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_MMAP_THRESHOLD_: '65536',
} as const;
