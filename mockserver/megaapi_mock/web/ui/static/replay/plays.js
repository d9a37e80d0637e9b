// Playing a conversation on: one turn, or all that is left.
import * as api from "../core/api.js";

const WAIT = 10;

/** `step` or `run` a play; the play as it stands then. A long run takes several requests. */
export async function playOn(play, how, onProgress = () => undefined) {
  let current;
  do {
    current = await api.post(`/plays/${encodeURIComponent(play.id)}/${how}`, { wait: WAIT });
    onProgress(current);
  } while (how === "run" && current.state === "playing");
  return current;
}
