import { expect, test } from 'vitest';
import { withoutCandidates } from '../../../renderer/phone/prepared-answer.ts';

test('the addresses are taken out by media line, everything else stays', () => {
  const sdp = [
    ...['v=0', 'm=audio 9 X 0', 'a=candidate:1 1 udp 1 127.0.0.1 5 typ host', 'a=sendrecv', 'a=end-of-candidates'],
    ...['m=video 9 X 96', 'a=candidate:2 1 udp 1 127.0.0.1 6 typ host', ''],
  ].join('\r\n');
  expect(withoutCandidates(sdp)).toEqual({
    sdp: ['v=0', 'm=audio 9 X 0', 'a=sendrecv', 'm=video 9 X 96', ''].join('\r\n'),
    candidates: [
      { candidate: 'candidate:1 1 udp 1 127.0.0.1 5 typ host', sdpMLineIndex: 0 },
      { candidate: 'candidate:2 1 udp 1 127.0.0.1 6 typ host', sdpMLineIndex: 1 },
    ],
  });
});
