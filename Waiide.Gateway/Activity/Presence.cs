namespace Waiide.Gateway.Activity;

/// <summary>
/// Whether somebody sits before one window, told from the signs that its client gives. VS Code itself looks for keys, clicks and touches, and says when there have been none for a minute
/// and when they come again; in between the window is in use, as long as anything at all is heard of it.
/// </summary>
internal sealed class Presence(bool isReconnection)
{
    // VS Code calls a window active, too, while a notebook runs or an extension shows its progress, which may be for ever: alone it is believed for so long.
    private static readonly TimeSpan BelievedFor = TimeSpan.FromHours(1);

    private bool _isActive;
    private TimeSpan _lastDoing;

    /// <summary>Takes in the next sign; true when it means that a person is there.</summary>
    internal bool After(Sign sign, TimeSpan time)
    {
        switch (sign)
        {
            case Sign.Doing:
                _lastDoing = time;
                return true;
            // A window begins as active and does not say so; one that comes back after a loss of the network may have been left long ago.
            case Sign.WindowConnects when isReconnection:
                return false;
            case Sign.WindowConnects or Sign.WindowActive:
                (_isActive, _lastDoing) = (true, time);
                return true;
            case Sign.WindowInactive:
                _isActive = false;
                return false;
            default:
                return _isActive && time - _lastDoing < BelievedFor;
        }
    }
}
