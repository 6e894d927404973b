import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { startSceneHost } from './scene-host.ts';
import { scenesAt } from './scenes.ts';

/**
 * Takes pictures of scenes: `node test/renderer/desk/shoot.ts DIR [scene,scene] [zh-CN,en] [light,dark] [1280x800,1024x640]`.
 * For looking at; nothing is asserted.
 */
const [
  dir = '/tmp/desk-shots',
  sceneArg = '',
  langArg = 'zh-CN,en',
  themeArg = 'light,dark',
  sizeArg = '1280x800,1024x640',
] = process.argv.slice(2);
const scenes = scenesAt(Date.now());
const names = sceneArg === '' ? Object.keys(scenes) : sceneArg.split(',');
mkdirSync(dir, { recursive: true });
const host = await startSceneHost();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
page.on('pageerror', (error) => console.log('page error', error.message));
page.on('console', (message) => {
  if (message.type() === 'error') console.log('console', message.text());
});
for (const size of sizeArg.split(',')) {
  const [width = 1280, height = 800] = size.split('x').map(Number);
  for (const name of names) {
    const isBar = scenes[name]?.isBar === true;
    await page.setViewportSize(isBar ? { width: 480, height: 64 } : { width, height });
    for (const lang of langArg.split(',')) {
      for (const theme of themeArg.split(',')) {
        await page.goto('about:blank');
        await page.goto(`${host.url}?scene=${name}&lang=${lang}&theme=${theme}`);
        await page.waitForSelector('#desk main');
        await page.waitForTimeout(450);
        await page.screenshot({ path: `${dir}/${name}-${lang}-${theme}-${size}.png` });
      }
    }
  }
}
await browser.close();
await host.close();
