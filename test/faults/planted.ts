/** What a seat under test is told and must never leave in clear on a disk: people, numbers, words, a password. */
export const planted = {
  number: '13912345678',
  name: 'Zhang-Wei-Kunde',
  note: 'ihr-Mann-ist-krank',
  password: 'schwertfisch-7391',
} as const;

/** The first bytes of a WebM stream: sound that lies in clear begins with them. */
export const webmBegins = Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3);
