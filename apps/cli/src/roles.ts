import type { Role } from '@lalia/client';

export const ROLES = ['peer', 'worker', 'supervisor'] as const satisfies readonly Role[];
