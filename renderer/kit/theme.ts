import { createTheme, Popover, Tooltip } from '@mantine/core';
import floating from './floating.module.css';

/**
 * What the console asks of Mantine: its behaviour (focus, keys, places of floating things). Its looks are ours, by tokens.css.
 * Nothing here may make Mantine write a style element: the page's policy is `style-src 'self'`.
 */
export const theme = createTheme({
  cursorType: 'default',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 300,
        offset: 6,
        multiline: true,
        maw: 280,
        withinPortal: true,
        events: { hover: true, focus: true, touch: true },
        transitionProps: { duration: 0 },
      },
      classNames: { tooltip: floating.tooltip ?? '' },
    }),
    Popover: Popover.extend({
      defaultProps: { transitionProps: { duration: 0 }, offset: 8 },
      classNames: { dropdown: floating.panel ?? '' },
    }),
  },
});
