process.stderr.write('the demo is not written yet\n');
process.exitCode = 1;
