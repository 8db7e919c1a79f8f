// The arrows of the architecture: protocol ← store ← daemon, protocol ← keystore and spool ← daemon and client, protocol ← client ← harness and mcp ← cli.
// Clients know the daemon as an executable, never as a module.

const allowed = {
  protocol: [],
  keystore: ['protocol'],
  spool: ['protocol'],
  store: ['protocol'],
  daemon: ['keystore', 'protocol', 'spool', 'store'],
  client: ['keystore', 'protocol', 'spool'],
  harness: ['client', 'protocol'],
  mcp: ['client', 'protocol'],
  cli: ['client', 'harness', 'mcp', 'protocol'],
};

const isTest = '\\.test\\.ts$|^(packages|apps)/[^/]+/test/';

const arrows = Object.entries(allowed).map(([name, targets]) => ({
  name: `${name}-imports-${targets.length > 0 ? `only-${targets.join('-')}` : 'no-sibling'}`,
  severity: 'error',
  from: { path: `^(packages|apps)/${name}/src/`, pathNot: isTest },
  to: { path: '^(packages|apps)/[^/]+/', pathNot: `^(packages|apps)/(${[name, ...targets].join('|')})/` },
}));

export default {
  forbidden: [
    ...arrows,
    {
      name: 'only-store-imports-the-driver',
      comment: 'SQL and git plumbing stay behind the face of @lalia/store.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: `^packages/store/|${isTest}` },
      to: { path: 'better-sqlite3|isomorphic-git' },
    },
    {
      name: 'only-one-file-imports-isomorphic-git',
      severity: 'error',
      from: { path: '^packages/store/src/', pathNot: `^packages/store/src/journal/|${isTest}` },
      to: { path: 'isomorphic-git' },
    },
    {
      name: 'gits-work-knows-no-tasks',
      comment:
        'Tasks have git do things; what runs and reads git knows neither tasks, handlers nor the context.',
      severity: 'error',
      from: { path: '^packages/daemon/src/git/' },
      to: { path: '^packages/daemon/src/', pathNot: '^packages/daemon/src/(git/|background\\.ts$)' },
    },
    {
      name: 'only-tests-import-the-testkit',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: isTest },
      to: { path: '^tooling/' },
    },
    {
      name: 'siblings-are-imported-by-their-name',
      comment: 'Only a package name goes through the face that the package promises.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/src/', pathNot: isTest },
      to: { path: '^(packages|apps)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'the-message-loop-loads-no-schemas',
      comment: 'An agent runs it hundreds of times and must not pay for zod or oclif; types are free.',
      severity: 'error',
      from: { path: '^(packages/(protocol|client)/src/index|apps/cli/src/fast)\\.ts$' },
      to: { path: '/(zod|@oclif)/', reachable: true },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|\\.config\\.ts$' },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['@lalia/source', 'import', 'node', 'types', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.d.ts'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
