import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, it } from 'vitest';
import { keyFace } from '../../../core/key-face.ts';
import { canSay, drawFace, encodeJpeg } from '../../../native/panels/draw-face.ts';
import type { KeyLook } from '../../../native/panels/key-look.ts';

const look: KeyLook = {
  ...{ caption: 'Answer', icon: 'answer', tone: 'good', isEnabled: true },
  ...{ isLit: false, isFlashing: false, timer: '' },
};
const mini = { width: 72, height: 72 };
const sizes = [mini, { width: 80, height: 80 }, { width: 96, height: 96 }, { width: 144, height: 112 }];
const captions = [
  '接听',
  '小休：午餐',
  '南京办事处值班室主任办公电话',
  'Hang up',
  'Not ready: lunch',
  'Emergency maintenance department night shift telephone 2',
];

/** How many pixels of a picture differ from its corner. */
function inkOf(rgba: Uint8ClampedArray): number {
  let ink = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const far = [0, 1, 2].some((part) => Math.abs((rgba[at + part] ?? 0) - (rgba[part] ?? 0)) > 24);
    if (far) ink += 1;
  }
  return ink;
}

/** Whether anything is drawn on the outermost two pixels, where text would be cut off. */
function touchesEdge(rgba: Uint8ClampedArray, width: number, height: number): boolean {
  const differs = (x: number, y: number): boolean =>
    [0, 1, 2].some((part) => Math.abs((rgba[4 * (y * width + x) + part] ?? 0) - (rgba[part] ?? 0)) > 24);
  for (let x = 0; x < width; x += 1) for (const y of [0, 1, height - 2, height - 1]) if (differs(x, y)) return true;
  for (let y = 0; y < height; y += 1) for (const x of [0, 1, width - 2, width - 1]) if (differs(x, y)) return true;
  return false;
}

it.each(sizes)('on $width x $height every caption is drawn and stays clear of the edge', ({ width, height }) => {
  const bare = inkOf(drawFace({ ...look, caption: '' }, { width, height }));
  for (const caption of captions) {
    for (const timer of ['', '1:02:03']) {
      const rgba = drawFace({ ...look, icon: 'none', caption, timer }, { width, height });
      expect(rgba.length).toBe(4 * width * height);
      expect([caption, inkOf(rgba) > 60, touchesEdge(rgba, width, height)]).toEqual([caption, true, false]);
    }
  }
  expect(bare).toBeGreaterThan(60);
});

it('every icon is drawn, and no two alike', () => {
  const drawn = keyFace.shape.icon.options.map((icon) =>
    Buffer.from(drawFace({ ...look, icon, caption: '' }, mini)).toString('base64'),
  );
  expect(new Set(drawn).size).toBe(drawn.length);
});

it('lit, unlit, dimmed and each tone look different; the same look is the same picture', () => {
  const picture = (part: Partial<KeyLook>): string =>
    Buffer.from(drawFace({ ...look, ...part }, mini)).toString('base64');
  const tones = keyFace.shape.tone.options;
  const pictures = [
    ...tones.map((tone) => picture({ tone })),
    ...tones.map((tone) => picture({ tone, isLit: true })),
    picture({ isEnabled: false }),
  ];
  // Unlit, ringing and attention differ in a shade of the icon only; each is still a picture of its own.
  expect(new Set(pictures).size).toBe(pictures.length);
  expect(picture({})).toBe(picture({}));
});

it('Latin can always be said; Chinese where a font has it, as on the machines of the tests', () => {
  expect([canSay('Answer'), canSay('接听')]).toEqual([true, true]);
});

it('what is packed as JPEG is a picture of the same size and nearly the same colour', async () => {
  const rgba = new Uint8Array(4 * 72 * 72).map((_, at) => [30, 120, 200, 255][at % 4] ?? 0);
  const image = await loadImage(Buffer.from(encodeJpeg(rgba, 72, 72)));
  expect([image.width, image.height]).toEqual([72, 72]);
  const context = createCanvas(72, 72).getContext('2d');
  context.drawImage(image, 0, 0);
  const [red = 0, green = 0, blue = 0] = context.getImageData(36, 36, 1, 1).data;
  for (const [seen, meant] of [[red, 30] as const, [green, 120] as const, [blue, 200] as const]) {
    expect(Math.abs(seen - meant)).toBeLessThan(6);
  }
});
