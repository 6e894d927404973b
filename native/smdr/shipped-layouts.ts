import { parseTree } from 'jsonc-parser';
import { lineAt, lineOfPath, pathText } from '../json-place.ts';
import avayaDefinityIntIsdn from '../models/smdr/avaya-definity-int-isdn.json' with { type: 'json' };
import avayaDefinityIsdnTeleseer from '../models/smdr/avaya-definity-isdn-teleseer.json' with { type: 'json' };
import avayaDefinityLsu from '../models/smdr/avaya-definity-lsu.json' with { type: 'json' };
import avayaDefinityPrinter from '../models/smdr/avaya-definity-printer.json' with { type: 'json' };
import avayaDefinityTeleseer from '../models/smdr/avaya-definity-teleseer.json' with { type: 'json' };
import avayaIpOffice from '../models/smdr/avaya-ip-office.json' with { type: 'json' };
import dkCdb600 from '../models/smdr/dk-cdb-600.json' with { type: 'json' };
import esiIvx from '../models/smdr/esi-ivx.json' with { type: 'json' };
import lgIpecs from '../models/smdr/lg-ipecs.json' with { type: 'json' };
import lgVodaviInfinite from '../models/smdr/lg-vodavi-infinite.json' with { type: 'json' };
import mitel5000 from '../models/smdr/mitel-5000.json' with { type: 'json' };
import mitelSx200 from '../models/smdr/mitel-sx-200.json' with { type: 'json' };
import necNeaxSv from '../models/smdr/nec-neax-sv.json' with { type: 'json' };
import necSl1100 from '../models/smdr/nec-sl1100.json' with { type: 'json' };
import nortelMeridian1 from '../models/smdr/nortel-meridian-1.json' with { type: 'json' };
import nortelNorstar from '../models/smdr/nortel-norstar.json' with { type: 'json' };
import panasonicDbs576 from '../models/smdr/panasonic-dbs-576.json' with { type: 'json' };
import panasonicKxTa616 from '../models/smdr/panasonic-kx-ta616.json' with { type: 'json' };
import panasonicKxTd from '../models/smdr/panasonic-kx-td.json' with { type: 'json' };
import panasonicPatternA from '../models/smdr/panasonic-pattern-a.json' with { type: 'json' };
import panasonicPatternB from '../models/smdr/panasonic-pattern-b.json' with { type: 'json' };
import panasonicPatternC from '../models/smdr/panasonic-pattern-c.json' with { type: 'json' };
import samsungDcs from '../models/smdr/samsung-dcs.json' with { type: 'json' };
import samsungOfficeserv from '../models/smdr/samsung-officeserv.json' with { type: 'json' };
import siemensHipathCompressed from '../models/smdr/siemens-hipath-compressed.json' with { type: 'json' };
import siemensHipathGetaccount from '../models/smdr/siemens-hipath-getaccount.json' with { type: 'json' };
import siemensHipathLong from '../models/smdr/siemens-hipath-long.json' with { type: 'json' };
import toshibaStrataCtx from '../models/smdr/toshiba-strata-ctx.json' with { type: 'json' };
import { type SmdrLayout, smdrLayout } from './layout.ts';

const files: readonly unknown[] = [
  avayaDefinityIntIsdn,
  avayaDefinityIsdnTeleseer,
  avayaDefinityLsu,
  avayaDefinityPrinter,
  avayaDefinityTeleseer,
  avayaIpOffice,
  dkCdb600,
  esiIvx,
  lgIpecs,
  lgVodaviInfinite,
  mitel5000,
  mitelSx200,
  necNeaxSv,
  necSl1100,
  nortelMeridian1,
  nortelNorstar,
  panasonicDbs576,
  panasonicKxTa616,
  panasonicKxTd,
  panasonicPatternA,
  panasonicPatternB,
  panasonicPatternC,
  samsungDcs,
  samsungOfficeserv,
  siemensHipathCompressed,
  siemensHipathGetaccount,
  siemensHipathLong,
  toshibaStrataCtx,
];

/**
 * The layouts that come with Hookline, by id. Checked at the first call: a layout file that is wrong is our mistake and
 * throws.
 */
export function shippedLayouts(): ReadonlyMap<string, SmdrLayout> {
  return new Map(files.map((file) => smdrLayout.parse(file)).map((layout) => [layout.id, layout]));
}

/** A layout file of somebody's own, or where it is wrong: `detail` is a sentence, `line` counts from 1. */
export function readLayout(
  text: string,
):
  | { readonly kind: 'read'; readonly layout: SmdrLayout }
  | { readonly kind: 'wrong'; readonly line: number; readonly detail: string } {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const [, position] = /position (\d+)/.exec(detail) ?? [];
    return { kind: 'wrong', line: lineAt(text, Number(position ?? 0)), detail };
  }
  const outcome = smdrLayout.safeParse(file);
  if (outcome.success) return { kind: 'read', layout: outcome.data };
  const [issue] = outcome.error.issues;
  const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? part : String(part)));
  const tree = parseTree(text);
  const line = tree === undefined ? 1 : lineOfPath(text, tree, path);
  return { kind: 'wrong', line, detail: `${pathText(path)}: ${issue?.message ?? 'is no layout'}` };
}

/** How far public samples prove a layout. `partly`: some of its shapes. */
export function layoutProof({ shapes }: SmdrLayout): 'proven' | 'partly' | 'unproven' {
  const unproven = shapes.filter((shape) => shape.unproven).length;
  return unproven === 0 ? 'proven' : unproven === shapes.length ? 'unproven' : 'partly';
}
