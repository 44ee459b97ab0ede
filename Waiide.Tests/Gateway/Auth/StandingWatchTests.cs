using Waiide.Gateway;

namespace Waiide.Tests.Gateway.Auth;

public class StandingWatchTests
{
    [Fact]
    public async Task A_question_that_hangs_does_not_keep_others_from_being_asked_about()
    {
        using var watch = new StandingWatch(TimeProvider.System);
        var (asked, never) = (new TaskCompletionSource(), new TaskCompletionSource<EndReason?>());
        using var hangs = watch.Over(
            new Standing(() =>
            {
                asked.TrySetResult();
                return never.Task;
            }),
            _ => Task.CompletedTask);
        var (reason, ended) = ((EndReason?)null, new TaskCompletionSource<EndReason>());
        using var ends = watch.Over(
            new Standing(() => Task.FromResult(reason)),
            words =>
            {
                ended.SetResult(words);
                return Task.CompletedTask;
            });
        await watch.StartAsync(CancellationToken.None);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10)); // The first look is after 5 s.

        reason = EndReason.AccessWithdrawn;

        Assert.Equal(reason, await ended.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await watch.StopAsync(CancellationToken.None);
    }
}
