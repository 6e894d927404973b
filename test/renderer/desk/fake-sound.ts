const rate = 8000;
const seconds = 40;

let made: Uint8Array | null = null;

/** Forty seconds of WAV with two people taking turns, agent left and caller right, so that a waveform has something to show. */
export function practiceSound(): Uint8Array {
  made ??= makeSound();
  return made;
}

function makeSound(): Uint8Array {
  const frames = rate * seconds;
  const view = new DataView(new ArrayBuffer(44 + frames * 4));
  const text = (at: number, word: string): void => {
    for (let i = 0; i < word.length; i++) view.setUint8(at + i, word.charCodeAt(i));
  };
  text(0, 'RIFF');
  view.setUint32(4, 36 + frames * 4, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 4, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, frames * 4, true);
  for (let i = 0; i < frames; i++) {
    const at = i / rate;
    const isAgent = Math.floor(at / 5) % 2 === 1;
    const syllable = Math.max(0, Math.sin(at * 9) * (0.5 + 0.5 * Math.sin(at * 2.3)));
    const wave = Math.sin(at * 2 * Math.PI * 180) * syllable * 14_000;
    view.setInt16(44 + i * 4, isAgent ? wave : 0, true);
    view.setInt16(46 + i * 4, isAgent ? 0 : wave, true);
  }
  return new Uint8Array(view.buffer);
}
