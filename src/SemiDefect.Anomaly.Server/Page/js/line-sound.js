const pause = 1200;
let context;
let timer;

/** Whether the browser lets the page sound: it waits for a click or a key. */
export const isBlocked = () => context?.state === 'suspended';

/** Beeps until it is told to stop. */
export function ring(isOn) {
  if (!isOn) {
    clearInterval(timer);
    timer = undefined;
  } else if (!timer) {
    beep();
    timer = setInterval(beep, pause);
  }
}

/** A click or a key of the user lets the page sound. */
export async function allow() {
  context ??= new AudioContext();
  await context.resume();
}

function beep() {
  context ??= new AudioContext();
  if (isBlocked()) return;
  for (const [start, pitch] of [[0, 880], [0.25, 660]]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    tone.connect(volume).connect(context.destination);
    volume.gain.setValueAtTime(0.3, context.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + start + 0.22);
    tone.start(context.currentTime + start);
    tone.stop(context.currentTime + start + 0.23);
  }
}
