import { expect, test } from 'vitest';
import { withOpusWish } from '../../../renderer/phone/opus-first.ts';

const wish = 'useinbandfec=1;usedtx=0;maxaveragebitrate=32000';

test('our wish replaces what stood there and keeps the rest', () => {
  const sdp = 'm=audio 9 X 107 0\r\na=rtpmap:107 opus/48000/2\r\na=fmtp:107 minptime=10;useinbandfec=0;usedtx=1\r\n';
  expect(withOpusWish(sdp)).toBe(
    `m=audio 9 X 107 0\r\na=rtpmap:107 opus/48000/2\r\na=fmtp:107 minptime=10;${wish}\r\n`,
  );
});

test('a format line is added where there is none', () => {
  const sdp = 'm=audio 9 X 107\r\na=rtpmap:107 opus/48000/2\r\na=sendrecv\r\n';
  expect(withOpusWish(sdp)).toBe(
    `m=audio 9 X 107\r\na=rtpmap:107 opus/48000/2\r\na=fmtp:107 ${wish}\r\na=sendrecv\r\n`,
  );
});

test('twice is once, and without Opus nothing changes', () => {
  const sdp = 'a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n';
  expect([withOpusWish(withOpusWish(sdp)) === withOpusWish(sdp), withOpusWish('a=rtpmap:0 PCMU/8000\r\n')]).toEqual([
    true,
    'a=rtpmap:0 PCMU/8000\r\n',
  ]);
});
