import { BackLightType, type PRODUCTS } from '@xkeys-lib/core';
import type { PanelLayout } from '../../core/key-face.ts';

/** A row of the product table of @xkeys-lib/core. */
export type XkeysProduct = (typeof PRODUCTS)[string];

/** The number of the program switch: a small key beside the others, on panels that have one. */
const programSwitch = 0;

/** The numbers of all keys in the report's matrix: 1, 2, 3, ... down each column. */
export function matrixOf({ bBytes, bBits }: XkeysProduct): readonly number[] {
  return Array.from({ length: bBytes * bBits }, (_, at) => at + 1);
}

/**
 * Where the keys of a product lie. Left out are numbers the table disables or gives no place on the panel (a jack says
 * there whether a plug is in), and the program switch of a pedal. Knobs say clicks to the left and to the right.
 */
export function xkeysLayout(product: XkeysProduct, isPedal: boolean): PanelLayout {
  const { colCount: columns, rowCount: rows, hasPS, hasExtraButtons = [], hasJog = [], hasRotary = [] } = product;
  const shows = product.backLightType === BackLightType.NONE ? 'none' : 'lamp';
  const size = { width: 1, height: 1 };
  const keys: PanelLayout['keys'] = matrixOf(product).flatMap((index) => {
    const place = placeOf(product, index);
    const isThere = place !== null && !(product.disableButtons?.includes(index) ?? false);
    return isThere ? [{ keyId: String(index), ...place, ...size, shows }] : [];
  });
  const below = [
    ...(hasPS && !isPedal ? [String(programSwitch)] : []),
    ...hasExtraButtons.map((_, at) => String(matrixOf(product).length + 1 + at)),
    ...hasJog.flatMap((_, at) => [`jog-${at}-left`, `jog-${at}-right`]),
    ...hasRotary.flatMap((_, at) => [`knob-${at}-left`, `knob-${at}-right`]),
  ];
  below.forEach((keyId, at) => {
    keys.push({ keyId, column: at % columns, row: rows + Math.floor(at / columns), ...size, shows: 'none' });
  });
  return { columns, rows: Math.max(rows, ...keys.map((key) => key.row + 1)), keys };
}

type Place = { readonly column: number; readonly row: number };

/** Column and row from 0; the library counts from 1, and gives 0 to what is no key. Null: there is no such key. */
function placeOf(product: XkeysProduct, index: number): Place | null {
  const { bBits, bBytes, btnLocation, colCount, rowCount, layouts = [] } = product;
  const column = Math.ceil(index / bBits);
  const counted = [index - bBits * (column - 1), column] as const;
  const [row, inRow] = btnLocation === undefined ? counted : (btnLocation[index] ?? [0, 0]);
  // A matrix of another shape than the panel says nothing of places: its keys stand in a row, in their order.
  if (btnLocation === undefined && (bBits > rowCount || bBytes > colCount)) {
    const at = index - 1;
    return at < colCount * rowCount ? { column: at % colCount, row: Math.floor(at / colCount) } : null;
  }
  if (row < 1 || inRow < 1 || row > rowCount || inRow > colCount) return null;
  const hasGaps = layouts.length > 1 && layouts.every(([region]) => region === 'Keys');
  const isInRegion = layouts.some(
    ([, , top, left, bottom, right]) => row >= top && row <= bottom && inRow >= left && inRow <= right,
  );
  return hasGaps && !isInRegion ? null : { column: inRow - 1, row: row - 1 };
}
