namespace Waiide.Hub.Mock.State;

/// <summary>When nobody could sign in, there is an administrator whose password is told once: on the console, and not to loggers, which may send it elsewhere.</summary>
internal sealed class FirstStart(HubOptions options, HubState state) : IHostedLifecycleService
{
    private const string Name = "admin";

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.DummyPassword is null && state.Users.All(user => user.Password is null))
        {
            MakeAdministrator();
        }
        else if (options.DummyPassword is null && options.Users.Count == 0)
        {
            Console.WriteLine($"Users sign in with the passwords that {options.Database} keeps. To set a new one, start with Hub:Users:<name>=<password> (as an environment variable: Hub__Users__<name>).");
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void MakeAdministrator()
    {
        var password = Secrets.Password();
        var admin = state.FindUser(Name) ?? state.AddUser(Name, isAdmin: true);
        state.ChangeUser(admin, Name, isAdmin: true);
        state.SetPassword(admin, new PasswordHash(password));
        Console.WriteLine(
            $"""

            Nobody could sign in yet, so there is an administrator now:

                address   {options.Front}{options.HubPrefix}
                user      {Name}
                password  {password}

            The password is not shown again. To set another, start with Hub:Users:{Name}=<password> (as an environment variable: Hub__Users__{Name}).

            """);
    }
}
