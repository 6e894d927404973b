import { type ESTree, parseSync } from 'vite';

/** One place where a file reaches for another: what it names, how, and on which line (from 1). */
export type ImportFound = {
  /** `null` when the name is computed at run time, so that nobody can say where the arrow points. */
  readonly specifier: string | null;
  /**
   * `import`, `export-from`: static, type-only ones included. `dynamic`: import(). `type`: import('…').T.
   * `require`: require() and `import x = require()`. `glob`: import.meta.glob. `reference`: a triple-slash reference.
   * `address`: `new URL('./x.ts', import.meta.url)`, how a worker or another process is pointed at.
   */
  readonly kind: 'import' | 'export-from' | 'dynamic' | 'type' | 'require' | 'glob' | 'reference' | 'address';
  readonly line: number;
};

/** What the house wants to know of one source file. */
export type SourceReading = {
  readonly imports: readonly ImportFound[];
  /** Names exported by a declaration that no `/** … *\/` comment stands before. */
  readonly exportsWithoutDocstring: readonly { readonly name: string; readonly line: number }[];
  /** The file says nothing but `export … from`. */
  readonly isBarrel: boolean;
};

/**
 * Reads one TypeScript or JavaScript source with a real parser (Vite's), so comments, strings, templates, regular
 * expressions and JSX text are never mistaken for imports. Throws, naming the file, when the source does not parse.
 */
export function readSource(path: string, source: string): SourceReading {
  const parsed = parseSync(path.replace(/\.cts$/, '.ts'), source, { sourceType: 'module', astType: 'ts' });
  const fault = parsed.errors.find((error) => error.severity === 'Error');
  if (fault !== undefined) throw new Error(`${path} does not parse: ${fault.message}`);
  const lineOf = lineFinder(source);
  const imports = [...findImports(parsed.program, lineOf), ...findReferences(parsed.comments, lineOf)];
  const docstrings = parsed.comments.filter((comment) => comment.type === 'Block' && comment.value.startsWith('*'));
  return {
    imports: imports.sort((a, b) => a.line - b.line),
    exportsWithoutDocstring: findUndocumented(parsed.program, source, docstrings, lineOf),
    isBarrel: parsed.program.body.length > 0 && parsed.program.body.every(isReExport),
  };
}

type LineOf = (offset: number) => number;
type Comment = { readonly value: string; readonly type: string; readonly start: number; readonly end: number };

function findImports(program: ESTree.Program, lineOf: LineOf): ImportFound[] {
  const found: ImportFound[] = [];
  for (const node of nodesIn(program)) {
    for (const { kind, specifier } of reachOf(node)) found.push({ kind, specifier, line: lineOf(node.start) });
  }
  return found;
}

/** Every node of the tree, parents before children. */
function* nodesIn(node: ESTree.Node): Generator<ESTree.Node> {
  yield node;
  for (const child of Object.values(node).flat()) if (isNode(child)) yield* nodesIn(child);
}

function isNode(value: unknown): value is ESTree.Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** What one node reaches for; most nodes reach for nothing. */
function reachOf(node: ESTree.Node): Pick<ImportFound, 'kind' | 'specifier'>[] {
  switch (node.type) {
    case 'ImportDeclaration':
      return [{ kind: 'import', specifier: node.source.value }];
    case 'ExportAllDeclaration':
      return [{ kind: 'export-from', specifier: node.source.value }];
    case 'ExportNamedDeclaration':
      return node.source === null ? [] : [{ kind: 'export-from', specifier: node.source.value }];
    case 'ImportExpression':
      return [{ kind: 'dynamic', specifier: textOf(node.source) }];
    case 'TSImportType':
      return [{ kind: 'type', specifier: node.source.value }];
    case 'TSExternalModuleReference':
      return [{ kind: 'require', specifier: textOf(node.expression) }];
    case 'CallExpression':
      if (isRequire(node.callee)) return [{ kind: 'require', specifier: textOf(node.arguments[0]) }];
      if (!isImportMeta(node.callee, 'glob')) return [];
      return textsOf(node.arguments[0]).map((specifier) => ({ kind: 'glob', specifier }));
    case 'NewExpression': {
      const [target, base] = node.arguments;
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'URL' || !isImportMeta(base, 'url')) return [];
      const specifier = textOf(target);
      return specifier !== null && /\.[cm]?[jt]sx?$/.test(specifier) ? [{ kind: 'address', specifier }] : [];
    }
    default:
      return [];
  }
}

/** `require(x)`, `require.resolve(x)`, `module.require(x)` and `createRequire(import.meta.url)(x)`. */
function isRequire(callee: ESTree.Expression): boolean {
  if (callee.type === 'Identifier') return callee.name === 'require';
  if (callee.type === 'CallExpression')
    return callee.callee.type === 'Identifier' && callee.callee.name === 'createRequire';
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  return callee.property.name === 'require' || (isRequire(callee.object) && callee.property.name === 'resolve');
}

function isImportMeta(node: ESTree.Node | undefined, property: string): boolean {
  return (
    node?.type === 'MemberExpression' &&
    node.object.type === 'MetaProperty' &&
    node.property.type === 'Identifier' &&
    node.property.name === property
  );
}

/** The text of a string or of a template without holes; `null` when it is only known at run time. */
function textOf(node: ESTree.Node | undefined): string | null {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
  return null;
}

function textsOf(node: ESTree.Node | undefined): (string | null)[] {
  if (node?.type === 'ArrayExpression') return node.elements.map((element) => textOf(element ?? undefined));
  return [textOf(node)];
}

function findReferences(comments: readonly Comment[], lineOf: LineOf): ImportFound[] {
  return comments.flatMap((comment) => {
    const named = /^\/\s*<reference\s+(?:path|types)\s*=\s*["']([^"']+)["']/.exec(comment.value);
    if (comment.type !== 'Line' || named === null) return [];
    return [{ kind: 'reference' as const, specifier: named[1] ?? null, line: lineOf(comment.start) }];
  });
}

function findUndocumented(
  program: ESTree.Program,
  source: string,
  docstrings: readonly Comment[],
  lineOf: LineOf,
): { name: string; line: number }[] {
  const isDocumented = (start: number): boolean =>
    docstrings.some((comment) => comment.end <= start && /^\s*$/.test(source.slice(comment.end, start)));
  return program.body.flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration' && node.type !== 'ExportDefaultDeclaration') return [];
    if (node.type === 'ExportNamedDeclaration' && (node.declaration === null || isInferred(node.declaration, source)))
      return [];
    if (isDocumented(node.start)) return [];
    return [{ name: nameOf(node.declaration), line: lineOf(node.start) }];
  });
}

/** `export type Call = z.infer<typeof call>` says nothing that the schema above it has not said. */
function isInferred(declaration: ESTree.Declaration, source: string): boolean {
  if (declaration.type !== 'TSTypeAliasDeclaration') return false;
  return /^z\.(infer|input|output)</.test(
    source.slice(declaration.typeAnnotation.start, declaration.typeAnnotation.end),
  );
}

function nameOf(declaration: ESTree.Node | null): string {
  if (declaration === null || !('id' in declaration)) {
    const first = declaration?.type === 'VariableDeclaration' ? declaration.declarations[0]?.id : undefined;
    return first?.type === 'Identifier' ? first.name : 'default';
  }
  const { id } = declaration;
  return id !== null && typeof id === 'object' && 'name' in id && typeof id.name === 'string' ? id.name : 'default';
}

function isReExport(node: ESTree.Node): boolean {
  return node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && node.source !== null);
}

function lineFinder(source: string): LineOf {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
