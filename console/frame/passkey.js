// A page asks a device for a key, and sends what the device says as its form. The page has
// the question; this file knows how browsers ask.
"use strict";
(() => {
  const form = document.querySelector("form[data-passkey]");
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const question = () => {
    const asked = JSON.parse(form.dataset.passkey).publicKey;
    asked.challenge = bytes(asked.challenge);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    for (const list of [asked.excludeCredentials, asked.allowCredentials]) {
      for (const key of list || []) key.id = bytes(key.id);
    }
    return { publicKey: asked };
  };
  const answer = (key) => ({
    id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: key.getClientExtensionResults(),
    authenticatorAttachment: key.authenticatorAttachment || undefined,
    response: form.dataset.kind === "create"
      ? { clientDataJSON: text(key.response.clientDataJSON), attestationObject: text(key.response.attestationObject), transports: key.response.getTransports ? key.response.getTransports() : [] }
      : { clientDataJSON: text(key.response.clientDataJSON), authenticatorData: text(key.response.authenticatorData), signature: text(key.response.signature), userHandle: text(key.response.userHandle) || undefined },
  });
  const ask = async () => {
    const failed = document.getElementById("passkey-failed");
    failed.hidden = true;
    try {
      const key = form.dataset.kind === "create" ? await navigator.credentials.create(question()) : await navigator.credentials.get(question());
      form.elements.response.value = JSON.stringify(answer(key));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  };
  if (form) form.addEventListener("submit", (e) => { e.preventDefault(); ask(); });
})();
