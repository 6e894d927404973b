import { type PracticeScript, practiceScript } from './practice-script.ts';

/** Scripts and voices lie in assets/ and are found by Vite; their format is practice-script.ts. */
const scriptFiles: Record<string, unknown> = import.meta.glob('../../assets/practice/*.json', {
  eager: true,
  import: 'default',
});
const voiceFiles = import.meta.glob<string>('../../assets/voices/*/*.ogg', {
  eager: true,
  import: 'default',
  query: '?url',
});

/** The practice customers that keep to the schema; one that does not is named in the log and left out. */
export function practiceScripts(): PracticeScript[] {
  return Object.entries(scriptFiles).flatMap(([path, content]) => {
    const parsed = practiceScript.safeParse(content);
    if (parsed.success) return [parsed.data];
    console.error(`practice: ${path} is left out`, parsed.error.message);
    return [];
  });
}

/** Fetches and decodes one sentence. Rejects when its sound was not made yet. */
export async function loadSentence(
  context: BaseAudioContext,
  language: 'zh-CN' | 'en',
  sound: string,
): Promise<AudioBuffer> {
  const url = voiceFiles[`../../assets/voices/${language}/${sound}.ogg`];
  if (url === undefined) throw new Error(`no sound ${language}/${sound}.ogg`);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return await context.decodeAudioData(await response.arrayBuffer());
}
