using Microsoft.Playwright;

namespace Waiide.Tests.Support;

/// <summary>Whether everybody can read a page: enough contrast in light and dark, nothing cut off at the side, one heading and one main part, and a name for everything that takes the focus.</summary>
internal static class Readable
{
    // The colors of each text and of what is behind it, after https://www.w3.org/TR/WCAG22/#contrast-minimum; and whether anything is cut off at the side.
    private const string Faults = """
        () => {
          const parts = color => color.match(/[\d.]+/g).map(Number);
          const light = color => parts(color).slice(0, 3).map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
          const behind = element => { const color = getComputedStyle(element).backgroundColor; return parts(color)[3] === 0 && element.parentElement ? behind(element.parentElement) : color; };
          const faults = [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).flatMap(e => {
            const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
            return (a + .05) / (b + .05) < 4.5 ? [`${e.outerHTML.slice(0, 80)}: contrast ${(a + .05) / (b + .05)}`] : [];
          });
          if (document.documentElement.scrollWidth > innerWidth) { faults.push('wider than the window'); }
          if (document.querySelectorAll('main').length !== 1 || document.querySelectorAll('h1').length !== 1) { faults.push('landmarks'); }
          const silent = e => !e.labels?.length && !e.ariaLabel && !e.textContent.trim();
          faults.push(...[...document.querySelectorAll('input:not([type=hidden]), select, button, a')].filter(silent).map(e => `${e.outerHTML.slice(0, 80)}: has no name`));
          return faults;
        }
        """;

    public static async Task IsAsync(IPage page)
    {
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            foreach (var width in new[] { 1280, 320 }) // 320 is also a window of 640 at 200 %.
            {
                await page.SetViewportSizeAsync(width, 700);
                Assert.Empty(await page.EvaluateAsync<string[]>(Faults));
            }
        }
    }
}
