/** What a daemon is started with to take less memory, whoever starts it: 13 MiB of 139 under load (docs/decisions/0048). */

/** One helper thread for V8 instead of one a core: no request waits for it. */
export const FRUGAL_NODE = ['--v8-pool-size=1'] as const;

/** One arena of glibc's: the daemon's threads take turns, and each arena keeps what it was given. A person's own choice stays. */
export const FRUGAL_ENV = { MALLOC_ARENA_MAX: '1' } as const;
