/** The environment as everything but `caller.ts` sees it: handed over, never read from the process. */
export type Environment = Readonly<Record<string, string | undefined>>;
