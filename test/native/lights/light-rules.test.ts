import { describe, expect, it } from 'vitest';
import { lightRulesFile } from '../../../core/light-rule.ts';
import { seatSign } from '../../../core/seat-sign.ts';
import { lightRules } from '../../../native/lights/light-rules.ts';

describe('light rules', () => {
  it('are built in for every sign, no two alike, and dark when signed out', () => {
    const rules = lightRules({});
    expect(Object.keys(rules).sort()).toEqual([...seatSign.options].sort());
    expect(new Set(Object.values(rules).map((look) => JSON.stringify(look))).size).toBe(seatSign.options.length);
    expect(rules['signed-out']).toEqual({ colour: { red: 0, green: 0, blue: 0 }, flash: 'steady' });
  });

  it('of a file take the place of the built-in ones it names', () => {
    const file = lightRulesFile.parse({ talking: { colour: '#0A64ff', flash: 'slow' }, held: { colour: 'white' } });
    expect(lightRules(file)).toEqual({
      ...lightRules({}),
      talking: { colour: { red: 10, green: 100, blue: 255 }, flash: 'slow' },
      held: { colour: { red: 255, green: 255, blue: 255 }, flash: 'steady' },
    });
  });

  it.each([
    [{ ringin: { colour: 'red' } }],
    [{ ringing: { colour: 'rouge' } }],
    [{ ringing: { colour: '#12345' } }],
    [{ ringing: { colour: 'toString' } }],
    [{ ringing: { colour: 'red', blink: 'slow' } }],
    [{ ringing: { colour: 'red', flash: 'quick' } }],
    [{ ringing: {} }],
    [[]],
  ])('refuse %j', (file) => {
    expect(lightRulesFile.safeParse(file).success).toBe(false);
  });
});
