using System.Text.RegularExpressions;

namespace Waiide.Gateway;

// Who may enter, and who may frame the IDE.
internal sealed partial class GatewayOptionsReader
{
    private bool AuthIsOff()
    {
        switch (Text("WAIIDE_AUTH"))
        {
            case null or "token":
                return false;
            case "none" when !WantsHub:
                return true;
            case "none":
                _mistakes.Add("WAIIDE_AUTH is 'none', but under a hub the hub says who may enter. Remove WAIIDE_AUTH.");
                return false;
            case { } text:
                _mistakes.Add($"WAIIDE_AUTH is '{text}'. Set it to token, or to none to let in everyone who reaches the port.");
                return false;
        }
    }

    private string? Token()
    {
        if (Text("WAIIDE_TOKEN") is not { } token)
        {
            return null;
        }

        if (token.Length < 8 || token.Any(letter => letter is <= ' ' or > '~'))
        {
            _mistakes.Add("WAIIDE_TOKEN is too weak. Set it to 8 or more visible ASCII characters without spaces, better to 32 random ones; or remove it, and one is generated.");
        }

        return token;
    }

    private string? FrameAncestors()
    {
        var text = Text("WAIIDE_FRAME_ANCESTORS");
        if (text is not null && text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(origin => !FrameAncestor().IsMatch(origin)))
        {
            _mistakes.Add($"WAIIDE_FRAME_ANCESTORS is '{text}'. Set it to origins separated by spaces, such as https://portal.example.org.");
        }

        return text;
    }

    [GeneratedRegex("^[!-~-[\"',;\\\\]]+\\z")]
    private static partial Regex FrameAncestor();
}
