/** The screen Settings. */
export default function SettingsScreen() {
  return null;
}
