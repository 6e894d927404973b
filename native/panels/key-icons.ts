import type { KeyFace } from '../../core/key-face.ts';

/** A picture in a box of 24 x 24: outlines drawn with a round pen of width 2, and filled shapes. SVG path data, our own. */
export type KeyIcon = {
  readonly strokes: string;
  readonly fills: string;
  /** Degrees the filled shapes are turned by around the middle: one handset serves several icons. */
  readonly turn?: number;
};

const icon = (strokes: string, fills = '', turn = 0): KeyIcon => ({ strokes, fills, turn });

/** A handset lying with its ends down. */
const handset =
  'M2.5 14.2C2.5 10 6.8 7.6 12 7.6s9.5 2.4 9.5 6.6v1.3c0 1-.8 1.7-1.8 1.5l-3-.6c-.8-.2-1.4-.9-1.4-1.7v-2.1' +
  'c-2.1-.7-4.5-.7-6.6 0v2.1c0 .8-.6 1.5-1.4 1.7l-3 .6c-1 .2-1.8-.5-1.8-1.5z';
const microphone = 'M12 2.5a3.2 3.2 0 0 1 3.2 3.2v5.6a3.2 3.2 0 0 1-6.4 0V5.7A3.2 3.2 0 0 1 12 2.5z';
const stand = 'M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3.5M8.5 21.5h7';
const loudspeaker = 'M3 9.2h3.8L12 4.8v14.4l-5.2-4.4H3z';
const circle = 'M12 2.8a9.2 9.2 0 1 0 0 18.4a9.2 9.2 0 1 0 0-18.4z';

/** The icon of each kind of key; null where the caption stands alone. */
export const keyIcons: Record<KeyFace['icon'], KeyIcon | null> = {
  none: null,
  answer: icon('', handset, -135),
  decline: icon('M15.5 3l5.5 5.5M21 3l-5.5 5.5', handset, -135),
  'hang-up': icon('', handset),
  hold: icon('', 'M6 4h4v16H6zM14 4h4v16h-4z'),
  swap: icon('M4 8h15M15 4l4 4l-4 4M20 16H5M9 12l-4 4l4 4'),
  mute: icon(`${stand}M3.5 3.5l17 17`, microphone),
  talk: icon(stand, microphone),
  redial: icon('M20 12a8 8 0 1 1-2.6-5.9M20.5 3v4.5H16'),
  dial: icon('M14.5 9.5L21 3M16 3h5v5', handset, -135),
  digits: icon('M9 3.5L7 20.5M17 3.5l-2 17M4 9h17M3 15h17'),
  park: icon('M4 3h16v18H4zM9.5 17V7h3.4a3.1 3.1 0 0 1 0 6.2H9.5'),
  ready: icon(`${circle}M7.6 12.4l3 3l5.8-6.2`),
  'not-ready': icon(
    'M4 9h13v6.5a4.5 4.5 0 0 1-4.5 4.5h-4A4.5 4.5 0 0 1 4 15.5zM17 10.5h1.5a2.5 2.5 0 0 1 0 5H17M8 2.5v3M13 2.5v3',
  ),
  'sign-out': icon('M13 3H5v18h8M10 12h11M17 8l4 4l-4 4'),
  'work-code': icon('M5 3h14v18H5zM9 8.5h6M9 12.5h6M9 16.5h3'),
  'volume-up': icon('M15.5 9a4.2 4.2 0 0 1 0 6M18.3 6a8.5 8.5 0 0 1 0 12', loudspeaker),
  'volume-down': icon('M15.5 9a4.2 4.2 0 0 1 0 6', loudspeaker),
  message: icon('M3 5h18v14H3zM3.5 6l8.5 7l8.5-7'),
  page: icon('M4 8h12v13H4zM8 4.5V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1h-.5'),
};
