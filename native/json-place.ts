import { findNodeAtLocation, type Node } from 'jsonc-parser';

/** A place in a JSON file: names and numbers from the outside in. */
export type JsonPath = readonly (string | number)[];

/** The line, counted from 1, of a place in a file, or of its nearest part that stands in the file. */
export function lineOfPath(text: string, tree: Node, path: JsonPath): number {
  return lineAt(text, nodeAt(tree, path).offset);
}

/** The line, counted from 1, of a character. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** A place as a person writes it: `events[0].emit.key`. */
export function pathText(path: JsonPath): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
}

function nodeAt(tree: Node, path: JsonPath): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return tree;
}
