import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a Chromium profile remembers as "allowed" (Chromium's ContentSetting CONTENT_SETTING_ALLOW). */
const allowed = 1;

/**
 * Makes the folder of our own Chromium profile, for this user only, and lets one origin have the microphone and
 * notifications. The host's port is another at each start, so a person's own "allow" would be asked for every morning;
 * and the flags that allow it without asking would allow it to any page. The last start's origin is taken out again.
 * The profile must not be in use. A Preferences file that cannot be read is left to Chromium, which makes a new one.
 */
export function prepareChromiumProfile(folder: string, origin: string): void {
  const inner = join(folder, 'Default');
  mkdirSync(inner, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const file = join(inner, 'Preferences');
  writeFileSync(file, JSON.stringify(withoutPasswords(withPermissions(readPreferences(file), origin))), {
    mode: 0o600,
  });
}

/** Preferences with the microphone and notifications allowed to one origin and, on this machine, to no other. */
export function withPermissions(preferences: JsonObject, origin: string): JsonObject {
  const profile = objectIn(preferences, 'profile');
  const settings = objectIn(profile, 'content_settings');
  const exceptions = objectIn(settings, 'exceptions');
  const only = { [`${origin},*`]: { setting: allowed } };
  const granted = { ...exceptions, media_stream_mic: only, notifications: only };
  return { ...preferences, profile: { ...profile, content_settings: { ...settings, exceptions: granted } } };
}

/** Preferences with which Chromium neither offers to keep what is typed to sign in nor fills it in. */
export function withoutPasswords(preferences: JsonObject): JsonObject {
  const profile = objectIn(preferences, 'profile');
  return {
    ...preferences,
    credentials_enable_service: false,
    profile: { ...profile, password_manager_enabled: false },
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function readPreferences(file: string): JsonObject {
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isObject(json) ? json : {};
  } catch {
    // The first start, or a file a crash left half: Chromium too would begin with a new one.
    return {};
  }
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const inner = object[name];
  return isObject(inner) ? inner : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
