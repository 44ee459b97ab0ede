namespace Waiide.Tests.Conformance;

/// <summary>Recordings that follow from each other, and what was done at the hub before some of them; each episode is replayed against a hub of its own.</summary>
internal sealed record Episode(string Profile, int From, int To, IReadOnlyDictionary<int, Func<Lab, Exchange, Task>> Before)
{
    private const string DaveServer30 = "ce7a15f0ecd9413499423adf07a99606";
    private const string DaveServer55 = "4003040e370b4e99add82fdcdc890553";

    /// <summary>All of them, in the order of the recordings; 560 to 568 are a single-user server's alone.</summary>
    public static IReadOnlyList<Episode> All { get; } =
    [
        new("3.0", 1, 99, new Dictionary<int, Func<Lab, Exchange, Task>>
        {
            [1] = async (lab, _) =>
            {
                await lab.UsersAsync("alice", "bob");
                await lab.ServerAsync("alice", "", """{"kind": "env"}""", "0a650dcde3f14af3a4dfe989240cba5c");
                await lab.ServerAsync("alice", "env-one", "{}", "440124d89afc4192aa3719f92b9d2bd7");
                await lab.UsersAsync("we%2Bird@ex.org");
                await lab.ServerAsync("we+ird@ex.org", "", """{"kind": "env"}""");
                await lab.ServerAsync("we+ird@ex.org", "s-é", """{"kind": "env"}""");
            },
            [36] = async (_, _) => await Task.Delay(TimeSpan.FromSeconds(1)), // The token of 034 expires; nothing tells when it has.
        }),
        new("3.0", 100, 133, new Dictionary<int, Func<Lab, Exchange, Task>>
        {
            [100] = async (lab, _) => await lab.UsersAsync("carol"),
            [133] = async (lab, _) => await lab.StoppedAsync("carol", "sig-1"),
        }) { Patience = Patience.Long with { SlowSpawn = 5 } }, // slow-1 takes twice as long.
        new("3.0", 134, 199, new Dictionary<int, Func<Lab, Exchange, Task>>
        {
            [134] = async (lab, _) =>
            {
                lab.Words.LearnTimeout(60, 7); // bad-1's,
                lab.Words.LearnTimeout(6, 7); // and never-1's.
                await lab.UsersAsync("carol");
                await lab.ServerAsync("carol", "", """{"kind": "env"}""");
                await lab.StopAsync("carol");
            },
        }) { Patience = new Patience(SlowSpawn: 3, Http: 7) },
        new("3.0", 200, 299, new Dictionary<int, Func<Lab, Exchange, Task>>
        {
            [200] = async (lab, _) =>
            {
                await lab.UsersAsync("dave", "erin");
                await lab.TokenAsync("dave", "9d719edbd340419c8947b447cd084814");
                await lab.UseAsync("9d719edbd340419c8947b447cd084814");
                await lab.ServerAsync("dave", "", """{"kind": "stocknb"}""", DaveServer30);
                await lab.UseAsync(DaveServer30);
            },
            [207] = async (lab, next) => await lab.ExchangeAsync("dave", DaveServer30, Code(next)),
            [255] = async (lab, next) => await lab.SignInAsync("erin", next),
            [260] = async (lab, next) => await lab.SignInAsync("dave", next),
            [269] = async (lab, _) =>
            {
                await lab.SignInAsync("dave");
                await lab.ExchangeAsync("dave", DaveServer30);
                await lab.NewestTokenAsync("dave", "a30");
            },
            [272] = async (lab, next) => await lab.SignInAsync("root-admin", next),
            [280] = async (lab, next) => await lab.SignInAsync("root-admin", next),
            [281] = async (lab, next) => await lab.ExchangeAsync("dave", DaveServer30, Code(next)),
        }),
        new("3.0", 400, 499, new Dictionary<int, Func<Lab, Exchange, Task>>
        {
            [400] = async (lab, _) =>
            {
                await lab.UsersAsync("frank", "we%2Bird@ex.org");
                await lab.ServerAsync("frank", "", "{}");
                await lab.TokenAsync("frank", "97716fa9e02a4b219bb985c8bd2b8c4a");
                await lab.ServerAsync("we+ird@ex.org", "", "{}");
                await lab.ServerAsync("we+ird@ex.org", "s-é", "{}");
                await lab.TokenAsync("we+ird@ex.org", "7dffa5ea9494437babc3a927130da345");
            },
        }),
        new("3.0", 500, 599, new Dictionary<int, Func<Lab, Exchange, Task>>
        {
            [500] = async (lab, _) =>
            {
                // Twelve users in the end, of whom three are made on the way and one is removed.
                await lab.UsersAsync("alice", "bob", "carol", "dave", "erin", "frank", "gina", "ivan", "we%2Bird@ex.org");
                await lab.ActivityAsync("root-admin");
                await lab.ActivityAsync("alice");
            },
            [507] = async (lab, _) => await lab.TokenAsync("hank", "2b9bb866532f4851a83b3cfd7d5c6113"),
            [511] = async (lab, _) => await lab.ReadyAsync("hank", ""),
        }),
        new("5.5", 1, 99, new Dictionary<int, Func<Lab, Exchange, Task>>
        {
            [1] = async (lab, _) => await lab.UsersAsync("alice", "dave", "erin"),
            [12] = async (lab, _) => await lab.ServerTokenAsync("/user/alice/", "4f63a29f2ff648d2b5893695bccbbd96"),
            [19] = async (lab, _) => await lab.ServerAsync("dave", "", """{"kind": "stocknb"}""", DaveServer55),
            [26] = async (lab, next) => await lab.ExchangeAsync("dave", DaveServer55, Code(next)),
            [57] = async (lab, next) => await lab.SignInAsync("erin", next),
        }),
    ];

    public Patience Patience { get; init; } = Patience.Long;

    public IEnumerable<Exchange> Exchanges => Exchange.Recorded(Profile).Where(exchange => exchange.Number >= From && exchange.Number <= To);

    // /user/dave/oauth_callback?code=kD4ivBCohmDdBs8Ow47X5UUDclj3Zc&state=…
    private static string Code(Exchange callback) => callback.Request.Target.Split("code=")[1].Split('&')[0];
}
