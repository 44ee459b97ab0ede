// In VS Code's page before all else. A script or a stylesheet of the page's that does not arrive, as when a network comes or goes (net::ERR_NETWORK_CHANGED), leaves it blank for ever: VS Code does not look.
// So the page is loaded once more; where that does not help either within a minute, workbench.js says it.
(() => {
  let isIncomplete = false;
  addEventListener('error', ({ target }) => {
    const isPart = target instanceof HTMLLinkElement ? target.rel === 'stylesheet' : target instanceof HTMLScriptElement && !target.async && target.getAttribute('src'); // VS Code's page has a script with src="".
    if (!isPart || isIncomplete || document.querySelector('.monaco-workbench')) { return; }
    isIncomplete = true; // The first that is missing speaks for all.
    try {
      const [key, now] = ['waiide-loaded-again', Date.now()];
      const last = Number(sessionStorage.getItem(key));
      sessionStorage.setItem(key, now);
      if (performance.timeOrigin - last > 60_000) { // From that load to the beginning of this one: however late a part fails, a page that was loaded again for it is not loaded again for it.
        setTimeout(() => location.reload(), 500); // What comes or goes does so in a moment.
        return;
      }
    } catch { /* Nothing may be stored: nobody could tell how often. */ }
    document.documentElement.dataset.waiideIncomplete = '';
    dispatchEvent(new Event('waiide-incomplete'));
  }, true);
})();
