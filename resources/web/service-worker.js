// Keeps the page, so that it opens without a network once it was opened. It asks for nothing but the page itself.

const CACHE = `catdog ${registration.scope} {{ digest }}`;
const PAGE = new URL("./", registration.scope).href;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(PAGE)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const former = (name) => name.startsWith(`catdog ${registration.scope} `) && name !== CACHE;
  const forget = async () => Promise.all((await caches.keys()).filter(former).map((name) => caches.delete(name)));
  event.waitUntil(forget().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  const page = [PAGE, `${PAGE}index.html`].map((address) => new URL(address).pathname);
  if (event.request.method !== "GET" || !page.includes(pathname)) return;
  event.respondWith(caches.open(CACHE).then(async (cache) => (await cache.match(PAGE)) ?? fetch(event.request)));
});
