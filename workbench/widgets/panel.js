// One panel of the workbench: shows HTML that Python drew, and sends back what was pressed.
// Keys and clicks name an action; Python alone knows what it means.

const isLoopback = (host) => ["127.0.0.1", "localhost", "[::1]"].includes(host);
const isField = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

// Cookies of the server are kept by host name: ask for it under the name that this page has.
function alignHost(address) {
  const url = new URL(address, location.href);
  if (isLoopback(url.hostname) && isLoopback(location.hostname)) url.hostname = location.hostname;
  return url.href;
}

function alignHosts(body) {
  for (const link of body.querySelectorAll("a[href]")) link.href = alignHost(link.href);
  for (const button of body.querySelectorAll("[data-commandlinker-args]")) {
    const args = JSON.parse(button.dataset.commandlinkerArgs);
    button.dataset.commandlinkerArgs = JSON.stringify({ ...args, url: alignHost(args.url) });
  }
}

function findButton(body, action, value) {
  const same = [...body.querySelectorAll(`[data-do="${CSS.escape(action)}"]:not([disabled])`)];
  return same.find((button) => button.dataset.value === value) || same[0];
}

function rememberFocus(panel, body) {
  const active = document.activeElement;
  if (active === panel) return () => panel.focus({ preventScroll: true });
  if (!body.contains(active)) return () => {};
  const { name, value, selectionStart, selectionEnd } = active;
  const { do: action, value: at } = active.dataset;
  return () => {
    const again = name
      ? body.querySelector(`[name="${CSS.escape(name)}"]`)
      : action && findButton(body, action, at);
    (again || panel).focus({ preventScroll: true });
    if (again && name && again.tagName === "INPUT" && again.type === "text") {
      again.value = value;
      again.setSelectionRange(selectionStart, selectionEnd);
    }
  };
}

function render({ model, el }) {
  const panel = document.createElement("section");
  panel.className = "wb-panel";
  panel.tabIndex = 0;
  panel.setAttribute("data-lm-suppress-shortcuts", "true");
  const body = document.createElement("div");
  const status = document.createElement("div");
  const alert = document.createElement("div");
  status.className = "wb-status";
  status.setAttribute("role", "status");
  alert.className = "wb-alert";
  alert.setAttribute("role", "alert");
  panel.append(body, status, alert);
  el.append(panel);

  const send = (action, value) => model.send({ do: action, value: value ?? "" });
  const draw = () => {
    const restore = rememberFocus(panel, body);
    const typed = {};
    for (const field of body.querySelectorAll("[data-keep]")) typed[field.name] = field.value;
    body.innerHTML = model.get("html");
    for (const field of body.querySelectorAll("[data-keep]")) {
      if (field.dataset.keep === "" && typed[field.name]) field.value = typed[field.name];
    }
    alignHosts(body);
    restore();
  };
  const write = () => {
    panel.setAttribute("aria-label", model.get("title"));
    status.textContent = model.get("status");
    alert.textContent = model.get("alert");
  };

  const readFields = () =>
    Object.fromEntries([...body.querySelectorAll("[data-keep]")].map((f) => [f.name, f.value]));
  const press = (element) => {
    const fields = readFields();
    for (const field of body.querySelectorAll("[data-keep]")) field.value = "";
    model.send({ do: element.dataset.do, value: element.dataset.value ?? "", fields });
  };

  const onClick = (event) => {
    const element = event.target.closest("[data-do]");
    if (element && body.contains(element) && !isField(element)) press(element);
  };
  const onChange = (event) => {
    const field = event.target;
    if (field.dataset.do) send(field.dataset.do, field.value);
  };
  let waiting = 0;
  const onInput = (event) => {
    const field = event.target;
    if (!field.dataset.live) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => send(field.dataset.do, field.value), 150);
  };
  const onKey = (event) => {
    const passes = event.ctrlKey || event.metaKey || event.altKey;
    if (passes || (event.shiftKey && event.key === "Enter")) return;
    event.stopPropagation(); // or the notebook takes "b" for a new cell
    if (isField(event.target)) {
      if (event.key === "Escape" || (event.key === "Enter" && event.target.dataset.keep !== undefined))
        panel.focus();
      return;
    }
    const native = event.key === "Enter" || event.key === " ";
    if (native && event.target !== panel) return;
    const wanted = body.querySelector(`[data-key="${CSS.escape(event.key)}"]:not([disabled])`);
    if (!wanted) return;
    event.preventDefault();
    if (isField(wanted)) wanted.focus();
    else wanted.click();
  };

  panel.addEventListener("click", onClick);
  panel.addEventListener("change", onChange);
  panel.addEventListener("input", onInput);
  panel.addEventListener("keydown", onKey);
  const onText = () => write();
  model.on("change:html", draw);
  for (const name of ["status", "alert", "title"]) model.on(`change:${name}`, onText);
  draw();
  write();
  return () => {
    clearTimeout(waiting);
    model.off("change:html", draw);
    for (const name of ["status", "alert", "title"]) model.off(`change:${name}`, onText);
  };
}

export default { render };
