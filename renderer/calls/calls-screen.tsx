/** The screen Calls. */
export default function CallsScreen() {
  return null;
}
