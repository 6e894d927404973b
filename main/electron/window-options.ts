/** What every window of ours is made with. */
export type WindowSetup = {
  /** Where the built preload lies, absolute. */
  readonly preload: string;
  /** A release has no DevTools. */
  readonly isRelease: boolean;
  readonly title: string;
  readonly icon: string;
};

/** The slim bar as renderer/desk/slim-bar.tsx draws it: state, caller, timer and three keys in one row. */
const barSize = { width: 480, height: 64 } as const;

/** The least a call card, the keys and one call list column need (issue: from 1024×640 up). */
const deskSizeMin = { minWidth: 1024, minHeight: 640 } as const;

/**
 * Web preferences of every window: the sandbox, its own world for the preload, no Node anywhere, no experiments.
 * Electron's defaults are spelled out, so that neither a new default nor a slip of ours changes them.
 */
export function webPreferences(setup: Pick<WindowSetup, 'preload' | 'isRelease'>) {
  return {
    preload: setup.preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    plugins: false,
    navigateOnDragDrop: false,
    // A page of hostile text could ask Chromium's speller to send it somewhere; notes are short.
    spellcheck: false,
    devTools: !setup.isRelease,
    autoplayPolicy: 'no-user-gesture-required',
  } as const;
}

/** The phone: never shown, never slowed down. Calls live and die with it. */
export function phoneWindowOptions(setup: WindowSetup) {
  return {
    title: setup.title,
    icon: setup.icon,
    show: false,
    width: 320,
    height: 240,
    skipTaskbar: true,
    focusable: false,
    webPreferences: { ...webPreferences(setup), backgroundThrottling: false },
  } as const;
}

/** The desk: everything a person sees. Shown when it has painted. */
export function deskWindowOptions(setup: WindowSetup) {
  return {
    title: setup.title,
    icon: setup.icon,
    show: false,
    width: 1280,
    height: 800,
    ...deskSizeMin,
    autoHideMenuBar: true,
    webPreferences: webPreferences(setup),
  } as const;
}

/** The slim bar: stays above the programs an agent types into, at the top of the screen `area`. */
export function barWindowOptions(
  setup: WindowSetup,
  area: { readonly x: number; readonly y: number; readonly width: number },
) {
  return {
    title: setup.title,
    icon: setup.icon,
    show: false,
    ...barSize,
    x: area.x + Math.max(0, Math.round((area.width - barSize.width) / 2)),
    y: area.y,
    frame: false,
    resizable: false,
    maximizable: false,
    fullscreenable: false,
    alwaysOnTop: true,
    skipTaskbar: true,
    webPreferences: webPreferences(setup),
  } as const;
}

/**
 * The last word on a `<webview>`, should one ever appear although the tag is off: its attachment is prevented.
 * For `will-attach-webview`.
 */
export function refuseWebview(event: { preventDefault(): void }): void {
  event.preventDefault();
}
