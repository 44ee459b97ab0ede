namespace Aspire.Dashboard.Front;

/// <summary>The pictures in the pages: a few strokes each, in the colour of the text around them.</summary>
internal static class Icons
{
    public static Html Brand { get; } = Of("M8 1.5 14.5 13.5H1.5Z M8 6 11 13.5 M8 6 5 13.5");

    public static Html Resources { get; } = Of("M2 2.5h5v5H2z M9 2.5h5v5H9z M2 9.5h5v4H2z M9 9.5h5v4H9z");

    public static Html Console { get; } = Of("M1.5 2.5h13v11h-13z M4 6l2.5 2L4 10 M8 10.5h4");

    public static Html Structured { get; } = Of("M2 3.5h1 M5.5 3.5H14 M2 8h1 M5.5 8H14 M2 12.5h1 M5.5 12.5H12");

    public static Html Traces { get; } = Of("M1.5 3.5h7 M4.5 8h8 M7.5 12.5h7");

    public static Html Metrics { get; } = Of("M2 2v12h12 M4.5 11l3-4 2.5 2 4-5.5");

    public static Html Theme { get; } = Of("M8 2a6 6 0 1 0 0 12z M8 2a6 6 0 0 1 0 12");

    public static Html Start { get; } = Of("M4.5 2.5v11l9-5.5z");

    public static Html Stop { get; } = Of("M3.5 3.5h9v9h-9z");

    public static Html Restart { get; } = Of("M13 8a5 5 0 1 1-1.6-3.7 M13 1.8v3h-3");

    public static Html Command { get; } = Of("M9 1.5 3 9h4l-1 5.5L12.5 7h-4z");

    public static Html More { get; } = Of("M3 8h.01 M8 8h.01 M13 8h.01");

    public static Html Close { get; } = Of("M3.5 3.5l9 9 M12.5 3.5l-9 9");

    public static Html Eye { get; } = Of("M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6");

    public static Html Copy { get; } = Of("M5.5 5.5h8v8h-8z M10.5 5.5v-3h-8v8h3");

    public static Html Filter { get; } = Of("M2 3.5h12 M4.5 8h7 M6.5 12.5h3");

    private static Html Of(string path) => Html.Of($"""<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>""");
}
