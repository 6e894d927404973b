import type { PhoneReport } from '../../core/console-api.ts';
import {
  type HidCollection,
  type HidCollections,
  type HidReportItem,
  hidCollections,
} from '../../core/hid-collections.ts';

/**
 * Reads what headsets' reports mean, where only Chromium can say it (Windows, macOS), and reports it at the start and
 * whenever a device comes or goes. It opens no device: that is the device process's (native/hid/webhid-descriptors.ts).
 */

/** The part of `navigator.hid` that is used (https://wicg.github.io/webhid/). */
export type Hid = {
  getDevices(): Promise<readonly HidDevice[]>;
  addEventListener(event: 'connect' | 'disconnect', listener: () => void): void;
  removeEventListener(event: 'connect' | 'disconnect', listener: () => void): void;
};

type HidDevice = {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName: string;
  readonly collections: readonly RawCollection[];
};
type RawCollection = Partial<Omit<HidCollection, 'children' | 'inputReports' | 'outputReports' | 'featureReports'>> & {
  readonly inputReports?: readonly RawReport[];
  readonly outputReports?: readonly RawReport[];
  readonly featureReports?: readonly RawReport[];
  readonly children?: readonly RawCollection[];
};
type RawReport = { readonly reportId?: number; readonly items?: readonly RawItem[] };
type RawItem = { readonly [Key in keyof HidReportItem]?: HidReportItem[Key] | undefined };

/** Windows and Bluetooth announce the parts of one device within this; one report for all of them. */
export const settleMs = 300;

export type WebHidOptions = {
  /** `navigator.hid`; undefined where the browser has none or the page may not use it. */
  readonly hid: Hid | undefined;
  /** `navigator.platform`. On Linux the system itself gives descriptors. */
  readonly platform: string;
  readonly report: (report: PhoneReport) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
};

/** `repeat` reports once more, for a seat process that was started anew. */
export type WebHidWatch = { repeat(): void; stop(): void };

/** Begins to read and to watch. */
export function watchWebHid({ hid, platform, report, onTrouble }: WebHidOptions): WebHidWatch {
  if (hid === undefined || platform.startsWith('Linux')) return { repeat: () => undefined, stop: () => undefined };
  let last = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const read = async (): Promise<void> => {
    try {
      const collections = readable(await hid.getDevices(), onTrouble);
      const text = JSON.stringify(collections);
      if (isOver || text === last) return;
      last = text;
      report({ kind: 'hid-collections', collections });
    } catch (error) {
      onTrouble('webhid: the devices could not be listed', error);
    }
  };
  const readSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void read(), settleMs);
  };
  hid.addEventListener('connect', readSoon);
  hid.addEventListener('disconnect', readSoon);
  void read();
  return {
    repeat: () => {
      last = '';
      void read();
    },
    stop: () => {
      isOver = true;
      clearTimeout(timer);
      hid.removeEventListener('connect', readSoon);
      hid.removeEventListener('disconnect', readSoon);
    },
  };
}

/** What fits the contract; a device that does not is left out and told, so that it does not take the others with it. */
function readable(devices: readonly HidDevice[], onTrouble: WebHidOptions['onTrouble']): HidCollections {
  return devices.slice(0, devicesMax).flatMap((device) => {
    const { vendorId, productId, productName } = device;
    const one = {
      vendorId,
      productId,
      productName: productName.slice(0, 200),
      collections: device.collections.map(plain),
    };
    const parsed = hidCollections.safeParse([one]);
    if (!parsed.success) onTrouble(`webhid: ${productName} describes itself beyond all measure`, parsed.error);
    return parsed.success ? parsed.data : [];
  });
}

/** As many as the contract takes. */
const devicesMax = 128;

function plain(collection: RawCollection): HidCollection {
  return {
    usagePage: collection.usagePage ?? 0,
    usage: collection.usage ?? 0,
    type: collection.type ?? 0,
    inputReports: (collection.inputReports ?? []).map(plainReport),
    outputReports: (collection.outputReports ?? []).map(plainReport),
    featureReports: (collection.featureReports ?? []).map(plainReport),
    children: (collection.children ?? []).map(plain),
  };
}

function plainReport({ reportId = 0, items = [] }: RawReport): HidCollection['inputReports'][number] {
  return { reportId, items: items.map(plainItem) };
}

function plainItem(item: RawItem): HidReportItem {
  return {
    isAbsolute: item.isAbsolute ?? true,
    isArray: item.isArray ?? false,
    isConstant: item.isConstant ?? false,
    isRange: item.isRange ?? false,
    hasNull: item.hasNull ?? false,
    usages: [...(item.usages ?? [])],
    usageMinimum: item.usageMinimum ?? null,
    usageMaximum: item.usageMaximum ?? null,
    reportSize: item.reportSize ?? 0,
    reportCount: item.reportCount ?? 0,
    logicalMinimum: item.logicalMinimum ?? 0,
    logicalMaximum: item.logicalMaximum ?? 0,
  };
}

/** `navigator.hid` of this page. The typings of TypeScript do not have it. */
export function ownHid(): Hid | undefined {
  const hid: unknown = Reflect.get(navigator, 'hid');
  return isHid(hid) ? hid : undefined;
}

function isHid(value: unknown): value is Hid {
  return typeof value === 'object' && value !== null && 'getDevices' in value && 'addEventListener' in value;
}
