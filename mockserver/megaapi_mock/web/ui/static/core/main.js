// The page's start: the store, the views, and what frames them.
import { onDisabled, onTokenWanted } from "./api.js";
import { Shell } from "./shell.js";
import { Store } from "./store.js";
import { askForToken } from "./token.js";

const store = new Store();
const shell = new Shell(document.getElementById("app"), store);
onTokenWanted(async (wasWrong) => {
  const token = await askForToken(wasWrong);
  if (!token) shell.showLocked();
  return token;
});
onDisabled((sentence) => shell.showDisabled(sentence));
shell.draw();
store.start();
