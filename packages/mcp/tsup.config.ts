import { bundle } from '../../tooling/bundle.ts';

// The server library is inside, without what this server does not use of it: as a dependency it would be eight megabytes of
// every installation.
export default bundle({
  entry: ['src/index.ts'],
  inline: [/^@lalia\/protocol/, /^@modelcontextprotocol\//, 'ulid', 'zod'],
});
