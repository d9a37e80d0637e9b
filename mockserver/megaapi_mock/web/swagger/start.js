// Starts Swagger UI on both definitions, with the token of the starting world filled in and with
// the evidence of each fact in its description.
(function () {
  "use strict";
  const CONTRACT = "/docs/swagger.json";
  // The first instance's of the starting world, and the administrator's of dedicated hosts.
  const TOKENS = { bearerToken: "TESTKEY0001", adminToken: "TESTKEYADMIN" };

  function grade(node, key) {
    return node[key] && node[key].grade ? node[key].grade : "";
  }

  // `kind` is the name of what holds the node. What an example holds is data, and stays as it is.
  function addGrades(node, kind) {
    if (Array.isArray(node)) {
      for (const each of node) addGrades(each, kind);
    } else if (node && typeof node === "object") {
      const known = grade(node, "x-provenance"), path = grade(node, "x-path-provenance");
      if (known && kind === "example") {
        node.summary = `${node.summary || ""} (${known})`.trim();
      } else if (known) {
        const also = path ? `, its path *${path}*` : "";
        node.description = `${node.description || ""}\n\nEvidence: *${known}*${also}`.trim();
      }
      if (kind === "example") return;
      for (const [name, value] of Object.entries(node)) {
        if (name === "examples") {
          for (const example of Object.values(value)) addGrades(example, "example");
        } else if (!name.startsWith("x-") && name !== "example") {
          addGrades(value, name);
        }
      }
    }
  }

  function intercept(response) {
    if (response.ok && new URL(response.url, location.href).pathname === CONTRACT) {
      const contract = JSON.parse(response.text);
      addGrades(contract, "");
      response.text = JSON.stringify(contract);
    }
    return response;
  }

  window.addEventListener("DOMContentLoaded", () => {
    const ui = window.SwaggerUIBundle({
      dom_id: "#swagger-ui",
      urls: [
        { url: CONTRACT, name: "megaAPI" },
        { url: "/docs/control.json", name: "Control API of the mock" },
      ],
      presets: [window.SwaggerUIBundle.presets.apis, window.SwaggerUIStandalonePreset],
      plugins: [window.SwaggerUIBundle.plugins.DownloadUrl],
      layout: "StandaloneLayout",
      deepLinking: true,
      defaultModelsExpandDepth: 0,
      // It would call a service of somebody else.
      validatorUrl: null,
      persistAuthorization: true,
      responseInterceptor: intercept,
      onComplete() {
        // A token that the reader typed is remembered, and stays.
        for (const [scheme, token] of Object.entries(TOKENS)) {
          if (!ui.authSelectors.authorized().has(scheme)) ui.preauthorizeApiKey(scheme, token);
        }
      },
    });
    window.ui = ui;
  });
})();
