import type { ConsolePage } from '../../core/carrier-frame.ts';

/**
 * Who may ask for what of console-api, by its path with dots. The desk draws what callers and switches wrote, so it is
 * the page a hostile name would take over: it may wish, but not report calls, read the SIP password or write sound.
 * A path that stands nowhere here is nobody's: a new procedure has to be given to a page on purpose.
 */
const rights: Readonly<Record<string, readonly ConsolePage[]>> = {
  'phone.setup': ['phone'],
  'phone.commands': ['phone'],
  'phone.report': ['phone'],
  'recordings.begin': ['phone'],
  'recordings.append': ['phone'],
  'recordings.gap': ['phone'],
  'recordings.end': ['phone'],
  'recordings.open': ['desk'],
  'recordings.read': ['desk'],
  'desk.view': ['desk'],
  'desk.notices': ['desk'],
  'desk.ask': ['desk'],
  'desk.pressKey': ['desk'],
  'desk.calls': ['desk'],
  'desk.saveSettings': ['desk'],
  'desk.openSeatFile': ['desk'],
  'equipment.keyMoments': ['desk'],
  'equipment.pressPanelKey': ['desk'],
  'equipment.bindings': ['desk'],
  'equipment.saveBindings': ['desk'],
  'equipment.tryLamp': ['desk'],
  'equipment.ports': ['desk'],
  'equipment.profiles': ['desk'],
  'equipment.layouts': ['desk'],
  'equipment.installRules': ['desk'],
  'equipment.setMessageWaiting': ['desk'],
  'equipment.unlockModem': ['desk'],
  'equipment.sendText': ['desk'],
  'equipment.texts': ['desk'],
  'equipment.switchRecords': ['desk'],
  'hub.enrol': ['desk'],
  'hub.leave': ['desk'],
  'hub.tryNow': ['desk'],
  'hub.setAside': ['desk'],
  'hub.pauseUploads': ['desk'],
  'hub.recordingPlaces': ['desk'],
  'hub.retryUpload': ['desk'],
  'hub.records': ['desk'],
  'hub.record': ['desk'],
  'hub.editRecord': ['desk'],
  'signIn.enter': ['desk'],
};

/** Whether a page may ask for the procedure at a path of console-api, for instance `['desk', 'view']`. */
export function mayAsk(page: ConsolePage, path: readonly string[]): boolean {
  const name = path.join('.');
  return Object.hasOwn(rights, name) && rights[name]?.includes(page) === true;
}
