import { type CertificatePin, judgeCertificate } from './certificate-verdict.ts';
import { mayNavigate, refuseWindow } from './navigation.ts';
import { chosenDevice, type DeviceAsked, mayHaveDevice, mayHavePermission, noScreen } from './permissions.ts';
import { isOwnBlob, mayRequest } from './web-request.ts';
import { refuseWebview } from './window-options.ts';

/** What the rules need to know of the moment. Asked at each decision, because somebody may save another account. */
export type SeatFacts = {
  /** Origins of the switches the phone may reach: none on the practice line. */
  readonly switches: () => readonly string[];
  readonly pins: readonly CertificatePin[];
  readonly now: () => number;
  /** Whether the phone page may read what headsets' reports mean: on every system but Linux. */
  readonly readsHid: boolean;
};

type PermissionDetails = {
  readonly isMainFrame: boolean;
  readonly requestingUrl?: string;
  readonly securityOrigin?: string;
  readonly mediaTypes?: readonly string[];
  readonly mediaType?: string;
};

type SelectHid = (
  event: { preventDefault(): void },
  details: {
    readonly deviceList: readonly (object & { readonly deviceId: string })[];
    readonly frame: { readonly url: string } | null;
  },
  choose: (deviceId: string | null) => void,
) => void;

/** The part of Electron's `Session` that is hardened; the real one fits, and so does a test's. */
export type HardenedSession = {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      answer: (isGranted: boolean) => void,
      details: PermissionDetails,
    ) => void,
  ): void;
  setPermissionCheckHandler(
    handler: (contents: unknown, permission: string, requestingOrigin: string, details: PermissionDetails) => boolean,
  ): void;
  setDevicePermissionHandler(handler: (asked: DeviceAsked) => boolean): void;
  setDisplayMediaRequestHandler(handler: (request: unknown, answer: (streams: null) => void) => void): void;
  setUSBProtectedClassesHandler(handler: (details: { readonly protectedClasses: string[] }) => string[]): void;
  setCertificateVerifyProc(
    judge: (
      shown: { hostname: string; certificate: { data: string }; verificationResult: string },
      answer: (result: number) => void,
    ) => void,
  ): void;
  readonly webRequest: {
    onBeforeRequest(
      handler: (details: { readonly url: string }, answer: (response: { cancel: boolean }) => void) => void,
    ): void;
  };
  on(
    event: 'will-download',
    listener: (event: { preventDefault(): void }, item: { getURL(): string }) => void,
  ): unknown;
  on(event: 'select-hid-device', listener: SelectHid): unknown;
  setSpellCheckerEnabled(isEnabled: boolean): void;
};

/** Puts every rule on a session, before any page can use it. For `session-created`: each session there ever is. */
export function hardenSession(session: HardenedSession, facts: SeatFacts): void {
  const { readsHid } = facts;
  const hasSwitch = (): boolean => facts.switches().length > 0;
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const { isMainFrame, mediaTypes: media = [], requestingUrl: requester } = details;
    answer(mayHavePermission({ permission, requester, isMainFrame, media, hasSwitch: hasSwitch(), readsHid }));
  });
  session.setPermissionCheckHandler((_contents, permission, requester, details) => {
    const media = details.mediaType === undefined ? [] : [details.mediaType];
    return mayHavePermission({
      permission,
      requester,
      isMainFrame: details.isMainFrame,
      media,
      hasSwitch: hasSwitch(),
      readsHid,
    });
  });
  session.setDevicePermissionHandler((asked) => mayHaveDevice(asked, readsHid));
  session.setDisplayMediaRequestHandler((_request, answer) => answer(noScreen));
  session.setUSBProtectedClassesHandler((details) => details.protectedClasses);
  session.setCertificateVerifyProc((shown, answer) => answer(judgeCertificate(shown, facts.pins, facts.now())));
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !mayRequest(details.url, facts.switches()) }),
  );
  // A file our own page made (the keys, to keep) may be saved: Electron asks where. Nothing else is.
  session.on('will-download', (event, item) => {
    if (!isOwnBlob(item.getURL())) event.preventDefault();
  });
  session.on('select-hid-device', (event, { deviceList, frame }, choose) => {
    event.preventDefault();
    choose(chosenDevice(frame?.url ?? '', deviceList, readsHid));
  });
  // The speller would fetch its dictionaries from a server of others.
  session.setSpellCheckerEnabled(false);
}

type NavigationEvent = { readonly url: string; readonly isMainFrame: boolean; preventDefault(): void };

/** The part of Electron's `WebContents` that is hardened. */
export type HardenedContents = {
  on(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect',
    listener: (event: NavigationEvent) => void,
  ): unknown;
  on(event: 'will-attach-webview', listener: (event: { preventDefault(): void }) => void): unknown;
  setWindowOpenHandler(handler: (asked: { readonly url: string }) => ReturnType<typeof refuseWindow>): void;
  getURL(): string;
};

/**
 * Puts every rule on a page's contents, whatever made it. For `web-contents-created`. A link that asks for a window gets
 * none; `openOutside` decides whether the person's own browser opens it.
 */
export function hardenContents(contents: HardenedContents, openOutside: (address: string) => void): void {
  const guard = (event: NavigationEvent): void => {
    const { url, isMainFrame } = event;
    if (!mayNavigate({ url, isMainFrame, present: contents.getURL() })) event.preventDefault();
  };
  contents.on('will-navigate', guard);
  contents.on('will-frame-navigate', guard);
  contents.on('will-redirect', guard);
  contents.on('will-attach-webview', refuseWebview);
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return refuseWindow();
  });
}
