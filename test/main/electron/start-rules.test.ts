import { describe, expect, test } from 'vitest';
import { ownSwitches, refusedSwitch, refusedSwitches } from '../../../main/electron/command-line.ts';
import { readDialArgument } from '../../../main/electron/dial-argument.ts';
import { deskAddressToDial } from '../../../main/electron/page-windows.ts';

describe('command line', () => {
  test.each(refusedSwitches)('a release does not start with --%s, a build at hand does', (name) => {
    const hasSwitch = (asked: string) => asked === name;
    expect([refusedSwitch(hasSwitch, true), refusedSwitch(hasSwitch, false)]).toEqual([name, null]);
  });

  test('the ones everybody knows are among them, our own are not', () => {
    const known = [
      'remote-debugging-port',
      'inspect',
      'no-sandbox',
      'disable-web-security',
      'ignore-certificate-errors',
    ];
    expect(known.filter((name) => !refusedSwitches.includes(name))).toEqual([]);
    expect(ownSwitches.filter(([name]) => refusedSwitches.includes(name))).toEqual([]);
    expect(refusedSwitch(() => false, true)).toBe(null);
  });
});

describe('telephone links', () => {
  test.each([
    [['tel:10086'], '10086'],
    [['tel:+86-138-0013-8000'], '+8613800138000'],
    [['TEL:+1(201)555.0123'], '+12015550123'],
    [['tel://10086'], '10086'],
    [['tel:7042;phone-context=example.com'], '7042'],
    [['sip:6001@switch.example'], '6001'],
    [['sips:+8613800138000@switch.example:5061;user=phone'], '+8613800138000'],
    [['sip:alice.w@switch.example;transport=wss'], 'alice.w'],
    [['--', 'tel:10086'], '10086'],
    [['--allow-file-access-from-files', '--', 'tel:10086'], '10086'],
  ])('%j is shown as %s', (args, number) => {
    expect(readDialArgument(args)).toEqual({ kind: 'dial', number });
  });

  test.each([[[]], [['--profile', '/tmp/a']], [['.']], [['mailto:a@b.c']], [['xtel:1']]])('%j asks nothing', (args) => {
    expect(readDialArgument(args)).toEqual({ kind: 'none' });
  });

  test.each([
    [['tel:1', 'tel:2'], 'several'],
    [['tel:10086', '/etc/passwd'], 'several'],
    [['--', 'tel:10086', '--no-sandbox'], 'several'],
    [['tel:'], 'not-a-number'],
    [['tel:*21*13800138000%23'], 'not-a-number'],
    [['tel:*72'], 'not-a-number'],
    [['tel:#31#10086'], 'not-a-number'],
    [['tel:10086%20--x'], 'not-a-number'],
    [['tel:10086 --renderer-cmd-prefix=calc'], 'not-a-number'],
    [['tel:10086" --x="'], 'not-a-number'],
    [['tel:+'], 'not-a-number'],
    [['tel:++1'], 'not-a-number'],
    [['tel:10086;isub=1'], 'not-a-number'],
    [['tel:10086;ext=1;x=<script>'], 'not-a-number'],
    [[`tel:${'1'.repeat(33)}`], 'not-a-number'],
    [['tel:１００８６'], 'not-a-number'],
    [['sip:6001'], 'not-a-number'],
    [['sip:@switch.example'], 'not-a-number'],
    [['sip:6001@switch.example?Replaces=1'], 'not-a-number'],
    [['sip:6001@switch.example;method=REFER'], 'not-a-number'],
    [['sip:*72@switch.example'], 'not-a-number'],
    [['sip:6001:password@switch.example'], 'not-a-number'],
    [['sip:a%00b@switch.example'], 'not-a-number'],
  ])('%j is refused: %s', (args, why) => {
    expect(readDialArgument(args)).toEqual({ kind: 'refused', why });
  });

  test('the desk is told behind the #, so that it is not loaded anew', () => {
    expect(deskAddressToDial('+8610086')).toBe('app://console/desk/index.html#/desk/%2B8610086');
  });
});
