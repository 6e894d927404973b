import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analogAnswers, mobileAnswers, type ScriptedModem, startScriptedModem } from '../../rig/scripted-modem.ts';
import { type Run, runProgram } from './run-program.ts';

const hookline = fileURLToPath(new URL('../../../main/cli/hookline.ts', import.meta.url));
const check = (...args: readonly string[]): Promise<Run> => runProgram(hookline, ['modem', 'check', ...args]);

let modem: ScriptedModem;

async function plug(answers: typeof mobileAnswers): Promise<void> {
  modem = await startScriptedModem(answers);
  await modem.line.plug();
}
afterEach(() => modem.stop());

describe('hookline modem check', { timeout: 60_000 }, () => {
  describe('a mobile modem', () => {
    beforeEach(() => plug(mobileAnswers));

    it('tells model, SIM, network and what it can', async () => {
      modem.on(/^AT\+CPIN=\?$|^AT\+CMGF=\?$/, () => 'OK');
      modem.on(/^AT\+CNMI=\?$/, () => ['+CNMI: (0-2),(0-3),(0,2,3),(0-2),(0,1)', 'OK']);
      expect(await check(modem.path)).toEqual({
        code: 0,
        out: [
          'SIMCOM_Ltd SIMCOM_SIM800L',
          '  kind      mobile',
          '  firmware  1418B05SIM800L24',
          '  SIM       ready',
          '  network   CHINA MOBILE, signal 71 %',
          '  texts     SM 1 of 50',
          '  can       calls, call-list, texts, text-reports, caller-id',
          '',
        ].join('\n'),
        err: '',
      });
      expect(modem.asked.some((one) => /^AT(?:D|A$)|\+CPIN="/.test(one))).toBe(false);
    });

    it('a SIM that wants its PIN', async () => {
      modem.on(/^AT\+CPIN\?$/, () => ['+CPIN: SIM PIN', 'OK']);
      modem.on(/^AT\+CREG\?$/, () => ['+CREG: 0,0', 'OK']);
      const { out, err } = await check(modem.path, '--json', '--traffic');
      expect(err).toContain('> "AT\\r"\n');
      expect(err).toContain('+CPIN: SIM PIN');
      expect(JSON.parse(out)).toMatchObject({
        kind: 'mobile',
        sim: 'needs-pin',
        network: 'not registered, not searching',
      });
    });

    it('silence, and a port that is none, in words', async () => {
      modem.on(/^/, () => []);
      const [silent, none, speed] = [
        await check(modem.path),
        await check('/dev/no-such-modem'),
        await check('--baud', 'fast', modem.path),
      ];
      expect([silent.code, none.code, speed.code]).toEqual([1, 1, 2]);
      expect(silent.err).toContain('no answer at 115200 baud');
      expect(none.err).toContain('/dev/no-such-modem: ');
    });
  });

  it('an analog modem', async () => {
    await plug(analogAnswers);
    modem.on(/^AT\+FCLASS=\?$/, () => ['0,1,8', 'OK']);
    modem.on(/^AT#CID=\?$/, () => 'OK');
    expect((await check(modem.path)).out).toBe(
      [
        'ROCKWELL RCV56DPF-PLL L8571A',
        '  kind      analog',
        '  firmware  V1.100-V90_2M_DLS',
        '  can       calls, caller-id, voice',
        '',
      ].join('\n'),
    );
  });
});
