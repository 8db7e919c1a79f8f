import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEGIN, END, mergeSection } from './marked-section.ts';

describe('a section', () => {
  it('is the whole of a file that was not there', () => {
    expect(mergeSection(undefined, 'role\n')).toEqual({ kind: 'own', text: `${BEGIN}\nrole\n${END}\n` });
  });

  it('replaces what is between the marks, and nothing else', () => {
    const file = `mine\n${BEGIN}\nold\n${END}\nmine as well`;
    expect(mergeSection(file, 'new')).toEqual({
      kind: 'own',
      text: `mine\n${BEGIN}\nnew\n${END}\nmine as well`,
    });
  });

  it('put in twice is the same as once', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (before, role) => {
        const once = mergeSection(before, role);
        if (once.kind === 'broken') return;
        expect(mergeSection(once.text, role)).toEqual({ kind: 'own', text: once.text });
        expect(once.text.startsWith(before)).toBe(once.kind === 'foreign');
      }),
    );
  });

  it('has the line ends of the file that it is in', () => {
    const { text } = mergeSection(`mine\r\n${BEGIN}\r\n${END}\r\n`, 'one\ntwo') as { text: string };
    expect(text).toBe(`mine\r\n${BEGIN}\r\none\r\ntwo\r\n${END}\r\n`);
  });

  it('keeps bytes that are no UTF-8', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x0a, 0xc3]);
    const { text } = mergeSection(bytes.toString('latin1'), 'röle') as { text: string };
    const written = Buffer.from(text, 'latin1');
    expect(written.subarray(0, 4)).toEqual(bytes);
    expect(written.toString('utf8')).toContain('röle');
  });

  it.each([
    ['only a begin', BEGIN],
    ['only an end', END],
    ['the end first', `${END}\n${BEGIN}`],
    ['two sections', `${BEGIN}\n${END}\n${BEGIN}\n${END}`],
  ])('has no place between marks that are not one pair: %s', (_, file) => {
    expect(mergeSection(file, 'role')).toEqual({ kind: 'broken' });
  });

  it('is not begun by a mark within a line', () => {
    expect(mergeSection(`say ${BEGIN} and ${END}`, 'role').kind).toBe('foreign');
  });
});
