// The rules for the page's modules. Browsers run them as they are: nothing else reads this file.
import js from "@eslint/js";

const BROWSER = [
  "AbortController", "Blob", "CSS", "Event", "FileReader", "IntersectionObserver", "Intl", "MediaRecorder", "Node",
  "ResizeObserver", "TextDecoderStream", "URL", "URLSearchParams", "addEventListener", "atob", "clearInterval", "clearTimeout",
  "document", "fetch", "getComputedStyle", "getSelection", "innerHeight", "innerWidth", "localStorage", "location", "matchMedia", "navigator", "reportError",
  "requestAnimationFrame", "sessionStorage", "setInterval", "setTimeout", "window",
];

export default [
  js.configs.recommended,
  {
    files: ["mockserver/megaapi_mock/web/ui/static/**/*.js", "mockserver/megaapi_mock/reference/static/*.js", "mockserver/megaapi_mock/web/swagger/*.js"],
    languageOptions: { globals: Object.fromEntries(BROWSER.map((name) => [name, "readonly"])) },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow": "error",
      "no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  // Pages opened from a folder may load scripts, and no modules; Swagger UI is a script too.
  { files: ["mockserver/megaapi_mock/reference/static/*.js", "mockserver/megaapi_mock/web/swagger/*.js"], languageOptions: { sourceType: "script" } },
];
