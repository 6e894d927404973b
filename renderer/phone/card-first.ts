/**
 * How long the work that follows a call's arrival (the ring's sound, preparing the answer) waits, in milliseconds, so
 * that the caller's card is drawn first: the desk draws in the same thread. Nobody hears it, nobody answers as soon.
 */
export const cardFirstMs = 60;
