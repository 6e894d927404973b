import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Asterisk, startAsterisk } from './asterisk.ts';

/** What Asterisk's dial plan knew of a call by SMDI. Empty texts where it found no message. */
export type SmdiCall = {
  readonly type: string;
  readonly station: string;
  readonly caller: string;
  readonly desk: string;
  readonly terminal: string;
};

/** An Asterisk 22 whose own res_smdi is the voicemail side of a message desk link. */
export type SmdiAsterisk = {
  /**
   * A call arrives at the voicemail, which looks for its message: by the station that was called, or with `by` by the
   * terminal (`t`) or desk (`n`).
   */
  take(key: string, by?: 't' | 'n'): Promise<SmdiCall>;
  /** A message lies in the mailbox, or none. */
  setMail(hasMail: boolean): void;
  readonly asterisk: Asterisk;
};

/** The mailbox whose lamp Asterisk lights, as the link knows it. */
export const smdiStation = '2565551234';

/**
 * Starts it on a raw pty that is never closed (facts/serial.md section 1.3), at 1200 baud with even parity. Measured with
 * 22.10.1: on a pty its tcsetattr fails with EINVAL when the terminal has that speed already, since a pty takes neither
 * parity nor seven bits and then nothing at all was changed; so each start wants a new pty, or another speed set on it.
 */
export async function startSmdiAsterisk(pty: string): Promise<SmdiAsterisk> {
  const asterisk = await startAsterisk({
    extras: {
      hasPtys: true,
      // res_smdi last: it asks the voicemail at once.
      modules: ['app_userevent', 'app_voicemail', 'res_smdi'],
      files: {
        'smdi.conf': smdiConf(pty),
        'voicemail.conf': '[general]\nformat=wav\n[default]\n1234 => 0000,Desk\n',
        'extensions.conf': takePlan(pty),
      },
    },
  });
  const inbox = asterisk.file('voicemail/default/1234/INBOX').outside;
  const letter = `${inbox}/msg0000.txt`;
  return {
    asterisk,
    take: async (key, by) => {
      const { ami } = asterisk;
      const from = ami.mark();
      await ami.action('Originate', {
        Channel: 'Local/hold@smdi',
        Context: 'smdi',
        Exten: 'take',
        Priority: '1',
        Variable: [`__KEY=${key}`, `__BY=${by ?? ''}`],
        Async: 'true',
      });
      const event = await ami.waitFor('the dial plan', (one) => one.UserEvent === 'Smdi', { from });
      const { Type = '', Station = '', Caller = '', Desk = '', Terminal = '' } = event;
      return { type: Type, station: Station, caller: Caller, desk: Desk, terminal: Terminal };
    },
    setMail: (hasMail) => {
      mkdirSync(inbox, { recursive: true });
      if (hasMail) writeFileSync(letter, '');
      else rmSync(letter, { force: true });
    },
  };
}

function smdiConf(pty: string): string {
  return `[interfaces]
baudrate=1200
paritybit=even
charsize=7
msdstrip=0
smdiport => ${pty}
[mailboxes]
smdiport=${pty}
pollinginterval=1
${smdiStation}=1234@default
`;
}

/** SMDI_MSG_RETRIEVE waits up to five seconds for a message that is still on the line. */
function takePlan(pty: string): string {
  const fields = ['Type:type', 'Station:station', 'Caller:callerid', 'Desk:number', 'Terminal:terminal'].map((pair) => {
    const [name, component] = pair.split(':');
    return `${name}: \${SMDI_MSG(\${ID},${component})}`;
  });
  return `[smdi]
exten => hold,1,Answer()
 same => n,Wait(30)
exten => take,1,Set(ID=\${SMDI_MSG_RETRIEVE(${pty},\${KEY},5000,\${BY})})
 same => n,UserEvent(Smdi,${fields.join(',')})
 same => n,Hangup()
`;
}
