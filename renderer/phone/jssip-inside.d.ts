/** JsSIP 3.13.8 ships no types for the class that sends requests inside a dialog; only jssip-mends.ts looks into it. */
declare module 'jssip/lib/Dialog/RequestSender' {
  export default class DialogRequestSender {
    send(): void;
  }
}
